#!/usr/bin/env python3
"""Check the roll call of a general meeting: `python verify_roll_call.py roll.jsonl [last-hash]`.

SPDX-License-Identifier: AGPL-3.0-or-later. Needs Python 3.11 or later and nothing else.

Each line of the file is one act of the meeting with its hash. The script checks that no act was changed,
inserted, removed or moved, and computes the quorum and the result of every vote again from the attendance and
the ballots, with exact fractions. It prints a line for each and exits with 1 when anything differs.
An act cut off the end of the file shows only against the last hash, printed in the minutes: give it too.

The articles are those of Book 3 of the Belgian Civil Code. How acts are read:
- present: arrived, not left; whoever is represented by a co-owner needs that co-owner to attend himself;
- a vote counts those present when it opens and without a break until it closes (abstaining if they cast
  nothing), and all who cast a ballot while present.
"""

import hashlib
import json
import re
import sys
from fractions import Fraction
from functools import partial

THRESHOLDS = {
    "absolute": None,
    "two_thirds": Fraction(2, 3),
    "four_fifths": Fraction(4, 5),
    "unanimity": None,
}
NATURES = {  # CC 3.87 §8, 3.88 §1 1°, 3.88 §1 2°, 3.88 §3
    "absolute": "ordinary legally_required_works conservation_works provisional_administration",
    "two_thirds": "statutes_on_enjoyment works_on_common_parts tendering_threshold works_on_private_parts "
    "council_delegation",
    "four_fifths": "other_statutes change_of_destination partial_reconstruction acquisition_of_immovables "
    "disposal_of_common_immovables partial_associations division_or_merger_of_lots "
    "demolition_for_health_safety_or_cost reserve_fund_waiver",
    "unanimity": "change_of_shares total_demolition",
}
MAJORITY = {nature: majority for majority, natures in NATURES.items() for nature in natures.split()}
CHOICES = ("for", "against", "abstain", "blank", "null")
POLICIES = {  # what the law leaves open: what holds unless the opening says otherwise
    "sole_participant": "uncapped_in_second_session",
    "suspended_lots": "kept_in_totals",
    "spouses": "separate_heads",
    "capped_ballots": "proportional",
    "excluded_in_cap_base": "left_out",
    "abstention_defeats_unanimity": "yes",
}


class Wrong(Exception):
    pass


def need(condition, message):
    if not condition:
        raise Wrong(message)


def refuse(text):
    raise ValueError(text)


def canonical(value):
    return json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=False).encode()


def read_chain(content):
    """The acts, after checking each byte of the file against the hashes."""
    need(content.endswith(b"\n"), "the file does not end with a whole line")
    acts, previous = [], "0" * 64
    for number, line in enumerate(content[:-1].split(b"\n"), 1):
        where = f"line {number}: "
        try:
            entry = json.loads(line.decode(), parse_float=refuse, parse_constant=refuse)
            act, written = entry["act"], entry["hash"]
            same = canonical(entry) == line and set(entry) == {"act", "hash"}
            computed = hashlib.sha256(previous.encode() + canonical(act)).hexdigest()
        except (ValueError, LookupError, TypeError) as error:
            raise Wrong(where + "this is no act with its hash") from error
        need(same, where + "not written as it was exported")
        need(set(act) == {"number", "at", "kind", "data", "previous"}, where + "not the parts of an act")
        need(act["number"] == number, where + f"numbered {act['number']}")
        need(act["previous"] == previous, where + "does not follow the act before it")
        need(computed == written, where + "the hash differs: the act was changed")
        need(re.fullmatch(r"\d{4}(-\d\d){2}T\d\d(:\d\d){2}\.\d{6}Z", act["at"]), where + "no moment in UTC")
        need((act["kind"] == "opened") == (number == 1), where + "a roll call opens once, first")
        acts.append(act)
        previous = written
    return acts, previous


def attendance_after_each(acts, roll):
    """For each act, who attends once it has happened: co-ownership -> holder of its proxy, or None."""
    arrived, states = {}, []
    for act in acts:
        data, where = act["data"], f"act {act['number']}: "
        if act["kind"] == "arrived":
            need(data["co_ownership"] in roll, where + "not on the roll")
            by_proxy = data["mode"] == "by_proxy"
            need(data["mode"] in ("in_person", "remote", "by_proxy"), where + "unknown way to attend")
            need(by_proxy == (data["holder"] is not None), where + "mode and holder do not agree")
            need(data["holder"] != data["co_ownership"], where + "holds its own proxy")
            arrived = {**arrived, data["co_ownership"]: data["holder"]}
        elif act["kind"] == "left":
            need(data["co_ownership"] in arrived, where + "leaves without being there")
            arrived = {who: holder for who, holder in arrived.items() if who != data["co_ownership"]}
        states.append(
            {
                who: holder
                for who, holder in arrived.items()
                if holder is None or holder not in roll or (holder in arrived and arrived[holder] is None)
            }
        )
    return states


def measured_against(opening, policies, weight):
    """Heads and votes of the whole association (R044, R045)."""
    counted = [one for one in opening["roll"] if policies["suspended_lots"] == "kept_in_totals" or not one["suspended"]]
    return len(heads(counted, policies)), sum(weight(one) for one in counted)


def heads(entries, policies):
    if policies["spouses"] == "one_head":
        return {(one.get("household") is None, one.get("household") or one["co_ownership"]) for one in entries}
    return {one["co_ownership"] for one in entries}


def quorum(opening, policies, attending):
    """CC 3.87 §5: over half of the heads with half of the shares, or over three quarters of the shares."""
    here = [one for one in opening["roll"] if one["co_ownership"] in attending and not one["suspended"]]
    all_heads, all_votes = measured_against(opening, policies, lambda one: one["votes"])
    there, votes = len(heads(here, policies)), sum(one["votes"] for one in here)
    enough_heads, enough_votes = Fraction(there, all_heads) > Fraction(1, 2), votes * 2 >= all_votes
    if opening["session"] == 2:
        reason = "SECOND_SESSION"
    elif enough_heads and enough_votes:
        reason = "HEADS_AND_SHARES"
    else:
        reason = "THREE_QUARTERS" if Fraction(votes, all_votes) > Fraction(3, 4) else None
    fewest_heads = next(n for n in range(all_heads + 2) if (there + n) * 2 > all_heads)
    return {
        "valid": reason is not None,
        "heads_present": there,
        "votes_present": votes,
        "reason": reason,
        "missing_heads": 0 if reason else fewest_heads,
        "missing_votes": 0 if reason or enough_votes else -(-all_votes // 2) - votes,
    }


def votes_on(item, key, opening, acts, states):
    """[principal, holder, votes, choice] of all who take part in the vote on an item."""
    opens = [n for n, act in enumerate(acts) if act["kind"] == "voting_opened" and act["data"]["item"] == item]
    ends = [n for n, act in enumerate(acts) if act["kind"] == "voting_closed" and act["data"]["item"] == item]
    need(
        len(opens) == len(ends) == 1 and opens[0] < ends[0],
        "was not put to the vote once, opened then closed",
    )
    first, last = opens[0], ends[0]
    cast = {}
    for n, act in enumerate(acts):
        if act["kind"] == "ballot" and act["data"]["item"] == item:
            who, holder, choice = (act["data"][name] for name in ("co_ownership", "holder", "choice"))
            need(first < n < last, f"act {n + 1}: a ballot while the vote is not open")
            need(who in states[n], f"act {n + 1}: a ballot of someone who is absent")
            need(states[n][who] == holder, f"act {n + 1}: the ballot names another holder")
            need(who not in cast, f"act {n + 1}: a second ballot of {who}")
            need(choice in CHOICES, f"act {n + 1}: unknown choice")
            cast[who] = (holder, choice)
    result = []
    for one in opening["roll"]:
        who, votes = one["co_ownership"], one["votes"] if key is None else one["keys"].get(key, 0)
        if one["suspended"] or votes == 0:
            continue
        if who in cast:
            result.append((who, cast[who][0], votes, cast[who][1]))
        elif all(who in states[n] for n in range(first, last + 1)):
            result.append((who, states[last][who], votes, "abstain"))
    return result


def cap_ratio(person, votes, base, session, policies):
    """CC 3.87 §7 for one person: (engaged, votes of the others, ratio for own ballots, for carried ones)."""
    own = sum(n for principal, _, n, _ in votes if principal == person)
    carried = sum(n for _, holder, n, _ in votes if holder == person)
    others = sum(n for principal, holder, n, _ in base if person not in (principal, holder))
    engaged, option = own + carried, policies["sole_participant"]
    free = option == "uncapped" or (option == "uncapped_in_second_session" and session == 2)
    if engaged <= others or (others == 0 and free):
        return None
    if policies["capped_ballots"] == "proportional":
        return engaged, others, Fraction(others, engaged), Fraction(others, engaged)
    kept_own = min(own, others)
    kept_carried = others - kept_own
    return engaged, others, Fraction(kept_own, own or 1), Fraction(kept_carried, carried or 1)


def text(number):
    return str(Fraction(number))


def result_of(item, opening, policies, votes):
    """Majority, adopted, votes that count and reductions, as the roll call states them."""
    excluded, majority = set(item["excluded"]), MAJORITY[item["nature"]]
    taking_part = [vote for vote in votes if not excluded & {vote[0], vote[1]}]
    base = taking_part if policies["excluded_in_cap_base"] == "left_out" else votes
    capped = {}
    for person in sorted({p for vote in taking_part for p in vote[:2] if p is not None}):
        ratio = cap_ratio(person, taking_part, base, opening["session"], policies)
        if ratio is not None:
            capped[person] = ratio
    counted = {choice: Fraction(0) for choice in CHOICES}
    for principal, holder, number, choice in taking_part:
        ratio = Fraction(1)
        if principal in capped:
            ratio = min(ratio, capped[principal][2])
        if holder in capped:
            ratio = min(ratio, capped[holder][3])
        counted[choice] += number * ratio
    cast = counted["for"] + counted["against"]
    if majority == "unanimity":
        allowed = {"for"} if policies["abstention_defeats_unanimity"] == "yes" else set(CHOICES) - {"against"}
        everybody = (
            item.get("retry_of_unanimity", False)
            or sum(vote[2] for vote in taking_part)
            == (measured_against(opening, policies, lambda one: one["votes"])[1])
        )
        adopted = everybody and counted["for"] > 0 and {vote[3] for vote in taking_part} <= allowed
    elif cast == 0:
        adopted = False
    elif majority == "absolute":
        adopted = counted["for"] / cast > Fraction(1, 2)
    else:
        adopted = counted["for"] / cast >= THRESHOLDS[majority]
    return {
        "majority": majority,
        "adopted": adopted,
        "cast": {choice: text(number) for choice, number in counted.items()},
        "reductions": [
            {
                "person": person,
                "engaged": text(one[0]),
                "limit": text(one[1]),
                "ratio": text(Fraction(one[1], one[0])),
            }
            for person, one in capped.items()
        ],
    }


def check_opening(opening):
    policies = {**POLICIES, **opening["policies"]}
    need(opening["rules_on"] >= "2019-01-01", "the day of the meeting is before the law this script knows")
    need(opening["session"] in (1, 2), "a session is 1 or 2")
    names = [one["co_ownership"] for one in opening["roll"]]
    need(len(set(names)) == len(names), "a co-ownership stands twice on the roll")
    votes = sum(one["votes"] for one in opening["roll"])
    need(votes == opening["share_denominator"], "the roll does not add up to the denominator of the deed")
    need(len(heads(opening["roll"], policies)) == opening["heads_total"], "heads_total is not that of the roll")
    for item in opening["items"]:
        special = item["key"] is not None and MAJORITY.get(item["nature"]) == "unanimity"
        need(not special, f"{item['item']}: unanimity of all co-owners on a special key")
    return policies


def check_order(acts, items):
    """Nothing but signatures after the closing, no vote on what is not on the agenda."""
    kinds = [act["kind"] for act in acts]
    need(kinds.count("closed") == 1, "the meeting was not closed, once: an act may be missing")
    need(set(kinds[kinds.index("closed") + 1 :]) <= {"signed"}, "something happened after the closing")
    need("signed" not in kinds[: kinds.index("closed")], "signed before the closing")
    opened = set()
    for act in acts:
        if act["kind"] in ("conflict", "voting_opened", "ballot", "voting_closed"):
            need(act["data"]["item"] in items, f"act {act['number']}: no item with a vote")
        if act["kind"] == "voting_opened":
            opened.add(act["data"]["item"])
        elif act["kind"] == "conflict":
            need(act["data"]["item"] not in opened, f"act {act['number']}: a conflict declared after the vote")


def differences(stated, computed):
    return [
        f"{name}: the roll call says {json.dumps(stated.get(name))}, computed {json.dumps(value)}"
        for name, value in computed.items()
        if stated.get(name) != value
    ]


def check(content, last_hash=None):
    """(lines to print, all is well) for the bytes of an export."""
    try:
        acts, last = read_chain(content)
        need(
            last_hash in (None, last),
            f"the last hash is {last}, not {last_hash}: the end was cut off or changed",
        )
        report = [f"OK    chain of {len(acts)} acts, last hash {last}"]
        opening = acts[0]["data"]
        policies = check_opening(opening)
        items = {item["item"]: item for item in opening["items"] if item["nature"] is not None}
        check_order(acts, items)
        states = attendance_after_each(acts, {one["co_ownership"] for one in opening["roll"]})
    except Wrong as error:
        return [f"WRONG {error}"], False
    except (LookupError, TypeError, ValueError, AttributeError, ArithmeticError) as error:
        return [f"WRONG a part of an act is missing or of another kind ({error!r})"], False
    fine = True
    for name, subject, outcomes, compare in subjects(acts, opening, policies, items, states):
        try:
            stated, computed = compare()
            wrong = differences(stated, computed)
        except Wrong as error:
            wrong = [str(error)]
        except (LookupError, TypeError, ValueError, AttributeError, ArithmeticError) as error:
            wrong = [f"a part of an act is missing or of another kind ({error!r})"]
        report.extend(f"WRONG {name}: {one}" for one in wrong)
        if not wrong:
            report.append(f"OK    {name}: {outcomes[computed[subject]]}")
        fine = fine and not wrong
    return report, fine


def subjects(acts, opening, policies, items, states):
    """What the roll call states: (name, what decides, words for it, function giving stated and computed)."""

    def compare_quorum(act):
        return act["data"], quorum(opening, policies, states[act["number"] - 1])

    def compare_vote(item):
        votes = votes_on(item, items[item]["key"], opening, acts, states)
        stated = next(a for a in acts if a["kind"] == "voting_closed" and a["data"]["item"] == item)
        return stated["data"]["result"], result_of(with_conflicts(item), opening, policies, votes)

    def with_conflicts(item):
        """Who declared a conflict of interest in the meeting takes no part either."""
        declared = [a["data"]["co_ownership"] for a in acts if a["kind"] == "conflict" and a["data"]["item"] == item]
        return {**items[item], "excluded": [*items[item]["excluded"], *declared]}

    for act in acts:
        if act["kind"] == "quorum":
            words = {True: "valid", False: "not valid"}
            yield f"quorum (act {act['number']})", "valid", words, partial(compare_quorum, act)
    votes = (act["data"]["item"] for act in acts if act["kind"] in ("voting_opened", "voting_closed"))
    for item in dict.fromkeys(votes):
        yield item, "adopted", {True: "adopted", False: "rejected"}, partial(compare_vote, item)


def main(arguments):
    if len(arguments) not in (1, 2):
        print(__doc__.splitlines()[0])
        return 2
    with open(arguments[0], "rb") as file:
        report, fine = check(file.read(), *arguments[1:])
    print("\n".join(report))
    print("Everything agrees." if fine else "The roll call does not hold.")
    return 0 if fine else 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
