"""Mail by SMTP: one connection for one mail after another, and what each answer means."""

import contextlib
from collections.abc import Sequence
from email.errors import MessageError

import aiosmtplib
from aiosmtplib import SMTPException, SMTPRecipientRefused, SMTPResponseException

from koprogo.documents.adapters.mail import POLICY, mail, message_id
from koprogo.documents.application.ports import Attachment, MailRefused, NotHandedOver
from koprogo.documents.domain.dispatch import Dispatch

COMMAND_SECONDS = 8
CONTENT_SECONDS = 20
LARGEST = 18_000_000
"""Bytes of all attachments, a third more on the way: most servers take 25 MB. Beyond it a person finds another way."""


class SmtpMailer:
    def __init__(self, *, host: str, port: int, sender: str, username: str = "", password: str = "") -> None:
        self._host, self._port, self._sender = host, port, sender
        self._username, self._password = username, password
        self._client: aiosmtplib.SMTP | None = None

    async def send(self, dispatch: Dispatch, attachments: Sequence[Attachment]) -> str:
        content = self._written(dispatch, attachments)
        client = await self._envelope(dispatch.email)
        try:
            # From here to the answer nobody knows: whatever else is raised leaves it so.
            answer = await client.data(content, timeout=CONTENT_SECONDS)
        except SMTPResponseException as refused:
            self.close()
            raise _refusal(refused) from refused
        except BaseException:
            self.close()
            raise
        return f"{answer.code} {answer.message.strip()[:200]} {message_id(dispatch, self._sender)}"

    def close(self) -> None:
        if self._client is not None:
            self._client.close()
            self._client = None

    def _written(self, dispatch: Dispatch, attachments: Sequence[Attachment]) -> bytes:
        if sum(len(one.content) for one in attachments) > LARGEST:
            raise MailRefused(f"More than {LARGEST // 1_000_000} MB do not go by mail.")
        try:
            return mail(dispatch, attachments, sender=self._sender).as_bytes(policy=POLICY)
        except (ValueError, KeyError, IndexError, MessageError) as impossible:
            raise MailRefused("There is no mail address that can be written to.") from impossible

    async def _envelope(self, recipient: str) -> aiosmtplib.SMTP:
        """Nothing has left yet: what fails here may be tried again. A kept connection may have been closed."""
        if self._client is not None:
            with contextlib.suppress(SMTPException, OSError):
                return await self._address(self._client, recipient)
            self.close()
        try:
            self._client = aiosmtplib.SMTP(
                hostname=self._host,
                port=self._port,
                username=self._username or None,
                password=self._password or None,
                start_tls=True if self._username else None,
                timeout=COMMAND_SECONDS,
            )
            await self._client.connect()
            return await self._address(self._client, recipient)
        except SMTPResponseException as refused:
            self.close()
            # Of all answers only one speaks of this recipient; the others are our or the server's trouble.
            raise (_refusal(refused) if isinstance(refused, SMTPRecipientRefused) else _later(refused)) from refused
        except ValueError as impossible:
            self.close()
            raise MailRefused("There is no mail address that can be written to.") from impossible
        except (SMTPException, OSError) as away:
            self.close()
            raise NotHandedOver(f"The mail server is not reached: {type(away).__name__}") from away

    async def _address(self, client: aiosmtplib.SMTP, recipient: str) -> aiosmtplib.SMTP:
        await client.mail(self._sender)
        await client.rcpt(recipient)
        return client


def _later(refused: SMTPResponseException) -> NotHandedOver:
    return NotHandedOver(f"{refused.code} {refused.message.strip()[:200]}")


def _refusal(refused: SMTPResponseException) -> Exception:
    """4xx: not now. 5xx: never. Anything else is no answer to rely on."""
    if refused.code < 400:
        return refused
    return _later(refused) if refused.code < 500 else MailRefused(f"{refused.code} {refused.message.strip()[:200]}")
