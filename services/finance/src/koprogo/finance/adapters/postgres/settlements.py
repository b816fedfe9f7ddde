from collections.abc import Sequence
from datetime import date
from uuid import UUID

from koprogo.finance.adapters.postgres.withdrawals import withdrawal_of
from koprogo.finance.application.views_settlements import TransferState, TransferView
from koprogo.finance.domain.settlement import NotedTransfer, Settlement
from koprogo.kernel.errors import NotFound
from koprogo.kernel.money import euros
from koprogo.kit.database import Connection


class PostgresSettlements:
    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    async def transfer(self, association_id: UUID, lot_id: UUID, on: date) -> tuple[NotedTransfer, UUID | None]:
        row = await self._connection.fetchrow(
            "select t.lot_number, t.seller_id, t.buyer_id, s.call_id from lot_transfers t"
            " left join transfer_settlements s on s.association_id = t.association_id"
            " and s.transferred_on = t.transferred_on and s.lot_id = t.lot_id and not s.is_withdrawn"
            " where t.association_id = $1 and t.lot_id = $2 and t.transferred_on = $3",
            association_id,
            lot_id,
            on,
        )
        if row is None:
            raise NotFound("No transfer of this lot on this day is noted.")
        return NotedTransfer(lot_id, on, row["lot_number"], row["seller_id"], row["buyer_id"]), row["call_id"]

    async def called(self, association_id: UUID, party_id: UUID, lot_id: UUID, on: date) -> int:
        called: int = await self._connection.fetchval(
            "select coalesce(sum(l.amount), 0)::bigint from entries e join calls c on c.entry_id = e.id"
            " join demands d on d.call_id = c.id join demand_lines l on l.demand_id = d.id"
            " where e.association_id = $1 and e.dated = $4 and d.party_id = $2 and l.lot_id = $3"
            " and e.voucher_kind = 'call' and l.kind = 'working_capital'"
            " and not exists (select from entries r where r.reverses = e.id and r.dated <= $4)",
            association_id,
            party_id,
            lot_id,
            on,
        )
        return called

    async def add(self, association_id: UUID, settlement: Settlement, call_id: UUID) -> None:
        await self._connection.execute(
            "insert into transfer_settlements (association_id, transferred_on, lot_id, seller_id, buyer_id, amount,"
            " call_id) values ($1, $2, $3, $4, $5, $6, $7)",
            association_id,
            settlement.on,
            settlement.lot.id,
            settlement.seller.id,
            settlement.buyer.id,
            settlement.amount,
            call_id,
        )

    async def page(self, association_id: UUID, limit: int, after: str | None) -> Sequence[TransferView]:
        rows = await self._connection.fetch(
            """
            select t.lot_id, coalesce(nullif(t.lot_number, ''), l.lot_number, '') as lot_number, t.transferred_on,
                   t.seller_id, coalesce(a.name, '') as seller_name, t.buyer_id, coalesce(b.name, '') as buyer_name,
                   t.amount, t.call_id, c.issued_on as settled_on, c.entry_id, w.withdrawn_on,
                   w.reason as withdrawal_reason, w.entry_id as withdrawal_entry_id
            from (select to_char(n.transferred_on, 'YYYY-MM-DD"/"') || n.lot_id::text collate "C" as place,
                         n.association_id, n.lot_id, n.lot_number, n.transferred_on, s.amount, s.call_id,
                         coalesce(s.seller_id, n.seller_id) as seller_id, coalesce(s.buyer_id, n.buyer_id) as buyer_id
                  from lot_transfers n
                  left join transfer_settlements s on s.association_id = n.association_id
                      and s.transferred_on = n.transferred_on and s.lot_id = n.lot_id and not s.is_withdrawn) t
            left join calls c on c.id = t.call_id
            left join demands d on d.call_id = t.call_id
            left join demand_lines l on l.demand_id = d.id
            left join parties a on a.association_id = t.association_id and a.id = t.seller_id
            left join parties b on b.association_id = t.association_id and b.id = t.buyer_id
            left join lateral (
                select w.withdrawn_on, w.reason, w.entry_id from withdrawals w
                join transfer_settlements x on x.call_id = w.id
                where x.association_id = t.association_id and x.transferred_on = t.transferred_on
                  and x.lot_id = t.lot_id order by w.withdrawn_on desc, w.id desc limit 1) w on true
            where t.association_id = $1 and ($3::text is null or t.place < $3)
            order by t.place desc limit $2
            """,
            association_id,
            limit,
            after,
        )
        return [
            TransferView(
                lot_id=r["lot_id"],
                lot_number=r["lot_number"],
                transferred_on=r["transferred_on"],
                seller_id=r["seller_id"],
                seller_name=r["seller_name"],
                buyer_id=r["buyer_id"],
                buyer_name=r["buyer_name"],
                state=TransferState.TO_SETTLE if r["call_id"] is None else TransferState.SETTLED,
                amount=None if r["amount"] is None else euros(r["amount"]),
                settled_on=r["settled_on"],
                call_id=r["call_id"],
                entry_id=r["entry_id"],
                withdrawal=withdrawal_of(r),
            )
            for r in rows
        ]
