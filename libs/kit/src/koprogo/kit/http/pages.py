"""Lists come in pages by cursor: `limit`, `after`, and a `Link: rel=\"next\"`."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Annotated, Any, TypeVar
from urllib.parse import urlencode

from litestar import Request, Response
from litestar.params import Parameter

T = TypeVar("T")

Limit = Annotated[int, Parameter(ge=1, le=200, description="At most so many.")]
After = Annotated[str | None, Parameter(max_length=200, description="The cursor of the last one read.")]


def page(
    request: Request[Any, Any, Any], rows: Sequence[T], limit: int, cursor: Callable[[T], str]
) -> Response[Sequence[T]]:
    """Answer `limit` of `rows`; one more is read than shown, to know whether there is a next page."""
    shown = rows[:limit]
    headers = {}
    if len(rows) > limit:
        asked = [(name, value) for name, value in request.query_params.multi_items() if name not in ("limit", "after")]
        query = urlencode([*asked, ("limit", limit), ("after", cursor(shown[-1]))])
        headers["link"] = f'<{request.url.path}?{query}>; rel="next"'
    return Response(shown, headers=headers)
