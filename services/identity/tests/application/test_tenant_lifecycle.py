"""An organisation is begun once, leaves whole, comes back under another id, and is gone when erased."""

from __future__ import annotations

from collections.abc import AsyncIterator
from functools import partial
from uuid import UUID, uuid4

import asyncpg
import pytest

from koprogo.identity.adapters.postgres.grants import grants_of, told
from koprogo.identity.adapters.postgres.organisations import OrganisationExists
from koprogo.identity.adapters.postgres.unit_of_work import PostgresUnitOfWork, open_invitations
from koprogo.identity.application.invite import InvitePerson, invite_person
from koprogo.identity.application.revoke import revoke
from koprogo.identity.application.take_over_association import take_over_association
from koprogo.identity.entrypoints.tenants import provision
from koprogo.kernel.errors import DomainError
from koprogo.kernel.words import Language, Role
from koprogo.kit.database import Pool, UnitOfWork
from koprogo.kit.tenants import state
from koprogo.kit.tenants.lifecycle import TenantLifecycle
from koprogo.kit.testing import Operator, in_the_way, through_an_archive
from koprogo.stack.instance import Instance
from koprogo.stack.testing import superuser_url
from koprogo_api.identity.events.v1.grant_pb2 import GrantChanged
from koprogo_api.platform.v1 import tenant_lifecycle_pb2 as pb

from .test_invitations import TODAY, Office


@pytest.fixture(autouse=True)
def no_waiting(monkeypatch: pytest.MonkeyPatch) -> None:
    """One process: nobody else has to hear of it."""
    monkeypatch.setattr(state, "CACHE_SECONDS", -0.5)


@pytest.fixture
async def superuser(database: Instance) -> AsyncIterator[asyncpg.Connection[asyncpg.Record]]:
    connection = await asyncpg.connect(superuser_url(database, "identity"))
    yield connection
    await connection.close()


@pytest.fixture
def operator(pool: Pool) -> Operator:
    return Operator(TenantLifecycle(pool, provision(partial(PostgresUnitOfWork, pool)), told))


def asked(office: Office, operation: str = "1", **syndic: str) -> pb.ProvisionRequest:
    person = {"email": office.email, "name": "Claire Dubois", "language": "fr", **syndic}
    return pb.ProvisionRequest(
        operation_id=operation,
        tenant_id=str(office.tenant),
        name="Office",
        plan="small",
        languages=["fr", "nl"],
        first_syndic=pb.FirstSyndic(**person),
    )


async def invited(office: Office) -> list[str]:
    async with (uow := office.uow()):
        return [row["email"] for row in await uow.connection.fetch("select email from invitations order by id")]


async def at_work(pool: Pool) -> Office:
    """Two syndics with grants on the organisation and its association, and one who was revoked."""
    office = await Office(pool).opened()
    await office.carry_out(await office.invitation())
    for name in ("An", "Bo"):
        who = InvitePerson(f"{name}-{office.tenant.hex}@office.example", name, Language.NL, Role.SYNDIC)
        one = await invite_person(who, association_id=None, uow=office.uow(), new_id=uuid4())
        await office.carry_out(one)
    await take_over_association(uuid4(), "ACP Zavel", uow=office.uow(), today=TODAY)
    await revoke(one, uow=office.uow(), today=TODAY)
    return office


class TestATenantThatBegins:
    async def test_is_an_organisation_with_its_first_syndic_invited(self, pool: Pool, operator: Operator) -> None:
        office = Office(pool)
        assert (await operator.answers.Provision(asked(office), None)).state == "active"
        async with (uow := office.uow()):
            assert (await uow.organisations.get(office.tenant)).name == "Office"
        assert await invited(office) == [office.email]

    async def test_invites_once_whatever_is_repeated(self, pool: Pool, operator: Operator) -> None:
        office = Office(pool)
        for operation in ("1", "1", "2"):
            await operator.answers.Provision(asked(office, operation), None)
        assert await invited(office) == [office.email]

    async def test_is_refused_a_syndic_without_an_address(self, pool: Pool, operator: Operator) -> None:
        office = Office(pool)
        with pytest.raises(DomainError) as refused:
            await operator.answers.Provision(asked(office, email="nowhere"), None)
        assert refused.value.reason == "INVALID"
        await operator.answers.Provision(asked(office), None)
        assert await invited(office) == [office.email]


class TestATenant:
    async def test_survives_an_archive_and_leaves_nothing_behind(
        self, pool: Pool, operator: Operator, superuser: asyncpg.Connection[asyncpg.Record]
    ) -> None:
        office, other = await at_work(pool), await at_work(pool)
        subject = next(iter(office.accounts.people.values()))
        held = {(g.association_id, g.role) for g in await grants_of(pool, subject)}
        new, archive = await through_an_archive(
            operator, superuser, office.tenant, other=other.tenant, ids=[*office.accounts.people.values()]
        )
        assert all(count for count, _ in archive.manifest.values()), archive.manifest
        again = await grants_of(pool, subject)
        assert {(g.association_id, g.role) for g in again} == held and {g.organisation_id for g in again} == {new}

    async def test_is_provisioned_without_another_invitation_once_restored(
        self, pool: Pool, operator: Operator, superuser: asyncpg.Connection[asyncpg.Record]
    ) -> None:
        office, other = await at_work(pool), await at_work(pool)
        before = await invited(office)
        office.tenant, _ = await through_an_archive(operator, superuser, office.tenant, other=other.tenant, ids=[])
        await operator.answers.Provision(asked(office, email="another@office.example"), None)
        assert await invited(office) == before

    async def test_ends_the_grants_it_was_restored_with_under_the_ids_they_had(
        self, pool: Pool, operator: Operator, superuser: asyncpg.Connection[asyncpg.Record]
    ) -> None:
        office, other = await at_work(pool), await at_work(pool)
        office.tenant, _ = await through_an_archive(operator, superuser, office.tenant, other=other.tenant, ids=[])
        async with (uow := office.uow()):
            row = await uow.connection.fetchrow(
                "select id, subject from invitations where email = $1 and state <> 'revoked'", office.email
            )
            assert row is not None
            kept = {r["id"] for r in await uow.connection.fetch("select id from grants")}
        await superuser.execute("delete from outbox")
        await revoke(row["id"], uow=office.uow(), today=TODAY)
        assert await grants_of(pool, row["subject"]) == []
        told_of = [GrantChanged.FromString(r["payload"]) for r in await superuser.fetch("select payload from outbox")]
        assert len(told_of) == 2 and {UUID(g.grant_id) for g in told_of} <= kept
        assert {(g.organisation_id, bool(g.valid_until)) for g in told_of} == {(str(office.tenant), True)}

    async def test_finds_nothing_in_the_way(self, pool: Pool) -> None:
        async with (uow := UnitOfWork(pool, uuid4())):
            assert await in_the_way(uow.connection) == []


class TestASuspendedTenant:
    async def test_has_its_invitations_carried_out_once_it_is_resumed(self, pool: Pool, operator: Operator) -> None:
        office = await Office(pool).opened()

        async def waiting() -> int:
            return sum(one.tenant == office.tenant for one in await open_invitations(pool))

        assert await waiting() == 1
        await operator.suspend(office.tenant)
        assert await waiting() == 0
        await operator.resume(office.tenant)
        assert await waiting() == 1


class TestAnErasedTenant:
    async def test_is_not_begun_again_by_its_id_or_by_what_property_still_answers(
        self, pool: Pool, operator: Operator
    ) -> None:
        office = await at_work(pool)
        await operator.erase(office.tenant)
        with pytest.raises(OrganisationExists):
            await office.opened()
        await take_over_association(uuid4(), "ACP Zavel", uow=office.uow(), today=TODAY)
        assert set((await operator.describe(office.tenant))[1].values()) == {0}

    async def test_stops_the_invitation_that_was_under_way(self, pool: Pool, operator: Operator) -> None:
        office = await Office(pool).opened()
        invitation = await office.invitation()
        await operator.erase(office.tenant)
        with pytest.raises(DomainError) as refused:
            await office.carry_out(invitation)
        assert refused.value.reason == "NOT_FOUND"
        assert office.accounts.people == {}
