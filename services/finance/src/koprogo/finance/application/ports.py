"""What the use cases need, in their words."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime
from typing import Protocol
from uuid import UUID

from koprogo.finance.application import views
from koprogo.finance.application.ports_arrears import Arrears, ArrearsScreens, Disputes, PaymentPlans, Reminders
from koprogo.finance.application.ports_budgets import Budgets, BudgetScreens, Decisions
from koprogo.finance.application.ports_purchases import Invoices, Payments, PurchaseScreens, Suppliers
from koprogo.finance.application.ports_reports import Reports
from koprogo.finance.application.ports_settlements import Settlements
from koprogo.finance.application.ports_statements import ChargeStatements, Standing, StatementScreens
from koprogo.finance.application.ports_transfers import TransferRequests
from koprogo.finance.application.ports_withdrawals import Withdrawals
from koprogo.finance.application.printed_report import PrintedReport
from koprogo.finance.application.transfer_answer import Answer
from koprogo.finance.domain.account import Account, Chart, Fund
from koprogo.finance.domain.bank_chain import Linked
from koprogo.finance.domain.bank_movement import Movement, PaidDemand, StoredStatement
from koprogo.finance.domain.bank_statement import BankEntry, BankStatement
from koprogo.finance.domain.books import BankAccount, Books
from koprogo.finance.domain.call_for_funds import CallForFunds, DemandLetter
from koprogo.finance.domain.charge_statement import ChargeStatement, OwnerStatement
from koprogo.finance.domain.chart_template import Policies
from koprogo.finance.domain.fiscal_year import FiscalYear
from koprogo.finance.domain.invoice import Invoice
from koprogo.finance.domain.journal import Entry, Journal
from koprogo.finance.domain.matching import Knowledge, Match
from koprogo.finance.domain.owners import AssociationFacts, Contact, Debtor, Owners
from koprogo.finance.domain.party import Party
from koprogo.finance.domain.reminder import Reminder
from koprogo.finance.domain.settling import OpenDemand
from koprogo.finance.domain.takeover import CallTakenOver
from koprogo.kernel.transaction import Transaction


class KeepsBooks(Protocol):
    async def open(self, association_id: UUID, policies: Policies, chart: Chart) -> None: ...
    async def locked(self, association_id: UUID) -> Books:
        """Until the end of the transaction nobody else posts in this association."""
        ...

    async def add_account(self, association_id: UUID, account: Account) -> None: ...
    async def add_bank_account(self, association_id: UUID, account: BankAccount) -> None: ...
    async def save_clause(self, association_id: UUID, clause: str, cost: int) -> None: ...
    async def save_acceptance(self, association_id: UUID, day: date | None) -> None: ...
    async def save_year(self, association_id: UUID, year: FiscalYear) -> None: ...
    async def next_communications(self, association_id: UUID, count: int) -> Sequence[str]:
        """Structured communications never given before in this association."""
        ...


class KeepsJournal(Protocol):
    async def post(self, association_id: UUID, entry: Entry, year: FiscalYear, *, by: UUID | None) -> int:
        """Returns the number in its journal and year."""
        ...

    async def check_new(self, entry_id: UUID) -> None:
        """Refuses the id of an entry that is there, before anything is written that belongs to it."""
        ...

    async def get(self, association_id: UUID, entry_id: UUID) -> tuple[Entry, UUID | None]:
        """The entry, and the one that reverses it."""
        ...

    async def results(self, association_id: UUID, year: FiscalYear) -> Mapping[tuple[str, Fund], int]:
        """Balance of each expense and income account in a year, debit positive."""
        ...


class Parties(Protocol):
    async def note(self, association_id: UUID, parties: Iterable[Party]) -> None:
        """Owners as property names them today."""
        ...

    async def check_owner(self, association_id: UUID, party_id: UUID, field: str) -> None:
        """Refuses who is no owner of this association."""
        ...

    async def credits(self, association_id: UUID) -> Sequence[tuple[UUID, int, date, Sequence[OpenDemand]]]:
        """Owners with a credit and an open demand: the credit in cents, the last day anything of theirs was posted."""
        ...


class CallsForFunds(Protocol):
    async def add(self, association_id: UUID, call: CallForFunds, entry_id: UUID) -> None: ...
    async def take_over(self, association_id: UUID, calls: Sequence[CallTakenOver], entry_id: UUID) -> None:
        """With the demands that the lines of the entry raise."""
        ...


class Bank(Protocol):
    async def keep_file(
        self, association_id: UUID, file_id: UUID, content: bytes, sha256: str, *, by: UUID, at: datetime
    ) -> None: ...
    async def keep_report(self, file_id: UUID, report: bytes) -> None: ...
    async def statement(self, account_id: UUID, number: str, from_day: date) -> BankStatement | None: ...
    async def add_statement(
        self, association_id: UUID, statement_id: UUID, account_id: UUID, file_id: UUID, statement: BankStatement
    ) -> None: ...
    async def booked(self, account_id: UUID) -> Sequence[Linked]: ...
    async def waiting(self, account_id: UUID) -> Sequence[StoredStatement]: ...
    async def set_booked(self, statement_id: UUID) -> None: ...
    async def knowledge(
        self, books: Books, entries: Sequence[BankEntry], *, party_id: UUID | None = None
    ) -> Knowledge: ...
    async def add_entry(
        self,
        association_id: UUID,
        bank_entry_id: UUID,
        statement_id: UUID,
        position: int,
        movement: BankEntry,
        account: BankAccount,
        entry_id: UUID,
        found: Match | None,
    ) -> None: ...
    async def movement(self, association_id: UUID, bank_entry_id: UUID) -> Movement: ...
    async def matched(
        self, association_id: UUID, movement: Movement, entry_id: UUID, found: Match, *, by: UUID
    ) -> None: ...
    async def reopened(self, association_id: UUID, movement: Movement, entry_id: UUID) -> None: ...
    async def paid_of(self, demand_ids: Sequence[UUID]) -> Sequence[PaidDemand]:
        """Those of which nothing is open any more."""
        ...


class Proof(Protocol):
    async def differences(self, association_id: UUID) -> Sequence[str]:
        """Where a kept figure is not the sum of its lines; empty when the books hold."""
        ...


class Letters(Protocol):
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
    ) -> None: ...
    async def add_of_call(
        self, association_id: UUID, call_id: UUID, letters: Sequence[DemandLetter], *, at: datetime
    ) -> None: ...
    async def rendered(self, document_id: UUID, *, sha256: str) -> None: ...
    async def change(self, dispatch_id: UUID, *, status: str, proof: str, at: datetime) -> None: ...


class Paperwork(Protocol):
    """Letters asked of the documents service, in this transaction."""

    async def call_for_funds(
        self,
        association_id: UUID,
        association: AssociationFacts,
        call: CallForFunds,
        letters: Sequence[DemandLetter],
        account: BankAccount,
    ) -> None: ...
    async def reminder(
        self,
        association_id: UUID,
        association: AssociationFacts,
        reminder: Reminder,
        debtor: Debtor,
        account: BankAccount,
        recipient: Contact,
        *,
        document_id: UUID,
        dispatch_id: UUID,
        channel: str,
    ) -> None: ...

    async def charge_statement(
        self,
        association_id: UUID,
        association: AssociationFacts,
        statement: ChargeStatement,
        own: OwnerStatement,
        standing: Standing,
        chart: Chart,
        account: BankAccount,
        recipient: Contact,
        *,
        document_id: UUID,
        dispatch_id: UUID,
        channel: str,
    ) -> None: ...
    async def transfer_statement(
        self,
        association_id: UUID,
        association: AssociationFacts,
        answer: Answer,
        *,
        document_id: UUID,
        dispatch_id: UUID,
    ) -> None: ...
    async def report(
        self, association_id: UUID, association: AssociationFacts, report: PrintedReport, *, document_id: UUID
    ) -> None: ...


class Told(Protocol):
    """Facts that leave, in this transaction."""

    async def demands_paid(self, association_id: UUID, demands: Sequence[PaidDemand], on: date) -> None: ...
    async def invoice_approved(self, association_id: UUID, invoice: Invoice) -> None: ...
    async def call_issued(self, association_id: UUID, call: CallForFunds) -> None: ...
    async def year_closed(self, association_id: UUID, year: FiscalYear) -> None: ...
    async def arrears_escalated(self, association_id: UUID, reminder: Reminder) -> None: ...


class BookScreens(Protocol):
    """Reads for screens: from SQL to the answer, past the aggregates."""

    async def books(self, association_id: UUID) -> views.BooksView: ...
    async def accounts(self, association_id: UUID) -> Sequence[views.AccountView]: ...
    async def entries(
        self, association_id: UUID, limit: int, after: str | None, journal: Journal | None, year_id: UUID | None
    ) -> Sequence[views.EntryLine]: ...
    async def entry(self, association_id: UUID, entry_id: UUID) -> views.EntryView: ...
    async def ledger(
        self, association_id: UUID, account: str, from_day: date, until_day: date, limit: int, after: str | None
    ) -> Sequence[views.LedgerLine]: ...


class DemandScreens(Protocol):
    async def calls(self, association_id: UUID, limit: int, after: str | None) -> Sequence[views.CallView]: ...
    async def demands(
        self,
        association_id: UUID,
        limit: int,
        after: str | None,
        *,
        call_id: UUID | None,
        open_only: bool,
        holders: Sequence[UUID] | None,
    ) -> Sequence[views.DemandView]:
        """`holders`: only what one of these co-owners owes."""
        ...

    async def owners(self, association_id: UUID, limit: int, after: str | None) -> Sequence[views.OwnerBalance]: ...
    async def owed_on(
        self, association_id: UUID, on: date, party_ids: Sequence[UUID] | None
    ) -> Sequence[tuple[UUID, int, int]]:
        """What owners owe at the end of a day, by fund, in cents; all of them without `party_ids`."""
        ...

    async def owner_account(
        self, association_id: UUID, party_id: UUID, on: date, limit: int, holders: Sequence[UUID] | None
    ) -> views.OwnerAccount: ...
    async def letters(
        self, association_id: UUID, subject: str, limit: int, after: str | None
    ) -> Sequence[views.LetterView]: ...


class BankScreens(Protocol):
    async def files(self, association_id: UUID, limit: int, after: str | None) -> Sequence[views.BankFileView]: ...
    async def file_content(self, association_id: UUID, file_id: UUID) -> bytes: ...
    async def statements(
        self, association_id: UUID, limit: int, after: str | None
    ) -> Sequence[views.StatementView]: ...
    async def movements(
        self, association_id: UUID, limit: int, after: str | None, *, open_only: bool
    ) -> Sequence[views.MovementView]: ...
    async def suggest(self, association_id: UUID, movements: Sequence[views.MovementView]) -> None:
        """Adds to each open one who may have paid it."""
        ...


class UnitOfWork(Transaction, Protocol):
    @property
    def books(self) -> KeepsBooks: ...
    @property
    def journal(self) -> KeepsJournal: ...
    @property
    def parties(self) -> Parties: ...
    @property
    def calls(self) -> CallsForFunds: ...
    @property
    def settlements(self) -> Settlements: ...
    @property
    def withdrawals(self) -> Withdrawals: ...
    @property
    def proof(self) -> Proof: ...
    @property
    def transfer_requests(self) -> TransferRequests: ...
    @property
    def suppliers(self) -> Suppliers: ...
    @property
    def invoices(self) -> Invoices: ...
    @property
    def payments(self) -> Payments: ...
    @property
    def purchase_screens(self) -> PurchaseScreens: ...
    @property
    def bank(self) -> Bank: ...
    @property
    def bank_screens(self) -> BankScreens: ...
    @property
    def letters(self) -> Letters: ...
    @property
    def paperwork(self) -> Paperwork: ...
    @property
    def told(self) -> Told: ...
    @property
    def book_screens(self) -> BookScreens: ...
    @property
    def demand_screens(self) -> DemandScreens: ...
    @property
    def reports(self) -> Reports: ...
    @property
    def charge_statements(self) -> ChargeStatements: ...
    @property
    def statement_screens(self) -> StatementScreens: ...
    @property
    def budgets(self) -> Budgets: ...
    @property
    def decisions(self) -> Decisions: ...
    @property
    def budget_screens(self) -> BudgetScreens: ...
    @property
    def arrears(self) -> Arrears: ...
    @property
    def reminders(self) -> Reminders: ...
    @property
    def disputes(self) -> Disputes: ...
    @property
    def payment_plans(self) -> PaymentPlans: ...
    @property
    def arrears_screens(self) -> ArrearsScreens: ...
    async def is_new(self, event_id: UUID) -> bool:
        """Note an event that came; False when its effect is already there."""
        ...


class Property(Protocol):
    """The neighbour that knows who owns what."""

    async def association(self, association_id: UUID) -> AssociationFacts: ...
    async def owners(self, tenant: UUID, association_id: UUID, on: date) -> Owners: ...
