"""A budget (budget, begroting) of one financial year: drafted by the syndic, adopted or rejected by the meeting."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from datetime import date, timedelta
from enum import StrEnum
from uuid import UUID

import msgspec

from koprogo.finance.domain.account import Chart, Side
from koprogo.finance.domain.call_for_funds import Decision
from koprogo.finance.domain.fiscal_year import FiscalYear, YearDaysWrong
from koprogo.finance.domain.months import months_later
from koprogo.kernel.errors import Conflict, DomainError
from koprogo.kernel.money import split
from koprogo.kernel.words import Language

Spent = Mapping[tuple[str, UUID | None], int]
"""Cents by account and allocation key."""


class BudgetKind(StrEnum):
    ORDINARY = "ordinary"
    EXTRAORDINARY = "extraordinary"
    """Works that the meeting decides apart from the costs of every year."""


class BudgetState(StrEnum):
    DRAFT = "draft"
    ADOPTED = "adopted"
    REJECTED = "rejected"
    REPLACED = "replaced"
    """Adopted, and then another one for the same year."""


class Schedule(StrEnum):
    """How an adopted budget is called."""

    MONTHLY = "monthly"
    QUARTERLY = "quarterly"
    YEARLY = "yearly"


class BudgetNotDraft(Conflict):
    reason = "BUDGET_NOT_DRAFT"


class BudgetOnAgenda(Conflict):
    reason = "BUDGET_ON_AGENDA"


class BudgetReplaced(Conflict):
    reason = "BUDGET_REPLACED"


class BudgetNotAdopted(Conflict):
    reason = "BUDGET_NOT_ADOPTED"


class AccountNotExpense(DomainError):
    reason = "ACCOUNT_NOT_EXPENSE"


class ReserveNotHere(DomainError):
    """The yearly contribution to the reserve fund stands in the ordinary budget (R121)."""

    reason = "RESERVE_NOT_HERE"


class BudgetLine(msgspec.Struct, frozen=True):
    account: str
    amount: int
    labels: dict[Language, str]
    key_id: UUID | None = None
    """By which it is borne; None: the shares of the deed (R120)."""
    occupant_percent: int = 0
    """Part that a lease usually puts on the occupant (R126); 0 to 100."""

    @property
    def place(self) -> tuple[str, UUID | None]:
        return self.account, self.key_id


class BudgetContent(msgspec.Struct, frozen=True):
    """What a draft says, and the syndic may still change."""

    titles: dict[Language, str]
    first_day: date
    last_day: date
    lines: tuple[BudgetLine, ...]
    reserve: int
    """Yearly contribution to the reserve fund, in cents."""

    @property
    def total(self) -> int:
        return sum(line.amount for line in self.lines)


class Budget(msgspec.Struct):
    id: UUID
    kind: BudgetKind
    content: BudgetContent
    state: BudgetState = BudgetState.DRAFT
    decision: Decision | None = None
    """None as long as no meeting has voted it."""
    schedule: Schedule | None = None
    """Chosen with its first instalment."""
    convened_on: date | None = None
    """Since this day it stands on the agenda of a meeting that is convened."""
    version: int = 0

    def check_draft(self) -> None:
        if self.state is not BudgetState.DRAFT:
            raise BudgetNotDraft(
                f"This budget is {self.state}, and stays as the meeting voted it; draft another.", state=self.state
            )

    def check_open(self) -> None:
        """Raises when it can no more be changed."""
        self.check_draft()
        if self.convened_on is not None:
            raise BudgetOnAgenda(
                f"This budget stands on the agenda of the meeting convened on {self.convened_on}, and stays as it was "
                "then; draft another.",
                convened_on=self.convened_on,
            )

    def change(self, content: BudgetContent) -> None:
        self.check_open()
        self.content = content

    def put_to_the_vote(self, convened: BudgetContent, on: date) -> BudgetContent | None:
        """It stays as it was when the meeting was convened; returns what it was changed to since."""
        self.check_draft()
        later = self.content if self.content != convened else None
        self.content, self.convened_on = convened, self.convened_on or on
        return later

    def decide(self, decision: Decision, *, adopted: bool) -> None:
        self.check_draft()
        self.state = BudgetState.ADOPTED if adopted else BudgetState.REJECTED
        self.decision = decision

    def replace(self, other: "Budget") -> "Budget":
        """Of two adopted for the same year the one that was decided later stands; returns the one it replaces."""
        replaced = min(self, other, key=Budget._decided)
        replaced.state = BudgetState.REPLACED
        return replaced

    def _decided(self) -> tuple[date, int, str]:
        assert self.decision is not None
        return self.decision.decided_on, self.decision.item_number, str(self.decision.id or "")

    def adopted_by(self) -> Decision:
        """The decision that calls may rest on."""
        if self.state is BudgetState.REPLACED:
            raise BudgetReplaced("Another budget was adopted for this year later; call that one.")
        if self.state is not BudgetState.ADOPTED or self.decision is None:
            raise BudgetNotAdopted(
                "Put this budget to the vote first: only an adopted budget is called.", state=self.state
            )
        return self.decision


def check_content(content: BudgetContent, kind: BudgetKind, chart: Chart, years: Iterable[FiscalYear]) -> None:
    """Raises what the books could never compare with what is spent. The year need not be open, nor even proposed."""
    if not timedelta(days=27) <= content.last_day - content.first_day <= timedelta(days=731):
        raise YearDaysWrong("A financial year lasts between a month and two years.", field="last_day")
    if not 1900 <= content.first_day.year < 2200:
        raise YearDaysWrong("Choose a year of this century or nearby.", field="first_day")
    days = (content.first_day, content.last_day)
    for year in years:
        meets = year.first_day <= content.last_day and content.first_day <= year.last_day
        if meets and days != (year.first_day, year.last_day):
            raise YearDaysWrong(
                f"The books have a year from {year.first_day} to {year.last_day}; a budget is for a whole year.",
                field="first_day",
            )
    if content.reserve and kind is BudgetKind.EXTRAORDINARY:
        raise ReserveNotHere(
            "The contribution to the reserve fund stands in the ordinary budget of the year.",
            field="reserve_contribution",
        )
    for number, line in enumerate(content.lines):
        account = chart.posting(line.account, f"lines.{number}.account")
        if account.side is not Side.EXPENSE:
            raise AccountNotExpense(
                f"A budget plans expenses; {line.account} is not an account of class 6.",
                field=f"lines.{number}.account",
                account=line.account,
            )


def next_days(content: BudgetContent, years: Iterable[FiscalYear]) -> tuple[date, date]:
    """The year after: as the books have it, else twelve months."""
    first = content.last_day + timedelta(days=1)
    known = next((year for year in years if year.first_day == first), None)
    return first, known.last_day if known else months_later(first, 12) - timedelta(days=1)


def indexed(amount: int, hundredths: int) -> int:
    """`amount` and `hundredths` of a percent more (or less), to the cent, half up."""
    return (2 * amount * (10_000 + hundredths) + 10_000) // 20_000


def as_spent(lines: Iterable[BudgetLine], spent: Spent, names: Mapping[str, dict[Language, str]]) -> list[BudgetLine]:
    """The same lines with what was spent, and those nobody had planned. Lines of one account and key share it as
    planned; what came back on balance is planned as nothing.
    """
    by_place: dict[tuple[str, UUID | None], list[BudgetLine]] = defaultdict(list)
    for line in lines:
        by_place[line.place].append(line)
    found: list[BudgetLine] = []
    for place, planned in by_place.items():
        weights = {n: line.amount for n, line in enumerate(planned)}
        if not any(weights.values()):
            weights = dict.fromkeys(weights, 1)
        parts = split(max(spent.get(place, 0), 0), weights)
        found += [msgspec.structs.replace(line, amount=parts[n]) for n, line in enumerate(planned)]
    found += [
        BudgetLine(account, amount, names[account], key_id)
        for (account, key_id), amount in spent.items()
        if amount > 0 and (account, key_id) not in by_place
    ]
    return found
