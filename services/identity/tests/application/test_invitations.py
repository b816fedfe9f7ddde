"""From an invitation to an account, grants and one mail, with a crash at each step; on a real database."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta
from uuid import UUID, uuid4

import pytest

from koprogo.identity.adapters.postgres.grants import grants_of
from koprogo.identity.adapters.postgres.unit_of_work import PostgresUnitOfWork, open_invitations, organisation_of
from koprogo.identity.application.carry_out_invitation import MAX_ATTEMPTS, carry_out_invitation, note_failure
from koprogo.identity.application.create_organisation import CreateOrganisation, FirstSyndic, create_organisation
from koprogo.identity.application.invite import (
    InviteCoOwners,
    InvitePerson,
    invite_co_owners,
    invite_person,
)
from koprogo.identity.application.ports import KnownAssociation, KnownCoOwner
from koprogo.identity.application.revoke import resend, revoke
from koprogo.identity.application.see_out_former_owners import see_out_former_owners
from koprogo.identity.application.take_over_association import take_over_association, whose_association
from koprogo.identity.domain.invitation import State
from koprogo.identity.domain.organisation import Organisation
from koprogo.kernel.errors import DomainError, Unavailable
from koprogo.kernel.words import Language, Role
from koprogo.kit.database import Pool
from koprogo.kit.ids import new_id

TODAY = date(2026, 11, 24)
ASSOCIATION = uuid4()


class Crash(BaseException):
    """The process is gone: nothing after this line runs."""


class Accounts:
    """An identity provider that can be told when to fail."""

    def __init__(self) -> None:
        self.people: dict[str, UUID] = {}
        self.passwords: set[UUID] = set()
        self.mails: list[UUID] = []
        self.crash: str = ""

    async def ensure(self, *, email: str, name: str, language: Language, organisation: Organisation) -> UUID:
        subject = self.people.setdefault(email, uuid4())
        self._maybe("after the account")
        return subject

    async def has_password(self, subject: UUID) -> bool:
        return subject in self.passwords

    async def send_invitation(self, subject: UUID) -> None:
        self._maybe("before the mail")
        self.mails.append(subject)
        self._maybe("after the mail")

    def _maybe(self, where: str) -> None:
        if self.crash == where:
            self.crash = ""
            raise Crash(where)
        if self.crash == f"refused {where}":
            raise Unavailable("The identity provider does not answer.")


class Property:
    def __init__(self, organisation: UUID, co_owners: Sequence[KnownCoOwner] = ()) -> None:
        self.organisation, self.known, self.asked = organisation, co_owners, 0

    async def association(self, association_id: UUID) -> KnownAssociation | None:
        self.asked += 1
        return KnownAssociation(self.organisation, "ACP Zavel")

    async def co_owners(
        self, organisation_id: UUID, association_id: UUID, ids: Sequence[UUID]
    ) -> Sequence[KnownCoOwner]:
        return [one for one in self.known if one.id in ids]


class Office:
    def __init__(self, pool: Pool) -> None:
        self.pool, self.tenant, self.accounts = pool, uuid4(), Accounts()
        self.email = f"claire-{self.tenant.hex[:8]}@office.example"

    def uow(self) -> PostgresUnitOfWork:
        return PostgresUnitOfWork(self.pool, self.tenant)

    async def opened(self) -> Office:
        command = CreateOrganisation("Office", FirstSyndic(self.email, "Claire Dubois", Language.FR))
        await create_organisation(command, organisation_id=self.tenant, uow=self.uow(), new_id=new_id())
        return self

    async def invitation(self) -> UUID:
        return next(one.id for one in await open_invitations(self.pool) if one.tenant == self.tenant)

    async def carry_out(self, invitation: UUID, *, was_interrupted: bool = False) -> State:
        return await carry_out_invitation(
            invitation,
            tenant=self.tenant,
            uow=self.uow,
            accounts=self.accounts,
            today=TODAY,
            was_interrupted=was_interrupted,
        )

    async def state(self, invitation: UUID) -> State:
        async with (uow := self.uow()):
            return (await uow.invitations.get(invitation)).state

    async def roles(self, subject: UUID) -> set[tuple[Role, UUID | None]]:
        return {(g.role, g.association_id) for g in await grants_of(self.pool, subject)}

    async def published(self) -> int:
        async with (uow := self.uow()):
            await uow.connection.execute("set local koprogo.relay = 'on'")
            count: int = await uow.connection.fetchval(
                "select count(*) from outbox where topic = 'identity.grant' and tenant_id = $1", self.tenant
            )
        return count


@pytest.fixture
async def office(pool: Pool) -> Office:
    return await Office(pool).opened()


class TestAnInvitation:
    async def test_becomes_an_account_a_grant_and_one_mail(self, office: Office) -> None:
        invitation = await office.invitation()
        assert await office.carry_out(invitation) is State.INVITED
        subject = office.accounts.people[office.email]
        assert office.accounts.mails == [subject]
        assert await office.roles(subject) == {(Role.SYNDIC, None)}
        assert await office.published() == 1
        assert await office.carry_out(invitation) is State.INVITED
        assert len(office.accounts.mails) == 1

    async def test_of_somebody_with_a_password_needs_no_mail(self, office: Office) -> None:
        subject = office.accounts.people.setdefault(office.email, uuid4())
        office.accounts.passwords.add(subject)
        assert await office.carry_out(await office.invitation()) is State.ACTIVE
        assert office.accounts.mails == []

    async def test_interrupted_after_the_account_is_carried_on(self, office: Office) -> None:
        invitation = await office.invitation()
        office.accounts.crash = "after the account"
        with pytest.raises(Crash):
            await office.carry_out(invitation)
        assert await office.carry_out(invitation, was_interrupted=True) is State.INVITED
        assert len(office.accounts.people) == len(office.accounts.mails) == 1
        assert await office.published() == 1

    @pytest.mark.parametrize("where", ["before the mail", "after the mail"])
    async def test_interrupted_around_the_mail_waits_for_a_person(self, office: Office, where: str) -> None:
        invitation = await office.invitation()
        office.accounts.crash = where
        with pytest.raises(Crash):
            await office.carry_out(invitation)
        sent = len(office.accounts.mails)
        assert await office.carry_out(invitation) is State.MAILING, "another process may still be sending it"
        assert await office.carry_out(invitation, was_interrupted=True) is State.UNCONFIRMED
        assert await office.carry_out(invitation, was_interrupted=True) is State.UNCONFIRMED
        assert len(office.accounts.mails) == sent, "it was sent again by itself"
        await resend(invitation, uow=office.uow())
        assert await office.carry_out(invitation) is State.INVITED
        assert len(office.accounts.mails) == sent + 1
        assert await office.published() == 1, "the grant was published once more"

    async def test_that_the_provider_refuses_is_tried_again_up_to_a_point(self, office: Office) -> None:
        invitation = await office.invitation()
        office.accounts.crash = "refused after the account"
        for _ in range(MAX_ATTEMPTS):
            with pytest.raises(Unavailable):
                await office.carry_out(invitation)
            await note_failure(invitation, uow=office.uow(), detail="The identity provider does not answer.")
        assert await office.state(invitation) is State.FAILED

    async def test_whose_mail_the_provider_did_not_confirm_waits_for_a_person(self, office: Office) -> None:
        invitation = await office.invitation()
        office.accounts.crash = "refused before the mail"
        with pytest.raises(Unavailable):
            await office.carry_out(invitation)
        await note_failure(invitation, uow=office.uow(), detail="no answer")
        assert await office.state(invitation) is State.UNCONFIRMED

    async def test_makes_nobody_a_super_admin_or_a_syndic_of_one_association(self, office: Office) -> None:
        for role, association in [(Role.SUPER_ADMIN, None), (Role.OWNER, None), (Role.SYNDIC, uuid4())]:
            with pytest.raises(DomainError) as refused:
                await invite_person(
                    InvitePerson("mal@lory.example", "Mallory", Language.EN, role),
                    association_id=association,
                    uow=office.uow(),
                    new_id=new_id(),
                )
            assert refused.value.reason == "ROLE_NOT_GIVEN_HERE"

    async def test_of_the_same_person_to_the_same_is_refused_whatever_the_case_of_his_address(
        self, office: Office
    ) -> None:
        again = InvitePerson(office.email.upper(), "Claire", Language.FR, Role.SYNDIC)
        with pytest.raises(DomainError) as refused:
            await invite_person(again, association_id=None, uow=office.uow(), new_id=new_id())
        assert refused.value.reason == "ALREADY_INVITED"


class TestInvitingCoOwners:
    async def test_invites_all_of_them_or_none(self, office: Office) -> None:
        an = KnownCoOwner(uuid4(), "Peeters An", Language.NL, "an@zavel.example")
        without = KnownCoOwner(uuid4(), "Maes Ilse", Language.NL, "")
        association, neighbour = uuid4(), Property(office.tenant, [an, without])

        async def invite(*ids: UUID) -> int:
            result = await invite_co_owners(
                InviteCoOwners(list(ids)),
                organisation_id=office.tenant,
                association_id=association,
                property_=neighbour,
                uow=office.uow(),
                ids=new_id,
            )
            return result.invited

        for wrong, reason in ((without.id, "EMAIL_MISSING"), (uuid4(), "CO_OWNER_UNKNOWN")):
            with pytest.raises(DomainError) as refused:
                await invite(an.id, wrong)
            assert (refused.value.reason, refused.value.field) == (reason, "co_owner_ids.1")
        assert await invite(an.id) == 1
        assert await invite(an.id) == 0


class TestAnAssociationTakenOver:
    async def test_extends_the_syndics_grant_once(self, office: Office) -> None:
        await office.carry_out(await office.invitation())
        subject, association = office.accounts.people[office.email], uuid4()
        for _ in range(2):
            await take_over_association(association, "ACP Zavel", uow=office.uow(), today=TODAY)
        assert await office.roles(subject) == {(Role.SYNDIC, None), (Role.SYNDIC, association)}
        assert await office.published() == 2

    async def test_is_given_to_syndics_who_come_later(self, office: Office) -> None:
        association = uuid4()
        await take_over_association(association, "ACP Zavel", uow=office.uow(), today=TODAY)
        await office.carry_out(await office.invitation())
        assert (Role.SYNDIC, association) in await office.roles(office.accounts.people[office.email])

    async def test_is_asked_of_property_while_its_event_is_under_way(self, office: Office) -> None:
        association, neighbour = uuid4(), Property(office.tenant)
        for _ in range(2):
            whose = await whose_association(
                association,
                known=await organisation_of(office.pool, association),
                property_=neighbour,
                uow=lambda tenant: PostgresUnitOfWork(office.pool, tenant),
                today=TODAY,
            )
            assert whose == office.tenant
        assert neighbour.asked == 1


class TestRevoking:
    async def test_ends_every_grant_that_came_of_it_and_says_so(self, office: Office) -> None:
        invitation = await office.invitation()
        await office.carry_out(invitation)
        await take_over_association(uuid4(), "ACP Zavel", uow=office.uow(), today=TODAY)
        await revoke(invitation, uow=office.uow(), today=TODAY)
        assert await office.roles(office.accounts.people[office.email]) == set()
        assert await office.published() == 4
        assert await office.state(invitation) is State.REVOKED


class TestAnOwnerWhoIsLeftWithoutALot:
    async def invited(self, office: Office, person: KnownCoOwner) -> UUID:
        await invite_co_owners(
            InviteCoOwners([person.id]),
            organisation_id=office.tenant,
            association_id=ASSOCIATION,
            property_=Property(office.tenant, [person]),
            uow=office.uow(),
            ids=new_id,
        )
        mine = [one.id for one in await open_invitations(office.pool) if one.tenant == office.tenant]
        for invitation in mine:
            await office.carry_out(invitation)
        return office.accounts.people[person.email]

    async def leaves(self, office: Office, person: KnownCoOwner, since: date, event: UUID) -> None:
        await see_out_former_owners(ASSOCIATION, {person.id: since}, event_id=event, uow=office.uow())

    def person(self) -> KnownCoOwner:
        return KnownCoOwner(uuid4(), "Peeters An", Language.NL, f"an-{uuid4().hex[:8]}@example.org")

    async def test_is_admitted_until_that_day(self, office: Office) -> None:
        leaving, staying = self.person(), self.person()
        first, second = await self.invited(office, leaving), await self.invited(office, staying)
        today = datetime.now(UTC).date()
        await self.leaves(office, leaving, today + timedelta(days=30), uuid4())
        assert await office.roles(first) == {(Role.OWNER, ASSOCIATION)}
        await self.invited(office, leaving)
        await self.leaves(office, leaving, today, uuid4())
        assert await office.roles(first) == set()
        assert await office.roles(second) == {(Role.OWNER, ASSOCIATION)}

    async def test_is_admitted_again_when_invited_again_even_if_his_departure_is_told_twice(
        self, office: Office
    ) -> None:
        person, event = self.person(), uuid4()
        subject = await self.invited(office, person)
        today = datetime.now(UTC).date()
        await self.leaves(office, person, today, event)
        assert await office.roles(subject) == set()
        await self.invited(office, person)
        await self.leaves(office, person, today, event)
        assert await office.roles(subject) == {(Role.OWNER, ASSOCIATION)}


class TestAnotherTenant:
    async def test_sees_no_invitation_and_no_grant(self, office: Office, pool: Pool) -> None:
        await office.carry_out(await office.invitation())
        async with (uow := PostgresUnitOfWork(pool, uuid4())):
            assert await uow.invitations.page(None, 50, None) == []
            assert await uow.grants.on_organisation() == []
            assert await uow.mandates.all() == []
