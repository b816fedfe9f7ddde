"""The roll call (feuille de vote / stemregister): every act of a meeting, chained by hash.

An act is `{"number", "at", "kind", "data", "previous"}`: numbers count from 1, `at` is UTC with microseconds,
`previous` is the hash of the act before, 64 zeros for the first. Its hash is the SHA-256, in hexadecimal, of
the previous hash (ASCII) followed by the act as canonical JSON: keys sorted, no spaces, UTF-8 unescaped,
integers and text but no floats. The export has one line `{"act": …, "hash": …}`, canonical too, for each act.

A chain proves order and content of what it holds, not that nothing was cut off its end: the minutes print the
last hash, and the verifier takes it as an argument.

What the acts mean for presence and votes is in `replay`.
"""

import hashlib
import json
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum
from typing import Any

from koprogo.kernel.errors import Conflict, DomainError

GENESIS = "0" * 64
_INSTANT = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}Z")


class ActKind(StrEnum):
    OPENED = "opened"
    ARRIVED = "arrived"
    LEFT = "left"
    QUORUM = "quorum"
    CONFLICT = "conflict"
    VOTING_OPENED = "voting_opened"
    BALLOT = "ballot"
    VOTING_CLOSED = "voting_closed"
    REMARK = "remark"
    CLOSED = "closed"
    SIGNED = "signed"


class NotCanonical(DomainError):
    """Something that JSON does not write in one way only."""

    reason = "NOT_CANONICAL"


class BrokenChain(Conflict):
    reason = "BROKEN_CHAIN"


@dataclass(frozen=True, slots=True)
class Act:
    number: int
    at: str
    kind: ActKind
    data: Mapping[str, Any]
    previous: str
    hash: str

    def as_document(self) -> dict[str, Any]:
        """What is hashed."""
        return {
            "number": self.number,
            "at": self.at,
            "kind": self.kind.value,
            "data": self.data,
            "previous": self.previous,
        }


def canonical(value: object) -> bytes:
    """The one way to write a value; refuses floats, keys that are not text, and what JSON does not know."""
    _check_canonical(value, "data")
    try:
        return json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=False).encode()
    except UnicodeEncodeError as error:
        raise NotCanonical("A text holds half of a character (a lone surrogate).", field="data") from error


def instant(at: datetime) -> str:
    """`2026-06-10T18:00:00.000000Z`."""
    if at.tzinfo is None:
        raise NotCanonical("An act happens at a moment in UTC, not at a local time.", field="at")
    return at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")


def append(previous: Act | None, *, at: datetime, kind: ActKind, data: Mapping[str, Any]) -> Act:
    """The act that follows `previous`, None for the first."""
    if (previous is None) != (kind is ActKind.OPENED):
        raise BrokenChain("A roll call starts with the opening of the meeting, and has one.")
    document = {
        "number": 1 if previous is None else previous.number + 1,
        "at": instant(at),
        "kind": kind.value,
        "data": data,
        "previous": GENESIS if previous is None else previous.hash,
    }
    return _read(document, _hash_of(document))


def verify(acts: Sequence[Act]) -> None:
    """Refuses, naming the first act that does not follow from the one before it."""
    previous = GENESIS
    for number, act in enumerate(acts, 1):
        if act.number != number:
            raise BrokenChain(f"Act {number} is numbered {act.number}.", act=number)
        if (act.kind is ActKind.OPENED) != (number == 1):
            raise BrokenChain(f"Act {number} is {act.kind.value}: only the first act opens.", act=number)
        if not _INSTANT.fullmatch(act.at):
            raise BrokenChain(f"Act {number} has no moment in UTC with microseconds.", act=number)
        if act.previous != previous:
            raise BrokenChain(f"Act {number} does not follow the act before it.", act=number)
        if act.hash != _hash_of(act.as_document()):
            raise BrokenChain(f"Act {number} is not what was written: its hash differs.", act=number)
        previous = act.hash


def export(acts: Iterable[Act]) -> bytes:
    """The file `verify_roll_call.py` reads: one act with its hash a line."""
    return b"".join(canonical({"act": act.as_document(), "hash": act.hash}) + b"\n" for act in acts)


def read_export(content: bytes) -> tuple[Act, ...]:
    """The acts of an export, verified; refuses any byte that `export` would not have written."""
    acts = []
    for number, line in enumerate(content.split(b"\n")[:-1], 1):
        try:
            document = json.loads(line, parse_float=_refuse_number, parse_constant=_refuse_number)
            acts.append(_read(document["act"], document["hash"]))
        except (ValueError, LookupError, TypeError) as error:
            raise BrokenChain(f"Line {number} is not an act with its hash.", act=number) from error
    if export(acts) != content:
        raise BrokenChain("The file is not written as an export is: a byte was changed.")
    verify(acts)
    return tuple(acts)


def _read(document: Mapping[str, Any], its_hash: str) -> Act:
    return Act(
        number=document["number"],
        at=document["at"],
        kind=ActKind(document["kind"]),
        data=document["data"],
        previous=document["previous"],
        hash=its_hash,
    )


def _hash_of(document: Mapping[str, Any]) -> str:
    return hashlib.sha256(document["previous"].encode() + canonical(document)).hexdigest()


def _refuse_number(text: str) -> object:
    raise ValueError(text)


def _check_canonical(value: object, path: str) -> None:
    match value:
        case None | bool() | int() | str():
            return
        case dict():
            for name, inner in value.items():
                if not isinstance(name, str):
                    raise NotCanonical(f"The name {name!r} is no text.", field=path)
                _check_canonical(inner, f"{path}.{name}")
        case list() | tuple():
            for index, inner in enumerate(value):
                _check_canonical(inner, f"{path}.{index}")
        case _:
            raise NotCanonical(
                f"{type(value).__name__} has no single way to be written: use integers, text, lists.",
                field=path,
            )
