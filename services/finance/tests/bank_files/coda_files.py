"""CODA as Belgian banks write it; a test says only what it is about."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import date

ASSOCIATION = "BE47435000000080"
DAY = date(2026, 3, 17)


def line_of(*parts: tuple[int, str]) -> str:
    """128 characters with each text at its position, counted from 1."""
    text = " " * 128
    for position, content in parts:
        text = text[: position - 1] + content + text[position - 1 + len(content) :]
    assert len(text) == 128
    return text


def amount_of(cents: int) -> str:
    return f"{abs(cents) * 10:015d}"


def sign_of(cents: int) -> str:
    return "1" if cents < 0 else "0"


def day_of(day: date | None) -> str:
    return f"{day:%d%m%y}" if day else "000000"


@dataclass(frozen=True)
class Move:
    amount: int = 12_500
    name: str = "PEETERS AN"
    account: str = "BE71096123456769"
    text: str = ""
    structured: str = ""
    """Kind of structured communication and what it holds: "101" and twelve digits."""
    code: str = "00150000"
    reference: str = "OL1234567JBBNEUBCRCL"
    customer_reference: str = ""
    returned: str = ""
    """Kind of R-transaction and ISO reason: "3MD06"."""
    booked_on: date | None = DAY
    value_on: date | None = DAY
    information: tuple[str, ...] = ()
    details: tuple[Move, ...] = ()
    records: frozenset[str] = field(default=frozenset({"22", "23"}))
    """Which of 22 and 23 the bank writes when they hold something."""

    def lines(self, sequence: int, detail: int = 0) -> list[str]:
        number = f"{sequence % 10_000:04d}{detail % 10_000:04d}"
        zone = f"{self.structured or self.text:149}"
        second = (zone[53:106] + self.customer_reference + self.returned).strip()
        third = (zone[106:] + self.name + self.account).strip()
        written = [
            line_of(
                (1, "21" + number), (11, self.reference[:21]), (32, sign_of(self.amount) + amount_of(self.amount)),
                (48, day_of(self.value_on)), (54, self.code), (62, "1" if self.structured else "0"), (63, zone[:53]),
                (116, day_of(self.booked_on)), (122, "017"), (125, "0" + ("1" if second or third else "0") + " 0"),
            )
        ]  # fmt: skip
        if second and "22" in self.records:
            written.append(
                line_of(
                    (1, "22" + number), (11, zone[53:106]), (64, self.customer_reference), (113, self.returned),
                    (126, ("1" if third else "0") + " 0"),
                )
            )  # fmt: skip
        if third and "23" in self.records:
            written.append(
                line_of(
                    (1, "23" + number), (11, self.account), (45, "EUR"), (48, self.name[:35]), (83, zone[106:]),
                    (126, "0 " + ("1" if self.information else "0")),
                )
            )  # fmt: skip
        for place, text in enumerate(self.information, start=1):
            own = f"{sequence % 10_000:04d}{(detail + place) % 10_000:04d}"
            kind, _, said = text.rpartition("|")
            whole = f"{kind + said:268}"
            written.append(
                line_of(
                    (1, "31" + own), (11, self.reference[:21]), (32, self.code), (40, "1" if kind else "0"),
                    (41, whole[:73]), (126, ("1" if whole[73:].strip() else "0") + " 0"),
                )
            )  # fmt: skip
            if whole[73:].strip():
                written.append(line_of((1, "32" + own), (11, whole[73:178]), (126, "1 0")))
                written.append(line_of((1, "33" + own), (11, whole[178:]), (126, "0 0")))
        return written


def movement_lines(moves: list[Move]) -> list[str]:
    lines: list[str] = []
    for sequence, move in enumerate(moves, start=1):
        lines += move.lines(sequence)
        detail = 1
        for part in move.details:
            lines += part.lines(sequence, detail)
            detail += 1 + len(part.information)
    return lines


def lines_of(
    *moves: Move,
    opening: int = 100_000,
    closing: int | None = None,
    account: str = ASSOCIATION,
    structure: str = "2",
    account_after: str | None = None,
    currency: str = "EUR",
    number: int = 17,
    version: str = "2",
    day: date = DAY,
    opened_on: date | None = date(2026, 3, 16),
    is_last: bool = True,
    free: tuple[str, ...] = (),
) -> list[str]:
    if closing is None:
        closing = opening + sum(move.amount for move in moves)
    at = 13 if structure == "0" else 34
    zone = f"{account:{at}}{currency}"
    after = zone if account_after is None else f"{account_after:{at}}{currency}"
    lines = [
        line_of(
            (1, "00000"), (6, day_of(day)), (12, "43505"), (25, "0938409934"), (35, "ACP TILLEULS"), (61, "KREDBEBB"),
            (72, "00630366277"), (84, "00000"), (128, version),
        ),
        line_of(
            (1, f"1{structure}{number:03d}"), (6, zone), (43, sign_of(opening) + amount_of(opening)),
            (59, day_of(opened_on)), (65, "ACP TILLEULS"), (91, "KBC-Bedrijfsrekening"), (126, f"{number:03d}"),
        ),
        *movement_lines(list(moves)),
        line_of(
            (1, f"8{number:03d}"), (5, after), (42, sign_of(closing) + amount_of(closing)), (58, day_of(day)),
            (128, "1" if free else "0"),
        ),
        *[line_of((1, f"4 0001{n:04d}"), (33, text), (128, "0")) for n, text in enumerate(free)],
    ]  # fmt: skip
    debit = -sum(move.amount for move in moves if move.amount < 0)
    credit = sum(move.amount for move in moves if move.amount > 0)
    counted = sum(line[0] in "1238" for line in lines)
    trailer = [(1, "9"), (17, f"{counted:06d}{amount_of(debit)}{amount_of(credit)}"), (128, "2" if is_last else "1")]
    return [*lines, line_of(*trailer)]


def coda(*moves: Move, encoding: str = "cp1252", newline: str = "\r\n", **rest: object) -> bytes:
    return file_of(lines_of(*moves, **rest), encoding=encoding, newline=newline)  # type: ignore[arg-type]


def file_of(lines: list[str], *, encoding: str = "cp1252", newline: str = "\r\n") -> bytes:
    return (newline.join(lines) + newline).encode(encoding)


def batch(*parts: Move, type_: str = "1", **rest: object) -> Move:
    """One sum with its details; types 5 and 6 are details of types 1 and 2."""
    detailed = tuple(replace(part, code={"1": "5", "2": "6", "3": "8"}[type_] + part.code[1:]) for part in parts)
    whole = Move(
        amount=sum(part.amount for part in parts), name="", account="", code=type_ + "0107000", details=detailed
    )
    return replace(whole, **rest)  # type: ignore[arg-type]
