"""A request becomes HTML in its language; what people wrote is escaped."""

import unicodedata
from collections.abc import Iterable
from datetime import datetime
from functools import cache

from jinja2 import Environment, PackageLoader, StrictUndefined, TemplateError
from markupsafe import Markup

from koprogo.documents.rendering.grouping import by_account, by_fund, total
from koprogo.documents.rendering.paying import communication, iban, qr_code
from koprogo.documents.rendering.refusals import DocumentNotRenderable
from koprogo.documents.rendering.reminding import refuse_what_the_law_forbids
from koprogo.documents.rendering.tabulating import NUMBERS, is_landscape, rows, widths
from koprogo.documents.rendering.writing import Writing, cents, votes_cast
from koprogo_api.documents.events.v1.content_pb2 import AttendanceLine
from koprogo_api.documents.events.v1.request_pb2 import DocumentRequested

_BIDI_OVERRIDES = frozenset("\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")


def fill(request: DocumentRequested, rendered_at: datetime) -> str:
    kind = request.WhichOneof("content")
    if kind is None:
        raise DocumentNotRenderable("The request has no content.", field="content")
    write = Writing(request.language)
    content = getattr(request, kind)
    if kind == "reminder":
        refuse_what_the_law_forbids(content)
    try:
        return (
            _environment()
            .get_template(f"{kind}.html")
            .render(
                request=request,
                kind=kind,
                content=content,
                letterhead=content.letterhead,
                meeting=getattr(content, "meeting", None),
                write=write,
                t=write.label,
                votes_cast=votes_cast,
                still_present=_still_present,
                cents=cents,
                by_fund=by_fund,
                by_account=by_account,
                total=total,
                iban=iban,
                communication=communication,
                qr_code=qr_code,
                report_rows=rows,
                report_widths=widths,
                is_landscape=is_landscape,
                numbers=NUMBERS,
                rendered_at=rendered_at.isoformat(),
            )
        )
    except TemplateError as error:
        raise DocumentNotRenderable(f"The template {kind} failed: {error}.") from error


@cache
def _environment() -> Environment:
    return Environment(
        loader=PackageLoader("koprogo.documents.rendering", "templates"),
        autoescape=True,
        undefined=StrictUndefined,
        finalize=_printable,
        trim_blocks=True,
        lstrip_blocks=True,
    )


def _still_present(attendance: Iterable[AttendanceLine]) -> list[tuple[str, list[str]]]:
    """Who signs besides chair and secretary, each once, with those he signs for."""
    signers: dict[str, list[str]] = {}
    for line in attendance:
        if not line.mode or line.left_at:
            continue
        if line.mode == "by_proxy":
            signers.setdefault(line.holder, []).append(line.name)
        else:
            signers.setdefault(line.name, [])
    return list(signers.items())


def _printable(value: object) -> object:
    """Without control characters and direction overrides, which would hide or turn round what is read."""
    if not isinstance(value, str) or isinstance(value, Markup):
        return value
    return "".join(
        character
        for character in unicodedata.normalize("NFC", value)
        if character in "\n\t" or (unicodedata.category(character) != "Cc" and character not in _BIDI_OVERRIDES)
    )
