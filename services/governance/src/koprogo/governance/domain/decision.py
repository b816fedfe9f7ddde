"""The decision (décision, beslissing): what the meeting has made of an item that was put to the vote."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID, uuid5

import msgspec

from koprogo.governance.domain.agenda import AgendaItem
from koprogo.governance.domain.general_meeting import GeneralMeeting
from koprogo.governance.domain.hall import Hall


class Decision(msgspec.Struct, frozen=True):
    id: UUID
    item_number: int
    item: AgendaItem
    result: Mapping[str, Any]

    @property
    def adopted(self) -> bool:
        adopted: bool = self.result["adopted"]
        return adopted


def decisions_of(meeting: GeneralMeeting, hall: Hall) -> list[Decision]:
    """One of each item that was voted.

    The id follows from meeting and item: decisions are told when the meeting is closed, entered weeks later.
    """
    return [
        Decision(uuid5(meeting.id, str(item.id)), number, item, result)
        for number, item in enumerate(meeting.agenda, start=1)
        if (result := hall.results.get(str(item.id))) is not None
    ]
