"""What the acts of a roll call amount to: who is present, the quorum, the result of each item.

Presence. A co-ownership is present from its `arrived` until its `left`. A new `arrived` replaces the one
before: a principal who comes himself makes his proxy ineffective. One represented by a holder who is on the
roll himself is present only while that holder attends in person or remotely: a holder who leaves, or who is
himself represented, leaves his principals absent; when he comes back they are represented again. A holder who
is not on the roll has no acts of his own: when he leaves, each of his principals leaves. A suspended
co-ownership may attend, and weighs nothing.

The time of a vote. Who votes on an item are those present when its voting opens, minus those who stop being
present before they cast (for good, unless they come back and cast), plus those who arrive before it closes
and cast. Who has cast and then leaves counts. Who is counted and casts nothing abstains, with the holder he
has at the closing. A ballot counts with the holder its co-ownership had when it was cast, and one that was
cast by proxy stands when the principal arrives later. On a special key, those outside it have no effect.

Data of the acts read here (other names in `data` are kept and hashed, not read):
- opened: rules_on, session, share_denominator, heads_total, policies, roll [{co_ownership, votes, suspended,
  keys, household?}], items [{item, nature, key, excluded, retry_of_unanimity?}]; the roll has every
  co-ownership, so that votes add up to share_denominator (R004) and heads to heads_total. `nature` is null
  for an item without vote. Unanimity of those present (R071) only where `retry_of_unanimity` is true: a
  second session for lack of quorum does not dispense with the unanimity of all (R042).
- arrived: co_ownership, mode (in_person, remote, by_proxy), holder. left: co_ownership.
- conflict: item, co_ownership; declared before the vote on the item is opened, it takes no part (R059).
- voting_opened: item. ballot: item, co_ownership, choice, holder. voting_closed: item.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from typing import Any

from koprogo.governance.domain.law.cap import Ballot, Choice
from koprogo.governance.domain.law.majority import Majority, Nature, majority_of
from koprogo.governance.domain.law.policies import Policies
from koprogo.governance.domain.law.quorum import Present, QuorumResult, quorum
from koprogo.governance.domain.law.roll import RollEntry, count_heads, totals
from koprogo.governance.domain.law.tally import TallyResult, tally
from koprogo.governance.domain.roll_call import Act, ActKind
from koprogo.kernel.errors import Conflict


class ImpossibleAct(Conflict):
    """An act that could not happen after those before it."""

    reason = "IMPOSSIBLE_ACT"


@dataclass(frozen=True, slots=True)
class Item:
    item: str
    nature: Nature | None
    key: str | None
    excluded: frozenset[str]
    retry_of_unanimity: bool


@dataclass(frozen=True, slots=True)
class Opening:
    rules_on: date
    session: int
    policies: Policies
    roll: Mapping[str, RollEntry]
    items: dict[str, Item]

    @classmethod
    def read(cls, data: Mapping[str, Any]) -> "Opening":
        policies = Policies(data["policies"])
        entries = [
            RollEntry(one["co_ownership"], one["votes"], one["suspended"], one["keys"], one.get("household"))
            for one in data["roll"]
        ]
        items = [
            Item(
                one["item"],
                None if one["nature"] is None else Nature(one["nature"]),
                one["key"],
                frozenset(one["excluded"]),
                one.get("retry_of_unanimity", False),
            )
            for one in data["items"]
        ]
        roll = {one.co_ownership: one for one in entries}
        if len(roll) < len(entries) or len({one.item for one in items}) < len(items):
            raise ImpossibleAct("A co-ownership or an item stands twice in the opening.", act=1)
        votes = sum(one.votes for one in entries)
        if votes != data["share_denominator"]:
            raise ImpossibleAct(f"The roll adds up to {votes}, the deed to {data['share_denominator']} (R004).", act=1)
        heads = count_heads(((one.co_ownership, one.household) for one in entries), policies)
        if heads != data["heads_total"]:
            raise ImpossibleAct(f"The roll has {heads} heads, not {data['heads_total']}.", act=1)
        for one in items:
            if one.key is not None and one.nature and majority_of(one.nature) is Majority.UNANIMITY:
                raise ImpossibleAct(
                    f"{one.item} needs the unanimity of all co-owners: no special key (CC 3.88 §3).", act=1
                )
        return cls(
            date.fromisoformat(data["rules_on"]),
            data["session"],
            policies,
            roll,
            {one.item: one for one in items},
        )


@dataclass(frozen=True, slots=True)
class Attendance:
    mode: str
    holder: str | None


@dataclass(slots=True)
class _Vote:
    waiting: set[str]
    """Present since the opening of the vote, nothing cast yet."""
    cast: dict[str, tuple[Choice, str | None]] = field(default_factory=dict)
    closed: tuple[Ballot, ...] | None = None


class Meeting:
    """The acts folded one after the other; refuses an act that could not happen."""

    def __init__(self, acts: Sequence[Act]) -> None:
        if not acts or acts[0].kind is not ActKind.OPENED:
            raise ImpossibleAct("A meeting starts with its opening.", act=1)
        self.opening = Opening.read(acts[0].data)
        self.attendance: dict[str, Attendance] = {}
        self.is_closed = False
        self._votes: dict[str, _Vote] = {}
        for act in acts[1:]:
            self.apply(act)

    def apply(self, act: Act) -> None:
        if self.is_closed and act.kind is not ActKind.SIGNED:
            raise _impossible(act, "the meeting is closed")
        match act.kind:
            case ActKind.OPENED:
                raise _impossible(act, "the meeting is open already")
            case ActKind.ARRIVED:
                self._arrive(act)
            case ActKind.LEFT:
                if self.attendance.pop(act.data["co_ownership"], None) is None:
                    raise _impossible(act, f"{act.data['co_ownership']} is not there")
                self._stop_waiting()
            case ActKind.CONFLICT:
                self._exclude(act)
            case ActKind.VOTING_OPENED:
                self._open_vote(act)
            case ActKind.BALLOT:
                self._cast(act)
            case ActKind.VOTING_CLOSED:
                item = act.data["item"]
                self._open(act).closed = self.ballots(item)
            case ActKind.CLOSED:
                if any(vote.closed is None for vote in self._votes.values()):
                    raise _impossible(act, "a vote is still open")
                self.is_closed = True
            case ActKind.SIGNED:
                if not self.is_closed:
                    raise _impossible(act, "the meeting is not closed")
            case ActKind.QUORUM | ActKind.REMARK:
                pass

    def is_present(self, co_ownership: str) -> bool:
        """Present or represented, with a vote; never while suspended (R022)."""
        entry = self.opening.roll.get(co_ownership)
        return entry is not None and not entry.suspended and self._attends(co_ownership)

    def present(self) -> tuple[str, ...]:
        """In the order of the roll."""
        return tuple(one for one in self.opening.roll if self.is_present(one))

    def quorum(self) -> QuorumResult:
        """R041, R042, R045 for those present now."""
        heads, votes = totals(self.opening.roll.values(), self.opening.policies)
        roll = self.opening.roll
        return quorum(
            [Present(one, roll[one].votes, roll[one].household) for one in self.present()],
            session=self.opening.session,
            heads_total=heads,
            share_denominator=votes,
            policies=self.opening.policies,
        )

    def ballots(self, item: str) -> tuple[Ballot, ...]:
        """Of all who count for this item, those who cast nothing abstaining."""
        if item not in self._votes:
            raise ImpossibleAct(f"There was no vote on {item}.")
        vote = self._votes[item]
        if vote.closed is not None:
            return vote.closed
        abstaining = {one: (Choice.ABSTAIN, self.attendance[one].holder) for one in vote.waiting}
        counted = vote.cast | abstaining
        key = self.opening.items[item].key
        return tuple(
            Ballot(one, entry.weight(key), counted[one][1], counted[one][0])
            for one, entry in self.opening.roll.items()
            if one in counted and entry.weight(key) > 0
        )

    def tally(self, item: str) -> TallyResult:
        ballots = self.ballots(item)
        about = self.opening.items[item]
        assert about.nature is not None
        return tally(
            ballots,
            nature=about.nature,
            session=self.opening.session,
            share_denominator=totals(self.opening.roll.values(), self.opening.policies, about.key)[1],
            on=self.opening.rules_on,
            excluded=about.excluded,
            policies=self.opening.policies,
            retry_of_unanimity=about.retry_of_unanimity,
        )

    def _attends(self, co_ownership: str) -> bool:
        attendance = self.attendance.get(co_ownership)
        if attendance is None:
            return False
        if attendance.holder is None or attendance.holder not in self.opening.roll:
            return True
        holder = self.attendance.get(attendance.holder)
        return holder is not None and holder.holder is None

    def _arrive(self, act: Act) -> None:
        who, mode, holder = act.data["co_ownership"], act.data["mode"], act.data["holder"]
        if who not in self.opening.roll:
            raise _impossible(act, f"{who} is not on the roll")
        if mode not in ("in_person", "remote", "by_proxy") or (mode == "by_proxy") != (holder is not None):
            raise _impossible(act, "one arrives in person or remotely, or by proxy with a holder")
        if holder == who:
            raise _impossible(act, f"{who} cannot hold its own proxy")
        self.attendance[who] = Attendance(mode, holder)
        self._stop_waiting()

    def _stop_waiting(self) -> None:
        for vote in self._votes.values():
            vote.waiting = {one for one in vote.waiting if self._attends(one)}

    def _exclude(self, act: Act) -> None:
        item, who = act.data["item"], act.data["co_ownership"]
        if item not in self.opening.items or self.opening.items[item].nature is None:
            raise _impossible(act, f"{item} is no item with a vote")
        if item in self._votes:
            raise _impossible(act, f"the vote on {item} was opened already")
        if who not in self.opening.roll:
            raise _impossible(act, f"{who} is not on the roll")
        about = self.opening.items[item]
        self.opening.items[item] = replace(about, excluded=about.excluded | {who})

    def _open_vote(self, act: Act) -> None:
        item = act.data["item"]
        if item not in self.opening.items or self.opening.items[item].nature is None:
            raise _impossible(act, f"{item} is no item with a vote (R029)")
        if item in self._votes:
            raise _impossible(act, f"{item} was put to the vote already")
        self._votes[item] = _Vote({one for one in self.attendance if self._attends(one)})

    def _open(self, act: Act) -> _Vote:
        vote = self._votes.get(act.data["item"])
        if vote is None or vote.closed is not None:
            raise _impossible(act, f"no vote is open on {act.data['item']}")
        return vote

    def _cast(self, act: Act) -> None:
        vote, who = self._open(act), act.data["co_ownership"]
        if not self._attends(who):
            raise _impossible(act, f"{who} is not present or represented")
        if who in vote.cast:
            raise _impossible(act, f"{who} has cast its ballot already")
        if act.data["holder"] != self.attendance[who].holder:
            raise _impossible(act, f"{act.data['holder']} does not hold the proxy of {who}")
        vote.waiting.discard(who)
        vote.cast[who] = (Choice(act.data["choice"]), act.data["holder"])


def _impossible(act: Act, why: str) -> ImpossibleAct:
    return ImpossibleAct(f"Act {act.number} ({act.kind.value}) could not happen: {why}.", act=act.number)


def present_at(acts: Sequence[Act], number: int | None = None) -> tuple[str, ...]:
    """Who is present just before act `number`, or after all acts given."""
    return Meeting(_before(acts, number)).present()


def quorum_from(acts: Sequence[Act], number: int | None = None) -> QuorumResult:
    """The quorum just before act `number` (give that of the `quorum` act), or after all acts given."""
    return Meeting(_before(acts, number)).quorum()


def ballots_of(acts: Sequence[Act], item: str) -> tuple[Ballot, ...]:
    """The ballots that count for an item, before or after its vote is closed."""
    return Meeting(acts).ballots(item)


def tally_from(acts: Sequence[Act], item: str) -> TallyResult:
    """The result of an item, before or after its vote is closed."""
    return Meeting(acts).tally(item)


def _before(acts: Sequence[Act], number: int | None) -> Sequence[Act]:
    return acts if number is None else acts[: number - 1]
