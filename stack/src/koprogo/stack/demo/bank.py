"""The bank of the demo: statements of account as Belgian banks deliver them, in CODA."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import NamedTuple

HOLDER = "ACP Residence Zavelhof"
WORKING_IBAN, RESERVE_IBAN = "BE71096123456769", "BE62510007547061"


class Payment(NamedTuple):
    amount: int
    """Cents; negative goes out."""
    name: str
    iban: str = ""
    structured: str = ""
    """Twelve digits, or empty when `text` says it freely."""
    text: str = ""
    end_to_end_id: str = ""
    """Of a payment that the association ordered."""


def coda(iban: str, number: int, day: date, opening: int, payments: Sequence[Payment]) -> bytes:
    """One statement with one movement a payment; balances and totals are right."""
    closing = opening + sum(payment.amount for payment in payments)
    account = f"{iban:34}EUR"
    lines = [
        _record(
            {1: "00000", 6: f"{day:%d%m%y}", 12: "43505", 25: "0938409934", 35: "ZAVELHOF", 61: "KREDBEBB",
             72: "00428759497", 84: "00000", 128: "2"}
        ),
        _record(
            {1: f"12{number:03d}", 6: account, 43: _signed(opening), 59: f"{day:%d%m%y}", 65: "ZAVELHOF",
             126: f"{number:03d}"}
        ),
    ]  # fmt: skip
    for sequence, payment in enumerate(payments, start=1):
        place = f"{sequence:04d}0000"
        said = f"101{payment.structured}" if payment.structured else payment.text[:53]
        named = "1" if payment.iban or payment.name else "0"
        more = "1" if payment.end_to_end_id else named
        lines.append(
            _record(
                {1: "21" + place, 11: f"REF{number:03d}{sequence:06d}", 32: _signed(payment.amount),
                 48: f"{day:%d%m%y}", 54: "00150000", 62: "1" if payment.structured else "0", 63: said,
                 116: f"{day:%d%m%y}", 122: f"{number:03d}", 125: f"0{more} 0"}
            )
        )  # fmt: skip
        if payment.end_to_end_id:
            lines.append(_record({1: "22" + place, 64: payment.end_to_end_id[:35], 126: f"{named} 0"}))
        if named == "1":
            lines.append(_record({1: "23" + place, 11: payment.iban, 45: "EUR", 48: payment.name[:35], 126: "0 0"}))
    lines.append(_record({1: f"8{number:03d}", 5: account, 42: _signed(closing), 58: f"{day:%d%m%y}", 128: "0"}))
    out = -sum(payment.amount for payment in payments if payment.amount < 0)
    in_ = sum(payment.amount for payment in payments if payment.amount > 0)
    counted = len(lines) - 1
    lines.append(_record({1: "9", 17: f"{counted:06d}{out * 10:015d}{in_ * 10:015d}", 128: "2"}))
    return ("\r\n".join(lines) + "\r\n").encode("cp1252", "replace")


def _signed(amount: int) -> str:
    return f"{'1' if amount < 0 else '0'}{abs(amount) * 10:015d}"


def _record(fields: dict[int, str]) -> str:
    """128 characters, each text at its position counted from 1."""
    record = " " * 128
    for position, text in fields.items():
        record = record[: position - 1] + text + record[position - 1 + len(text) :]
    return record
