"""Elements of camt.053 by their local names, since each version and some banks have a namespace of their own."""

import re
from datetime import date
from typing import cast

import msgspec
from lxml import etree

from koprogo.finance.adapters.bank_files.refusals import ASK_AGAIN, NotInEuro, Unreadable
from koprogo.finance.adapters.bank_files.words import plain


class Element(msgspec.Struct, frozen=True):
    """An element with the place of the file that a refusal names."""

    node: etree._Element
    place: str
    """Of the statement, and of the entry when it is in one."""

    @property
    def line(self) -> int:
        return cast("int", self.node.sourceline)

    @property
    def own(self) -> str:
        return plain(self.node.text or "")

    def all(self, path: str) -> list["Element"]:
        return [Element(node, self.place) for node in self.node.iterfind(_any_namespace(path))]

    def first(self, *paths: str) -> "Element | None":
        return next((found for path in paths for found in self.all(path)), None)

    def text(self, *paths: str) -> str:
        """Of the first path that says something."""
        return next((said for path in paths for found in self.all(path) if (said := found.own)), "")

    def named(self, part: str) -> "Element":
        return Element(self.node, f"{self.place}, {part} (line {self.line})")

    def unreadable(self, what: str) -> Unreadable:
        return Unreadable(self.place, self.line, f"{what} cannot be read; {ASK_AGAIN}.")

    def cents(self) -> int:
        """Of an amount in euro, without its sign."""
        currency = plain(self.node.get("Ccy") or "")
        if currency not in ("EUR", ""):
            raise NotInEuro(self.place, self.line, currency)
        said = re.fullmatch(r"\+?([0-9]{1,13})(?:\.([0-9]{0,2})0*)?", self.own)
        if not said:
            raise self.unreadable("the amount, which must be of whole cents,")
        return int(said[1]) * 100 + int((said[2] or "").ljust(2, "0"))

    def sign(self) -> int:
        sign = {"CRDT": 1, "DBIT": -1}.get(self.text("CdtDbtInd"))
        if sign is None:
            raise self.unreadable("whether it is credit or debit")
        return sign

    def day(self, path: str) -> date | None:
        """Of a Dt or a DtTm; the day that the bank writes, in its own zone."""
        said = self.text(f"{path}/Dt", f"{path}/DtTm", path)
        if not said:
            return None
        try:
            if not re.fullmatch(r"[0-9]{4}-[0-9]{2}-[0-9]{2}(Z|[T+-].*)?", said):
                raise ValueError
            return date.fromisoformat(said[:10])
        except ValueError:
            raise self.unreadable(f"the day {path}") from None


def _any_namespace(path: str) -> str:
    return "/".join(f"{{*}}{name}" for name in path.split("/"))
