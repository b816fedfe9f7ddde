from collections.abc import Mapping, Sequence
from datetime import date
from uuid import UUID

import asyncpg
import msgspec

from koprogo.finance.adapters.postgres.books import names_of
from koprogo.finance.application.ports_statements import Standing
from koprogo.finance.domain.charge_statement import Charge, ChargeLine, ChargeStatement, OwnerStatement
from koprogo.finance.domain.fund_movement import FundMovement
from koprogo.finance.domain.owners import Debtor
from koprogo.finance.domain.settlement import NotedTransfer
from koprogo.finance.domain.works import Works, WorksAmount
from koprogo.kernel.errors import Conflict
from koprogo.kernel.words import Language
from koprogo.kit.database import Connection


class StatementOverlaps(Conflict):
    reason = "STATEMENT_OVERLAPS"


TITLES = {
    Language.FR: "Décompte de charges {first} – {last}",
    Language.NL: "Afrekening van de lasten {first} – {last}",
    Language.DE: "Abrechnung der Lasten {first} – {last}",
    Language.EN: "Charge statement {first} – {last}",
}

# Entries that move what is called for the working capital (701), with what they move of owners' accounts.
# A statement that was withdrawn and what turned it round are on one day, and say nothing of the period.
MOVING_CALLS = """
with withdrawn as (
    select unnest(array[e.id, r.id]) as entry_id from entries e join entries r on r.reverses = e.id
    where e.association_id = $1 and e.dated between $2 and $3 and e.voucher_kind = 'charge_statement'
      and r.dated = e.dated
),
moving as (
    select l.entry_id, e.voucher_kind, e.voucher_reference, e.reverses,
           -sum(l.amount) filter (where l.account like '701%') as called,
           bool_and(l.account like '7013%') filter (where l.account like '701%') as for_works,
           sum(l.amount) filter (where l.account like '4101%') as owed
    from entry_lines l join entries e on e.id = l.entry_id
    where l.association_id = $1 and l.dated between $2 and $3 and l.fund = 'working_capital'
      and e.voucher_kind <> 'closing' and l.entry_id not in (select entry_id from withdrawn)
    group by l.entry_id, e.voucher_kind, e.voucher_reference, e.reverses having bool_or(l.account like '701%')
)
"""
CHARGES = """
select l.account, coalesce(nullif(l.text, ''), e.text) as label, l.dated, l.amount, l.key_id, l.lot_id,
       l.occupant_percent
from entry_lines l join entries e on e.id = l.entry_id
where l.association_id = $1 and l.dated between $2 and $3 and l.fund = 'working_capital'
  and (l.account like '6%' or l.account like '7%') and e.voucher_kind <> 'closing'
  and l.entry_id not in (select entry_id from withdrawn)
  and not (l.account like '701%' and l.entry_id in
           (select entry_id from moving where voucher_kind = 'call' or owed = called))
order by l.account, l.dated, l.entry_id, l.position
"""

# The line of a demand on the owner's account holds all it asks; what of it is for which account is in the demand.
# Other entries are taken for his when they move as much on owners' accounts as they call.
CALLED = """
select party_id, sum(amount)::bigint as amount from (
    select d.party_id, case when m.reverses is null then l.amount else -l.amount end as amount
    from moving m
    join calls c on c.association_id = $1 and c.id::text = m.voucher_reference
    join demands d on d.call_id = c.id
    join demand_lines l on l.demand_id = d.id
    where m.voucher_kind = 'call' and l.kind = 'provisions'
    union all
    select l.party_id, l.amount from moving m join entry_lines l on l.entry_id = m.entry_id
    where m.voucher_kind <> 'call' and m.owed = m.called and not m.for_works and l.account like '4101%'
) called
group by party_id
"""
CALLED_FOR_WORKS = """
select coalesce((c.decision ->> 'id')::uuid, c.id) as works_id, coalesce(c.decision -> 'titles', c.titles) as titles,
       coalesce((c.decision ->> 'decided_on')::date, c.issued_on) as decided_on, l.key_name, l.lot_id, d.party_id,
       case when m.reverses is null then l.amount else -l.amount end as amount, l.position
from moving m
join calls c on c.association_id = $1 and c.id::text = m.voucher_reference
join demands d on d.call_id = c.id
join demand_lines l on l.demand_id = d.id
where m.voucher_kind = 'call' and l.kind = 'works'
union all
select coalesce(e.reverses, e.id), jsonb_build_object('fr', e.text), e.dated, '', null, l.party_id, l.amount, l.position
from moving m join entries e on e.id = m.entry_id join entry_lines l on l.entry_id = m.entry_id
where m.voucher_kind <> 'call' and m.owed = m.called and m.for_works and l.account like '4101%'
order by decided_on, works_id, key_name, lot_id, party_id, position
"""
WORKS_CARRIED = """
select works_id, (array_agg(titles order by period desc))[1] as titles, min(decided_on) as decided_on, key_name, lot_id,
       (array_agg(party_id order by period desc))[1] as party_id, sum(carried - brought)::bigint as amount
from works_carried w join charge_statements s on s.id = w.statement_id
where w.association_id = $1 and upper(s.period) <= $2 and not s.is_withdrawn
group by works_id, key_name, lot_id, case when lot_id is null then party_id end
having sum(carried - brought) <> 0
order by decided_on, works_id, key_name, lot_id, party_id
"""


class OwnFund(msgspec.Struct):
    """How a fund is kept with an owner's statement."""

    movement: FundMovement
    own_part: int


class PostgresChargeStatements:
    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    async def note_transfer(self, association_id: UUID, noted: NotedTransfer) -> None:
        await self._connection.execute(
            "insert into lot_transfers as t (association_id, lot_id, transferred_on, lot_number, seller_id, buyer_id)"
            " values ($1, $2, $3, $4, $5, $6) on conflict (association_id, transferred_on, lot_id)"
            " do update set lot_number = excluded.lot_number, seller_id = excluded.seller_id,"
            " buyer_id = excluded.buyer_id where t.seller_id is null",
            association_id,
            noted.lot_id,
            noted.on,
            noted.lot_number,
            noted.seller_id,
            noted.buyer_id,
        )

    async def transfer_days(self, association_id: UUID, first_day: date, last_day: date) -> Sequence[date]:
        rows = await self._connection.fetch(
            "select distinct transferred_on from lot_transfers"
            " where association_id = $1 and transferred_on between $2 and $3 order by transferred_on",
            association_id,
            first_day,
            last_day,
        )
        return [row["transferred_on"] for row in rows]

    async def charges(self, association_id: UUID, first_day: date, last_day: date) -> Sequence[Charge]:
        rows = await self._connection.fetch(
            MOVING_CALLS + CHARGES,
            association_id,
            first_day,
            last_day,
        )
        return [
            Charge(
                account=r["account"],
                label=r["label"],
                dated=r["dated"],
                amount=r["amount"],
                key_id=r["key_id"],
                lot_id=r["lot_id"],
                occupant_percent=r["occupant_percent"],
            )
            for r in rows
        ]

    async def called(self, association_id: UUID, first_day: date, last_day: date) -> Mapping[UUID, int]:
        rows = await self._connection.fetch(
            MOVING_CALLS + CALLED,
            association_id,
            first_day,
            last_day,
        )
        return {row["party_id"]: row["amount"] for row in rows}

    async def called_for_works(self, association_id: UUID, first_day: date, last_day: date) -> Sequence[WorksAmount]:
        rows = await self._connection.fetch(MOVING_CALLS + CALLED_FOR_WORKS, association_id, first_day, last_day)
        return [_works_amount(row) for row in rows]

    async def works_carried(self, association_id: UUID, before: date) -> Sequence[WorksAmount]:
        return [_works_amount(r) for r in await self._connection.fetch(WORKS_CARRIED, association_id, before)]

    async def works_accounts(self, association_id: UUID) -> frozenset[str]:
        rows = await self._connection.fetch(
            "select distinct l.account from budget_lines l join budgets b on b.id = l.budget_id"
            " where b.association_id = $1 and b.kind = 'extraordinary' and b.state = 'adopted'",
            association_id,
        )
        return frozenset(row["account"] for row in rows)

    async def debtors(self, association_id: UUID, party_ids: Sequence[UUID]) -> Sequence[Debtor]:
        rows = await self._connection.fetch(
            "select id, name, holder_ids from parties where association_id = $1 and id = any($2::uuid[])",
            association_id,
            party_ids,
        )
        return [Debtor(r["id"], r["name"], tuple(r["holder_ids"]), (), ()) for r in rows]

    async def add(self, association_id: UUID, statement: ChargeStatement, entry_id: UUID | None) -> None:
        try:
            await self._connection.execute(
                "insert into charge_statements (id, association_id, period, issued_on, due_on, entry_id)"
                " values ($1, $2, daterange($3, $4, '[]'), $5, $6, $7)",
                statement.id,
                association_id,
                statement.first_day,
                statement.last_day,
                statement.issued_on,
                statement.due_on,
                entry_id,
            )
        except (asyncpg.ExclusionViolationError, asyncpg.UniqueViolationError) as twice:
            raise StatementOverlaps(
                "The charges of some of these days have been stated already.", field="period_from"
            ) from twice
        if entry_id is None:
            return
        days = {"first": f"{statement.first_day:%d/%m/%Y}", "last": f"{statement.last_day:%d/%m/%Y}"}
        await self._connection.execute(
            "insert into calls (id, association_id, titles, period, issued_on, due_on, entry_id)"
            " values ($1, $2, $3, daterange($4, $5, '[]'), $6, $7, $8)",
            statement.id,
            association_id,
            msgspec.json.encode({language: title.format(**days) for language, title in TITLES.items()}).decode(),
            statement.first_day,
            statement.last_day,
            statement.issued_on,
            statement.due_on,
            entry_id,
        )
        await self._connection.executemany(
            "insert into demands (id, association_id, call_id, party_id, communication, due_on, working_capital,"
            " reserve_fund) values ($1, $2, $3, $4, $5, $6, $7, 0)",
            [
                (
                    own.demand_id,
                    association_id,
                    statement.id,
                    own.debtor.id,
                    own.communication,
                    statement.due_on,
                    own.difference,
                )
                for own in statement.owners
                if own.demand_id is not None
            ],
        )

    async def open_of(self, statement_id: UUID) -> Mapping[UUID, int]:
        rows = await self._connection.fetch(
            "select id, open_working_capital + open_reserve_fund as open from demands where call_id = $1", statement_id
        )
        return {row["id"]: row["open"] for row in rows}

    async def add_owner(
        self, association_id: UUID, statement_id: UUID, own: OwnerStatement, standing: Standing
    ) -> None:
        await self._connection.execute(
            "insert into owner_statements (statement_id, association_id, party_id, charges, called, account_balance,"
            " demand_id, lines, funds) values ($1, $2, $3, $4, $5, $6, $7, $8, $9)",
            statement_id,
            association_id,
            own.debtor.id,
            own.charges,
            own.called,
            standing.account_balance,
            own.demand_id,
            msgspec.json.encode(own.lines).decode(),
            msgspec.json.encode([OwnFund(movement, part) for movement, part in standing.funds]).decode(),
        )
        await self._connection.executemany(
            "insert into works_carried (statement_id, association_id, works_id, titles, decided_on, key_name, lot_id,"
            " party_id, brought, called, carried) values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)",
            [
                (
                    statement_id,
                    association_id,
                    line.works.id,
                    msgspec.json.encode(line.works.titles).decode(),
                    line.works.decided_on,
                    line.key_name,
                    line.lot_id,
                    line.party_id,
                    line.brought,
                    line.called,
                    line.carried,
                )
                for line in own.works
            ],
        )


def _works_amount(row: asyncpg.Record) -> WorksAmount:
    return WorksAmount(
        works=Works(row["works_id"], names_of(row["titles"]), row["decided_on"]),
        key_name=row["key_name"],
        lot_id=row["lot_id"],
        party_id=row["party_id"],
        amount=row["amount"],
    )


def lines_of(column: str) -> list[ChargeLine]:
    return msgspec.json.decode(column, type=list[ChargeLine])


def funds_of(column: str) -> list[OwnFund]:
    return msgspec.json.decode(column, type=list[OwnFund])
