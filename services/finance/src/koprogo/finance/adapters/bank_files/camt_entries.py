"""One entry of camt.053: what it says itself, or its details when they say the same in more words."""

import re

import msgspec

from koprogo.finance.adapters.bank_files.camt_elements import Element
from koprogo.finance.adapters.bank_files.refusals import ASK_AGAIN, Incomplete
from koprogo.finance.adapters.bank_files.words import UNSAID, iban, joined, structured, structured_in
from koprogo.finance.domain.bank_statement import BankEntry, Counterparty

COMES_BACK = frozenset({"RRTN", "UPDD", "PRDD", "RCDD", "RPCR"})
"""Sub-families of the bank's transaction codes for what is returned, unpaid, reversed or called back."""


def is_booked(entry: Element) -> bool:
    """The balances count no other; the status is a text in version 2 and a code later."""
    return entry.text("Sts", "Sts/Cd") in ("BOOK", "")


def amount_of(entry: Element) -> int:
    return entry.sign() * _whole(entry, "Amt")


def entries_of(entry: Element, own_iban: str) -> list[BankEntry]:
    """A batch as its details when each has its amount and they add up; otherwise the one sum."""
    details = entry.all("NtryDtls/TxDtls")
    if len(details) == 1:
        return [_entry(entry, details[0], amount_of(entry), own_iban)]
    amounts = [amount for detail in details if (amount := _amount_of_detail(detail, entry)) is not None]
    if details and len(amounts) == len(details) and sum(amounts) == amount_of(entry):
        return [_entry(entry, detail, amount, own_iban) for detail, amount in zip(details, amounts, strict=True)]
    return [_entry(entry, None, amount_of(entry), own_iban)]


def _whole(element: Element, path: str) -> int:
    amount = element.first(path)
    if amount is None:
        raise Incomplete(element.place, element.line, f"an amount is missing; {ASK_AGAIN}.")
    return amount.cents()


def _amount_of_detail(detail: Element, entry: Element) -> int | None:
    """Its own amount in euro; none when it is only said in another currency."""
    said = [one for path in ("Amt", "AmtDtls/TxAmt/Amt", "AmtDtls/InstdAmt/Amt") for one in detail.all(path)]
    amount = next((one for one in said if one.node.get("Ccy", "EUR") == "EUR"), None)
    if amount is None:
        return None
    return (detail if detail.first("CdtDbtInd") else entry).sign() * amount.cents()


def _entry(entry: Element, detail: Element | None, amount: int, own_iban: str) -> BankEntry:
    booked_on, value_on = entry.day("BookgDt"), entry.day("ValDt")
    if not (day := booked_on or value_on):
        raise Incomplete(entry.place, entry.line, f"the entry has no day; {ASK_AGAIN}.")
    said = detail or entry
    return_reason = _return_reason(entry, detail)
    communication = _Communication.of(detail) if detail else _Communication()
    end_to_end_id = detail.text("Refs/EndToEndId") if detail else ""
    return BankEntry(
        reference=said.text("Refs/AcctSvcrRef", "Refs/TxId") or entry.text("AcctSvcrRef", "NtryRef"),
        amount=amount,
        booked_on=day,
        value_on=value_on or day,
        counterparty=_counterparty(detail, amount, own_iban, came_back=bool(return_reason))
        if detail
        else Counterparty(),
        communication=communication.text or joined(said.text("AddtlTxInf"), entry.text("AddtlNtryInf")),
        structured=communication.structured,
        end_to_end_id="" if end_to_end_id == "NOTPROVIDED" else end_to_end_id,
        return_reason=return_reason,
        original_amount=_original_amount(said) or _original_amount(entry),
    )


class _Communication(msgspec.Struct, frozen=True):
    text: str = ""
    structured: str = ""

    @classmethod
    def of(cls, detail: Element) -> "_Communication":
        # What is longer than a line goes on in the next one.
        free = " ".join(one.own for one in detail.all("RmtInf/Ustrd"))
        references = [one.own for one in detail.all("RmtInf/Strd/CdtrRefInf/Ref")]
        digits = next((found for reference in references if (found := structured(reference))), "")
        added = [one.own for one in detail.all("RmtInf/Strd/AddtlRmtInf")]
        text = joined(*(structured(reference) or reference for reference in references), free, *added)
        return cls(text, digits or structured_in(" ".join([free, *added])))


def _counterparty(detail: Element, amount: int, own_iban: str, *, came_back: bool) -> Counterparty:
    """The other one. Of what comes back, most banks name debtor and creditor as they were on the way there."""
    sides = ["Dbtr", "Cdtr"] if (amount > 0) != came_back else ["Cdtr", "Dbtr"]
    for side in sides:
        found = Counterparty(
            detail.text(
                f"RltdPties/{side}/Nm", f"RltdPties/{side}/Pty/Nm",
                f"RltdPties/Ultmt{side}/Nm", f"RltdPties/Ultmt{side}/Pty/Nm",
            ),
            iban(detail.text(f"RltdPties/{side}Acct/Id/IBAN", f"RltdPties/{side}Acct/Id/Othr/Id")),
        )  # fmt: skip
        if found != Counterparty() and found.iban != own_iban:
            return found
    return Counterparty()


def _return_reason(entry: Element, detail: Element | None) -> str:
    said = detail or entry
    code = said.text("RtrInf/Rsn/Cd", "RtrInf/Rsn/Prtry")
    if re.fullmatch(r"[A-Z0-9]{4}", code):
        return code
    families = {one.text("BkTxCd/Domn/Fmly/SubFmlyCd") for one in (said, entry)}
    comes_back = said.first("RtrInf") is not None or entry.text("RvslInd") in ("true", "1")
    return UNSAID if comes_back or families & COMES_BACK else ""


def _original_amount(said: Element) -> str:
    for path in ("AmtDtls/InstdAmt/Amt", "AmtDtls/TxAmt/Amt", "Amt"):
        for amount in said.all(path):
            if (currency := amount.node.get("Ccy", "EUR")) != "EUR":
                return f"{amount.own} {currency}"
    return ""
