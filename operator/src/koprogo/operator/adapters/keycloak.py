"""A tenant's organisation at Keycloak. Every call may be repeated."""

from __future__ import annotations

import time
from collections.abc import Mapping
from typing import Any
from uuid import UUID

import aiohttp

from koprogo.kernel.errors import DomainError, Unavailable
from koprogo.operator.tenant import TenantSpec

TIMEOUT = aiohttp.ClientTimeout(total=15)


class IdentityProviderUnavailable(Unavailable):
    reason = "IDENTITY_PROVIDER_UNAVAILABLE"


class IdentityProviderRefuses(DomainError):
    reason = "IDENTITY_PROVIDER_REFUSES"


class KeycloakOrganisations:
    def __init__(self, *, url: str, realm: str, client_id: str, client_secret: str) -> None:
        self._tokens = f"{url.rstrip('/')}/realms/{realm}/protocol/openid-connect/token"
        self._admin = f"{url.rstrip('/')}/admin/realms/{realm}/organizations"
        self._client = {"grant_type": "client_credentials", "client_id": client_id, "client_secret": client_secret}
        self._token, self._until = "", 0.0
        self._session = aiohttp.ClientSession(timeout=TIMEOUT)

    async def close(self) -> None:
        await self._session.close()

    async def ensure(self, spec: TenantSpec) -> bool:
        """Named and known by the tenant's id, as identity looks for it; whether anything had to be changed."""
        wanted = _wanted(spec)
        found = await self._find(spec.tenant_id)
        if found is None:
            await self._ask("POST", "", wanted)
            return True
        # A list leaves attributes out.
        whole = await self._ask("GET", f"/{found['id']}")
        if all(whole.get(field) == wanted[field] for field in ("name", "enabled", "attributes")):
            return False
        await self._ask("PUT", f"/{found['id']}", {**whole, **wanted})
        return True

    async def remove(self, tenant_id: UUID) -> None:
        if found := await self._find(tenant_id):
            await self._ask("DELETE", f"/{found['id']}")

    async def _find(self, tenant_id: UUID) -> Mapping[str, Any] | None:
        """By its domain: a name is anybody's to change."""
        found = await self._ask("GET", f"?search={_domain(tenant_id)}&exact=true")
        return next((one for one in found if one.get("alias") == str(tenant_id)), None)

    async def _ask(self, method: str, path: str, body: object = None) -> Any:
        try:
            headers = {"authorization": f"Bearer {await self._bearer()}"}
            async with self._session.request(method, f"{self._admin}{path}", json=body, headers=headers) as answer:
                told = await answer.read()
                if answer.status == 404 and method == "DELETE":
                    return None
                if answer.status == 401 or answer.status == 429 or answer.status >= 500:
                    self._until = 0.0
                    raise IdentityProviderUnavailable(f"Keycloak answers {answer.status}; it is tried again.")
                if answer.status >= 400:
                    raise IdentityProviderRefuses(f"Keycloak answers {answer.status}: {told[:300].decode()}")
                return await answer.json(content_type=None) if told else None
        except (aiohttp.ClientError, TimeoutError) as down:
            raise IdentityProviderUnavailable("Keycloak does not answer; it is tried again.") from down

    async def _bearer(self) -> str:
        if time.monotonic() > self._until:
            async with self._session.post(self._tokens, data=self._client) as answer:
                if answer.status != 200:
                    raise IdentityProviderUnavailable(f"Keycloak gives no token, but {answer.status}.")
                told = await answer.json()
            self._token, self._until = told["access_token"], time.monotonic() + told["expires_in"] / 2
        return self._token


def _domain(tenant_id: UUID) -> str:
    return f"{tenant_id}.koprogo.invalid"


def _wanted(spec: TenantSpec) -> dict[str, Any]:
    return {
        # Names are unique at Keycloak, and those of organisations need not be.
        "name": f"{spec.display_name} ({str(spec.tenant_id)[-12:]})",
        "alias": str(spec.tenant_id),
        "enabled": True,
        "attributes": {"slug": [spec.slug]},
        "domains": [{"name": _domain(spec.tenant_id), "verified": False}],
    }
