"""Why a document is not rendered."""

from koprogo.kernel.errors import DomainError, Kind


class DocumentNotRenderable(DomainError):
    """Its content cannot be printed, however often it is tried."""

    kind = Kind.INVALID
    reason = "DOCUMENT_NOT_RENDERABLE"


class RenderingUnavailable(DomainError):
    """The renderer failed, not the document: the same request may succeed later."""

    kind = Kind.UNAVAILABLE
    reason = "RENDERING_UNAVAILABLE"
