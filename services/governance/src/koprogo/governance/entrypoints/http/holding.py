"""The meeting while it is held, and its votes."""

import asyncio
from collections.abc import AsyncIterator, Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

import msgspec
from litestar import Request, Response, get, post
from litestar.response import ServerSentEvent, ServerSentEventMessage

from koprogo.governance.application.hold_meeting import (
    NoteArrivals,
    NoteDeparture,
    NoteRemark,
    OpenMeeting,
    close_meeting,
    declare_quorum,
    join_remotely,
    note_arrivals,
    note_departure,
    note_remark,
    open_meeting,
)
from koprogo.governance.application.views import Live
from koprogo.governance.application.vote import (
    CastBallot,
    DeclareConflict,
    OpenVote,
    cast_ballot,
    close_vote,
    declare_conflict,
    open_vote,
)
from koprogo.governance.application.watch import watch
from koprogo.governance.domain.general_meeting import MeetingState
from koprogo.governance.entrypoints.http.explained import answer, said, wanted
from koprogo.governance.entrypoints.http.shared import ITEM, MANAGERS, MEETING, READERS, Clock, Uow
from koprogo.kernel.errors import NotFound
from koprogo.kernel.words import Language, Role
from koprogo.kit.access import Actor
from koprogo.kit.http import admits

LIVE_EVERY_SECONDS = 0.5
LIVE_AT_MOST_SECONDS = 4 * 3600


class JoinRemotely(msgspec.Struct, forbid_unknown_fields=True):
    co_ownership_id: UUID


class VoteOpened(msgspec.Struct):
    closes_at: datetime


class Closed(msgspec.Struct):
    state: MeetingState


@post(MEETING + "/opening", opt=admits(*MANAGERS), status_code=204)
async def open_the_meeting(
    association_id: UUID, meeting_id: UUID, data: OpenMeeting, actor: Actor, uow: Uow, clock: Clock
) -> None:
    """Whoever opens is the secretary for the platform: ballots on paper are entered by him alone."""
    await open_meeting(association_id, meeting_id, data, subject=actor.subject, uow=uow, now=clock())


@post(MEETING + "/arrivals", opt=admits(*MANAGERS), status_code=204)
async def arrive(
    association_id: UUID, meeting_id: UUID, data: NoteArrivals, actor: Actor, uow: Uow, clock: Clock
) -> None:
    await note_arrivals(association_id, meeting_id, data, subject=actor.subject, uow=uow, now=clock())


@post(MEETING + "/remote-arrivals", opt=admits(Role.OWNER), status_code=204)
async def arrive_remotely(
    association_id: UUID, meeting_id: UUID, data: JoinRemotely, actor: Actor, uow: Uow, clock: Clock
) -> None:
    await join_remotely(
        association_id,
        meeting_id,
        data.co_ownership_id,
        subject=actor.subject,
        own=actor.co_owners,
        uow=uow,
        now=clock(),
    )


@post(MEETING + "/departures", opt=admits(*MANAGERS), status_code=204)
async def depart(
    association_id: UUID, meeting_id: UUID, data: NoteDeparture, actor: Actor, uow: Uow, clock: Clock
) -> None:
    await note_departure(association_id, meeting_id, data, subject=actor.subject, uow=uow, now=clock())


@post(MEETING + "/quorum", opt=admits(*MANAGERS), status_code=200)
async def establish_quorum(
    association_id: UUID, meeting_id: UUID, actor: Actor, uow: Uow, clock: Clock
) -> Mapping[str, Any]:
    result = await declare_quorum(association_id, meeting_id, subject=actor.subject, uow=uow, now=clock())
    return result.as_document()


@post(MEETING + "/remarks", opt=admits(*MANAGERS), status_code=204)
async def add_remark(
    association_id: UUID, meeting_id: UUID, data: NoteRemark, actor: Actor, uow: Uow, clock: Clock
) -> None:
    await note_remark(association_id, meeting_id, data, subject=actor.subject, uow=uow, now=clock())


@post(MEETING + "/closing", opt=admits(*MANAGERS), status_code=200)
async def close_the_meeting(association_id: UUID, meeting_id: UUID, actor: Actor, uow: Uow, clock: Clock) -> Closed:
    return Closed(await close_meeting(association_id, meeting_id, subject=actor.subject, uow=uow, now=clock()))


@post(ITEM + "/conflicts", opt=admits(*MANAGERS), status_code=204)
async def note_conflict(
    association_id: UUID, meeting_id: UUID, item_id: UUID, data: DeclareConflict, actor: Actor, uow: Uow, clock: Clock
) -> None:
    """Before the vote on the item is opened (R059)."""
    await declare_conflict(association_id, meeting_id, item_id, data, subject=actor.subject, uow=uow, now=clock())


@post(ITEM + "/voting", opt=admits(*MANAGERS), status_code=201)
async def open_the_vote(
    association_id: UUID, meeting_id: UUID, item_id: UUID, data: OpenVote, actor: Actor, uow: Uow, clock: Clock
) -> VoteOpened:
    return VoteOpened(
        await open_vote(association_id, meeting_id, item_id, data, subject=actor.subject, uow=uow, now=clock())
    )


@post(ITEM + "/ballots", opt=admits(Role.OWNER, Role.SYNDIC), status_code=204)
async def cast(
    association_id: UUID, meeting_id: UUID, item_id: UUID, data: CastBallot, actor: Actor, uow: Uow, clock: Clock
) -> None:
    """For one's own lots or a proxy one holds; the secretary enters ballots given on paper."""
    await cast_ballot(
        association_id,
        meeting_id,
        item_id,
        data,
        subject=actor.subject,
        co_owners=actor.co_owners,
        is_syndic=actor.is_one_of(Role.SYNDIC),
        acr=actor.acr,
        uow=uow,
        now=clock(),
    )


@post(ITEM + "/closing", opt=admits(*MANAGERS), status_code=200)
async def close_the_vote(
    request: Request[Any, Any, Any],
    association_id: UUID,
    meeting_id: UUID,
    item_id: UUID,
    actor: Actor,
    uow: Uow,
    clock: Clock,
) -> Response[Mapping[str, Any]]:
    await close_vote(association_id, meeting_id, item_id, subject=actor.subject, uow=uow, now=clock())
    return await _result(association_id, meeting_id, item_id, uow, wanted(request))


@get(ITEM + "/result", opt=admits(*READERS))
async def read_result(
    request: Request[Any, Any, Any], association_id: UUID, meeting_id: UUID, item_id: UUID, uow: Uow
) -> Response[Mapping[str, Any]]:
    """Only after the vote is closed."""
    return await _result(association_id, meeting_id, item_id, uow, wanted(request))


async def _result(
    association_id: UUID, meeting_id: UUID, item_id: UUID, uow: Uow, language: Language
) -> Response[Mapping[str, Any]]:
    """English as it stands in the roll call; in another language the explanations of the same acts."""
    item = str(item_id)
    async with uow:
        hall = await uow.halls.enter(association_id, meeting_id, lock=False)
        result = hall.results.get(item)
        if result is None or hall.meeting is None:
            raise NotFound("There is no result on this item: its vote is not closed.")
        if language is Language.EN:
            return answer(result, result["explanations"], language)
        explanations = [hall.named(said(one, language)) for one in hall.meeting.tally(item).explanations]
    return answer(result, explanations, language)


@get(MEETING + "/state", opt=admits(*READERS))
async def read_state(association_id: UUID, meeting_id: UUID, uow: Uow, clock: Clock) -> Live:
    return await watch(association_id, meeting_id, uow=uow, now=clock())


@get(MEETING + "/live", opt=admits(*READERS))
async def follow(association_id: UUID, meeting_id: UUID, uow: Uow, clock: Clock) -> ServerSentEvent:
    """The state as server-sent events: at once, at each change, and every few seconds for the countdown."""
    await watch(association_id, meeting_id, uow=uow, now=clock())

    async def events() -> AsyncIterator[ServerSentEventMessage]:
        started, acts, quiet = clock(), -1, 0
        while (clock() - started).total_seconds() < LIVE_AT_MOST_SECONDS:
            state = await watch(association_id, meeting_id, uow=uow, now=clock())
            quiet += 1
            if state.acts != acts or quiet * LIVE_EVERY_SECONDS >= 5:
                acts, quiet = state.acts, 0
                yield ServerSentEventMessage(
                    event="state", id=str(acts), data=msgspec.json.encode(state).decode(), retry=1000
                )
            if state.state in (MeetingState.CLOSED, MeetingState.WITHOUT_QUORUM):
                return
            await asyncio.sleep(LIVE_EVERY_SECONDS)

    return ServerSentEvent(events())


routes = [
    open_the_meeting,
    arrive,
    arrive_remotely,
    depart,
    establish_quorum,
    add_remark,
    close_the_meeting,
    note_conflict,
    open_the_vote,
    cast,
    close_the_vote,
    read_result,
    read_state,
    follow,
]
