"""Mail by SMTP: a short text in the recipient's language, and the documents attached."""

import tomllib
from collections.abc import Sequence
from email.message import EmailMessage
from email.utils import format_datetime, formataddr
from importlib import resources

import aiosmtplib

from koprogo.documents.application.ports import Attachment, MailRefused, NotHandedOver
from koprogo.documents.domain.dispatch import Dispatch

TEXTS = tomllib.loads((resources.files(__package__) / "mail_texts.toml").read_text(encoding="utf-8"))


class SmtpMailer:
    def __init__(self, *, host: str, port: int, sender: str) -> None:
        self._host, self._port, self._sender = host, port, sender

    async def send(self, dispatch: Dispatch, attachments: Sequence[Attachment]) -> str:
        message = mail(dispatch, attachments, sender=self._sender)
        client = aiosmtplib.SMTP(hostname=self._host, port=self._port, timeout=20)
        try:
            await client.connect()
        except (aiosmtplib.SMTPException, OSError) as away:
            raise NotHandedOver(f"The mail server is not reached: {type(away).__name__}") from away
        try:
            _, answer = await client.send_message(message)
        except aiosmtplib.SMTPRecipientsRefused as refused:
            first = refused.recipients[0]
            if first.code < 500:
                raise NotHandedOver(f"{first.code} {first.message}") from refused
            raise MailRefused(f"{first.code} {first.message}") from refused
        except aiosmtplib.SMTPResponseException as refused:
            if refused.code < 500:
                raise NotHandedOver(f"{refused.code} {refused.message}") from refused
            raise MailRefused(f"{refused.code} {refused.message}") from refused
        finally:
            client.close()
        return f"{answer.strip()[:200]} {message['Message-ID']}"


def mail(dispatch: Dispatch, attachments: Sequence[Attachment], *, sender: str) -> EmailMessage:
    words = TEXTS.get(dispatch.kind, TEXTS["other"])[dispatch.language]
    message = EmailMessage()
    message["Subject"] = f"{words['subject']} – {dispatch.association_name}"
    message["From"] = formataddr((dispatch.association_name[:60], sender))
    message["To"] = formataddr((dispatch.name, dispatch.email))
    message["Date"] = format_datetime(dispatch.changed_at)
    # The same dispatch has the same id, whatever happens.
    message["Message-ID"] = f"<{dispatch.id}@{sender.rpartition('@')[2]}>"
    message["Content-Language"] = dispatch.language
    message["Auto-Submitted"] = "auto-generated"
    greeting = TEXTS["greeting"][dispatch.language]
    message.set_content(f"{greeting}\n\n{words['text']}\n\n{dispatch.association_name}\n")
    for one in attachments:
        kind, _, detail = one.media_type.partition(";")[0].partition("/")
        message.add_attachment(one.content, maintype=kind, subtype=detail, filename=one.file_name)
    return message
