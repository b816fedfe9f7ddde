"""What governance answers to its neighbours."""

from collections.abc import Callable
from datetime import date
from typing import Any
from uuid import UUID

from koprogo.governance.application.ports import UnitOfWork
from koprogo.kit.grpc import caller_tenant
from koprogo_api.governance.v1 import meetings_pb2 as pb
from koprogo_api.governance.v1 import meetings_pb2_grpc


class Meetings(meetings_pb2_grpc.MeetingsServicer):
    def __init__(self, uow_of: Callable[[UUID], UnitOfWork]) -> None:
        self._uow_of = uow_of

    async def ListMinutes(self, request: pb.ListMinutesRequest, context: Any) -> pb.ListMinutesResponse:
        uow = self._uow_of(caller_tenant())
        async with uow:
            found = await uow.minutes.since(UUID(request.association_id), date.fromisoformat(request.since))
        return pb.ListMinutesResponse(
            minutes=[
                pb.MinutesOfMeeting(
                    document_id=str(one.document_id),
                    meeting_id=str(one.meeting_id),
                    kind=one.kind,
                    held_on=one.held_on.isoformat(),
                    language=one.language.value,
                )
                for one in found
            ]
        )
