"""What identity answers to its neighbours."""

from collections.abc import Awaitable, Callable, Sequence
from typing import Any
from uuid import UUID

from koprogo.identity.domain.grant import Grant
from koprogo_api.identity.events.v1.grant_pb2 import GrantChanged
from koprogo_api.identity.v1 import grants_pb2, grants_pb2_grpc

LookUp = Callable[[UUID, UUID | None], Awaitable[tuple[Sequence[Grant], UUID | None]]]


class Grants(grants_pb2_grpc.GrantsServicer):
    def __init__(self, look_up: LookUp, as_message: Callable[[Grant], GrantChanged]) -> None:
        self._look_up = look_up
        self._as_message = as_message

    async def GrantsOf(self, request: grants_pb2.GrantsOfRequest, context: Any) -> grants_pb2.GrantsOfResponse:
        association = UUID(request.association_id) if request.association_id else None
        grants, organisation = await self._look_up(UUID(request.subject), association)
        return grants_pb2.GrantsOfResponse(
            grants=[self._as_message(grant) for grant in grants],
            association_organisation_id=str(organisation or ""),
        )
