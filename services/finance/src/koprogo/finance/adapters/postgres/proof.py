"""What posting keeps, compared with what it was kept from."""

from collections.abc import Sequence
from uuid import UUID

from koprogo.kit.database import Connection, Pool

# Each gives the places where a kept figure and the sum of its lines differ.
PROOFS = {
    "account_months": """
        select coalesce(k.account, s.account) || ' ' || coalesce(k.fund, s.fund) || ' ' || coalesce(k.month, s.month)
        from (select account, fund, month, debit, credit from account_months where association_id = $1) k
        full join (select account, fund, date_trunc('month', dated)::date as month,
                          sum(greatest(amount, 0)) as debit, sum(greatest(-amount, 0)) as credit
                   from entry_lines where association_id = $1 group by 1, 2, 3) s using (account, fund, month)
        where (k.debit, k.credit) is distinct from (s.debit, s.credit)
    """,
    "party_balances": """
        select coalesce(k.party_id, s.party_id) || ' ' || coalesce(k.account, s.account)
        from (select party_id, account, fund, amount from party_balances where association_id = $1) k
        full join (select party_id, account, fund, sum(amount) as amount from entry_lines
                   where association_id = $1 and party_id is not null group by 1, 2, 3) s
            using (party_id, account, fund)
        where k.amount is distinct from s.amount
    """,
    "demands": """
        select d.id::text from demands d left join (
            select demand_id, coalesce(sum(amount) filter (where fund = 'working_capital'), 0) as working,
                   coalesce(sum(amount) filter (where fund = 'reserve_fund'), 0) as reserve
            from entry_lines where association_id = $1 and demand_id is not null and account like '410%'
            group by 1) s on s.demand_id = d.id
        where d.association_id = $1 and (d.open_working_capital, d.open_reserve_fund)
              is distinct from (coalesce(s.working, 0), coalesce(s.reserve, 0))
    """,
    "entries": """
        select entry_id::text from entry_lines where association_id = $1 group by entry_id, fund having sum(amount) <> 0
    """,
}


class PostgresProof:
    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    async def differences(self, association_id: UUID) -> Sequence[str]:
        """Empty when every kept figure is the sum of its lines and every entry balances in each fund."""
        found = []
        for what, query in PROOFS.items():
            rows = await self._connection.fetch(query, association_id)
            found += [f"{what}: {row[0]}" for row in rows]
        return found


async def all_books(pool: Pool) -> Sequence[tuple[UUID, UUID]]:
    """Organisation and association of all books there are."""
    rows = await pool.fetch_everywhere("select * from all_books()")
    return [(row["tenant_id"], row["association_id"]) for row in rows]
