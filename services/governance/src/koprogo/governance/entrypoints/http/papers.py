"""Minutes, signatures, register and roll call."""

from collections.abc import Sequence
from importlib import resources
from typing import Any
from uuid import UUID

import msgspec
from litestar import Request, Response, get, post

from koprogo.governance.application.produce_minutes import (
    SignMinutes,
    draft_minutes,
    enter_and_send_minutes,
    sign_minutes,
)
from koprogo.governance.application.views import DecisionView, MinutesView
from koprogo.governance.domain import roll_call
from koprogo.governance.entrypoints.http.shared import MANAGERS, MEETING, READERS, Clock, Uow
from koprogo.kit.access import Actor
from koprogo.kit.http import After, Limit, admits, page
from koprogo.kit.ids import new_id


class Sent(msgspec.Struct):
    recipients: int


@post(MEETING + "/minutes", opt=admits(*MANAGERS), status_code=202)
async def create_minutes(association_id: UUID, meeting_id: UUID, uow: Uow, clock: Clock) -> Sequence[MinutesView]:
    """In each language of the association; asking again changes nothing."""
    return await draft_minutes(association_id, meeting_id, uow=uow, ids=new_id, now=clock())


@get(MEETING + "/minutes", opt=admits(*READERS))
async def list_minutes(association_id: UUID, meeting_id: UUID, uow: Uow) -> Sequence[MinutesView]:
    async with uow:
        await uow.meetings.get(association_id, meeting_id)
        return await uow.minutes.of(meeting_id)


@post(MEETING + "/minutes/signatures", opt=admits(*MANAGERS), status_code=204)
async def sign(association_id: UUID, meeting_id: UUID, data: SignMinutes, actor: Actor, uow: Uow, clock: Clock) -> None:
    await sign_minutes(association_id, meeting_id, data, subject=actor.subject, acr=actor.acr, uow=uow, now=clock())


@post(MEETING + "/minutes/entry", opt=admits(*MANAGERS), status_code=202)
async def enter_and_send(association_id: UUID, meeting_id: UUID, uow: Uow, clock: Clock) -> Sent:
    """Enters the decisions in the register and sends the signed minutes to all with a vote (R081)."""
    return Sent(await enter_and_send_minutes(association_id, meeting_id, uow=uow, ids=new_id, now=clock()))


@get("/associations/{association_id:uuid}/decisions", opt=admits(*READERS))
async def list_decisions(
    request: Request[Any, Any, Any], association_id: UUID, uow: Uow, limit: Limit = 50, after: After = None
) -> Response[Sequence[DecisionView]]:
    """The register (R082)."""
    async with uow:
        rows = await uow.decisions.page(association_id, limit + 1, after)
    return page(request, rows, limit, lambda row: str(row.number))


@get(MEETING + "/roll-call", opt=admits(*READERS), media_type="application/jsonl")
async def export_roll_call(association_id: UUID, meeting_id: UUID, uow: Uow) -> Response[bytes]:
    """Every act of the meeting, chained; `roll-call-verifier` checks it without KoproGo."""
    async with uow:
        content = roll_call.export((await uow.halls.enter(association_id, meeting_id, lock=False)).acts)
    return Response(
        content,
        media_type="application/jsonl",
        headers={"content-disposition": f'attachment; filename="roll-call-{meeting_id}.jsonl"'},
    )


@get("/roll-call-verifier", opt=admits(), media_type="text/x-python")
async def read_verifier() -> Response[bytes]:
    """A script of the standard library alone."""
    script = resources.files("koprogo.governance") / "verify_roll_call.py"
    return Response(
        script.read_bytes(),
        media_type="text/x-python",
        headers={"content-disposition": 'attachment; filename="verify_roll_call.py"'},
    )


routes = [
    create_minutes,
    list_minutes,
    sign,
    enter_and_send,
    list_decisions,
    export_roll_call,
    read_verifier,
]
