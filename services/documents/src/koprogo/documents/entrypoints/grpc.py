"""What documents answers to its neighbours."""

from collections.abc import Callable
from typing import Any
from uuid import UUID

from koprogo.documents.application.ports import UnitOfWork
from koprogo.kit.grpc import caller_tenant
from koprogo_api.documents.v1 import documents_pb2 as pb
from koprogo_api.documents.v1 import documents_pb2_grpc


class Documents(documents_pb2_grpc.DocumentsServicer):
    def __init__(self, uow_of: Callable[[UUID], UnitOfWork]) -> None:
        self._uow_of = uow_of

    async def DescribeDocuments(
        self, request: pb.DescribeDocumentsRequest, context: Any
    ) -> pb.DescribeDocumentsResponse:
        uow = self._uow_of(caller_tenant())
        async with uow:
            found = await uow.documents.by_ids(
                UUID(request.association_id), [UUID(text) for text in request.document_ids]
            )
        return pb.DescribeDocumentsResponse(
            documents=[
                pb.DocumentDescription(
                    document_id=str(one.id),
                    file_name=one.file_name,
                    media_type=one.media_type,
                    size=one.size,
                    sha256=one.sha256,
                )
                for one in found
            ]
        )
