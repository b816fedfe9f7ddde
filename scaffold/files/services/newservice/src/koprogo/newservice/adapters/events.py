"""What leaves this service, on which topic, with which key."""

from koprogo.kit.database import Outgoing
from koprogo.newservice.domain.note import NoteWritten
from koprogo_api.newservice.events.v1 import note_pb2


def outgoing(event: NoteWritten) -> Outgoing:
    return Outgoing(
        "newservice.note",
        str(event.note_id),
        note_pb2.NoteWritten(note_id=str(event.note_id), association_id=str(event.association_id)),
    )
