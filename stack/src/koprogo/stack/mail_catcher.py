"""Takes mail by SMTP and shows it by HTTP; nothing leaves the machine. Messages are files, so a restart loses none.

GET /messages[?to=address], GET /messages/<id>, GET /messages/<id>/parts/<n>, DELETE /messages
"""

from __future__ import annotations

import json
import sys
import time
from email import message_from_bytes, policy
from email.message import EmailMessage
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, Envelope, Session


class Keep:
    def __init__(self, folder: Path) -> None:
        self._folder = folder

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:
        name = f"{time.time_ns():020d}"
        content = {"to": envelope.rcpt_tos, "from": envelope.mail_from}
        message = envelope.original_content or b""
        working = self._folder / f"{name}.new"
        working.write_bytes(json.dumps(content).encode() + b"\n" + message)
        working.rename(self._folder / f"{name}.mail")
        return f"250 kept as {name}"


def read(file: Path, *, whole: bool) -> dict[str, Any]:
    head, _, raw = file.read_bytes().partition(b"\n")
    message = message_from_bytes(raw, policy=policy.default)
    assert isinstance(message, EmailMessage)
    shown: dict[str, Any] = {
        "id": file.stem,
        **json.loads(head),
        "subject": str(message["subject"] or ""),
        "message_id": str(message["message-id"] or ""),
    }
    if whole:
        text = message.get_body(("plain",))
        html = message.get_body(("html",))
        shown["text"] = text.get_content() if text else ""
        shown["html"] = html.get_content() if html else ""
        shown["attachments"] = [
            {"name": part.get_filename(), "type": part.get_content_type(), "part": number}
            for number, part in enumerate(message.iter_attachments())
        ]
    return shown


def handler(folder: Path) -> type[BaseHTTPRequestHandler]:
    class Show(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            url = urlsplit(self.path)
            words = url.path.strip("/").split("/")
            if words == ["messages"]:
                to = parse_qs(url.query).get("to", [""])[0]
                found = [read(file, whole=False) for file in sorted(folder.glob("*.mail"))]
                self._answer([one for one in found if not to or to in one["to"]])
                return
            file = folder / f"{words[1]}.mail" if len(words) > 1 and words[1].isdigit() else None
            if file is None or not file.exists():
                self.send_error(404)
            elif len(words) == 4 and words[2] == "parts" and words[3].isdigit():
                message = message_from_bytes(file.read_bytes().partition(b"\n")[2], policy=policy.default)
                assert isinstance(message, EmailMessage)
                parts = list(message.iter_attachments())
                if int(words[3]) < len(parts):
                    self._send(parts[int(words[3])].get_content(), "application/octet-stream")
                else:
                    self.send_error(404)
            else:
                self._answer(read(file, whole=True))

        def do_DELETE(self) -> None:
            for file in folder.glob("*.mail"):
                file.unlink(missing_ok=True)
            self._answer([])

        def _answer(self, value: object) -> None:
            self._send(json.dumps(value).encode(), "application/json")

        def _send(self, body: bytes, media_type: str) -> None:
            self.send_response(200)
            self.send_header("content-type", media_type)
            self.send_header("content-length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, format: str, *args: object) -> None:
            """Who reads what is nobody's business."""

    return Show


def main() -> None:
    """Of the folder, the port of SMTP, that of HTTP, and the address, which is loopback unless it is said."""
    folder, smtp_port, http_port = Path(sys.argv[1]), int(sys.argv[2]), int(sys.argv[3])
    host = sys.argv[4] if len(sys.argv) > 4 else "127.0.0.1"
    folder.mkdir(parents=True, exist_ok=True)
    Controller(Keep(folder), hostname=host, port=smtp_port, data_size_limit=60_000_000).start()
    ThreadingHTTPServer((host, http_port), handler(folder)).serve_forever()


if __name__ == "__main__":
    main()
