from datetime import date
from uuid import UUID

from koprogo.identity.application.ports import UnitOfWork
from koprogo.identity.domain.invitation import Invitation, State


async def revoke(invitation_id: UUID, *, uow: UnitOfWork, today: date) -> None:
    """Take back what an invitation has given; the grants end today, in every service."""
    async with uow:
        await take_back(await uow.invitations.get(invitation_id), uow=uow, on=today)


async def take_back(invitation: Invitation, *, uow: UnitOfWork, on: date) -> None:
    """Inside the transaction of who decides it."""
    for grant in await uow.grants.of_invitation(invitation):
        await uow.grants.end(grant, on)
    invitation.state = State.REVOKED
    await uow.invitations.save(invitation)


async def resend(invitation_id: UUID, *, uow: UnitOfWork) -> None:
    """Send the mail once more, because a person asked for it."""
    async with uow:
        invitation = await uow.invitations.get(invitation_id)
        invitation.resend()
        await uow.invitations.save(invitation)
