from collections.abc import Sequence
from typing import Any
from uuid import UUID

import msgspec
from litestar import Request, Response, delete, get, patch, post

from koprogo.governance.application.convene_general_meeting import (
    CallSecondAssembly,
    ConveneGeneralMeeting,
    call_second_assembly,
    convene_general_meeting,
)
from koprogo.governance.application.draft_meeting import ChangeMeeting, DraftMeeting, change_meeting, draft_meeting
from koprogo.governance.application.record_proxies import RecordProxy, record_proxies, withdraw_proxy
from koprogo.governance.application.views import AgendaItemView, DispatchView, MeetingLine, MeetingView, ProxyView
from koprogo.governance.domain.general_meeting import GeneralMeeting, MeetingState
from koprogo.governance.domain.law.clocks import challenge_until, latest_dispatch, minutes_due
from koprogo.governance.domain.law.policies import Policies
from koprogo.governance.entrypoints.http.shared import (
    MANAGERS,
    MEETING,
    READERS,
    Clock,
    KnowsDocuments,
    KnowsProperty,
    Uow,
)
from koprogo.kernel.errors import NotFound
from koprogo.kernel.words import Role
from koprogo.kit.access import Actor
from koprogo.kit.http import After, Limit, admits, etag, expected_version, page
from koprogo.kit.http.etags import IfMatch
from koprogo.kit.ids import new_id

PREPARING = (*MANAGERS, Role.ACCOUNTANT, Role.BOARD_MEMBER)
"""Who sees a meeting before it is convened."""
COLLECTION = "/associations/{association_id:uuid}/meetings"


class Convened(msgspec.Struct):
    convocations: int


class Created(msgspec.Struct):
    id: UUID


@post(COLLECTION, opt=admits(*MANAGERS))
async def create_meeting(
    association_id: UUID,
    data: DraftMeeting,
    actor: Actor,
    uow: Uow,
    property_: KnowsProperty,
    documents: KnowsDocuments,
    clock: Clock,
) -> Response[MeetingView]:
    meeting_id = await draft_meeting(
        association_id,
        data,
        tenant=actor.tenant,
        uow=uow,
        property_=property_,
        documents=documents,
        ids=new_id,
        now=clock(),
    )
    return await _show(association_id, meeting_id, uow, status=201)


@get(COLLECTION, opt=admits(*READERS))
async def list_meetings(
    request: Request[Any, Any, Any],
    association_id: UUID,
    actor: Actor,
    uow: Uow,
    limit: Limit = 50,
    after: After = None,
) -> Response[Sequence[MeetingLine]]:
    async with uow:
        rows = await uow.meetings.page(association_id, limit + 1, after, drafts=actor.is_one_of(*PREPARING))
    return page(request, rows, limit, lambda row: str(row.id))


@get(MEETING, opt=admits(*READERS))
async def read_meeting(association_id: UUID, meeting_id: UUID, actor: Actor, uow: Uow) -> Response[MeetingView]:
    return await _show(association_id, meeting_id, uow, drafts=actor.is_one_of(*PREPARING))


@patch(MEETING, opt=admits(*MANAGERS))
async def edit_meeting(
    association_id: UUID,
    meeting_id: UUID,
    data: ChangeMeeting,
    actor: Actor,
    uow: Uow,
    property_: KnowsProperty,
    documents: KnowsDocuments,
    clock: Clock,
    if_match: IfMatch = None,
) -> Response[MeetingView]:
    await change_meeting(
        association_id,
        meeting_id,
        data,
        version=expected_version(if_match),
        tenant=actor.tenant,
        uow=uow,
        property_=property_,
        documents=documents,
        ids=new_id,
        now=clock(),
    )
    return await _show(association_id, meeting_id, uow)


@post(MEETING + "/convocation", opt=admits(*MANAGERS), status_code=202)
async def convene(
    association_id: UUID,
    meeting_id: UUID,
    data: ConveneGeneralMeeting,
    actor: Actor,
    uow: Uow,
    property_: KnowsProperty,
    clock: Clock,
) -> Convened:
    """Freezes the voter roll. The convocations follow at once; `dispatches` shows what became of each."""
    return Convened(
        await convene_general_meeting(
            association_id,
            meeting_id,
            data,
            tenant=actor.tenant,
            uow=uow,
            property_=property_,
            ids=new_id,
            now=clock(),
        )
    )


@get(MEETING + "/dispatches", opt=admits(*MANAGERS, Role.BOARD_MEMBER))
async def list_dispatches(
    request: Request[Any, Any, Any],
    association_id: UUID,
    meeting_id: UUID,
    uow: Uow,
    limit: Limit = 50,
    after: After = None,
) -> Response[Sequence[DispatchView]]:
    async with uow:
        await uow.meetings.get(association_id, meeting_id)
        rows = await uow.dispatches.of(meeting_id, limit + 1, after)
    return page(request, rows, limit, lambda row: str(row.id))


@post(MEETING + "/second-assembly", opt=admits(*MANAGERS))
async def create_second_assembly(
    association_id: UUID, meeting_id: UUID, data: CallSecondAssembly, uow: Uow
) -> Response[MeetingView]:
    second = await call_second_assembly(association_id, meeting_id, data, uow=uow, ids=new_id)
    return await _show(association_id, second, uow, status=201)


@post(MEETING + "/proxies", opt=admits(*MANAGERS, Role.OWNER))
async def give_proxy(association_id: UUID, meeting_id: UUID, data: RecordProxy, actor: Actor, uow: Uow) -> ProxyView:
    return await record_proxies(
        association_id,
        meeting_id,
        data,
        uow=uow,
        new_id=new_id(),
        own=actor.co_owners,
        manages=actor.is_one_of(*MANAGERS),
    )


@get(MEETING + "/proxies", opt=admits(*READERS))
async def list_proxies(association_id: UUID, meeting_id: UUID, uow: Uow) -> Sequence[ProxyView]:
    async with uow:
        await uow.meetings.get(association_id, meeting_id)
        return [ProxyView(p.id, p.principal, p.holder, p.holder_name) for p in await uow.proxies.of(meeting_id)]


@delete(MEETING + "/proxies/{proxy_id:uuid}", opt=admits(*MANAGERS))
async def remove_proxy(association_id: UUID, meeting_id: UUID, proxy_id: UUID, uow: Uow) -> None:
    await withdraw_proxy(association_id, meeting_id, proxy_id, uow=uow)


async def _show(
    association_id: UUID, meeting_id: UUID, uow: Uow, *, status: int = 200, drafts: bool = True
) -> Response[MeetingView]:
    async with uow:
        meeting = await uow.meetings.get(association_id, meeting_id)
    if meeting.state is MeetingState.DRAFT and not drafts:
        raise NotFound("There is no such meeting.")
    headers = etag(meeting.version)
    if status == 201:
        headers["location"] = f"/api/governance/v1/associations/{association_id}/meetings/{meeting_id}"
    return Response(_view(meeting), status_code=status, headers=headers)


def _view(meeting: GeneralMeeting) -> MeetingView:
    margin = Policies(meeting.policies).notice_margin_days
    return MeetingView(
        id=meeting.id,
        kind=meeting.kind,
        session=meeting.session,
        first_meeting_id=meeting.first_meeting_id,
        starts_at=meeting.starts_at,
        place=meeting.place,
        remote_system=meeting.remote_system,
        consultation=meeting.consultation,
        required_acr=meeting.required_acr,
        state=meeting.state,
        urgency=meeting.urgency,
        convened_at=meeting.convened_at,
        latest_dispatch=latest_dispatch(meeting.day, margin),
        minutes_due=minutes_due(meeting.day),
        challenge_until=challenge_until(meeting.day),
        agenda=[
            AgendaItemView(
                id=item.id,
                number=number,
                title=item.title,
                text=item.text,
                nature=item.nature,
                majority=item.majority,
                allocation_key=item.allocation_key,
                attachments=item.attachments,
                excluded=item.excluded,
                about=item.about,
            )
            for number, item in enumerate(meeting.agenda, start=1)
        ],
        version=meeting.version,
    )


routes = [
    create_meeting,
    list_meetings,
    read_meeting,
    edit_meeting,
    convene,
    list_dispatches,
    create_second_assembly,
    give_proxy,
    list_proxies,
    remove_proxy,
]
