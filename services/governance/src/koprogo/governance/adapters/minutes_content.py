"""What stands in the papers of a meeting, from its facts and its acts."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from koprogo.governance.domain.general_meeting import BRUSSELS, GeneralMeeting
from koprogo.governance.domain.hall import Hall
from koprogo.governance.domain.law.cap import Choice
from koprogo.governance.domain.roll_call import Act, ActKind
from koprogo.kernel.words import Language
from koprogo_api.documents.events.v1 import content_pb2 as content


def letterhead(meeting: GeneralMeeting) -> content.Letterhead:
    assert meeting.association is not None
    return content.Letterhead(
        association_name=meeting.association.name,
        enterprise_number=meeting.association.enterprise_number,
        address=meeting.association.address,
        syndic_name=meeting.syndic_name,
    )


def meeting(meeting: GeneralMeeting) -> content.Meeting:
    return content.Meeting(
        kind=meeting.kind.value,
        session=meeting.session,
        starts_at=_local(meeting.starts_at),
        place=meeting.place,
        remote_system=meeting.remote_system,
    )


def agenda(meeting: GeneralMeeting, language: Language) -> Sequence[content.AgendaLine]:
    assert meeting.association is not None
    lines = []
    for number, item in enumerate(meeting.agenda, start=1):
        title, text = item.in_language(language, meeting.association.languages[0])
        lines.append(
            content.AgendaLine(
                number=number,
                title=title,
                text=text,
                majority=item.majority.value if item.majority else "",
                attachments=item.attachment_names,
            )
        )
    return lines


def attendance(meeting: GeneralMeeting, hall: Hall) -> Sequence[content.AttendanceLine]:
    """One line a co-ownership, in the order of the roll, with its first arrival and last departure."""
    assert meeting.roll is not None
    names = hall.names()
    arrived: dict[str, Act] = {}
    first: dict[str, str] = {}
    left: dict[str, str] = {}
    for act in hall.acts:
        who = act.data.get("co_ownership")
        if act.kind is ActKind.ARRIVED and who is not None:
            arrived[who] = act
            first.setdefault(who, act.at)
            left.pop(who, None)
        elif act.kind is ActKind.LEFT and who is not None:
            left[who] = act.at
    lines = []
    for line in meeting.roll.lines:
        who = str(line.co_ownership_id)
        came = arrived.get(who)
        lines.append(
            content.AttendanceLine(
                name=line.name,
                lots=line.lots,
                votes=line.votes,
                mode=came.data["mode"] if came else "",
                holder=names.get(came.data["holder"] or "", "") if came else "",
                arrived_at=_local(first[who]) if who in first else "",
                left_at=_local(left[who]) if who in left else "",
                suspended=line.suspended,
            )
        )
    return lines


def minutes(of: GeneralMeeting, hall: Hall, language: Language, *, with_signatures: bool) -> content.Minutes:
    assert of.association is not None
    opened = hall.acts[0]
    closed = next(act for act in reversed(hall.acts) if act.kind is ActKind.CLOSED)
    remarks = [act for act in hall.acts if act.kind is ActKind.REMARK]
    result = content.Minutes(
        letterhead=letterhead(of),
        meeting=meeting(of),
        opened_at=_local(opened.at),
        closed_at=_local(closed.at),
        chair=opened.data["chair_name"],
        secretary=opened.data["secretary"],
        urgency=of.urgency,
        attendance=attendance(of, hall),
        remarks=[act.data["text"] for act in remarks if act.data["item"] is None],
        # The text that is signed names the last act of the meeting; the final one the last signature.
        roll_call_hash=hall.last_hash if with_signatures else closed.hash,
        rules_on=opened.data["rules_on"],
    )
    if hall.quorum is not None:
        assert hall.meeting is not None
        result.quorum.CopyFrom(
            content.QuorumStatement(
                valid=hall.quorum["valid"],
                reason=hall.quorum["reason"] or "",
                heads_present=hall.quorum["heads_present"],
                heads_total=opened.data["heads_total"],
                votes_present=hall.quorum["votes_present"],
                share_denominator=opened.data["share_denominator"],
            )
        )
    for number, item in enumerate(of.agenda, start=1):
        title, text = item.in_language(language, of.association.languages[0])
        line = content.MinutesItem(
            number=number,
            title=title,
            text=text,
            remarks=[act.data["text"] for act in remarks if act.data["item"] == str(item.id)],
        )
        if item.majority is not None:
            assert of.roll is not None
            line.decision.CopyFrom(_decision(hall, str(item.id), item.majority.value, of.roll.allocation_keys))
        result.items.append(line)
    if with_signatures:
        result.signatures.extend(
            content.Signature(
                name=act.data["name"],
                capacity=act.data["capacity"],
                signed_at=_local(act.at),
                method=act.data["method"],
            )
            for act in hall.signatures()
        )
    return result


def _decision(hall: Hall, item: str, majority: str, key_names: Mapping[str, str]) -> content.Decision:
    result: Mapping[str, Any] | None = hall.results.get(item)
    if result is None:
        said = [act.data["text"] for act in hall.acts if act.kind is ActKind.REMARK and act.data["item"] == item]
        return content.Decision(majority=majority, not_voted=" ".join(said) or "–")
    assert hall.meeting is not None
    names = hall.names()
    about = hall.meeting.opening.items[item]
    ballots = hall.meeting.ballots(item)
    taking_part = [b for b in ballots if not any(person in about.excluded for person in b.persons)]
    tally = hall.meeting.tally(item)
    return content.Decision(
        majority=result["majority"],
        adopted=result["adopted"],
        votes_for=result["cast"]["for"],
        votes_against=result["cast"]["against"],
        abstained=result["cast"]["abstain"],
        blank=result["cast"]["blank"],
        null=result["cast"]["null"],
        votes_present=sum(ballot.votes for ballot in ballots),
        reductions=[
            content.Reduction(
                person=names.get(one["person"], one["person"]),
                engaged=one["engaged"],
                limit=one["limit"],
                ratio=one["ratio"],
            )
            for one in result["reductions"]
        ],
        names_against=[names[b.co_ownership] for b in taking_part if b.choice is Choice.AGAINST],
        names_abstained=[names[b.co_ownership] for b in taking_part if b.choice is Choice.ABSTAIN],
        names_excluded=[names[b.co_ownership] for b in ballots if b not in taking_part],
        allocation_key=key_names.get(about.key or "", about.key or ""),
        warnings=["SOLE_PARTICIPANT" for one in tally.explanations if one.code == "SOLE_UNCAPPED"],
    )


def _local(at: datetime | str) -> str:
    moment = datetime.fromisoformat(at) if isinstance(at, str) else at
    return moment.astimezone(BRUSSELS).isoformat(timespec="seconds")
