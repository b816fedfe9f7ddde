"""The roll call in PostgreSQL. What has been replayed once is remembered by the process.

Several processes may hold one meeting: the row of the meeting is the lock, and says how many acts there are.
"""

from uuid import UUID

import asyncpg
import msgspec

from koprogo.governance.domain.hall import AlreadyCast, Hall
from koprogo.governance.domain.roll_call import Act, ActKind
from koprogo.kernel.errors import NotFound
from koprogo.kit.database import Connection

MOST = 64
"""Meetings remembered by a process."""


class ReplayedHalls:
    """Halls by meeting, as this process last left them. Taken out while in use."""

    def __init__(self) -> None:
        self._halls: dict[UUID, Hall] = {}

    def take(self, meeting_id: UUID, count: int, last_hash: str) -> Hall | None:
        hall = self._halls.pop(meeting_id, None)
        if hall is None or hall.count > count or (hall.count == count and hall.last_hash != last_hash):
            return None
        return hall

    def peek(self, meeting_id: UUID, count: int, last_hash: str) -> Hall | None:
        """For reading at once, before the next await; others may have it at the same time."""
        hall = self._halls.get(meeting_id)
        return hall if hall is not None and (hall.count, hall.last_hash) == (count, last_hash) else None

    def put(self, meeting_id: UUID, hall: Hall) -> None:
        if len(self._halls) >= MOST:
            self._halls.pop(next(iter(self._halls)))
        self._halls[meeting_id] = hall


class PostgresHalls:
    def __init__(self, connection: Connection, replayed: ReplayedHalls) -> None:
        self._connection = connection
        self._replayed = replayed
        self._entered: dict[UUID, Hall] = {}

    async def enter(self, association_id: UUID, meeting_id: UUID, *, lock: bool = True) -> Hall:
        row = await self._connection.fetchrow(
            "select acts_count, last_hash from meetings where association_id = $1 and id = $2"  # noqa: S608
            + (" for update" if lock else ""),
            association_id,
            meeting_id,
        )
        if row is None:
            raise NotFound("There is no such meeting.")
        at = (meeting_id, row["acts_count"], row["last_hash"])
        if not lock and (shared := self._replayed.peek(*at)) is not None:
            return shared
        hall = self._replayed.take(*at)
        known = hall.count if hall else 0
        if known < row["acts_count"]:
            acts = await self._acts(meeting_id, known, row["acts_count"])
            if hall is not None and acts[0].previous != hall.last_hash:
                # What was remembered was never committed.
                hall, acts = None, await self._acts(meeting_id, 0, row["acts_count"])
            if hall is None:
                hall = Hall.replayed(acts)
            else:
                hall.catch_up(acts)
        hall = hall or Hall([])
        self._entered[meeting_id] = hall
        return hall

    async def save(self, meeting_id: UUID, hall: Hall) -> None:
        acts = hall.unsaved
        try:
            await self._connection.executemany(
                "insert into acts (meeting_id, number, at, kind, data, previous, hash)"
                " values ($1, $2, $3, $4, $5, $6, $7)",
                [
                    (meeting_id, a.number, a.at, a.kind.value, msgspec.json.encode(a.data).decode(), a.previous, a.hash)
                    for a in acts
                ],
            )
        except asyncpg.UniqueViolationError as twice:
            raise AlreadyCast("This co-ownership has cast its ballot on this item.") from twice
        await self._connection.execute(
            "update meetings set acts_count = $2, last_hash = $3 where id = $1", meeting_id, hall.count, hall.last_hash
        )
        hall.unsaved = []

    def remember(self) -> None:
        """What was entered, just before the commit: whoever waits for the row comes right after it.

        Should the commit fail, count and hash tell the next one that it did not happen.
        """
        for meeting_id, hall in self._entered.items():
            self._replayed.put(meeting_id, hall)

    async def _acts(self, meeting_id: UUID, after: int, until: int) -> list[Act]:
        rows = await self._connection.fetch(
            "select number, at, kind, data::text, previous, hash from acts"
            " where meeting_id = $1 and number > $2 and number <= $3 order by number",
            meeting_id,
            after,
            until,
        )
        return [
            Act(r["number"], r["at"], ActKind(r["kind"]), msgspec.json.decode(r["data"]), r["previous"], r["hash"])
            for r in rows
        ]
