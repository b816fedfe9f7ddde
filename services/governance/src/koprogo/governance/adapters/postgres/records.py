"""Proxies, dispatches, minutes, decisions and policy choices: rows beside a meeting."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from uuid import UUID

import asyncpg
import msgspec

from koprogo.governance.adapters.events import convened, outgoing
from koprogo.governance.application.views import DecisionView, DispatchView, MinutesOfMeeting, MinutesView
from koprogo.governance.domain.decision import decisions_of
from koprogo.governance.domain.general_meeting import GeneralMeeting
from koprogo.governance.domain.hall import Hall
from koprogo.governance.domain.law.majority import Majority
from koprogo.governance.domain.law.policies import Policies
from koprogo.governance.domain.law.proxies import PrincipalHasProxy
from koprogo.governance.domain.proxy import Proxy
from koprogo.governance.domain.roll_entry import Contact
from koprogo.kernel.errors import NotFound
from koprogo.kernel.words import Language
from koprogo.kit.database import Connection, UnitOfWork


class PostgresProxies:
    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    async def of(self, meeting_id: UUID) -> Sequence[Proxy]:
        rows = await self._connection.fetch(
            "select id, principal, holder, holder_name, holder_is_syndic from proxies"
            " where meeting_id = $1 order by id",
            meeting_id,
        )
        return [Proxy(**dict(row)) for row in rows]

    async def add(self, meeting_id: UUID, proxy: Proxy) -> None:
        try:
            await self._connection.execute(
                "insert into proxies (id, meeting_id, principal, holder, holder_name, holder_is_syndic)"
                " values ($1, $2, $3, $4, $5, $6)",
                proxy.id,
                meeting_id,
                proxy.principal,
                proxy.holder,
                proxy.holder_name,
                proxy.holder_is_syndic,
            )
        except asyncpg.UniqueViolationError as twice:
            raise PrincipalHasProxy("This co-ownership has given a proxy already.", field="principal") from twice

    async def remove(self, meeting_id: UUID, proxy_id: UUID) -> None:
        done = await self._connection.execute(
            "delete from proxies where meeting_id = $1 and id = $2", meeting_id, proxy_id
        )
        if done != "DELETE 1":
            raise NotFound("There is no such proxy.")


class PostgresDispatches:
    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    async def add(
        self,
        meeting_id: UUID,
        *,
        purpose: str,
        document_id: UUID,
        dispatch_id: UUID,
        co_ownership_id: UUID,
        recipient: Contact,
        at: datetime,
    ) -> None:
        await self._connection.execute(
            "insert into dispatches (id, meeting_id, purpose, document_id, co_ownership_id, recipient, channel, status,"
            " requested_at, changed_at) values ($1, $2, $3, $4, $5, $6, $7, 'requested', $8, $8)",
            dispatch_id,
            meeting_id,
            purpose,
            document_id,
            co_ownership_id,
            recipient.name,
            "email" if recipient.accepts_email else "registered_post",
            at,
        )

    async def of(self, meeting_id: UUID, limit: int, after: str | None) -> Sequence[DispatchView]:
        rows = await self._connection.fetch(
            "select id, purpose, document_id, co_ownership_id, recipient, channel, status, proof, changed_at"
            " from dispatches where meeting_id = $1 and ($3::text is null or id::text > $3) order by id limit $2",
            meeting_id,
            limit,
            after,
        )
        return [DispatchView(**dict(row)) for row in rows]

    async def change(self, dispatch_id: UUID, *, status: str, proof: str, at: datetime) -> None:
        await self._connection.execute(
            "update dispatches set status = $2, proof = $3, changed_at = $4 where id = $1 and changed_at <= $4",
            dispatch_id,
            status,
            proof,
            at,
        )


class PostgresMinutes:
    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    async def of(self, meeting_id: UUID) -> Sequence[MinutesView]:
        rows = await self._connection.fetch(
            "select document_id, language, is_final, sha256, rendered_at from minutes"
            " where meeting_id = $1 order by is_final, document_id",
            meeting_id,
        )
        return [MinutesView(**{**dict(row), "language": Language(row["language"])}) for row in rows]

    async def add(
        self, meeting_id: UUID, *, document_id: UUID, language: Language, is_final: bool, at: datetime
    ) -> None:
        await self._connection.execute(
            "insert into minutes (document_id, meeting_id, language, is_final, requested_at)"
            " values ($1, $2, $3, $4, $5)",
            document_id,
            meeting_id,
            language.value,
            is_final,
            at,
        )

    async def since(self, association_id: UUID, day: date) -> Sequence[MinutesOfMeeting]:
        rows = await self._connection.fetch(
            "select n.document_id, n.meeting_id, m.kind, (m.starts_at at time zone 'Europe/Brussels')::date as held_on,"
            " n.language from minutes n join meetings m on m.id = n.meeting_id"
            " where m.association_id = $1 and n.is_final and n.rendered_at is not null"
            " and (m.starts_at at time zone 'Europe/Brussels')::date >= $2 order by m.starts_at desc, n.language",
            association_id,
            day,
        )
        return [MinutesOfMeeting(**{**dict(row), "language": Language(row["language"])}) for row in rows]

    async def rendered(self, document_id: UUID, *, sha256: str, at: datetime) -> None:
        await self._connection.execute(
            "update minutes set sha256 = $2, rendered_at = $3 where document_id = $1", document_id, sha256, at
        )


class PostgresDecisions:
    def __init__(self, uow: UnitOfWork) -> None:
        self._uow = uow
        self._connection = uow.connection

    async def tell_convened(self, meeting: GeneralMeeting) -> None:
        await self._uow.publish(convened(meeting))

    async def tell(self, meeting: GeneralMeeting, hall: Hall) -> None:
        await self._uow.publish(*(outgoing(meeting, decision) for decision in decisions_of(meeting, hall)))

    async def enter(self, meeting: GeneralMeeting, hall: Hall, *, at: datetime) -> None:
        # One meeting of an association at a time: numbers are gapless.
        await self._connection.execute(
            "select pg_advisory_xact_lock(hashtextextended($1, 0))", str(meeting.association_id)
        )
        last: int = await self._connection.fetchval(
            "select coalesce(max(number), 0) from decisions where association_id = $1", meeting.association_id
        )
        for number, decision in enumerate(decisions_of(meeting, hall), start=last + 1):
            await self._connection.execute(
                "insert into decisions (id, association_id, meeting_id, number, held_on, item, title, majority,"
                " adopted, result, entered_at) values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)",
                decision.id,
                meeting.association_id,
                meeting.id,
                number,
                meeting.day,
                decision.item_number,
                msgspec.json.encode(decision.item.title).decode(),
                decision.result["majority"],
                decision.adopted,
                msgspec.json.encode(decision.result).decode(),
                at,
            )

    async def page(self, association_id: UUID, limit: int, after: str | None) -> Sequence[DecisionView]:
        rows = await self._connection.fetch(
            "select id, meeting_id, number, held_on, item, title::text, majority, adopted, result::text, entered_at"
            " from decisions where association_id = $1 and number > $3 order by number limit $2",
            association_id,
            limit,
            int(after) if after and after.isdecimal() and len(after) < 10 else 0,
        )
        return [
            DecisionView(
                id=r["id"],
                meeting_id=r["meeting_id"],
                number=r["number"],
                held_on=r["held_on"],
                item=r["item"],
                title=msgspec.json.decode(r["title"], type=dict[Language, str]),
                majority=Majority(r["majority"]),
                adopted=r["adopted"],
                result=msgspec.json.decode(r["result"]),
                entered_at=r["entered_at"],
            )
            for r in rows
        ]


class PostgresPolicyChoices:
    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    async def of(self, association_id: UUID) -> Policies:
        rows = await self._connection.fetch(
            "select policy, choice from policy_choices where association_id = $1", association_id
        )
        return Policies({row["policy"]: row["choice"] for row in rows})

    async def choose(self, association_id: UUID, choices: Mapping[str, str]) -> None:
        await self._connection.executemany(
            "insert into policy_choices (association_id, policy, choice) values ($1, $2, $3)"
            " on conflict (association_id, policy) do update set choice = excluded.choice",
            [(association_id, policy, choice) for policy, choice in choices.items()],
        )
