"""Access tokens are verified here: signature, issuer, audience, expiry, algorithm from an allow-list."""

from __future__ import annotations

import asyncio
import hashlib
import logging
import time
from typing import Any
from uuid import UUID

import httpx
import jwt
import msgspec

from koprogo.kernel.errors import DomainError, Kind, Unavailable

logger = logging.getLogger(__name__)

ALGORITHMS = ("RS256", "ES256")
CACHE_SECONDS = 60
CACHE_SIZE = 10_000
KEYS_EVERY_SECONDS = 10
"""An unknown key id asks the provider for its keys again, but not more often than this."""


class TokenRefused(DomainError):
    kind = Kind.UNAUTHENTICATED
    reason = "TOKEN_REFUSED"


class Claims(msgspec.Struct, frozen=True):
    subject: UUID
    acr: str
    email: str
    name: str
    realm_roles: frozenset[str]
    expires_at: int


class TokenVerifier:
    """A verified token is remembered by its hash until it expires, 60 seconds at most."""

    def __init__(self, *, issuer: str, audience: str, jwks_url: str) -> None:
        self._issuer = issuer
        self._audience = audience
        self._jwks_url = jwks_url
        self._keys: dict[str, jwt.PyJWK] = {}
        self._keys_asked_at = 0.0
        self._lock = asyncio.Lock()
        self._verified: dict[bytes, tuple[float, Claims]] = {}

    async def verify(self, token: str) -> Claims:
        digest = hashlib.blake2b(token.encode(), digest_size=20).digest()
        now = time.time()
        if (hit := self._verified.get(digest)) and hit[0] > now:
            return hit[1]
        claims = await self._decode(token)
        if len(self._verified) >= CACHE_SIZE:
            self._verified.clear()
        self._verified[digest] = (min(now + CACHE_SECONDS, claims.expires_at), claims)
        return claims

    async def _decode(self, token: str) -> Claims:
        try:
            header = jwt.get_unverified_header(token)
            if header.get("alg") not in ALGORITHMS:
                raise TokenRefused("The token is signed with an algorithm that is not accepted.")
            key = await self._key(str(header.get("kid", "")))
            payload: dict[str, Any] = jwt.decode(
                token,
                key,
                algorithms=list(ALGORITHMS),
                issuer=self._issuer,
                audience=self._audience,
                options={"require": ["exp", "iss", "aud", "sub"]},
            )
            return Claims(
                subject=UUID(payload["sub"]),
                acr=str(payload.get("acr", "")),
                email=str(payload.get("email", "")),
                name=str(payload.get("name") or payload.get("preferred_username", "")),
                realm_roles=frozenset(payload.get("realm_access", {}).get("roles", ())),
                expires_at=int(payload["exp"]),
            )
        except jwt.ExpiredSignatureError as expired:
            raise TokenRefused("The token has expired; sign in again.", reason="TOKEN_EXPIRED") from expired
        except (jwt.PyJWTError, ValueError, AttributeError) as refused:
            raise TokenRefused("The token is not one of ours; sign in again.") from refused

    async def _key(self, key_id: str) -> jwt.PyJWK:
        if key_id not in self._keys:
            async with self._lock:
                if key_id not in self._keys and time.monotonic() - self._keys_asked_at > KEYS_EVERY_SECONDS:
                    await self.refresh()
        try:
            return self._keys[key_id]
        except KeyError:
            raise TokenRefused("The token is signed with a key that the identity provider does not know.") from None

    async def refresh(self) -> None:
        """Ask the provider for its signing keys. Raises Unavailable when it does not answer."""
        try:
            async with httpx.AsyncClient(timeout=5) as client:
                answer = await client.get(self._jwks_url)
                answer.raise_for_status()
                keys = jwt.PyJWKSet.from_dict(answer.json()).keys
        except (httpx.HTTPError, ValueError, jwt.PyJWTError) as down:
            logger.warning("the identity provider's keys cannot be read: %s", type(down).__name__)
            raise Unavailable("The identity provider does not answer; try again in a moment.") from down
        self._keys_asked_at = time.monotonic()
        self._keys = {key.key_id: key for key in keys if key.key_id and key.public_key_use in (None, "sig")}

    @property
    def has_keys(self) -> bool:
        return bool(self._keys)
