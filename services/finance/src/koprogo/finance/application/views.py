"""What screens show. Amounts are decimal strings in euro; on accounts, debit is positive."""

from datetime import date, datetime
from uuid import UUID

import msgspec

from koprogo.finance.application.bank_report import ImportReport
from koprogo.finance.domain.account import Fund, Side
from koprogo.finance.domain.call_for_funds import CallKind
from koprogo.finance.domain.chart_template import ReserveClass
from koprogo.finance.domain.fiscal_year import YearState
from koprogo.finance.domain.journal import Journal
from koprogo.kernel.words import Language


class YearView(msgspec.Struct):
    id: UUID
    first_day: date
    last_day: date
    state: YearState


class BankAccountView(msgspec.Struct):
    id: UUID
    iban: str
    holder: str
    fund: Fund
    account: str
    balance: str


class BooksView(msgspec.Struct):
    chart_version: str
    reserve_class: ReserveClass
    statutes_clause: str
    reminder_cost: str
    provisional_acceptance: date | None
    years: list[YearView]
    bank_accounts: list[BankAccountView]
    to_transfer: str
    """What the working capital's account still owes the reserve fund's; negative the other way round (R011)."""
    version: int


class AccountView(msgspec.Struct):
    code: str
    names: dict[Language, str]
    side: Side
    fund: Fund | None
    is_heading: bool


class EntryLine(msgspec.Struct):
    id: UUID
    journal: Journal
    year: date
    """First day of the financial year it is numbered in."""
    number: int
    dated: date
    text: str
    amount: str
    voucher_kind: str
    voucher_reference: str
    reverses: UUID | None
    reversed_by: UUID | None


class EntryLineView(msgspec.Struct):
    account: str
    debit: str | None
    credit: str | None
    fund: Fund
    party_id: UUID | None
    party_name: str
    text: str
    allocation_key_id: UUID | None
    occupant_percent: int


class EntryView(msgspec.Struct):
    entry: EntryLine
    voucher_dated: date
    voucher_document_id: UUID | None
    posted_at: datetime
    lines: list[EntryLineView]


class TrialBalanceLine(msgspec.Struct):
    account: str
    names: dict[Language, str]
    side: Side
    fund: Fund
    opening: str
    debit: str
    credit: str
    closing: str


class LedgerLine(msgspec.Struct):
    entry_id: UUID
    position: int
    dated: date
    journal: Journal
    number: int
    text: str
    party_name: str
    amount: str


class DecisionView(msgspec.Struct):
    decided_on: date
    item_number: int
    titles: dict[Language, str]
    id: UUID | None = None


class WithdrawalView(msgspec.Struct):
    on: date
    reason: str
    entry_id: UUID | None
    """That turned it round; None: there was nothing to turn round."""


class CallView(msgspec.Struct):
    id: UUID
    titles: dict[Language, str]
    period_from: date | None
    period_until: date | None
    issued_on: date
    due_on: date
    decision: DecisionView
    demands: int
    working_capital: str
    reserve_fund: str
    total: str
    open: str
    entry_id: UUID
    budget_id: UUID | None
    """Of which it is an instalment."""
    withdrawal: WithdrawalView | None
    """None: it stands."""


class DemandLineView(msgspec.Struct):
    lot_id: UUID
    lot_number: str
    labels: dict[Language, str]
    kind: CallKind
    whole: str
    shares: int
    share_total: int
    key_name: str
    amount: str


class DemandView(msgspec.Struct):
    id: UUID
    call_id: UUID | None
    reminder_id: UUID | None
    """It comes from a call, or from a reminder for its cost and interest."""
    titles: dict[Language, str]
    party_id: UUID
    party_name: str
    communication: str
    due_on: date
    working_capital: str
    reserve_fund: str
    total: str
    open: str
    disputed_since: date | None
    withdrawn_on: date | None
    """With its call, settlement or charge statement: nothing of it is owed."""
    lines: list[DemandLineView]


class BankFileView(msgspec.Struct):
    id: UUID
    sha256: str
    received_at: datetime
    report: ImportReport


class StatementView(msgspec.Struct):
    id: UUID
    iban: str
    number: str
    from_day: date
    until_day: date
    opening: str
    closing: str
    state: str
    """booked; waiting: the statement before it has not come."""
    entries: int
    open: int


class SuggestionReason(msgspec.Struct):
    reason: str
    """PAID_FROM_ACCOUNT, PAYER_WRITES, OPEN_AMOUNT."""
    sentence: str
    figures: dict[str, str]


class SuggestionView(msgspec.Struct):
    party_id: UUID
    party_name: str
    reasons: list[SuggestionReason]


class MovementView(msgspec.Struct):
    id: UUID
    statement_id: UUID
    account: str
    amount: str
    """Positive came in."""
    booked_on: date
    value_on: date
    counterparty_name: str
    counterparty_iban: str
    communication: str
    structured: str
    return_reason: str
    original_amount: str
    state: str
    """open or matched."""
    reason: str
    """Why it was matched so: EXACT_COMMUNICATION, PART_PAYMENT, …"""
    sentence: str
    figures: dict[str, str]
    entry_id: UUID
    match_entry_id: UUID | None
    suggestions: list[SuggestionView] = []


class OwnerBalance(msgspec.Struct):
    party_id: UUID
    name: str
    holder_ids: list[UUID]
    working_capital: str
    reserve_fund: str
    balance: str
    """Positive is owed to the association."""


class Movement(msgspec.Struct):
    entry_id: UUID
    dated: date
    text: str
    fund: Fund
    amount: str
    communication: str | None


class OwnerAccount(msgspec.Struct):
    party_id: UUID
    name: str
    on: date
    working_capital: str
    reserve_fund: str
    balance: str
    movements: list[Movement]
    """The latest first, up to the day."""


class LetterView(msgspec.Struct):
    document_id: UUID
    dispatch_id: UUID
    party_id: UUID
    recipient: str
    language: Language
    channel: str
    status: str
    proof: str
    sha256: str
    changed_at: datetime
