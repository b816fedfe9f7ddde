"""What decides about reminders, read for all owners of an association at once."""

import json
from collections import defaultdict
from collections.abc import Mapping, Sequence
from datetime import date
from uuid import UUID

from koprogo.finance.adapters.postgres.bank_screens import PostgresBankScreens
from koprogo.finance.adapters.postgres.books import names_of
from koprogo.finance.adapters.postgres.payment_plans import PostgresPaymentPlans
from koprogo.finance.domain.arrears import ArrearsPolicy, Level, Notice, Owed, Standing
from koprogo.finance.domain.bank_first import KnownOfBank, Receipt
from koprogo.finance.domain.legal_interest import UnderNotice
from koprogo.finance.domain.reminder import CHARGE_TITLES
from koprogo.kernel.money import cents
from koprogo.kit.database import Connection


class PostgresArrears:
    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    async def policy(self, association_id: UUID) -> ArrearsPolicy:
        row = await self._connection.fetchrow(
            "select threshold, statement_days, safe_mode, version from arrears_policies where association_id = $1",
            association_id,
        )
        return ArrearsPolicy() if row is None else ArrearsPolicy(*row)

    async def save_policy(self, association_id: UUID, policy: ArrearsPolicy) -> None:
        await self._connection.execute(
            "insert into arrears_policies (association_id, threshold, statement_days, safe_mode, version)"
            " values ($1, $2, $3, $4, $5) on conflict (association_id) do update set threshold = excluded.threshold,"
            " statement_days = excluded.statement_days, safe_mode = excluded.safe_mode, version = excluded.version",
            association_id,
            policy.threshold,
            policy.statement_days,
            policy.safe_mode,
            policy.version,
        )

    async def standings(self, association_id: UUID, party_id: UUID | None = None) -> Sequence[Standing]:
        rows = await self._connection.fetch(
            """
            select d.id, d.party_id, p.name, c.titles, d.communication, d.due_on,
                   d.disputed_since is not null as disputed,
                   d.working_capital + d.reserve_fund as asked, d.open_working_capital + d.open_reserve_fund as open
            from demands d join parties p on p.association_id = d.association_id and p.id = d.party_id
            left join calls c on c.id = d.call_id
            where d.association_id = $1 and (d.open_working_capital <> 0 or d.open_reserve_fund <> 0)
              and d.open_working_capital + d.open_reserve_fund > 0 and ($2::uuid is null or d.party_id = $2)
            order by p.name, d.party_id, d.due_on, d.id
            """,
            association_id,
            party_id,
        )
        notices = await self._notices([row["id"] for row in rows])
        last = await self._last(association_id)
        plans = await PostgresPaymentPlans(self._connection).running(association_id)
        names = {row["party_id"]: row["name"] for row in rows}
        owed: dict[UUID, list[Owed]] = defaultdict(list)
        for row in rows:
            owed[row["party_id"]].append(
                Owed(
                    id=row["id"],
                    titles=names_of(row["titles"]) if row["titles"] else CHARGE_TITLES,
                    communication=row["communication"],
                    due_on=row["due_on"],
                    asked=row["asked"],
                    open=row["open"],
                    is_disputed=row["disputed"],
                    is_charge=row["titles"] is None,
                    notices=notices.get(row["id"], ()),
                )
            )
        return [
            Standing(
                party_id=party, party_name=name, demands=tuple(owed[party]), last=last.get(party), plan=plans.get(party)
            )
            for party, name in names.items()
        ]

    async def _notices(self, demand_ids: Sequence[UUID]) -> Mapping[UUID, tuple[Notice, ...]]:
        found: dict[UUID, tuple[Notice, ...]] = defaultdict(tuple)
        for row in await self._connection.fetch(
            "select rd.demand_id, r.level, r.sent_on, r.pay_until from reminder_demands rd"
            " join reminders r on r.id = rd.reminder_id where rd.demand_id = any($1::uuid[]) order by r.sent_on",
            demand_ids,
        ):
            found[row["demand_id"]] += (Notice(Level(row["level"]), row["sent_on"], row["pay_until"]),)
        return found

    async def _last(self, association_id: UUID) -> Mapping[UUID, Notice]:
        rows = await self._connection.fetch(
            "select distinct on (party_id) party_id, level, sent_on, pay_until from reminders"
            " where association_id = $1 order by party_id, sent_on desc",
            association_id,
        )
        return {r["party_id"]: Notice(Level(r["level"]), r["sent_on"], r["pay_until"]) for r in rows}

    async def known_of_bank(self, association_id: UUID) -> KnownOfBank:
        screens = PostgresBankScreens(self._connection)
        movements = await screens.movements(association_id, 10_000, None, open_only=True)
        incoming = [movement for movement in movements if cents(movement.amount) > 0]
        await screens.suggest(association_id, incoming)
        row = await self._connection.fetchrow(
            "select max(s.until_day) filter (where s.state = 'booked') as last_statement,"
            " coalesce(bool_or(s.state = 'waiting'), false) as is_one_missing,"
            " exists (select from bank_statements x where x.association_id = $1) as is_imported"
            " from bank_statements s join bank_accounts a on a.id = s.bank_account_id"
            " where s.association_id = $1 and a.account = (select min(account)"
            " from bank_accounts where association_id = $1 and fund = 'working_capital')",
            association_id,
        )
        assert row is not None
        return KnownOfBank(
            [Receipt(cents(one.amount), frozenset(s.party_id for s in one.suggestions)) for one in incoming],
            row["last_statement"],
            is_one_missing=row["is_one_missing"],
            is_imported=row["is_imported"],
        )

    async def under_notice(self, association_id: UUID, party_id: UUID | None = None) -> Sequence[UnderNotice]:
        rows = await self._connection.fetch(
            """
            select d.id, d.party_id, p.name, n.first_on, n.formal_on, n.claimed,
                   (select json_agg(json_build_array(m.dated, m.amount) order by m.dated) from (
                        select dated, sum(amount)::bigint as amount from entry_lines
                        where demand_id = d.id and account like '410%' group by dated) m) as movements
            from demands d join parties p on p.association_id = d.association_id and p.id = d.party_id
            join lateral (
                select min(r.sent_on) as first_on, min(r.sent_on) filter (where r.level = 'formal') as formal_on,
                       sum(rd.interest)::bigint as claimed
                from reminder_demands rd join reminders r on r.id = rd.reminder_id where rd.demand_id = d.id) n on true
            where d.association_id = $1 and d.call_id is not null and n.formal_on is not null
              and ($2::uuid is null or d.party_id = $2)
            order by p.name, d.party_id, d.due_on, d.id
            """,
            association_id,
            party_id,
        )
        return [
            UnderNotice(
                demand_id=r["id"],
                party_id=r["party_id"],
                party_name=r["name"],
                first_on=r["first_on"],
                formal_on=r["formal_on"],
                movements=tuple((date.fromisoformat(day), amount) for day, amount in json.loads(r["movements"])),
                claimed=r["claimed"],
            )
            for r in rows
        ]
