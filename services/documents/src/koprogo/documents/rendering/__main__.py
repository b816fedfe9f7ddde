"""The rendering process: one request after another until stdin ends."""

import logging
import os
import sys
from datetime import datetime
from typing import BinaryIO

from koprogo.documents.rendering.framing import ANSWER, REQUEST, Status
from koprogo.documents.rendering.refusals import DocumentNotRenderable, RenderingUnavailable
from koprogo.documents.rendering.render import render
from koprogo_api.documents.events.v1.request_pb2 import DocumentRequested

LOGGER = logging.getLogger("koprogo.documents.rendering")


def serve(requests: BinaryIO, answers: BinaryIO) -> None:
    while len(head := requests.read(REQUEST.size)) == REQUEST.size:
        time_length, message_length = REQUEST.unpack(head)
        status, body = answer(requests.read(time_length), requests.read(message_length))
        answers.write(ANSWER.pack(status, resident_bytes(), len(body)) + body)
        answers.flush()


def answer(rendered_at: bytes, message: bytes) -> tuple[Status, bytes]:
    try:
        request = DocumentRequested.FromString(message)
        return Status.RENDERED, render(request, rendered_at=datetime.fromisoformat(rendered_at.decode()))
    except DocumentNotRenderable as refusal:
        return Status.REFUSED, refusal.message.encode()
    except RenderingUnavailable as failure:
        return Status.UNAVAILABLE, failure.message.encode()
    except (MemoryError, OSError) as failure:
        LOGGER.exception("rendering failed")
        return Status.UNAVAILABLE, f"{type(failure).__name__} while rendering.".encode()
    except Exception as error:
        # It would fail again: this document is refused, the next one is not concerned.
        LOGGER.exception("a document cannot be rendered")
        return Status.REFUSED, f"{type(error).__name__} while rendering; see the log.".encode()


def resident_bytes() -> int:
    with open("/proc/self/statm", "rb") as statm:
        return int(statm.read().split()[1]) * os.sysconf("SC_PAGE_SIZE")


def main() -> None:
    """Whatever prints to stdout goes to stderr, or it would garble the answers."""
    logging.basicConfig(level=logging.ERROR, stream=sys.stderr)
    answers = os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)
    serve(sys.stdin.buffer, answers)


if __name__ == "__main__":
    main()
