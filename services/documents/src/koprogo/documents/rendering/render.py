"""A request becomes a PDF, in this process: see process.py for the one that serves."""

from datetime import datetime

from koprogo.documents.rendering.filling import fill
from koprogo.documents.rendering.printing import print_pdf
from koprogo_api.documents.events.v1.request_pb2 import DocumentRequested


def render(request: DocumentRequested, *, rendered_at: datetime) -> bytes:
    """The same request and time give the same bytes. `rendered_at` carries its offset."""
    if rendered_at.tzinfo is None:
        raise ValueError("rendered_at lacks its time zone")
    return print_pdf(fill(request, rendered_at), identifier=request.document_id)
