from collections.abc import Sequence
from uuid import UUID

import asyncpg
import msgspec

from koprogo.governance.application.views import MeetingLine
from koprogo.governance.domain.agenda import AgendaItem
from koprogo.governance.domain.general_meeting import GeneralMeeting, MeetingKind, MeetingState
from koprogo.governance.domain.roll_entry import AssociationFacts, VoterRoll
from koprogo.kernel.errors import Conflict, NotFound, Stale
from koprogo.kit.database import Connection

COLUMNS = (
    "id, association_id, kind, session, first_meeting_id, starts_at, place, remote_system, consultation, required_acr,"
    " agenda::text, state, urgency, syndic_name, convened_at, policies::text, association::text, roll::text, version"
)


class MeetingExists(Conflict):
    reason = "MEETING_EXISTS"


class PostgresMeetings:
    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    async def get(self, association_id: UUID, meeting_id: UUID, *, lock: bool = False) -> GeneralMeeting:
        row = await self._connection.fetchrow(
            f"select {COLUMNS} from meetings where association_id = $1 and id = $2"  # noqa: S608
            + (" for update" if lock else ""),
            association_id,
            meeting_id,
        )
        if row is None:
            raise NotFound("There is no such meeting.")
        return _meeting(row)

    async def save(self, meeting: GeneralMeeting) -> None:
        values = (
            meeting.id,
            meeting.association_id,
            meeting.kind.value,
            meeting.session,
            meeting.first_meeting_id,
            meeting.starts_at,
            meeting.place,
            meeting.remote_system,
            meeting.consultation,
            meeting.required_acr,
            msgspec.json.encode(meeting.agenda).decode(),
            meeting.state.value,
            meeting.urgency,
            meeting.syndic_name,
            meeting.convened_at,
            msgspec.json.encode(meeting.policies).decode(),
            msgspec.json.encode(meeting.association).decode() if meeting.association else None,
            msgspec.json.encode(meeting.roll).decode() if meeting.roll else None,
        )
        if meeting.version == 0:
            try:
                await self._connection.execute(
                    "insert into meetings (id, association_id, kind, session, first_meeting_id, starts_at, place,"
                    " remote_system, consultation, required_acr, agenda, state, urgency, syndic_name, convened_at,"
                    " policies, association, roll)"
                    " values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18)",
                    *values,
                )
            except asyncpg.UniqueViolationError as twice:
                raise MeetingExists("There is such a meeting, or such a second assembly, already.") from twice
        else:
            done = await self._connection.execute(
                "update meetings set kind = $3, session = $4, first_meeting_id = $5, starts_at = $6, place = $7,"
                " remote_system = $8, consultation = $9, required_acr = $10, agenda = $11, state = $12, urgency = $13,"
                " syndic_name = $14, convened_at = $15, policies = $16, association = $17, roll = $18,"
                " version = version + 1 where id = $1 and association_id = $2 and version = $19",
                *values,
                meeting.version,
            )
            if done != "UPDATE 1":
                raise Stale("The meeting was changed at the same moment; read it again.")
        meeting.version += 1

    async def page(self, association_id: UUID, limit: int, after: str | None, *, drafts: bool) -> Sequence[MeetingLine]:
        rows = await self._connection.fetch(
            "select id, kind, session, starts_at, place, state from meetings where association_id = $1"
            " and ($4 or state <> 'draft') and ($3::text is null or (starts_at, id) <"
            "      (select m.starts_at, m.id from meetings m where m.id::text = $3))"
            " order by starts_at desc, id desc limit $2",
            association_id,
            limit,
            after,
            drafts,
        )
        return [
            MeetingLine(
                r["id"], MeetingKind(r["kind"]), r["session"], r["starts_at"], r["place"], MeetingState(r["state"])
            )
            for r in rows
        ]


def _meeting(row: asyncpg.Record) -> GeneralMeeting:
    return GeneralMeeting(
        id=row["id"],
        association_id=row["association_id"],
        kind=MeetingKind(row["kind"]),
        session=row["session"],
        first_meeting_id=row["first_meeting_id"],
        starts_at=row["starts_at"],
        place=row["place"],
        remote_system=row["remote_system"],
        consultation=row["consultation"],
        required_acr=row["required_acr"],
        agenda=msgspec.json.decode(row["agenda"], type=list[AgendaItem]),
        state=MeetingState(row["state"]),
        urgency=row["urgency"],
        syndic_name=row["syndic_name"],
        convened_at=row["convened_at"],
        policies=msgspec.json.decode(row["policies"], type=dict[str, str]),
        association=msgspec.json.decode(row["association"], type=AssociationFacts) if row["association"] else None,
        roll=msgspec.json.decode(row["roll"], type=VoterRoll) if row["roll"] else None,
        version=row["version"],
    )
