"""The list of those with a vote on a day (liste des votants, lijst van stemgerechtigden; R104 14°)."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from uuid import UUID, uuid5

import msgspec

from koprogo.kernel.errors import Conflict
from koprogo.kernel.words import Language, LotKind
from koprogo.property.domain.ownership import Holding, holders_id, is_divided


class OwnedLot(msgspec.Struct, frozen=True):
    id: UUID
    number: str
    kind: LotKind
    shares: int
    holdings: tuple[Holding, ...]
    mandatary: UUID | None
    key_shares: Mapping[str, int] = {}


class LotWithoutOwner(Conflict):
    reason = "LOT_WITHOUT_OWNER"


class Contact(msgspec.Struct, frozen=True):
    co_owner_id: UUID
    name: str
    language: Language
    address: tuple[str, ...]
    email: str
    accepts_email: bool


class CoOwnership(msgspec.Struct, frozen=True):
    """A head: a person, a company or an indivision, whatever its number of lots (R044)."""

    id: UUID
    name: str
    lots: tuple[OwnedLot, ...]
    is_suspended: bool
    """Held by several and nobody designated to speak for them (R022)."""
    contacts: tuple[Contact, ...]
    """Who is convened and votes; while suspended, all who hold a right."""
    holders_id: UUID
    """The same holders always get the same, whoever speaks for them: who owes, jointly (R013)."""
    holder_ids: tuple[UUID, ...]

    @property
    def votes(self) -> int:
        """Votes are shares (R050)."""
        return sum(lot.shares for lot in self.lots)

    @property
    def key_votes(self) -> dict[str, int]:
        """Votes where only some bear a charge: their shares in that charge (R051)."""
        votes: dict[str, int] = defaultdict(int)
        for lot in self.lots:
            for key, shares in lot.key_shares.items():
                votes[key] += shares
        return dict(votes)


def voter_roll(association_id: UUID, lots: Iterable[OwnedLot], contacts: Mapping[UUID, Contact]) -> list[CoOwnership]:
    """One line a head, ordered by name. Sole owners gather all their lots; the same holders of several lots
    are one head, with an id that the same holders always get.
    """
    by_head: dict[tuple[UUID, UUID | None], list[OwnedLot]] = defaultdict(list)
    for lot in lots:
        if not lot.holdings:
            raise LotWithoutOwner(f"Nobody owns lot {lot.number} on that day; correct the day of its ownership.")
        spokesman = lot.mandatary if is_divided(lot.holdings) else None
        by_head[(holders_id(association_id, lot.holdings), spokesman)].append(lot)
    spokesmen = Counter(head for head, mandatary in by_head if mandatary)
    roll = []
    for (head, mandatary), owned in by_head.items():
        holders_of = list(dict.fromkeys(h.co_owner_id for h in owned[0].holdings))
        divided = is_divided(owned[0].holdings)
        speaks = [mandatary] if divided and mandatary else holders_of
        roll.append(
            CoOwnership(
                id=_head_id(head, mandatary, divided=divided, spokesmen=spokesmen[head]),
                name=" – ".join(contacts[holder].name for holder in holders_of),
                lots=tuple(owned),
                is_suspended=divided and mandatary is None,
                contacts=tuple(contacts[person] for person in speaks),
                holders_id=head,
                holder_ids=tuple(holders_of),
            )
        )
    return sorted(roll, key=lambda head: (head.name, head.id))


def _head_id(head: UUID, mandatary: UUID | None, *, divided: bool, spokesmen: int) -> UUID:
    """The same holders are two heads when one of them speaks for one lot and another, or nobody, for the next."""
    if divided and mandatary is None:
        return uuid5(head, "suspended")
    return uuid5(head, str(mandatary)) if spokesmen > 1 else head
