"""What one movement of CODA says: records 21 to 23 and the information records 31 to 33 that go with it."""

import re

import msgspec

from koprogo.finance.adapters.bank_files.coda_records import Record
from koprogo.finance.adapters.bank_files.refusals import ASK_AGAIN, Incomplete
from koprogo.finance.adapters.bank_files.words import UNSAID, iban, joined, plain, structured, structured_in
from koprogo.finance.domain.bank_statement import BankEntry, Counterparty

COMES_BACK = frozenset({"0154", "0254", "0503", "0505", "0554", "0558"})
"""Family and transaction: a transfer that could not be executed, a direct debit unpaid, reimbursed or reversed."""


class Movement(msgspec.Struct):
    head: Record
    more: dict[str, Record] = {}
    """Records 22 and 23."""
    information: list[list[Record]] = []
    """Records 31, each with its 32 and 33."""
    details: list["Movement"] = []

    @property
    def amount(self) -> int:
        return self.head.signed(32)

    @property
    def type(self) -> str:
        """0 and 3 are one amount, 1 and 2 a batch; 5 to 8 are details of those, 9 of a detail."""
        return self.head.at(54, 54)

    @property
    def is_detail(self) -> bool:
        return self.head.detail != "0000" or self.type in "56789"


class _Words(msgspec.Struct):
    text: str
    structured: str = ""
    original_amount: str = ""
    return_reason: str = ""


def entries_of(movement: Movement) -> list[BankEntry]:
    """A batch as its details when each says whose it is and they add up; otherwise the one sum."""
    # A detail of a detail splits what is counted already; so do the costs within one amount (type 3).
    parts = [detail for detail in movement.details if detail.type != "9"]
    if movement.type != "3" and parts and sum(part.amount for part in parts) == movement.amount:
        entries = [_entry(part) for part in parts]
        if all(one.counterparty != Counterparty() or one.structured or one.end_to_end_id for one in entries):
            return entries
    return [_entry(movement)]


def _entry(movement: Movement) -> BankEntry:
    head = movement.head
    value_on, booked_on = head.day(48), head.day(116)
    if not (day := booked_on or value_on):
        raise Incomplete(head.place, head.line, f"the movement has no day; {ASK_AGAIN}.")
    said = _said(movement)
    second = movement.more.get("22")
    reference = plain(second.at(64, 98)) if second else ""
    if reference == "NOTPROVIDED" or not reference.strip("0"):
        reference = ""
    return BankEntry(
        reference=plain(head.at(11, 31)),
        amount=movement.amount,
        booked_on=day,
        value_on=value_on or day,
        counterparty=_counterparty(movement),
        communication=joined(said.text, *_informed(movement)),
        structured=said.structured or structured_in(said.text),
        end_to_end_id=reference,
        return_reason=_return_reason(movement, said),
        original_amount=said.original_amount or _original_amount_of(movement.details),
    )


def _said(movement: Movement) -> _Words:
    zone = movement.head.at(63, 115)
    for kind, first, last in (("22", 11, 63), ("23", 83, 125)):
        record = movement.more.get(kind)
        zone += record.at(first, last) if record else " " * (last - first + 1)
    if movement.head.at(62, 62) != "1":
        return _Words(plain(zone))
    kind, zone = zone[:3], zone[3:]
    match kind:
        case "101" | "102":
            return _Words(zone[:12].strip(), structured(zone[:12]))
        case "105":
            return _Words(zone[45:57].strip(), structured(zone[45:57]), _foreign(zone[:15], zone[42:45]))
        case "113":
            return _Words(plain(f"{zone[40:56]} {zone[56:66]}"), original_amount=_foreign(zone[66:81], zone[93:96]))
        case "127":
            comes_back = zone[141] in "12345" or zone[8] in "1234"
            reason = (zone[142:146].strip() or UNSAID) if comes_back else ""
            return _Words(plain(zone[79:141]), structured(zone[79:141]), return_reason=reason)
    return _Words(plain(zone))


def _informed(movement: Movement) -> list[str]:
    return [
        plain(zone if is_free else zone[3:])
        for is_free, zone in map(_information, movement.information)
        if is_free or zone.startswith("002")
    ]


def _information(records: list[Record]) -> tuple[bool, str]:
    zones = {"31": (41, 113), "32": (11, 115), "33": (11, 100)}
    return records[0].at(40, 40) != "1", "".join(record.at(*zones[record.kind]) for record in records)


def _counterparty(movement: Movement) -> Counterparty:
    record = movement.more.get("23")
    names = [
        zone[3:73] for is_free, zone in map(_information, movement.information) if not is_free and zone[:3] == "001"
    ]
    if record:
        names.insert(0, record.at(48, 82))
    name = next((plain(name) for name in names if name.strip()), "")
    return Counterparty(name, account(record.at(11, 47)) if record else "")


def account(zone: str) -> str:
    """The IBAN in the 37 characters for account and currency, whatever structure they have; empty when it is none."""
    return next((found for length in (34, 31, 16, 12) if (found := iban(zone[:length]))), "")


def _foreign(amount: str, currency: str) -> str:
    if not (amount.isascii() and amount.isdigit()) or currency in ("EUR", "   "):
        return ""
    return f"{int(amount[:12])}.{amount[12:].rstrip('0').ljust(2, '0')} {currency}"


def _original_amount_of(details: list[Movement]) -> str:
    return next((amount for detail in details if (amount := _said(detail).original_amount)), "")


def _return_reason(movement: Movement, said: _Words) -> str:
    second = movement.more.get("22")
    # Files of before 2.3 have references of the bank there.
    if second and second.at(113, 113) in "12345" and re.fullmatch(r"[A-Z]{2}[A-Z0-9]{2}|    ", second.at(114, 117)):
        return second.at(114, 117).strip() or said.return_reason or UNSAID
    return said.return_reason or (UNSAID if movement.head.at(55, 58) in COMES_BACK else "")
