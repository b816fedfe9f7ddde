"""What the service and its rendering process say to each other over the child's stdin and stdout.

A request is the time in ISO form and the DocumentRequested; an answer is its status, the child's memory and the
PDF or the reason.
"""

import struct
from enum import IntEnum

REQUEST = struct.Struct(">II")
"""Lengths of the time and of the message, which follow."""

ANSWER = struct.Struct(">BQI")
"""Status, resident bytes of the child, length of what follows."""


class Status(IntEnum):
    RENDERED = 0
    REFUSED = 1
    UNAVAILABLE = 2


def request(rendered_at: str, message: bytes) -> bytes:
    moment = rendered_at.encode("ascii")
    return REQUEST.pack(len(moment), len(message)) + moment + message
