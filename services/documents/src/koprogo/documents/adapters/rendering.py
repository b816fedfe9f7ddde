from datetime import datetime

from koprogo.documents.adapters.events import read_request
from koprogo.documents.application.ports import Asked
from koprogo.documents.rendering.process import RenderingProcess
from koprogo_api.documents.events.v1.request_pb2 import DocumentRequested


class ProcessRenderer:
    def __init__(self, process: RenderingProcess) -> None:
        self._process = process

    def read(self, payload: bytes, at: datetime) -> Asked:
        return read_request(payload, at)

    async def render(self, payload: bytes, at: datetime) -> bytes:
        return await self._process.render(DocumentRequested.FromString(payload), at)
