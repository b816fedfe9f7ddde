"""Lines of letters about money, in the groups they are printed in."""

from collections.abc import Iterable
from dataclasses import dataclass, field

from koprogo.documents.rendering.refusals import DocumentNotRenderable
from koprogo.documents.rendering.writing import cents
from koprogo.kernel.money import euros
from koprogo_api.documents.events.v1.money_pb2 import ChargeLine, DemandLine

FUNDS = ("working_capital", "reserve_fund")


@dataclass
class Account:
    """Lines of one account, in the order they came."""

    name: str
    lines: list[ChargeLine] = field(default_factory=list)

    @property
    def amount(self) -> str:
        return total(line.amount for line in self.lines)

    @property
    def occupant_part(self) -> str:
        return total(line.occupant_part for line in self.lines)


def by_fund(lines: Iterable[DemandLine]) -> dict[str, list[DemandLine]]:
    """Both funds always, so that each call states the part that goes to the reserve (R122)."""
    found: dict[str, list[DemandLine]] = {fund: [] for fund in FUNDS}
    for line in lines:
        if line.fund not in found:
            raise DocumentNotRenderable(f"A line is for the fund {line.fund!r}; say one of {', '.join(FUNDS)}.")
        found[line.fund].append(line)
    return found


def by_account(lines: Iterable[ChargeLine]) -> list[Account]:
    """In the order in which the accounts first come."""
    found: dict[str, Account] = {}
    for line in lines:
        found.setdefault(line.account, Account(line.account)).lines.append(line)
    return list(found.values())


def total(amounts: Iterable[str]) -> str:
    """Of amounts on the wire; an empty one is none."""
    return euros(sum(cents(amount) for amount in amounts))
