"""The general ledger and the trial balance."""

from collections import defaultdict
from collections.abc import Sequence
from datetime import date

from koprogo.finance.application.amounts import in_language
from koprogo.finance.application.report_words import word
from koprogo.finance.application.tables import Kind, Level, Row, Table, table
from koprogo.finance.application.views import TrialBalanceLine
from koprogo.finance.application.views_reports import GeneralLedger, LedgerAccount, LedgerPosting, Posting
from koprogo.finance.domain.account import Fund
from koprogo.finance.domain.report import Moved
from koprogo.kernel.money import cents, euros
from koprogo.kernel.words import Language


def trial_balance(moved: Sequence[Moved]) -> list[TrialBalanceLine]:
    return [
        TrialBalanceLine(
            account=m.account.code,
            names=m.account.names,
            side=m.account.side,
            fund=m.fund,
            opening=euros(m.opening),
            debit=euros(m.debit),
            credit=euros(m.credit),
            closing=euros(m.closing),
        )
        for m in moved
    ]


def trial_balance_table(lines: Sequence[TrialBalanceLine], language: Language) -> Table:
    columns = {
        "account": Kind.TEXT, "name": Kind.TEXT, "fund": Kind.TEXT, "opening": Kind.AMOUNT, "debit": Kind.AMOUNT,
        "credit": Kind.AMOUNT, "closing": Kind.AMOUNT,
    }  # fmt: skip
    rows = [
        Row(
            (
                line.account,
                in_language(line.names, language),
                word(line.fund, language),
                line.opening,
                line.debit,
                line.credit,
                line.closing,
            )
        )
        for line in lines
    ]
    sums = (
        euros(sum(cents(amount) for amount in amounts))
        for amounts in zip(*((one.opening, one.debit, one.credit, one.closing) for one in lines), strict=True)
    )
    if lines:
        rows.append(Row(("", word("total", language), "", *sums), Level.TOTAL))
    return table("trial_balance", columns, rows, language)


def general_ledger(
    from_day: date, until_day: date, moved: Sequence[Moved], postings: Sequence[Posting], language: Language
) -> GeneralLedger:
    """Every account with what it held before, its movements with the balance after each, and what it holds."""
    by_account: dict[tuple[str, Fund], list[Posting]] = defaultdict(list)
    for posting in postings:
        by_account[posting.account, posting.fund].append(posting)
    return GeneralLedger(
        from_day, until_day, [_account(m, by_account[m.account.code, m.fund], language) for m in moved]
    )


def _account(moved: Moved, postings: Sequence[Posting], language: Language) -> LedgerAccount:
    balance = moved.opening
    shown = []
    for posting in postings:
        amount = cents(posting.amount)
        balance += amount
        shown.append(
            LedgerPosting(
                entry_id=posting.entry_id,
                dated=posting.dated,
                journal=posting.journal,
                number=posting.number,
                text=posting.text,
                party_name=posting.party_name,
                voucher=posting.voucher,
                debit=euros(max(amount, 0)),
                credit=euros(max(-amount, 0)),
                balance=euros(balance),
            )
        )
    return LedgerAccount(
        account=moved.account.code,
        name=in_language(moved.account.names, language),
        fund=moved.fund,
        opening=euros(moved.opening),
        postings=shown,
        closing=euros(moved.closing),
    )


def general_ledger_table(found: GeneralLedger, language: Language) -> Table:
    columns = {
        "account": Kind.TEXT, "name": Kind.TEXT, "fund": Kind.TEXT, "dated": Kind.DAY, "journal": Kind.TEXT,
        "number": Kind.COUNT, "text": Kind.TEXT, "party": Kind.TEXT, "voucher": Kind.TEXT, "debit": Kind.AMOUNT,
        "credit": Kind.AMOUNT, "balance": Kind.AMOUNT,
    }  # fmt: skip
    rows: list[Row] = []
    for one in found.accounts:
        whose = (one.account, one.name, word(one.fund, language))
        opening = (found.from_day, None, None, word("opening", language), "", "", "", "", one.opening)
        closing = (found.until_day, None, None, word("closing", language), "", "", "", "", one.closing)
        rows.append(Row((*whose, *opening)))
        rows += [
            Row(
                (
                    *whose,
                    posting.dated,
                    word(posting.journal, language),
                    posting.number,
                    posting.text,
                    posting.party_name,
                    posting.voucher,
                    posting.debit,
                    posting.credit,
                    posting.balance,
                )
            )
            for posting in one.postings
        ]
        rows.append(Row((*whose, *closing), Level.SUBTOTAL))
    return table("general_ledger", columns, rows, language, heading_columns=3)
