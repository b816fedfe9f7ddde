from collections.abc import Sequence
from datetime import date
from uuid import UUID

import asyncpg
import msgspec

from koprogo.finance.adapters.postgres.balances import WITH_MOVED
from koprogo.finance.adapters.postgres.books import names_of
from koprogo.finance.application.ports_transfers import TransferRequestView
from koprogo.finance.domain.account import Fund
from koprogo.finance.domain.call_for_funds import CallKind
from koprogo.finance.domain.owners import Contact
from koprogo.finance.domain.reminder import CHARGE_TITLES
from koprogo.finance.domain.transfer_statement import (
    ComingCall,
    OpenDemandOfOwner,
    Paragraph,
    TransferRequest,
)
from koprogo.kernel.errors import Conflict, NotFound
from koprogo.kernel.words import Language
from koprogo.kit.database import Connection


class RequestExists(Conflict):
    reason = "TRANSFER_REQUEST_EXISTS"


# A fund is what stands against its money and claims: capital, and what the running year adds or takes.
FUNDS = """
select coalesce(-sum(amount) filter (where fund = 'working_capital' and account like '10%'), 0)::bigint as working,
       coalesce(-sum(amount) filter (where fund = 'reserve_fund' and (account like '16%' or account like '13%'
           or account like '6%' or account like '7%')), 0)::bigint as reserve
from moved
"""
BALANCE_SHEET = """
select m.account, a.names, m.amount
from (select account, sum(amount)::bigint as amount from moved group by account having sum(amount) <> 0) m
join accounts a on a.association_id = $1 and a.code = m.account order by m.account
"""


class PostgresTransferRequests:
    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    async def add(self, association_id: UUID, request: TransferRequest) -> None:
        try:
            await self._connection.execute(
                "insert into transfer_requests (id, association_id, lot_id, lot_number, paragraph, requested_on,"
                " answer_by, transfer_on, requester) values ($1, $2, $3, $4, $5, $6, $7, $8, $9)",
                request.id,
                association_id,
                request.lot_id,
                request.lot_number,
                request.paragraph.value,
                request.requested_on,
                request.answer_by,
                request.transfer_on,
                msgspec.json.encode(request.requester).decode(),
            )
        except asyncpg.UniqueViolationError as twice:
            raise RequestExists("This request is registered already.", field="id") from twice

    async def get(self, association_id: UUID, request_id: UUID) -> TransferRequest:
        row = await self._connection.fetchrow(
            "select id, lot_id, lot_number, paragraph, requested_on, answer_by, transfer_on, requester, answered_on,"
            " document_id from transfer_requests where association_id = $1 and id = $2 for update",
            association_id,
            request_id,
        )
        if row is None:
            raise NotFound("There is no such request.")
        requester = msgspec.json.decode(row["requester"], type=Contact)
        return TransferRequest(**{**dict(row), "paragraph": Paragraph(row["paragraph"]), "requester": requester})

    async def answered(self, request: TransferRequest) -> None:
        await self._connection.execute(
            "update transfer_requests set answered_on = $2, document_id = $3 where id = $1",
            request.id,
            request.answered_on,
            request.document_id,
        )

    async def page(
        self, association_id: UUID, today: date, limit: int, after: str | None
    ) -> Sequence[TransferRequestView]:
        rows = await self._connection.fetch(
            "select id, lot_id, lot_number, paragraph, requested_on, answer_by,"
            " answer_by - coalesce(answered_on, $4::date) as days_left, transfer_on,"
            " requester ->> 'name' as requester, answered_on, document_id from transfer_requests"
            " where association_id = $1 and ($3::text is null or (answer_by, id) >"
            " (select x.answer_by, x.id from transfer_requests x where x.id::text = $3))"
            " order by answer_by, id limit $2",
            association_id,
            limit,
            after,
            today,
        )
        return [TransferRequestView(**dict(row)) for row in rows]

    async def funds(self, association_id: UUID, on: date) -> dict[Fund, int]:
        row = await self._connection.fetchrow(
            WITH_MOVED + FUNDS,
            association_id,
            on,
        )
        assert row is not None
        return {Fund.WORKING: row["working"], Fund.RESERVE: row["reserve"]}

    async def due(self, association_id: UUID, party_id: UUID, on: date) -> Sequence[OpenDemandOfOwner]:
        rows = await self._connection.fetch(
            "select c.titles, d.due_on, d.working_capital + d.reserve_fund as asked,"
            " d.open_working_capital + d.open_reserve_fund as open, d.communication"
            " from demands d left join calls c on c.id = d.call_id where d.association_id = $1 and d.party_id = $2"
            " and d.due_on <= $3 and (d.open_working_capital <> 0 or d.open_reserve_fund <> 0)"
            " order by d.due_on, d.id",
            association_id,
            party_id,
            on,
        )
        return [
            OpenDemandOfOwner(
                names_of(r["titles"]) if r["titles"] else CHARGE_TITLES,
                r["due_on"],
                r["asked"],
                r["open"],
                r["communication"],
            )
            for r in rows
        ]

    async def coming(self, association_id: UUID, lot_id: UUID, decided_by: date, on: date) -> Sequence[ComingCall]:
        rows = await self._connection.fetch(
            "select c.titles, l.kind, (c.decision ->> 'decided_on')::date as decided_on, d.due_on,"
            " sum(l.amount)::bigint as amount from demand_lines l join demands d on d.id = l.demand_id"
            " join calls c on c.id = d.call_id where d.association_id = $1 and l.lot_id = $2"
            " and (c.decision ->> 'decided_on')::date <= $3 and d.due_on > $4 and not c.is_withdrawn"
            " group by c.id, c.titles, l.kind, c.decision, d.due_on order by d.due_on, c.id, l.kind",
            association_id,
            lot_id,
            decided_by,
            on,
        )
        return [
            ComingCall(names_of(r["titles"]), CallKind(r["kind"]), r["decided_on"], r["due_on"], r["amount"])
            for r in rows
        ]

    async def statements(self, association_id: UUID, party_id: UUID, since: date) -> Sequence[UUID]:
        rows = await self._connection.fetch(
            "select document_id from letters where association_id = $1 and party_id = $2"
            " and subject like 'statement/%' and sha256 <> '' and changed_at >= $3"
            " and not exists (select from withdrawals w where subject = 'statement/' || w.id) order by document_id",
            association_id,
            party_id,
            since,
        )
        return [row["document_id"] for row in rows]

    async def balance_sheet(self, association_id: UUID) -> tuple[date, Sequence[tuple[str, dict[Language, str], int]]]:
        on: date = await self._connection.fetchval(
            "select coalesce((select max(upper(days) - 1) from fiscal_years"
            " where association_id = $1 and state = 'closed'), current_date)",
            association_id,
        )
        rows = await self._connection.fetch(
            WITH_MOVED + BALANCE_SHEET,
            association_id,
            on,
        )
        return on, [(r["account"], names_of(r["names"]), r["amount"]) for r in rows]
