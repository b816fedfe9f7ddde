"""What happens at the same moment ends as if it had happened one after the other."""

from __future__ import annotations

import asyncio
from datetime import date
from uuid import UUID, uuid4

from koprogo.identity.adapters.postgres.grants import grants_of
from koprogo.identity.adapters.postgres.unit_of_work import PostgresUnitOfWork, open_invitations
from koprogo.identity.application.carry_out_invitation import carry_out_invitation
from koprogo.identity.application.create_organisation import CreateOrganisation, FirstSyndic, create_organisation
from koprogo.identity.application.revoke import revoke
from koprogo.identity.application.take_over_association import take_over_association
from koprogo.identity.domain.grant import Grant
from koprogo.identity.domain.invitation import State
from koprogo.identity.domain.organisation import Organisation
from koprogo.kernel.words import Language, Role
from koprogo.kit.database import Pool
from koprogo.kit.ids import new_id

TODAY = date(2026, 11, 24)


class SlowAccounts:
    """An identity provider that can be held in the middle of making an account."""

    def __init__(self) -> None:
        self.subject = uuid4()
        self.made: list[str] = []
        self.mails: list[UUID] = []
        self.go_on = asyncio.Event()

    async def ensure(self, *, email: str, name: str, language: Language, organisation: Organisation) -> UUID:
        self.made.append(email)
        await self.go_on.wait()
        return self.subject

    async def has_password(self, subject: UUID) -> bool:
        return False

    async def send_invitation(self, subject: UUID) -> None:
        self.mails.append(subject)


class Firm:
    def __init__(self, pool: Pool) -> None:
        self.pool, self.tenant, self.accounts = pool, uuid4(), SlowAccounts()

    def uow(self) -> PostgresUnitOfWork:
        return PostgresUnitOfWork(self.pool, self.tenant)

    async def invitation(self) -> UUID:
        syndic = FirstSyndic(f"{self.tenant.hex}@office.example", "Claire Dubois", Language.FR)
        command = CreateOrganisation("Office", syndic)
        await create_organisation(command, organisation_id=self.tenant, uow=self.uow(), new_id=new_id())
        return next(one.id for one in await open_invitations(self.pool) if one.tenant == self.tenant)

    async def carry_out(self, invitation: UUID) -> State:
        return await carry_out_invitation(
            invitation,
            tenant=self.tenant,
            uow=self.uow,
            accounts=self.accounts,
            today=TODAY,
            was_interrupted=False,
        )


class TestOneInvitationFoundByTwoProcesses:
    async def test_is_carried_out_by_one_of_them(self, pool: Pool) -> None:
        firm = Firm(pool)
        invitation = await firm.invitation()
        both = [asyncio.create_task(firm.carry_out(invitation)) for _ in range(2)]
        await asyncio.wait(both, timeout=0.3)
        firm.accounts.go_on.set()
        assert sorted(await asyncio.gather(*both)) == [State.CREATING, State.INVITED]
        assert (len(firm.accounts.made), len(firm.accounts.mails)) == (1, 1)

    async def test_gives_nothing_when_it_is_revoked_meanwhile(self, pool: Pool) -> None:
        firm = Firm(pool)
        invitation = await firm.invitation()
        task = asyncio.create_task(firm.carry_out(invitation))
        await asyncio.wait([task], timeout=0.2)
        await revoke(invitation, uow=firm.uow(), today=TODAY)
        firm.accounts.go_on.set()
        assert await task is State.REVOKED
        assert firm.accounts.mails == []
        assert await grants_of(pool, firm.accounts.subject) == []


class TestASyndicAndAnAssociationThatComeTogether:
    async def test_find_each_other(self, pool: Pool) -> None:
        firm, association, subject = Firm(pool), uuid4(), uuid4()
        async with (syndic := firm.uow()):
            # As an invitation is carried out: the mandates are read, then the grants are written.
            known = [None, *await syndic.mandates.all()]
            taken = asyncio.create_task(take_over_association(association, "ACP Zavel", uow=firm.uow(), today=TODAY))
            await asyncio.wait([taken], timeout=0.2)
            for one in known:
                await syndic.grants.save(Grant(subject, firm.tenant, one, Role.SYNDIC, None, TODAY))
        await taken
        assert {grant.association_id for grant in await grants_of(pool, subject)} == {None, association}


class TestAGrantGivenAgain:
    async def test_is_in_force_again_and_published_each_time_it_changes(self, pool: Pool) -> None:
        firm, subject = Firm(pool), uuid4()
        grant = Grant(subject, firm.tenant, None, Role.ACCOUNTANT, None, TODAY)
        for _ in range(2):
            async with (uow := firm.uow()):
                await uow.grants.save(grant)
            async with (uow := firm.uow()):
                await uow.grants.save(grant)
            assert len(await grants_of(pool, subject)) == 1
            async with (uow := firm.uow()):
                await uow.grants.end(grant, TODAY)
            assert await grants_of(pool, subject) == []
        async with (uow := firm.uow()):
            await uow.connection.execute("set local koprogo.relay = 'on'")
            keys = await uow.connection.fetch("select key from outbox where tenant_id = $1", firm.tenant)
        assert [row["key"] for row in keys] == [str(grant.id)] * 4
