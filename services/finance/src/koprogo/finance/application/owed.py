"""What owners owe: open demands, and the balance of each."""

from collections.abc import Sequence
from datetime import date

from koprogo.finance.application.amounts import in_language
from koprogo.finance.application.report_words import word
from koprogo.finance.application.tables import Kind, Level, Row, Table, table
from koprogo.finance.application.views import DemandView, OwnerBalance
from koprogo.finance.application.views_reports import OpenDemandLine, OpenDemands, OwnerBalances
from koprogo.kernel.money import cents, euros
from koprogo.kernel.words import Language


def open_demands(on: date, demands: Sequence[DemandView], language: Language) -> OpenDemands:
    return OpenDemands(
        on=on,
        demands=[
            OpenDemandLine(
                demand_id=demand.id,
                party_id=demand.party_id,
                party_name=demand.party_name,
                title=in_language(demand.titles, language),
                communication=demand.communication,
                due_on=demand.due_on,
                days_overdue=max((on - demand.due_on).days, 0),
                total=demand.total,
                paid=euros(cents(demand.total) - cents(demand.open)),
                open=demand.open,
                disputed_since=demand.disputed_since,
            )
            for demand in demands
        ],
        total=euros(sum(cents(demand.open) for demand in demands)),
    )


def open_demands_table(found: OpenDemands, language: Language) -> Table:
    columns = {
        "owner": Kind.TEXT, "title": Kind.TEXT, "communication": Kind.COMMUNICATION, "due_on": Kind.DAY,
        "days_overdue": Kind.COUNT, "total": Kind.AMOUNT, "paid": Kind.AMOUNT, "open": Kind.AMOUNT,
        "disputed_since": Kind.DAY,
    }  # fmt: skip
    rows = [
        Row((
            d.party_name, d.title, d.communication, d.due_on, d.days_overdue, d.total, d.paid, d.open, d.disputed_since,
        ))
        for d in found.demands
    ]  # fmt: skip
    rows.append(Row((word("total", language), "", "", None, None, "", "", found.total, None), Level.TOTAL))
    return table("open_demands", columns, rows, language)


def owner_balances(on: date, owners: Sequence[OwnerBalance]) -> OwnerBalances:
    balances = [cents(owner.balance) for owner in owners]
    return OwnerBalances(
        on=on,
        owners=list(owners),
        claims=euros(sum(balance for balance in balances if balance > 0)),
        debts=euros(-sum(balance for balance in balances if balance < 0)),
    )


def owner_balances_table(found: OwnerBalances, language: Language) -> Table:
    columns = {
        "owner": Kind.TEXT, "working_capital": Kind.AMOUNT, "reserve_fund": Kind.AMOUNT, "balance": Kind.AMOUNT,
    }  # fmt: skip
    rows = [Row((o.name, o.working_capital, o.reserve_fund, o.balance)) for o in found.owners]
    rows.append(Row((word("claims", language), "", "", found.claims), Level.TOTAL))
    rows.append(Row((word("debts", language), "", "", found.debts), Level.TOTAL))
    return table("owner_balances", columns, rows, language)
