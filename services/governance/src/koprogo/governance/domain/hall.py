"""The meeting while it is held: each thing that happens is an act, checked, applied and chained.

The server decides who votes on what with which weight; nothing of it is taken from the caller.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from koprogo.governance.domain.general_meeting import GeneralMeeting
from koprogo.governance.domain.law.cap import Choice
from koprogo.governance.domain.law.quorum import QuorumResult
from koprogo.governance.domain.opening import opening_of
from koprogo.governance.domain.printable import check_printable
from koprogo.governance.domain.proxy import Proxy
from koprogo.governance.domain.replay import Meeting
from koprogo.governance.domain.roll_call import Act, ActKind, append
from koprogo.kernel.errors import Conflict, DomainError, Forbidden


class NotOpen(Conflict):
    reason = "MEETING_NOT_OPEN"


class NoQuorum(Conflict):
    """R041: nothing is decided without it."""

    reason = "NO_QUORUM"


class VoteNotOpen(Conflict):
    reason = "VOTE_NOT_OPEN"


class VoteOver(Conflict):
    reason = "VOTE_OVER"


class VoteStillRunning(Conflict):
    reason = "VOTE_STILL_RUNNING"


class AlreadyCast(Conflict):
    """One ballot per ownership."""

    reason = "ALREADY_CAST"


class NotPresent(Conflict):
    reason = "NOT_PRESENT"


class NoVoteOnThis(Conflict):
    reason = "NO_VOTE_ON_THIS"


class NotYourVote(Forbidden):
    """Only the owner, his mandatary or the holder of his proxy casts for a co-ownership."""

    reason = "NOT_YOUR_VOTE"


class SignInTooWeak(Forbidden):
    reason = "SIGN_IN_TOO_WEAK"


class NoRemoteAttendance(Conflict):
    """R020: only if the convocation says so."""

    reason = "NO_REMOTE_ATTENDANCE"


class ProxyMissing(DomainError):
    reason = "PROXY_MISSING"


class SignatureMissing(Conflict):
    """R080."""

    reason = "SIGNATURE_MISSING"


class AlreadySigned(Conflict):
    reason = "ALREADY_SIGNED"


@dataclass(slots=True)
class Hall:
    acts: list[Act]
    meeting: Meeting | None = None
    unsaved: list[Act] = field(default_factory=list)
    cast: dict[str, set[str]] = field(default_factory=dict)
    """By item, who has cast."""
    voting: dict[str, datetime] = field(default_factory=dict)
    """Items whose vote is open, and until when."""
    results: dict[str, Mapping[str, Any]] = field(default_factory=dict)
    quorum: Mapping[str, Any] | None = None

    @classmethod
    def replayed(cls, acts: Sequence[Act]) -> Hall:
        hall = cls([])
        for act in acts:
            hall._apply(act)
        return hall

    @property
    def count(self) -> int:
        return len(self.acts)

    @property
    def last_hash(self) -> str:
        return self.acts[-1].hash if self.acts else ""

    @property
    def opening(self) -> Mapping[str, Any]:
        return self.acts[0].data

    def catch_up(self, acts: Sequence[Act]) -> None:
        """Acts that another process has written."""
        for act in acts:
            self._apply(act)

    def _apply(self, act: Act) -> None:
        if self.meeting is None:
            self.meeting = Meeting([act])
        else:
            self.meeting.apply(act)
        self.acts.append(act)
        match act.kind:
            case ActKind.QUORUM:
                self.quorum = act.data
            case ActKind.VOTING_OPENED:
                self.voting[act.data["item"]] = datetime.fromisoformat(act.data["closes_at"])
                self.cast[act.data["item"]] = set()
            case ActKind.BALLOT:
                self.cast[act.data["item"]].add(act.data["co_ownership"])
            case ActKind.VOTING_CLOSED:
                self.voting.pop(act.data["item"], None)
                self.results[act.data["item"]] = act.data["result"]
            case _:
                pass

    def _act(self, at: datetime, kind: ActKind, data: dict[str, Any]) -> Act:
        act = append(self.acts[-1] if self.acts else None, at=at, kind=kind, data=data)
        self._apply(act)
        self.unsaved.append(act)
        return act

    def _held(self) -> Meeting:
        if self.meeting is None or self.meeting.is_closed:
            raise NotOpen("The meeting is not open.")
        return self.meeting

    def open(
        self,
        meeting: GeneralMeeting,
        *,
        proxies: Sequence[Proxy],
        chair: UUID,
        secretary: str,
        secretary_subject: UUID,
        opened_by: str,
        at: datetime,
    ) -> None:
        """R040: a co-owner chairs, a secretary is designated."""
        data = opening_of(meeting, proxies=proxies, chair=chair, secretary=secretary)
        self._act(at, ActKind.OPENED, {**data, "secretary_subject": str(secretary_subject), "opened_by": opened_by})

    def arrive(self, co_ownership: UUID, mode: str, *, at: datetime, noted_by: str) -> None:
        """In person, remotely where the convocation says so, or by the proxy that is recorded."""
        self._held()
        who = str(co_ownership)
        holder = None
        if mode == "by_proxy":
            holder = next((p["holder"] for p in self.opening["proxies"] if p["principal"] == who), None)
            if holder is None:
                raise ProxyMissing("No proxy of this co-ownership was recorded before the opening.", field="mode")
        if mode == "remote" and not self.opening["remote"]:
            raise NoRemoteAttendance("The convocation does not offer remote attendance (R020).")
        self._act(at, ActKind.ARRIVED, {"co_ownership": who, "mode": mode, "holder": holder, "noted_by": noted_by})

    def leave(self, co_ownership: UUID, *, at: datetime, noted_by: str) -> None:
        self._held()
        self._act(at, ActKind.LEFT, {"co_ownership": str(co_ownership), "noted_by": noted_by})

    def declare_quorum(self, *, at: datetime, declared_by: str) -> QuorumResult:
        """R041, R042: at the start, before anything is voted."""
        result = self._held().quorum()
        self._act(at, ActKind.QUORUM, {**result.as_document(), "declared_by": declared_by})
        return result

    def declare_conflict(self, item: UUID, co_ownership: UUID, reason: str, *, at: datetime, noted_by: str) -> None:
        """R059: who serves the association takes no part in the vote on that, nor do the proxies he carries."""
        self._held()
        self._act(
            at,
            ActKind.CONFLICT,
            {"item": str(item), "co_ownership": str(co_ownership), "reason": reason, "noted_by": noted_by},
        )

    def open_vote(self, item: UUID, seconds: int, *, at: datetime, opened_by: str) -> datetime:
        self._held()
        if self.quorum is None or not self.quorum["valid"]:
            raise NoQuorum("Nothing is decided before the quorum is established (R041).")
        if self.voting:
            raise VoteStillRunning("Close the vote that is open first.")
        closes_at = at + timedelta(seconds=seconds)
        self._act(
            at,
            ActKind.VOTING_OPENED,
            {"item": str(item), "closes_at": closes_at.isoformat(), "opened_by": opened_by},
        )
        return closes_at

    def voters(self, item: str) -> set[str]:
        """Who is present and has weight on this item, without those it concerns personally (R051, R059)."""
        meeting = self._held()
        about = meeting.opening.items[item]
        return {
            one
            for one in meeting.present()
            if meeting.opening.roll[one].weight(about.key) > 0
            and one not in about.excluded
            and meeting.attendance[one].holder not in about.excluded
        }

    def cast_ballot(
        self,
        item: UUID,
        co_ownership: UUID,
        choice: Choice,
        *,
        subject: UUID,
        co_owners: Collection[UUID],
        is_secretary: bool,
        acr: str,
        at: datetime,
    ) -> None:
        """One ballot a co-ownership and item, by who may cast it, with the weight of the roll."""
        meeting = self._held()
        what, who = str(item), str(co_ownership)
        closes_at = self.voting.get(what)
        if closes_at is None:
            raise VoteNotOpen("No vote is open on this item.")
        if at > closes_at:
            raise VoteOver("The time to vote is over; the secretary closes the vote.")
        line = next((line for line in self.opening["roll"] if line["co_ownership"] == who), None)
        if line is None:
            raise NotYourVote("You cannot cast for this co-ownership.")
        attendance = meeting.attendance.get(who)
        holder = attendance.holder if attendance else None
        if not is_secretary:
            self._check_caster(line, holder, co_owners)
            self._check_acr(acr)
        if not meeting.is_present(who):
            raise NotPresent("This co-ownership is not present or represented.")
        if who in self.cast[what]:
            raise AlreadyCast("This co-ownership has cast its ballot on this item.")
        if who not in self.voters(what):
            raise NoVoteOnThis("This co-ownership takes no part in this vote (R051, R059).")
        self._act(
            at,
            ActKind.BALLOT,
            {
                "item": what,
                "co_ownership": who,
                "choice": choice.value,
                "holder": holder,
                "cast_by": str(subject),
                "channel": "secretary" if is_secretary else "api",
                "acr": acr,
            },
        )

    def _check_caster(self, line: Mapping[str, Any], holder: str | None, co_owners: Collection[UUID]) -> None:
        """For himself while he attends himself; once a holder represents him, the holder."""
        if holder is None:
            entitled = line["represented_by"]
        else:
            held_by = next((one for one in self.opening["roll"] if one["co_ownership"] == holder), None)
            entitled = held_by["represented_by"] if held_by else []
        if not {str(one) for one in co_owners} & set(entitled):
            raise NotYourVote("You cannot cast for this co-ownership.")

    def _check_acr(self, acr: str) -> None:
        required = self.opening["required_acr"]
        if required and not (
            acr == required or (acr.isdecimal() and required.isdecimal() and int(acr) >= int(required))
        ):
            raise SignInTooWeak(
                f"This meeting asks for sign-in level {required}; sign in again with it.", required=required
            )

    def close_vote(self, item: UUID, *, at: datetime, closed_by: str) -> Mapping[str, Any]:
        """When the time is over, or everybody who may vote has."""
        meeting = self._held()
        what = str(item)
        closes_at = self.voting.get(what)
        if closes_at is None:
            raise VoteNotOpen("No vote is open on this item.")
        waiting = self.voters(what) - self.cast[what]
        if at < closes_at and waiting:
            raise VoteStillRunning(
                f"{len(waiting)} ballots are missing and the time is not over.", waiting=len(waiting)
            )
        result = meeting.tally(what)
        document = result.as_document()
        document["explanations"] = [self.named(one.sentence) for one in result.explanations]
        self._act(at, ActKind.VOTING_CLOSED, {"item": what, "result": document, "closed_by": closed_by})
        return document

    def names(self) -> dict[str, str]:
        """Of co-ownerships and holders, by id."""
        names = {line["co_ownership"]: line["name"] for line in self.opening["roll"]}
        return {proxy["holder"]: proxy["holder_name"] for proxy in self.opening["proxies"]} | names

    def named(self, sentence: str) -> str:
        """With names in the place of ids."""
        for one, name in self.names().items():
            sentence = sentence.replace(one, name)
        return sentence

    def remark(self, text: str, item: UUID | None, *, at: datetime, noted_by: str) -> None:
        self._held()
        check_printable(text, "text")
        self._act(at, ActKind.REMARK, {"text": text, "item": str(item) if item else None, "noted_by": noted_by})

    def close(self, *, at: datetime, closed_by: str) -> None:
        self._held()
        if self.voting:
            raise VoteStillRunning("A vote is still open; close it first.")
        self._act(at, ActKind.CLOSED, {"closed_by": closed_by})

    def sign(
        self,
        *,
        name: str,
        capacity: str,
        co_ownership: UUID | None,
        method: str,
        sha256: str,
        at: datetime,
        noted_by: str,
    ) -> None:
        """R080: chair, secretary, and the co-owners still present at the end."""
        if self.meeting is None or not self.meeting.is_closed:
            raise NotOpen("Minutes are signed after the meeting is closed.")
        check_printable(name, "name")
        who = str(co_ownership) if co_ownership else None
        if capacity == "co_owner" and (who is None or who not in self.meeting.attendance):
            raise NotPresent("Co-owners sign who are still present at the end (R080).")
        for act in self.acts:
            if act.kind is ActKind.SIGNED and (act.data["capacity"], act.data["co_ownership"]) == (capacity, who):
                raise AlreadySigned("This signature is there already.")
        self._act(
            at,
            ActKind.SIGNED,
            {
                "name": name,
                "capacity": capacity,
                "co_ownership": who,
                "method": method,
                "sha256": sha256,
                "noted_by": noted_by,
            },
        )

    def signatures(self) -> list[Act]:
        return [act for act in self.acts if act.kind is ActKind.SIGNED]

    def check_signed(self) -> None:
        """Chair and secretary at least; who had left need not sign (R080)."""
        missing = {"chair", "secretary"} - {act.data["capacity"] for act in self.signatures()}
        if missing:
            raise SignatureMissing(f"The minutes are not signed by: {', '.join(sorted(missing))} (R080).")
