from typing import Annotated
from uuid import UUID

import msgspec

from koprogo.governance.application.ports import UnitOfWork
from koprogo.governance.application.views import ProxyView
from koprogo.governance.domain.general_meeting import MeetingState
from koprogo.governance.domain.hall import NotYourVote
from koprogo.governance.domain.printable import check_printable
from koprogo.governance.domain.proxy import NotOnTheRoll, Proxy, record_proxy
from koprogo.kernel.errors import DomainError


class HolderMissing(DomainError):
    reason = "HOLDER_MISSING"


class RecordProxy(msgspec.Struct, forbid_unknown_fields=True):
    principal: UUID
    """The co-ownership that is represented."""
    holder: UUID | None = None
    """The co-ownership that represents it; or a name, for somebody who is no co-owner."""
    holder_name: Annotated[str, msgspec.Meta(max_length=200)] = ""
    holder_is_syndic: bool = False
    id: UUID | None = None


async def record_proxies(
    association_id: UUID,
    meeting_id: UUID,
    command: RecordProxy,
    *,
    uow: UnitOfWork,
    new_id: UUID,
    own: frozenset[UUID],
    manages: bool,
) -> ProxyView:
    """Note a proxy that was given for this meeting (R052 to R054); an owner gives his own."""
    async with uow:
        meeting = await uow.meetings.get(association_id, meeting_id, lock=True)
        meeting.expect(MeetingState.CONVENED)
        assert meeting.roll is not None
        principal = meeting.roll.line(command.principal)
        if not manages and (principal is None or not own & {c.co_owner_id for c in principal.contacts}):
            raise NotYourVote("You can give a proxy for your own lots only.", field="principal")
        if command.holder is not None:
            line = meeting.roll.line(command.holder)
            if line is None:
                raise NotOnTheRoll("The holder is not on the voter roll; give his name instead.", field="holder")
            holder, name = command.holder, line.name
        elif command.holder_name.strip():
            name = command.holder_name.strip()
            check_printable(name, "holder_name")
            recorded = await uow.proxies.of(meeting_id)
            # The same name is the same person: his proxies are counted together (R053).
            holder = next((p.holder for p in recorded if p.holder_name.casefold() == name.casefold()), new_id)
        else:
            raise HolderMissing("A proxy names its holder (R052).", field="holder")
        proxy = Proxy(
            id=command.id or new_id,
            principal=command.principal,
            holder=holder,
            holder_name=name,
            holder_is_syndic=command.holder_is_syndic or name.casefold() == meeting.syndic_name.casefold(),
        )
        warning = record_proxy(proxy, roll=meeting.roll, recorded=await uow.proxies.of(meeting_id))
        await uow.proxies.add(meeting_id, proxy)
    return ProxyView(
        proxy.id,
        proxy.principal,
        proxy.holder,
        proxy.holder_name,
        f"{name} would engage {warning.engaged} votes, more than the {warning.limit} of all others: "
        "what exceeds will not count (R055)."
        if warning
        else "",
    )


async def withdraw_proxy(association_id: UUID, meeting_id: UUID, proxy_id: UUID, *, uow: UnitOfWork) -> None:
    async with uow:
        meeting = await uow.meetings.get(association_id, meeting_id, lock=True)
        meeting.expect(MeetingState.CONVENED)
        await uow.proxies.remove(meeting_id, proxy_id)
