"""Rows of a list of lots and owners, as a syndic takes it over: one row a right in a lot.

Everything that is wrong is said at once, with row, column and reason; nothing is imported by halves.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from fractions import Fraction
from uuid import NAMESPACE_OID, uuid5

import msgspec

from koprogo.kernel.errors import DomainError
from koprogo.kernel.words import Language, LotKind
from koprogo.property.domain.ownership import Holding, NotAFraction, Right, check_holdings, fraction_of

COLUMNS = (
    "lot_number", "lot_kind", "lot_shares", "building",
    "owner_reference", "owner_kind", "owner_name", "language", "address", "postal_code", "city", "country",
    "email", "accepts_email", "right", "fraction", "mandatary", "since",
)  # fmt: skip
REQUIRED = ("lot_number", "lot_kind", "lot_shares", "owner_reference", "owner_name", "language")
MAX_ROWS = 5_000
MAX_SHARES = 10**12


class Refusal(msgspec.Struct, frozen=True):
    row: int
    """As the spreadsheet counts: the header is row 1."""
    column: str
    reason: str
    message: str


class ImportedOwner(msgspec.Struct, frozen=True):
    reference: str
    kind: str
    name: str
    language: Language
    address: tuple[str, ...]
    email: str
    accepts_email: bool


class ImportedHolding(msgspec.Struct, frozen=True):
    owner_reference: str
    right: Right
    fraction: Fraction
    since: date


class ImportedLot(msgspec.Struct):
    number: str
    kind: LotKind
    shares: int
    building: str
    holdings: list[ImportedHolding] = []
    mandatary: str | None = None


class Imported(msgspec.Struct):
    lots: dict[str, ImportedLot] = {}
    owners: dict[str, ImportedOwner] = {}
    refusals: list[Refusal] = []

    @property
    def shares_sum(self) -> int:
        return sum(lot.shares for lot in self.lots.values())


class _Refused(Exception):
    def __init__(self, column: str, reason: str, message: str) -> None:
        self.column, self.reason, self.message = column, reason, message


def read_rows(rows: Iterable[tuple[int, Mapping[str, str]]], *, taken_numbers: Sequence[str], today: date) -> Imported:
    """Check each row by itself, then each lot as a whole."""
    found = Imported()
    rows_of: dict[str, list[int]] = defaultdict(list)
    broken: set[str] = set()
    taken = set(taken_numbers)
    for row, cells in rows:
        number = cells.get("lot_number", "").strip()
        try:
            _read_row(found, cells, taken, today)
            rows_of[number].append(row)
        except _Refused as refused:
            broken.add(number)
            found.refusals.append(Refusal(row, refused.column, refused.reason, refused.message))
    for number, lot in found.lots.items():
        if number in broken or not rows_of[number]:
            continue
        try:
            check_holdings(number, _as_holdings(lot))
        except DomainError as refused:
            found.refusals.append(Refusal(rows_of[number][-1], "fraction", refused.reason, refused.message))
    found.refusals.sort(key=lambda refusal: (refusal.row, refusal.column))
    return found


def _as_holdings(lot: ImportedLot) -> list[Holding]:
    return [Holding(uuid5(NAMESPACE_OID, h.owner_reference), h.right, h.fraction) for h in lot.holdings]


def _read_row(found: Imported, cells: Mapping[str, str], taken: set[str], today: date) -> None:
    def cell(column: str, longest: int = 200) -> str:
        text = cells.get(column, "").strip()
        if not text and column in REQUIRED:
            raise _Refused(column, "EMPTY", f"{column} must be filled in.")
        if len(text) > longest:
            raise _Refused(column, "TOO_LONG", f"{column} has more than {longest} characters.")
        return text

    number = cell("lot_number", 30)
    if number in taken:
        raise _Refused("lot_number", "LOT_EXISTS", f"Lot {number} is already there; change it instead.")
    lot = ImportedLot(
        number=number,
        kind=LotKind(_one_of("lot_kind", cell("lot_kind"), _KINDS)),
        shares=_shares(cell("lot_shares")),
        building=cell("building", 60),
    )
    email = cell("email")
    if email and not re.fullmatch(r"[^@\s]+@[^@\s]+\.[^@\s]+", email):
        raise _Refused("email", "NOT_AN_ADDRESS", f"{email} is not a mail address.")
    accepts = _yes("accepts_email", cell("accepts_email"))
    if accepts and not email:
        raise _Refused("email", "EMPTY", "Who accepts mail needs a mail address.")
    street = [line.strip() for line in cell("address").split("\n") if line.strip()]
    town = " ".join(part for part in (cell("postal_code", 20), cell("city", 80)) if part)
    address = (*street, *filter(None, (town, cell("country", 60))))
    if not accepts and len(address) < 2:
        raise _Refused("address", "EMPTY", "A registered letter needs street and town (R026).")
    owner = ImportedOwner(
        reference=cell("owner_reference", 60),
        kind=_one_of("owner_kind", cell("owner_kind") or "natural_person", _OWNER_KINDS),
        name=cell("owner_name"),
        language=Language(_one_of("language", cell("language"), {v.value: v.value for v in Language})),
        address=address,
        email=email,
        accepts_email=accepts,
    )
    holding = ImportedHolding(
        owner_reference=owner.reference,
        right=Right(_one_of("right", cell("right") or "full", _RIGHTS)),
        fraction=_fraction(cell("fraction") or "1"),
        since=_day("since", cell("since"), today),
    )
    mandatary = _yes("mandatary", cell("mandatary"))

    known_lot = found.lots.setdefault(number, lot)
    for column, field in (("lot_kind", "kind"), ("lot_shares", "shares"), ("building", "building")):
        if getattr(known_lot, field) != getattr(lot, field):
            raise _Refused(column, "CONTRADICTION", f"Lot {number} has another {field} in a row above.")
    known_owner = found.owners.setdefault(owner.reference, owner)
    for field in owner.__struct_fields__:
        if getattr(known_owner, field) != getattr(owner, field):
            column = {"kind": "owner_kind", "name": "owner_name"}.get(field, field)
            raise _Refused(column, "CONTRADICTION", f"Owner {owner.reference} has another {column} in a row above.")
    if any(h.owner_reference == owner.reference and h.right == holding.right for h in known_lot.holdings):
        raise _Refused("owner_reference", "TWICE", f"Owner {owner.reference} stands twice for lot {number}.")
    if mandatary and known_lot.mandatary not in (None, owner.reference):
        raise _Refused("mandatary", "TWICE", f"Lot {number} already has a mandatary; there is one (R022).")
    known_lot.holdings.append(holding)
    if mandatary:
        known_lot.mandatary = owner.reference


def _one_of(column: str, text: str, words: Mapping[str, str]) -> str:
    try:
        return words[text.casefold()]
    except KeyError:
        possible = ", ".join(sorted(set(words.values())))
        raise _Refused(column, "UNKNOWN_WORD", f"“{text[:40]}” is none of: {possible}.") from None


def _shares(text: str) -> int:
    if not re.fullmatch(r"[0-9]{1,13}(\.0+)?", text) or not 0 < int(text.split(".")[0]) <= MAX_SHARES:
        raise _Refused("lot_shares", "NOT_A_POSITIVE_INTEGER", "Shares are whole numbers above zero (R004).")
    return int(text.split(".")[0])


def _fraction(text: str) -> Fraction:
    try:
        return fraction_of(text)
    except NotAFraction as refused:
        raise _Refused("fraction", refused.reason, refused.message) from None


def _yes(column: str, text: str) -> bool:
    return _one_of(column, text, _YES_NO) == "yes"


def _day(column: str, text: str, today: date) -> date:
    try:
        if text and not re.fullmatch(r"[0-9]{4}-[0-9]{2}-[0-9]{2}", text):
            raise ValueError
        return date.fromisoformat(text) if text else today
    except ValueError:
        raise _Refused(column, "NOT_A_DATE", "A date is written 2026-06-10.") from None


_KINDS = {kind.value: kind.value for kind in LotKind} | {
    "appartement": "apartment", "studio": "apartment", "wohnung": "apartment", "flat": "apartment",
    "commerce": "commercial", "handelsruimte": "commercial", "winkel": "commercial", "geschäft": "commercial",
    "cave": "cellar", "kelder": "cellar", "berging": "cellar", "keller": "cellar",
    "box": "garage", "staanplaats": "parking", "stellplatz": "parking",
}  # fmt: skip
_OWNER_KINDS = {
    "natural_person": "natural_person", "personne": "natural_person",
    "persoon": "natural_person", "person": "natural_person",
    "legal_person": "legal_person", "société": "legal_person", "vennootschap": "legal_person",
    "gesellschaft": "legal_person",
    "company": "legal_person",
}  # fmt: skip
_RIGHTS = {right.value: right.value for right in Right} | {
    "pleine propriété": "full", "volle eigendom": "full", "pp": "full", "ve": "full",
    "nue-propriété": "bare", "blote eigendom": "bare", "np": "bare", "be": "bare",
    "usufruit": "usufruct", "vruchtgebruik": "usufruct", "us": "usufruct", "vg": "usufruct",
}  # fmt: skip
_YES_NO = dict.fromkeys(("yes", "oui", "ja", "true", "1", "x"), "yes") | dict.fromkeys(
    ("", "no", "non", "nee", "nein", "false", "0"), "no"
)
