"""`ETag` of what can be edited is its version; of everything else read, a hash made at the edge."""

from typing import Annotated

from litestar.params import HeaderParameter

from koprogo.kernel.errors import DomainError, Kind


class VersionMissing(DomainError):
    kind = Kind.INVALID
    reason = "IF_MATCH_MISSING"


IfMatch = Annotated[str | None, HeaderParameter(name="If-Match", max_length=100)]


def etag(version: int) -> dict[str, str]:
    """Headers of an answer that shows `version` of something editable."""
    return {"etag": f'"{version}"'}


def expected_version(if_match: str | None) -> int:
    """The version the caller has read. Editing without saying which is refused."""
    text = (if_match or "").removeprefix("W/").strip('"')
    if not text.isdecimal() or len(text) > 9:
        raise VersionMissing("Send If-Match with the ETag you have read.", field="If-Match")
    return int(text)
