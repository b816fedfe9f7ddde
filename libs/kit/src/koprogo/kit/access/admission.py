"""Grants decide. Local ones first; what is not there yet is asked of identity once, before a refusal."""

from __future__ import annotations

import time
from collections.abc import Sequence
from typing import Protocol
from uuid import UUID

import asyncpg
import msgspec

from koprogo.kernel.errors import Forbidden
from koprogo.kernel.words import Role
from koprogo.kit.access.actor import Actor
from koprogo.kit.access.tokens import Claims
from koprogo.kit.database import PLATFORM
from koprogo.kit.database.pool import Pool
from koprogo.kit.tenants.quotas import Rates
from koprogo.kit.tenants.state import State, TenantStates, TenantSuspended

CACHE_SECONDS = 2.0
"""How long a revoked grant may still be honoured by a process that has just read it."""
CACHE_SIZE = 20_000
GRANTS = "select tenant_id, association_id, role, co_owner_id from grants_of($1)"
ANYBODY = frozenset[Role]()
"""Admits every signed-in person."""


class Grant(msgspec.Struct, frozen=True):
    tenant: UUID
    association: UUID | None
    role: Role
    co_owner: UUID | None


class GrantsSource(Protocol):
    """identity, as the kit sees it."""

    async def ask(self, subject: UUID, association: UUID | None) -> tuple[Sequence[Grant], UUID | None]:
        """The subject's grants, and the organisation whose association it is, if it is one."""
        ...


class NotAdmitted(Forbidden):
    """Says the same for what does not exist and for what is another organisation's."""

    reason = "NOT_ADMITTED"


class Admission:
    def __init__(self, pool: Pool, source: GrantsSource) -> None:
        self._pool = pool
        self._source = source
        self._states = TenantStates(pool)
        self._rates = Rates()
        self._local: dict[UUID, tuple[float, list[Grant]]] = {}
        self._dedicated: dict[UUID, tuple[float, list[Grant], BaseException | None]] = {}
        self._asked: dict[tuple[UUID, UUID | None], tuple[float, Sequence[Grant], UUID | None]] = {}

    async def admit(
        self, claims: Claims, roles: frozenset[Role], *, organisation: UUID | None, association: UUID | None
    ) -> Actor:
        """The actor, if a grant of his on organisation or association is in `roles`; else NotAdmitted."""
        super_admin = Role.SUPER_ADMIN.value in claims.realm_roles
        if organisation is None and association is None:
            if roles and not (super_admin and Role.SUPER_ADMIN in roles):
                raise NotAdmitted("Your roles do not admit you here.")
            own = frozenset({Role.SUPER_ADMIN}) if super_admin else frozenset()
            return _actor(claims, own, PLATFORM, None, ())
        if super_admin and Role.SUPER_ADMIN in roles:
            tenant = organisation
            if tenant is None:
                tenant = (await self._ask(claims.subject, association))[1]
            if tenant is not None:
                return _actor(claims, frozenset({Role.SUPER_ADMIN}), tenant, association, ())
        away: BaseException | None = None
        for look in (self._grants, self._dedicated_grants, None):
            if look is None:
                known: Sequence[Grant] = (await self._ask(claims.subject, association))[0]
            else:
                known, away = await look(claims.subject)
            held = [g for g in known if _covers(g, organisation, association)]
            admitted = [g for g in held if not roles or g.role in roles]
            if admitted:
                return _actor(claims, frozenset(g.role for g in held), admitted[0].tenant, association, held)
        if away is not None:
            # It may be there that he is admitted.
            raise away
        raise NotAdmitted("You have no role that admits you here.")

    async def check_tenant(self, tenant: UUID, *, is_write: bool) -> None:
        """Whoever asks: of a suspended tenant all is read and nothing written, of an erased one there is nothing.

        It counts: a tenant who asks more often than he may is held back.
        """
        state, per_minute = await self._states.standing(tenant)
        if state is State.ERASED:
            raise NotAdmitted("You have no role that admits you here.")
        if state is State.SUSPENDED and is_write:
            raise TenantSuspended("This organisation is suspended: read it, and write once it is resumed.")
        self._rates.spend(tenant, per_minute)

    async def _grants(self, subject: UUID) -> tuple[list[Grant], None]:
        now = time.monotonic()
        if (hit := self._local.get(subject)) and hit[0] > now:
            return hit[1], None
        grants = [_grant(row) for row in await self._pool.fetch(GRANTS, subject)]
        if len(self._local) >= CACHE_SIZE:
            self._local.clear()
        self._local[subject] = (now + CACHE_SECONDS, grants)
        return grants, None

    async def _dedicated_grants(self, subject: UUID) -> tuple[list[Grant], BaseException | None]:
        """Of tenants who have a database of their own: of whom a subject is, is known there alone."""
        if not await self._pool.homes():
            return [], None
        now = time.monotonic()
        if (hit := self._dedicated.get(subject)) and hit[0] > now:
            return hit[1], hit[2]
        rows, away = await self._pool.fetch_dedicated(GRANTS, subject)
        if len(self._dedicated) >= CACHE_SIZE:
            self._dedicated.clear()
        grants = [_grant(row) for row in rows]
        self._dedicated[subject] = (now + CACHE_SECONDS, grants, away)
        return grants, away

    async def _ask(self, subject: UUID, association: UUID | None) -> tuple[Sequence[Grant], UUID | None]:
        now = time.monotonic()
        asked = (subject, association)
        if (hit := self._asked.get(asked)) and hit[0] > now:
            return hit[1], hit[2]
        grants, organisation = await self._source.ask(subject, association)
        if len(self._asked) >= CACHE_SIZE:
            self._asked.clear()
        self._asked[asked] = (now + CACHE_SECONDS, grants, organisation)
        return grants, organisation


def _grant(row: asyncpg.Record) -> Grant:
    return Grant(row["tenant_id"], row["association_id"], Role(row["role"]), row["co_owner_id"])


def _covers(grant: Grant, organisation: UUID | None, association: UUID | None) -> bool:
    if association is not None:
        return grant.association == association
    return grant.association is None and grant.tenant == organisation


def _actor(
    claims: Claims, roles: frozenset[Role], tenant: UUID, association: UUID | None, held: Sequence[Grant]
) -> Actor:
    return Actor(
        subject=claims.subject,
        roles=roles,
        tenant=tenant,
        association=association,
        co_owners=frozenset(g.co_owner for g in held if g.co_owner is not None),
        acr=claims.acr,
        email=claims.email,
        name=claims.name,
    )
