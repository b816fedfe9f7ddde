"""What leaves this service of its own facts, on which topic, with which key."""

from koprogo.governance.domain.decision import Decision
from koprogo.governance.domain.general_meeting import GeneralMeeting
from koprogo.kit.database import Outgoing
from koprogo_api.governance.events.v1 import decision_pb2

TOPIC = "governance.decision"


def convened(meeting: GeneralMeeting) -> Outgoing:
    assert meeting.convened_at is not None
    return Outgoing(
        TOPIC,
        str(meeting.id),
        decision_pb2.MeetingConvened(
            meeting_id=str(meeting.id),
            association_id=str(meeting.association_id),
            convened_at=meeting.convened_at.isoformat(),
            held_on=meeting.day.isoformat(),
            about=[item.about for item in meeting.agenda if item.about],
        ),
    )


def outgoing(meeting: GeneralMeeting, decision: Decision) -> Outgoing:
    assert decision.item.nature is not None
    return Outgoing(
        TOPIC,
        str(decision.id),
        decision_pb2.DecisionTaken(
            decision_id=str(decision.id),
            association_id=str(meeting.association_id),
            meeting_id=str(meeting.id),
            decided_on=meeting.day.isoformat(),
            item_number=decision.item_number,
            titles={language.value: title for language, title in decision.item.title.items()},
            nature=decision.item.nature.value,
            adopted=decision.adopted,
            about=decision.item.about,
            convened_at=meeting.convened_at.isoformat() if meeting.convened_at is not None else "",
        ),
    )
