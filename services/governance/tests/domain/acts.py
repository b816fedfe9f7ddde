"""A meeting's roll call, written act by act; results computed by the domain."""

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

from hypothesis import strategies as st

from koprogo.governance.domain.law.cap import Choice
from koprogo.governance.domain.law.majority import Majority, Nature, majority_of
from koprogo.governance.domain.law.policies import POLICIES
from koprogo.governance.domain.replay import Meeting, quorum_from, tally_from
from koprogo.governance.domain.roll_call import Act, ActKind, append

from .builders import R10, votes

START = datetime(2026, 6, 10, 18, 0, tzinfo=UTC)


def entry(who: str, shares: int, **more: Any) -> dict[str, Any]:
    return {"co_ownership": who, "votes": shares, "suspended": False, "keys": {}} | more


def an_item(item: str, nature: str | None = "ordinary", **more: Any) -> dict[str, Any]:
    return {"item": item, "nature": nature, "key": None, "excluded": []} | more


class RollCall:
    """Writes what happens; each deed is a method, so that a test reads as the evening went."""

    def __init__(
        self,
        roll: Sequence[Mapping[str, Any]] = tuple(entry(*one) for one in R10.items()),
        items: Sequence[Mapping[str, Any]] = (an_item("budget"), an_item("lift"), an_item("talk", None)),
        *,
        session: int = 1,
        heads_total: int | None = None,
        policies: Mapping[str, str] | None = None,
        proxies: Sequence[Mapping[str, str]] = (),
        rules_on: str = "2026-06-10",
    ) -> None:
        self.acts: list[Act] = []
        self.write(
            ActKind.OPENED,
            rules_on=rules_on,
            session=session,
            share_denominator=sum(one["votes"] for one in roll),
            heads_total=len(roll) if heads_total is None else heads_total,
            policies=dict(policies or {}),
            roll=[dict(one) for one in roll],
            items=[dict(one) for one in items],
            proxies=[dict(one) for one in proxies],
        )

    def write(self, act: ActKind, /, **data: Any) -> "RollCall":
        at = START + timedelta(seconds=len(self.acts))
        self.acts.append(append(self.acts[-1] if self.acts else None, at=at, kind=act, data=data))
        return self

    def arrive(self, owners: Sequence[str], mode: str = "in_person") -> "RollCall":
        for owner in owners:
            self.write(ActKind.ARRIVED, co_ownership=owner, mode=mode, holder=None)
        return self

    def represent(self, owner: str, holder: str) -> "RollCall":
        return self.write(ActKind.ARRIVED, co_ownership=owner, mode="by_proxy", holder=holder)

    def leave(self, owners: Sequence[str]) -> "RollCall":
        for owner in owners:
            self.write(ActKind.LEFT, co_ownership=owner)
        return self

    def take_quorum(self) -> "RollCall":
        return self.write(ActKind.QUORUM, **quorum_from(self.acts).as_document())

    def open_vote(self, item: str) -> "RollCall":
        return self.write(ActKind.VOTING_OPENED, item=item, closes_at="2026-06-10T19:00:00.000000Z")

    def cast(self, owners: Sequence[str], choice: Choice, item: str) -> "RollCall":
        attendance = Meeting(self.acts).attendance
        for owner in owners:
            there = attendance.get(owner)
            self.write(
                ActKind.BALLOT,
                item=item,
                co_ownership=owner,
                choice=choice.value,
                cast_by="secretary",
                holder=None if there is None else there.holder,
                acr="",
                channel="secretary",
            )
        return self

    def close_vote(self, item: str) -> "RollCall":
        return self.write(ActKind.VOTING_CLOSED, item=item, result=tally_from(self.acts, item).as_document())

    def vote(self, item: str, **owners: str) -> "RollCall":
        """`vote("budget", for_="AB", against="C")`."""
        self.open_vote(item)
        for choice, who in owners.items():
            self.cast(who, Choice(choice.rstrip("_")), item)
        return self.close_vote(item)

    def close(self) -> "RollCall":
        self.write(ActKind.REMARK, text="Réserve de M. Dũng : « à vérifier » ✓")
        self.write(ActKind.CLOSED)
        return self.write(ActKind.SIGNED, co_ownership="A", role="chair")


@st.composite
def meetings(draw: st.DrawFn) -> RollCall:
    """Any evening: people come, go, are represented and come back; several items, keys, exclusions."""
    owners = [f"P{number}" for number in range(draw(st.integers(1, 6)))]
    policies = {
        name: draw(st.sampled_from(policy.options)) for name, policy in POLICIES.items() if draw(st.integers(0, 3)) == 0
    }
    sizes = st.integers(1, 4) if draw(st.booleans()) else votes  # small ones meet the thresholds exactly
    households = [draw(st.sampled_from([None, None, None, "h"])) for _ in owners]
    roll = [
        entry(owner, draw(sizes), suspended=draw(st.integers(0, 7)) == 0)
        | ({"household": household} if household else {})
        | ({"keys": {"lift": draw(st.integers(0, 20))}} if draw(st.booleans()) else {})
        for owner, household in zip(owners, households, strict=True)
    ]
    items = []
    for number in range(draw(st.integers(1, 3))):
        nature = draw(st.sampled_from(list(Nature)))
        unanimity = majority_of(nature) is Majority.UNANIMITY
        item = an_item(f"item {number}", nature.value)
        if not unanimity and draw(st.integers(0, 3)) == 0:
            item["key"] = "lift"
        if draw(st.integers(0, 2)) == 0:
            item["excluded"] = [draw(st.sampled_from([*owners, "X"]))]
        if unanimity and draw(st.booleans()):
            item["retry_of_unanimity"] = True
        items.append(item)
    in_one = sum(household is not None for household in households)
    spared = max(0, in_one - 1) if policies.get("spouses") == "one_head" else 0
    evening = RollCall(
        roll,
        items,
        session=draw(st.sampled_from([1, 2])),
        heads_total=len(owners) - spared,
        policies=policies,
    )

    def somebody_moves() -> None:
        there = Meeting(evening.acts).attendance
        who = draw(st.sampled_from(owners))
        deed = draw(st.sampled_from(["come", "come", "be represented", "go"]))
        if deed == "go" and who in there:
            evening.leave([who])
        elif deed == "be represented":
            evening.represent(who, draw(st.sampled_from([one for one in [*owners, "X"] if one != who])))
        else:
            evening.arrive([who], draw(st.sampled_from(["in_person", "remote"])))

    for owner in owners:
        if draw(st.integers(0, 4)):
            evening.arrive([owner])
    for _ in range(draw(st.integers(0, 3))):
        somebody_moves()
    if all(one["suspended"] for one in roll) and policies.get("suspended_lots") == "removed_from_totals":
        return evening.close()
    evening.take_quorum()
    for item in items:
        key = item["key"]
        weighing = [one for one in roll if not one["suspended"] or "suspended_lots" not in policies]
        if key is not None and not any(one["keys"].get(key) for one in weighing):
            continue
        evening.open_vote(item["item"])
        cast: set[str] = set()
        for _ in range(draw(st.integers(0, 8))):
            meeting = Meeting(evening.acts)
            able = [one for one in owners if meeting.is_present(one) and one not in cast]
            if able and draw(st.integers(0, 3)):
                who = draw(st.sampled_from(able))
                cast.add(who)
                evening.cast([who], draw(st.sampled_from(list(Choice))), item["item"])
            else:
                somebody_moves()
        evening.close_vote(item["item"])
    return evening.close()
