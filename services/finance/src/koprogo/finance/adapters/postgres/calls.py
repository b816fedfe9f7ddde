import json
from collections.abc import Iterable, Sequence
from datetime import date, datetime
from uuid import UUID

import asyncpg
import msgspec

from koprogo.finance.domain.account import Fund
from koprogo.finance.domain.call_for_funds import CallForFunds, DemandLetter
from koprogo.finance.domain.instalments import InstalmentCalled
from koprogo.finance.domain.owners import Contact
from koprogo.finance.domain.party import Party
from koprogo.finance.domain.settling import OpenDemand
from koprogo.finance.domain.takeover import CallTakenOver, CommunicationTaken
from koprogo.kernel.errors import Conflict, DomainError
from koprogo.kit.database import Connection

# Of one that is withdrawn nothing is asked any more: a payment of it that comes back opens nothing.
DEMAND = """
select d.id, d.call_id, d.party_id, d.communication, d.due_on,
       case when exists (select from withdrawals w where w.id = d.call_id) then 0 else d.working_capital end
           as working_capital,
       case when exists (select from withdrawals w where w.id = d.call_id) then 0 else d.reserve_fund end
           as reserve_fund,
       d.open_working_capital, d.open_reserve_fund, d.disputed_since is not null as is_disputed from demands d
"""


class CallExists(Conflict):
    reason = "CALL_EXISTS"


class NotAnOwner(DomainError):
    reason = "NOT_AN_OWNER"


class PostgresParties:
    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    async def note(self, association_id: UUID, parties: Iterable[Party]) -> None:
        await self._connection.executemany(
            "insert into parties (id, association_id, kind, name, holder_ids) values ($1, $2, $3, $4, $5)"
            " on conflict (association_id, id) do update set name = excluded.name"
            " where parties.name <> excluded.name",
            [(p.id, association_id, p.kind.value, p.name, list(p.holder_ids)) for p in parties],
        )

    async def check_owner(self, association_id: UUID, party_id: UUID, field: str) -> None:
        kind = await self._connection.fetchval(
            "select kind from parties where association_id = $1 and id = $2", association_id, party_id
        )
        if kind != "owner":
            raise NotAnOwner("There is no such owner in these books.", field=field)

    async def credits(self, association_id: UUID) -> Sequence[tuple[UUID, int, date, Sequence[OpenDemand]]]:
        # An owner's balance is the sum of his open demands less his credit.
        rows = await self._connection.fetch(
            """
            select b.party_id, (d.open - b.amount)::bigint as credit,
                   (select max(dated) from entry_lines l where l.association_id = $1 and l.party_id = b.party_id)
                       as last_day
            from (select party_id, sum(amount) as amount from party_balances
                  where association_id = $1 and account like '410%' group by party_id) b
            join (select party_id, sum(open_working_capital + open_reserve_fund) as open from demands
                  where association_id = $1 and (open_working_capital <> 0 or open_reserve_fund <> 0)
                  group by party_id) d on d.party_id = b.party_id
            where d.open > 0 and d.open > b.amount order by b.party_id
            """,
            association_id,
        )
        demands = await open_demands(self._connection, association_id, [row["party_id"] for row in rows])
        return [
            (r["party_id"], r["credit"], r["last_day"], [d for d in demands if d.party_id == r["party_id"]])
            for r in rows
        ]


async def open_demands(
    connection: Connection, association_id: UUID, party_ids: Sequence[UUID], communications: Sequence[str] = ()
) -> list[OpenDemand]:
    """All that is open of these parties, and whatever these communications name, paid or not."""
    if not party_ids and not communications:
        return []
    rows = await connection.fetch(
        DEMAND + " where d.association_id = $1 and (d.communication = any($3::text[])"
        " or (d.party_id = any($2::uuid[]) and (d.open_working_capital <> 0 or d.open_reserve_fund <> 0)))",
        association_id,
        party_ids,
        communications,
    )
    return [demand_of(row) for row in rows]


def demand_of(row: asyncpg.Record) -> OpenDemand:
    """From a row of `DEMAND`."""
    return OpenDemand(
        id=row["id"],
        call_id=row["call_id"],
        party_id=row["party_id"],
        communication=row["communication"],
        due_on=row["due_on"],
        asked={Fund.WORKING: row["working_capital"], Fund.RESERVE: row["reserve_fund"]},
        unpaid={Fund.WORKING: row["open_working_capital"], Fund.RESERVE: row["open_reserve_fund"]},
        is_disputed=row["is_disputed"],
    )


class PostgresCallsForFunds:
    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    async def add(self, association_id: UUID, call: CallForFunds, entry_id: UUID) -> None:
        first, last = call.period or (None, None)
        try:
            await self._connection.execute(
                "insert into calls (id, association_id, titles, period, issued_on, due_on, decision, budget_id,"
                " entry_id)"
                " values ($1, $2, $3, case when $4::date is not null then daterange($4, $5, '[]') end,"
                " $6, $7, $8, $9, $10)",
                call.id,
                association_id,
                json.dumps(call.titles),
                first,
                last,
                call.issued_on,
                call.due_on,
                msgspec.json.encode(call.decision).decode() if call.decision is not None else None,
                call.budget_id,
                entry_id,
            )
        except asyncpg.UniqueViolationError as twice:
            if twice.constraint_name == "calls_of_budget":
                raise InstalmentCalled("This instalment has been called already; call another.") from twice
            raise CallExists("This call has been issued already.", field="id") from twice
        # Demands come before the lines that raise them, which keep what of them is open.
        await self._connection.executemany(
            "insert into demands (id, association_id, call_id, party_id, communication, due_on, working_capital,"
            " reserve_fund) values ($1, $2, $3, $4, $5, $6, $7, $8)",
            [
                (
                    d.id,
                    association_id,
                    call.id,
                    d.debtor.id,
                    d.communication,
                    d.due_on,
                    d.of(Fund.WORKING),
                    d.of(Fund.RESERVE),
                )
                for d in call.demands
            ],
        )
        await self._connection.executemany(
            "insert into demand_lines (demand_id, position, lot_id, lot_number, labels, kind, whole, shares,"
            " share_total, key_name, amount) values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)",
            [
                (
                    demand.id,
                    position,
                    line.lot_id,
                    line.lot_number,
                    json.dumps(line.labels),
                    line.kind.value,
                    line.whole,
                    line.shares,
                    line.share_total,
                    line.key_name,
                    line.amount,
                )
                for demand in call.demands
                for position, line in enumerate(demand.lines)
            ],
        )

    async def take_over(self, association_id: UUID, calls: Sequence[CallTakenOver], entry_id: UUID) -> None:
        await self._connection.executemany(
            "insert into calls (id, association_id, titles, issued_on, due_on, entry_id) values ($1, $2, $3, $4, $5,"
            " $6)",
            [(c.id, association_id, json.dumps(c.titles), c.issued_on, c.due_on, entry_id) for c in calls],
        )
        try:
            await self._connection.executemany(
                "insert into demands (id, association_id, call_id, party_id, communication, due_on, working_capital,"
                " reserve_fund) values ($1, $2, $3, $4, $5, $6, $7, $8)",
                [
                    (
                        d.id,
                        association_id,
                        call.id,
                        d.debtor.id,
                        d.communication,
                        call.due_on,
                        d.open[Fund.WORKING],
                        d.open[Fund.RESERVE],
                    )
                    for call in calls
                    for d in call.demands
                ],
            )
        except asyncpg.UniqueViolationError as twice:
            raise CommunicationTaken(
                "Another demand has this structured communication; leave it out, and a new one is given.", field="calls"
            ) from twice


class PostgresLetters:
    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    async def add(
        self,
        association_id: UUID,
        *,
        subject: str,
        party_id: UUID,
        demand_id: UUID | None,
        document_id: UUID,
        dispatch_id: UUID,
        recipient: Contact,
        channel: str,
        at: datetime,
    ) -> None:
        await self._connection.execute(
            "insert into letters (document_id, association_id, subject, party_id, demand_id, dispatch_id, recipient,"
            " language, channel, changed_at) values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)",
            document_id,
            association_id,
            subject,
            party_id,
            demand_id,
            dispatch_id,
            recipient.name,
            recipient.language.value,
            channel,
            at,
        )

    async def add_of_call(
        self, association_id: UUID, call_id: UUID, letters: Sequence[DemandLetter], *, at: datetime
    ) -> None:
        await self._connection.executemany(
            "insert into letters (document_id, association_id, subject, party_id, demand_id, dispatch_id, recipient,"
            " language, channel, changed_at) values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)",
            [
                (
                    letter.document_id,
                    association_id,
                    f"call/{call_id}",
                    letter.demand.debtor.id,
                    letter.demand.id,
                    letter.dispatch_id,
                    letter.recipient.name,
                    letter.recipient.language.value,
                    letter.recipient.channel,
                    at,
                )
                for letter in letters
            ],
        )

    async def rendered(self, document_id: UUID, *, sha256: str) -> None:
        await self._connection.execute("update letters set sha256 = $2 where document_id = $1", document_id, sha256)

    async def change(self, dispatch_id: UUID, *, status: str, proof: str, at: datetime) -> None:
        # Later messages of a dispatch replace earlier ones, by their time.
        await self._connection.execute(
            "update letters set status = $2, proof = $3, changed_at = $4 where dispatch_id = $1"
            " and (changed_at <= $4 or status = 'requested')",
            dispatch_id,
            status,
            proof,
            at,
        )
