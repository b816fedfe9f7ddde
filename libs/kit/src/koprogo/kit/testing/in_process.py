"""A service's whole HTTP application in this process, on its real database: no port, no neighbour."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable, Iterable, Mapping, Sequence
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from datetime import date, timedelta
from typing import Any, TypeVar
from uuid import UUID, uuid5

import httpx
import msgspec
from litestar import Litestar

from koprogo.kernel.words import Role
from koprogo.kit.access import Grant, TokenVerifier
from koprogo.kit.database import Pool, UnitOfWork, connect
from koprogo.kit.grpc import Channels
from koprogo.kit.process import Wiring, application
from koprogo.kit.settings import ServiceSettings, read
from koprogo.kit.tenants.lifecycle import TenantLifecycle
from koprogo.kit.testing.operator import Operator
from koprogo.kit.testing.provider import AUDIENCE, ISSUER, Provider

S = TypeVar("S", bound=ServiceSettings)


class Grants:
    """identity as a service tested alone sees it: answers what it was told, and remembers what it was asked."""

    def __init__(self) -> None:
        self.held: list[tuple[UUID, Grant]] = []
        self.organisations: dict[UUID, UUID] = {}
        self.asked: list[tuple[UUID, UUID | None]] = []

    async def ask(self, subject: UUID, association: UUID | None) -> tuple[Sequence[Grant], UUID | None]:
        self.asked.append((subject, association))
        organisation = self.organisations.get(association) if association is not None else None
        return [grant for holder, grant in self.held if holder == subject], organisation


class InProcess(msgspec.Struct):
    app: Litestar
    pool: Pool
    provider: Provider
    grants: Grants
    wiring: Wiring
    base_url: str

    @property
    def operator(self) -> Operator:
        return Operator(TenantLifecycle(self.pool, self.wiring.provision, self.wiring.told))

    def signed_in(self, subject: UUID | str, *, realm_roles: Iterable[str] = (), **claims: object) -> httpx.AsyncClient:
        token = self.provider.token(subject, realm_roles=realm_roles, **claims)  # type: ignore[arg-type]
        return self.client({"authorization": f"Bearer {token}"})

    def client(self, headers: Mapping[str, str] | None = None) -> httpx.AsyncClient:
        """Whoever the headers say; nobody without."""
        # litestar's application type names its scopes more narrowly than httpx, and takes the same.
        transport = httpx.ASGITransport(app=self.app)  # type: ignore[arg-type]
        return httpx.AsyncClient(transport=transport, base_url=self.base_url, headers=dict(headers or {}))

    async def give(
        self, subject: UUID, role: Role, tenant: UUID, association: UUID | None = None, co_owner: UUID | None = None
    ) -> None:
        """A grant in the service's own table, as the topic would have brought it."""
        await write_local_grant(self.pool, subject, role, tenant, association, co_owner)


async def write_local_grant(
    pool: Pool,
    subject: UUID,
    role: Role,
    tenant: UUID,
    association: UUID | None = None,
    co_owner: UUID | None = None,
    *,
    is_ended: bool = False,
) -> None:
    today = date.today()  # noqa: DTZ011
    uow = UnitOfWork(pool, tenant)
    async with uow:
        await uow.connection.execute(
            "insert into grants (id, subject, association_id, role, co_owner_id, valid_during)"
            " values ($1, $2, $3, $4, $5, daterange($6, $7))"
            " on conflict (id) do update set valid_during = excluded.valid_during",
            uuid5(tenant, f"{subject}|{association}|{role}|{co_owner}"),
            subject,
            association,
            role.value,
            co_owner,
            today - timedelta(days=1),
            today if is_ended else None,
        )


@asynccontextmanager
async def in_process(
    settings_type: type[S],
    wire: Callable[[S, Pool, Channels], AbstractAsyncContextManager[Wiring]],
    environment: Mapping[str, str],
    provider: Provider,
    *,
    change: Callable[[Wiring], Any] = lambda _: None,
) -> AsyncIterator[InProcess]:
    """The application `wire` makes from `environment`. A service that asks identity for grants asks `.grants`.

    `change` may replace parts of the wiring, such as a neighbour, before the application is made of it.
    """
    settings = read(
        settings_type,
        {
            **environment,
            "KOPROGO_OIDC_ISSUER": ISSUER,
            "KOPROGO_OIDC_AUDIENCE": AUDIENCE,
            "KOPROGO_OIDC_JWKS_URL": provider.jwks_url,
        },
    )
    pool = await connect(settings.database_url, size=settings.database_pool, service=settings.service)
    channels = Channels(ca=settings.tls_ca, certificate=settings.tls_certificate, key=settings.tls_key)
    verifier = TokenVerifier(
        issuer=settings.oidc_issuer, audience=settings.oidc_audience, jwks_url=settings.oidc_jwks_url
    )
    grants = Grants()
    try:
        async with wire(settings, pool, channels) as wiring:
            if wiring.grants_source is None:
                wiring.grants_source = grants
            change(wiring)
            app = application(settings, wiring, pool, channels, verifier)
            yield InProcess(app, pool, provider, grants, wiring, f"http://koprogo.test/api/{settings.service}/v1/")
    finally:
        await channels.close()
        await pool.close()
