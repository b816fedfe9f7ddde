"""From an invitation to an account, grants and one mail.

Each step is committed before the next begins, so a crash repeats at most the step it fell into. All of them
may be repeated but one: handing over the mail. What was in that step is left to a person to decide.
"""

from collections.abc import Callable
from datetime import date
from uuid import UUID

from koprogo.identity.application.ports import Accounts, UnitOfWork
from koprogo.identity.domain.grant import COVERS_ASSOCIATIONS, Grant
from koprogo.identity.domain.invitation import State

MAX_ATTEMPTS = 10


async def carry_out_invitation(
    invitation_id: UUID,
    *,
    tenant: UUID,
    uow: Callable[[], UnitOfWork],
    accounts: Accounts,
    today: date,
    was_interrupted: bool,
) -> State:
    """Take one invitation as far as it goes. `was_interrupted`: it lay in its state since before this process."""
    async with (step := uow()):
        invitation = await step.invitations.get(invitation_id)
        organisation = await step.organisations.get(tenant)
        if invitation.state is State.MAILING:
            if was_interrupted:
                invitation.state = State.UNCONFIRMED
                invitation.detail = "The mail may or may not have left; send it again if it did not arrive."
                await step.invitations.save(invitation)
            return invitation.state
        if invitation.state is State.CREATING and not was_interrupted:
            # Somebody else has taken it since it was found.
            return invitation.state
        if invitation.state not in (State.PENDING, State.READY, State.CREATING):
            return invitation.state
        invitation.attempts += invitation.state is State.PENDING
        invitation.state = State.CREATING
        await step.invitations.save(invitation)

    subject = await accounts.ensure(
        email=invitation.email, name=invitation.name, language=invitation.language, organisation=organisation
    )
    has_password = await accounts.has_password(subject)
    async with (step := uow()):
        invitation = await step.invitations.get(invitation_id)
        if invitation.state is not State.CREATING:
            return invitation.state
        invitation.subject = subject
        associations = [invitation.association_id]
        if invitation.association_id is None and invitation.role in COVERS_ASSOCIATIONS:
            associations += await step.mandates.all()
        for association_id in associations:
            await step.grants.save(
                Grant(subject, tenant, association_id, invitation.role, invitation.co_owner_id, today)
            )
        invitation.state = State.ACTIVE if has_password else State.MAILING
        await step.invitations.save(invitation)
    if has_password:
        return State.ACTIVE

    await accounts.send_invitation(subject)
    async with (step := uow()):
        invitation = await step.invitations.get(invitation_id)
        if invitation.state is State.MAILING:
            invitation.state, invitation.detail = State.INVITED, ""
            await step.invitations.save(invitation)
    return invitation.state


async def note_failure(invitation_id: UUID, *, uow: UnitOfWork, detail: str) -> None:
    """What failed before the mail is tried again, up to a point; what failed with it may have left all the same."""
    async with uow:
        invitation = await uow.invitations.get(invitation_id)
        if invitation.state is State.MAILING:
            invitation.state = State.UNCONFIRMED
        elif invitation.attempts >= MAX_ATTEMPTS:
            invitation.state = State.FAILED
        elif invitation.state is State.CREATING:
            invitation.state = State.PENDING
        invitation.detail = detail
        await uow.invitations.save(invitation)
