"""A mail: a short text in the recipient's language, and the documents attached."""

import tomllib
from collections.abc import Sequence
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime
from importlib import resources

from koprogo.documents.application.ports import Attachment
from koprogo.documents.domain.dispatch import Dispatch

TEXTS = tomllib.loads((resources.files(__package__) / "mail_texts.toml").read_text(encoding="utf-8"))

POLICY = SMTP.clone(max_line_length=998)
"""Folded at 78, Python 3.11 loses spaces between encoded words."""


def mail(dispatch: Dispatch, attachments: Sequence[Attachment], *, sender: str) -> EmailMessage:
    """Raises ValueError or KeyError for what cannot be written, such as a mail address that is none."""
    words = TEXTS.get(dispatch.kind, TEXTS["other"])[dispatch.language]
    association = " ".join(dispatch.association_name.split())
    message = EmailMessage()
    message["Subject"] = f"{words['subject']} – {association}" if association else words["subject"]
    message["From"] = Address(association[:60], addr_spec=sender)
    message["To"] = Address(" ".join(dispatch.name.split()), addr_spec=dispatch.email)
    message["Date"] = format_datetime(dispatch.changed_at)
    message["Message-ID"] = message_id(dispatch, sender)
    message["Auto-Submitted"] = "auto-generated"
    listed = "\n".join(f"- {one.file_name}" for one in attachments)
    greeting, attached = TEXTS["greeting"][dispatch.language], TEXTS["attached"][dispatch.language]
    # Quoted: not every server takes eight bits.
    message.set_content(
        f"{greeting}\n\n{words['text']}\n\n{attached}\n{listed}\n\n{association}\n", cte="quoted-printable"
    )
    for one in attachments:
        kind, _, detail = one.media_type.partition(";")[0].partition("/")
        message.add_attachment(one.content, maintype=kind, subtype=detail, filename=one.file_name)
    message["Content-Language"] = dispatch.language
    return message


def message_id(dispatch: Dispatch, sender: str) -> str:
    """The same dispatch has the same id, whatever happens."""
    return f"<{dispatch.id}@{sender.rpartition('@')[2]}>"
