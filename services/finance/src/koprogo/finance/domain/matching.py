"""Reconciliation (lettrage, afpunting): what each movement of the bank is, and why. The order of the attempts is fixed:

1. structured communication of a demand, and its open amount;
2. structured communication, another amount: part or over payment;
3. a known account with one open demand of exactly that amount;
4. otherwise nothing: a person decides, and is given suggestions.

Before these come movements of our own: payments we ordered, and transfers between the association's accounts.
"""

from collections import defaultdict
from collections.abc import Iterable
from uuid import UUID

import msgspec

from koprogo.finance.domain import chart_template
from koprogo.finance.domain.account import Fund
from koprogo.finance.domain.bank_statement import BankEntry
from koprogo.finance.domain.books import BankAccount
from koprogo.finance.domain.invoice import Invoice, supplier_lines
from koprogo.finance.domain.journal import Line
from koprogo.finance.domain.payment import Payment, PaymentState
from koprogo.finance.domain.settling import OpenDemand, credit, in_order, settle
from koprogo.kernel.money import euros


class Match(msgspec.Struct, frozen=True):
    """The lines that stand against the bank's, and the reason in words."""

    lines: tuple[Line, ...]
    reason: str
    sentence: str
    figures: dict[str, str]
    party_id: UUID | None = None
    teaches: bool = False
    """That this party pays from this account."""
    payment_id: UUID | None = None
    """Of ours, that the bank has carried out."""
    returned_payment_id: UUID | None = None
    invoice_id: UUID | None = None
    """Paid without a payment of ours: the supplier collected it."""


class Knowledge(msgspec.Struct):
    """What the books know that can explain a movement."""

    demands: list[OpenDemand]
    """All that a communication of the file names, and all open ones of parties it may concern."""
    ibans: dict[str, set[UUID]]
    own_accounts: dict[str, BankAccount]
    payments: dict[str, Payment] = {}
    """Ours, by their end-to-end id."""
    invoices: list[Invoice] = []
    """Approved ones whose communication the file names."""

    def by_communication(self, communication: str) -> OpenDemand | None:
        return next((d for d in self.demands if communication and d.communication == communication), None)

    def open_of(self, party_id: UUID) -> list[OpenDemand]:
        return in_order(d for d in self.demands if d.party_id == party_id)


def match(entry: BankEntry, known: Knowledge) -> Match | None:
    """None: a person decides. Changes in `known` what the movement settles."""
    if found := _own(entry, known):
        return found
    demand = known.by_communication(entry.structured)
    if demand is not None:
        return _came_back(entry, demand) if entry.amount < 0 else _by_communication(entry, demand, known)
    if entry.amount > 0:
        return _by_account(entry, known)
    return None


def _own(entry: BankEntry, known: Knowledge) -> Match | None:
    other = known.own_accounts.get(entry.counterparty.iban)
    if other is not None:
        return Match(
            lines=(Line(account=chart_template.TRANSFERS, amount=-entry.amount, fund=other.fund),),
            reason="OWN_TRANSFER",
            sentence=f"A transfer between the association's own accounts, the other one is {other.iban}.",
            figures={"iban": other.iban},
        )
    payment = known.payments.get(entry.end_to_end_id)
    if payment is not None and payment.state is PaymentState.ORDERED and payment.amount == -entry.amount:
        payment.state = PaymentState.BOOKED
        return Match(
            lines=tuple(supplier_lines(payment.supplier_id, payment.by_fund)),
            reason="ORDERED_PAYMENT",
            sentence=f"The bank carried out payment {payment.end_to_end_id}.",
            figures={"payment": payment.end_to_end_id},
            payment_id=payment.id,
        )
    if payment is not None and payment.state is PaymentState.BOOKED and payment.amount == entry.amount:
        payment.state = PaymentState.RETURNED
        return Match(
            lines=tuple(supplier_lines(payment.supplier_id, {f: -a for f, a in payment.by_fund.items()})),
            reason="ORDERED_PAYMENT_RETURNED",
            sentence=f"Payment {payment.end_to_end_id} came back ({entry.return_reason or 'no reason given'}).",
            figures={"payment": payment.end_to_end_id, "code": entry.return_reason or "–"},
            returned_payment_id=payment.id,
        )
    invoice = next((i for i in known.invoices if entry.structured and i.communication == entry.structured), None)
    if invoice is not None and sum(invoice.to_pay.values()) == -entry.amount:
        known.invoices.remove(invoice)
        return collected(
            invoice, reason="INVOICE_COLLECTED", sentence="Communication and amount are those of an approved invoice."
        )
    return None


def collected(invoice: Invoice, *, reason: str, sentence: str) -> Match:
    """The supplier has taken what he was owed, by direct debit."""
    return Match(
        lines=tuple(supplier_lines(invoice.supplier_id, invoice.to_pay, invoice.id)),
        reason=reason,
        sentence=sentence,
        figures={"invoice": invoice.number},
        invoice_id=invoice.id,
    )


def _by_communication(entry: BankEntry, demand: OpenDemand, known: Knowledge) -> Match:
    open_before = demand.open
    others = [other for other in known.open_of(demand.party_id) if other.id != demand.id]
    lines = tuple(settle(demand.party_id, entry.amount, [demand, *others]))
    figures = {"amount": euros(entry.amount), "open": euros(open_before)}
    if entry.amount == open_before:
        reason = "EXACT_COMMUNICATION"
        sentence = "Structured communication and amount are those of the demand."
    elif entry.amount < open_before:
        reason = "PART_PAYMENT"
        sentence = (
            f"The structured communication is the demand's; {euros(entry.amount)} of {euros(open_before)} is paid."
        )
    else:
        reason = "OVER_PAYMENT"
        sentence = (
            f"The structured communication is the demand's, of which {euros(open_before)} was open; the rest settles "
            "the oldest other demands, or is to the owner's credit."
        )
    return Match(lines, reason, sentence, figures, party_id=demand.party_id, teaches=True)


def _by_account(entry: BankEntry, known: Knowledge) -> Match | None:
    fitting = [
        demand
        for party in known.ibans.get(entry.counterparty.iban, ())
        for demand in known.open_of(party)
        if demand.open == entry.amount
    ]
    if len(fitting) != 1:
        return None
    return Match(
        lines=tuple(settle(fitting[0].party_id, entry.amount, fitting)),
        reason="KNOWN_ACCOUNT",
        sentence="The owner has paid from this account before, and one open demand has exactly this amount.",
        figures={"amount": euros(entry.amount)},
        party_id=fitting[0].party_id,
    )


def _came_back(entry: BankEntry, demand: OpenDemand) -> Match:
    lines = demand.reopen(-entry.amount)
    lines += credit(demand.party_id, entry.amount + sum(line.amount for line in lines))
    return Match(
        lines=tuple(lines),
        reason="PAYMENT_RETURNED",
        sentence=f"A payment of this demand came back ({entry.return_reason or 'no reason given'}); it is owed again.",
        figures={"amount": euros(-entry.amount), "code": entry.return_reason or "–"},
        party_id=demand.party_id,
    )


def posted_by_person(entry: BankEntry, party_id: UUID, known: Knowledge) -> Match:
    """A person says whose it is: the oldest demands are settled first, and before those that are disputed."""
    if entry.amount > 0:
        lines = settle(party_id, entry.amount, known.open_of(party_id))
    else:
        lines = credit(party_id, entry.amount)
    return Match(
        lines=tuple(lines),
        reason="CHOSEN",
        sentence="A person said whose it is.",
        figures={"amount": euros(abs(entry.amount))},
        party_id=party_id,
        teaches=entry.amount > 0,
    )


def in_suspense(amount: int, fund: Fund) -> Line:
    """Until a person decides, a movement stands on the suspense account: the books always follow the bank."""
    return Line(account=chart_template.SUSPENSE_MOVEMENTS, amount=-amount, fund=fund)


class Why(msgspec.Struct, frozen=True):
    reason: str
    sentence: str
    figures: dict[str, str]


class Suggestion(msgspec.Struct, frozen=True):
    party_id: UUID
    party_name: str
    reasons: tuple[Why, ...]


def suggestions(entry: BankEntry, known: Knowledge, names: dict[UUID, str]) -> list[Suggestion]:
    """At most three owners who may have paid, the likeliest first; never posted by itself."""
    scores: dict[UUID, int] = defaultdict(int)
    why: dict[UUID, list[Why]] = defaultdict(list)

    def count(party_id: UUID, points: int, reason: Why) -> None:
        scores[party_id] += points
        why[party_id].append(reason)

    paid_before = Why(reason="PAID_FROM_ACCOUNT", sentence="Has paid from this account before.", figures={})
    for party_id in known.ibans.get(entry.counterparty.iban, ()):
        count(party_id, 4, paid_before)
    said = _words((entry.counterparty.name, entry.communication))
    for party_id, name in names.items():
        if common := _words((name,)) & said:
            words = ", ".join(sorted(common))
            writes = Why(reason="PAYER_WRITES", sentence=f"The payer writes: {words}.", figures={"words": words})
            count(party_id, 2 * len(common), writes)
    amount = euros(entry.amount)
    has_open = Why(reason="OPEN_AMOUNT", sentence=f"Has an open demand of {amount}.", figures={"amount": amount})
    for party_id in {demand.party_id for demand in known.demands if demand.open == entry.amount}:
        count(party_id, 1, has_open)
    best = sorted(scores, key=lambda party_id: (-scores[party_id], names.get(party_id, "")))[:3]
    return [Suggestion(party_id, names.get(party_id, ""), tuple(why[party_id])) for party_id in best]


def _words(texts: Iterable[str]) -> set[str]:
    return {word for text in texts for word in text.casefold().replace("–", " ").split() if len(word) > 3}
