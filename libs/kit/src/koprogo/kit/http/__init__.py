"""The HTTP door: an application with access, problems, idempotency, ETags, pages, health and metrics."""

from koprogo.kit.http.access import admits
from koprogo.kit.http.app import create_app
from koprogo.kit.http.etags import etag, expected_version
from koprogo.kit.http.pages import After, Limit, page

__all__ = ["After", "Limit", "admits", "create_app", "etag", "expected_version", "page"]
