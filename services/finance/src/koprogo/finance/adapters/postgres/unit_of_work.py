from koprogo.finance.adapters.events import OutboxTold
from koprogo.finance.adapters.paperwork import OutboxPaperwork
from koprogo.finance.adapters.postgres.arrears import PostgresArrears
from koprogo.finance.adapters.postgres.arrears_screens import PostgresArrearsScreens
from koprogo.finance.adapters.postgres.bank import PostgresBank
from koprogo.finance.adapters.postgres.bank_screens import PostgresBankScreens
from koprogo.finance.adapters.postgres.book_screens import PostgresBookScreens
from koprogo.finance.adapters.postgres.books import PostgresBooks
from koprogo.finance.adapters.postgres.budget_screens import PostgresBudgetScreens
from koprogo.finance.adapters.postgres.budgets import PostgresBudgets, PostgresDecisions
from koprogo.finance.adapters.postgres.calls import PostgresCallsForFunds, PostgresLetters, PostgresParties
from koprogo.finance.adapters.postgres.demand_screens import PostgresDemandScreens
from koprogo.finance.adapters.postgres.journal import PostgresJournal
from koprogo.finance.adapters.postgres.payment_plans import PostgresPaymentPlans
from koprogo.finance.adapters.postgres.proof import PostgresProof
from koprogo.finance.adapters.postgres.purchase_screens import PostgresPurchaseScreens
from koprogo.finance.adapters.postgres.purchases import PostgresInvoices, PostgresPayments, PostgresSuppliers
from koprogo.finance.adapters.postgres.reminders import PostgresDisputes, PostgresReminders
from koprogo.finance.adapters.postgres.reports import PostgresReports
from koprogo.finance.adapters.postgres.settlements import PostgresSettlements
from koprogo.finance.adapters.postgres.statement_screens import PostgresStatementScreens
from koprogo.finance.adapters.postgres.statements import PostgresChargeStatements
from koprogo.finance.adapters.postgres.transfers import PostgresTransferRequests
from koprogo.finance.adapters.postgres.withdrawals import PostgresWithdrawals
from koprogo.kit.database import UnitOfWork


class PostgresUnitOfWork(UnitOfWork):
    books: PostgresBooks
    journal: PostgresJournal
    parties: PostgresParties
    calls: PostgresCallsForFunds
    bank: PostgresBank
    bank_screens: PostgresBankScreens
    letters: PostgresLetters
    settlements: PostgresSettlements
    withdrawals: PostgresWithdrawals
    transfer_requests: PostgresTransferRequests
    proof: PostgresProof
    suppliers: PostgresSuppliers
    invoices: PostgresInvoices
    payments: PostgresPayments
    purchase_screens: PostgresPurchaseScreens
    paperwork: OutboxPaperwork
    told: OutboxTold
    book_screens: PostgresBookScreens
    demand_screens: PostgresDemandScreens
    budgets: PostgresBudgets
    decisions: PostgresDecisions
    budget_screens: PostgresBudgetScreens
    arrears: PostgresArrears
    reminders: PostgresReminders
    disputes: PostgresDisputes
    payment_plans: PostgresPaymentPlans
    arrears_screens: PostgresArrearsScreens
    reports: PostgresReports
    charge_statements: PostgresChargeStatements
    statement_screens: PostgresStatementScreens

    def _enter(self) -> None:
        self.books = PostgresBooks(self.connection)
        self.journal = PostgresJournal(self.connection)
        self.parties = PostgresParties(self.connection)
        self.calls = PostgresCallsForFunds(self.connection)
        self.bank = PostgresBank(self.connection)
        self.bank_screens = PostgresBankScreens(self.connection)
        self.letters = PostgresLetters(self.connection)
        self.settlements = PostgresSettlements(self.connection)
        self.withdrawals = PostgresWithdrawals(self.connection)
        self.proof = PostgresProof(self.connection)
        self.transfer_requests = PostgresTransferRequests(self.connection)
        self.suppliers = PostgresSuppliers(self.connection)
        self.invoices = PostgresInvoices(self.connection)
        self.payments = PostgresPayments(self.connection)
        self.purchase_screens = PostgresPurchaseScreens(self.connection)
        self.paperwork = OutboxPaperwork(self)
        self.told = OutboxTold(self)
        self.book_screens = PostgresBookScreens(self.connection)
        self.demand_screens = PostgresDemandScreens(self.connection)
        self.budgets = PostgresBudgets(self.connection)
        self.decisions = PostgresDecisions(self.connection)
        self.budget_screens = PostgresBudgetScreens(self.connection)
        self.arrears = PostgresArrears(self.connection)
        self.reminders = PostgresReminders(self.connection)
        self.disputes = PostgresDisputes(self.connection)
        self.payment_plans = PostgresPaymentPlans(self.connection)
        self.arrears_screens = PostgresArrearsScreens(self.connection)
        self.reports = PostgresReports(self.connection)
        self.charge_statements = PostgresChargeStatements(self.connection)
        self.statement_screens = PostgresStatementScreens(self.connection)
