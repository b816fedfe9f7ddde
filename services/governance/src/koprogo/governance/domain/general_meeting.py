"""The general meeting (assemblée générale, algemene vergadering), from its draft to its convocation."""

from datetime import date, datetime
from enum import StrEnum
from uuid import UUID
from zoneinfo import ZoneInfo

import msgspec

from koprogo.governance.domain.agenda import AgendaEmpty, AgendaItem
from koprogo.governance.domain.law.clocks import latest_dispatch, second_assembly_earliest
from koprogo.governance.domain.law.policies import ALL_REMOTE, Policies
from koprogo.governance.domain.law.register import rules_in_force
from koprogo.governance.domain.printable import check_printable
from koprogo.governance.domain.roll_entry import AssociationFacts, VoterRoll
from koprogo.kernel.errors import Conflict, DomainError

BRUSSELS = ZoneInfo("Europe/Brussels")


class MeetingKind(StrEnum):
    ORDINARY = "ordinary"
    EXTRAORDINARY = "extraordinary"


class MeetingState(StrEnum):
    DRAFT = "draft"
    CONVENED = "convened"
    OPEN = "open"
    CLOSED = "closed"
    WITHOUT_QUORUM = "without_quorum"


class WrongState(Conflict):
    reason = "MEETING_STATE"


class TooLateToConvene(Conflict):
    """R027, art. 3.87 § 3."""

    reason = "NOTICE_TOO_SHORT"


class InThePast(DomainError):
    reason = "IN_THE_PAST"


class PlaceMissing(DomainError):
    """R026: a convocation states the place; R021: a meeting without any room is disputed."""

    reason = "PLACE_MISSING"


class AllocationKeyUnknown(Conflict):
    reason = "ALLOCATION_KEY_UNKNOWN"


class TooEarly(Conflict):
    reason = "TOO_EARLY"


class SecondAssemblyTooSoon(DomainError):
    """R042, art. 3.87 § 5."""

    reason = "SECOND_ASSEMBLY_TOO_SOON"


class SharesDoNotAddUp(Conflict):
    """R004: no meeting while the lots' shares are not the deed's denominator."""

    reason = "SHARES_DO_NOT_ADD_UP"


class GeneralMeeting(msgspec.Struct):
    id: UUID
    association_id: UUID
    kind: MeetingKind
    starts_at: datetime
    place: str
    remote_system: str
    """For remote attendance; empty when there is none (R020)."""
    consultation: str
    """How the documents of the agenda can be consulted (R026)."""
    required_acr: str
    """Sign-in level a ballot by API must have; empty: none."""
    agenda: list[AgendaItem]
    state: MeetingState = MeetingState.DRAFT
    session: int = 1
    first_meeting_id: UUID | None = None
    """Of a second assembly: the one that lacked quorum (R042)."""
    urgency: str = ""
    """Why the 15 days were not kept (R027); stands in the minutes."""
    syndic_name: str = ""
    convened_at: datetime | None = None
    policies: dict[str, str] = {}
    """The association's choices on the day it was convened."""
    association: AssociationFacts | None = None
    roll: VoterRoll | None = None
    version: int = 1

    @property
    def day(self) -> date:
        """The meeting is judged by the rules in force on this day."""
        return self.starts_at.astimezone(BRUSSELS).date()

    def expect(self, *states: MeetingState) -> None:
        if self.state not in states:
            raise WrongState(
                f"The meeting is {self.state}; this is possible while it is {' or '.join(states)}.", state=self.state
            )

    def item(self, item_id: UUID) -> AgendaItem | None:
        return next((item for item in self.agenda if item.id == item_id), None)

    def check_draft(self, now: datetime) -> None:
        for field in ("place", "remote_system", "consultation"):
            check_printable(getattr(self, field), field)
        rules_in_force(self.day)
        if self.starts_at <= now:
            raise InThePast("A meeting is drafted for a moment to come.", field="starts_at")

    def convene(
        self,
        *,
        association: AssociationFacts,
        roll: VoterRoll,
        policies: Policies,
        urgency: str,
        syndic_name: str,
        now: datetime,
    ) -> None:
        """Freeze the roll and the policies; check notice, place and agenda (R023 to R029)."""
        self.expect(MeetingState.DRAFT)
        check_printable(urgency, "urgency")
        check_printable(syndic_name, "syndic_name")
        if not self.agenda:
            raise AgendaEmpty("A convocation states the agenda (R026); add an item first.")
        if not self.place and (not self.remote_system or policies[ALL_REMOTE.name] != "allowed"):
            raise PlaceMissing(
                "A convocation states the place (R026); name it, or the association's policy.", field="place"
            )
        today = now.astimezone(BRUSSELS).date()
        last_day = latest_dispatch(self.day, policies.notice_margin_days)
        if today > last_day and not urgency:
            raise TooLateToConvene(
                f"Convocations for {self.day} had to leave by {last_day} (R027). Choose a later day, or convene "
                "with urgency and give its reason, which the minutes repeat.",
                latest_dispatch=last_day,
            )
        if self.starts_at <= now:
            raise InThePast("The meeting would have started already; choose a later moment.", field="starts_at")
        for number, item in enumerate(self.agenda, start=1):
            if item.allocation_key is not None and str(item.allocation_key) not in roll.allocation_keys:
                raise AllocationKeyUnknown(f"Item {number} names an allocation key that the association does not have.")
        self.urgency = urgency if today > last_day else ""
        self.association, self.roll = association, roll
        self.policies = dict(policies)
        self.syndic_name = syndic_name
        self.convened_at = now
        self.state = MeetingState.CONVENED

    def check_may_open(self, now: datetime) -> None:
        self.expect(MeetingState.CONVENED)
        if now < self.starts_at:
            raise TooEarly(f"The meeting was called for {self.starts_at.astimezone(BRUSSELS):%d/%m/%Y %H:%M}.")

    def second_assembly(self, *, meeting_id: UUID, starts_at: datetime, place: str) -> "GeneralMeeting":
        """R042: the same agenda, at least 15 days later, with a convocation of its own."""
        self.expect(MeetingState.WITHOUT_QUORUM)
        earliest = second_assembly_earliest(self.day)
        if starts_at.astimezone(BRUSSELS).date() < earliest:
            raise SecondAssemblyTooSoon(
                f"The second assembly is held on {earliest} at the earliest (R042).",
                field="starts_at",
                earliest=earliest,
            )
        return GeneralMeeting(
            id=meeting_id,
            association_id=self.association_id,
            kind=self.kind,
            starts_at=starts_at,
            place=place or self.place,
            remote_system=self.remote_system,
            consultation=self.consultation,
            required_acr=self.required_acr,
            agenda=self.agenda,
            session=2,
            first_meeting_id=self.id,
            version=0,
        )


def check_shares(association: AssociationFacts) -> None:
    difference = association.shares_sum - association.share_denominator
    if difference:
        raise SharesDoNotAddUp(
            f"The lots have {association.shares_sum} shares, the deed {association.share_denominator}: "
            f"{abs(difference)} {'too many' if difference > 0 else 'missing'} (R004). Correct the lots first.",
            difference=difference,
        )
