"""What each answer of a mail server means, by the real protocol; and the catcher of the stack."""

import asyncio
from collections.abc import Callable
from uuid import uuid4

import httpx
import pytest

from koprogo.documents.adapters.smtp import LARGEST, SmtpMailer
from koprogo.documents.application.ports import Attachment, MailRefused, NotHandedOver

from .builders import PDF, dispatch

LETTER = [Attachment("oproeping.pdf", "application/pdf", PDF)]


class Server:
    """Speaks SMTP, answers a command as told, or hangs up instead."""

    def __init__(self, **answers: str | None) -> None:
        self.answers = answers
        self.connections = 0
        self.received: list[bytes] = []

    async def __aenter__(self):
        self.server = await asyncio.start_server(self.talk, "127.0.0.1", 0)
        self.port = self.server.sockets[0].getsockname()[1]
        return self

    async def __aexit__(self, *_: object) -> None:
        self.server.close()

    def mailer(self) -> SmtpMailer:
        return SmtpMailer(host="127.0.0.1", port=self.port, sender="no-reply@koprogo.test")

    async def talk(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.connections += 1
        say: Callable[[str], None] = lambda line: writer.write(line.encode() + b"\r\n")  # noqa: E731
        say("220 test")
        while line := await reader.readline():
            verb = line.split()[0].decode().lower() if line.split() else ""
            if verb in self.answers:
                if (answer := self.answers[verb]) is None:
                    break
                say(answer)
            elif verb == "data":
                say("354 go on")
                content = await reader.readuntil(b"\r\n.\r\n")
                self.received.append(content)
                if "content" in self.answers:
                    if (answer := self.answers["content"]) is None:
                        break
                    say(answer)
                else:
                    say("250 kept")
            else:
                say("250 ok")
        writer.close()


class TestAMailServer:
    async def test_takes_one_mail_after_another_on_one_connection(self):
        async with Server() as server:
            mailer = server.mailer()
            for _ in range(5):
                one = dispatch()
                assert await mailer.send(one, LETTER) == f"250 kept <{one.id}@koprogo.test>"
            mailer.close()
            assert (server.connections, len(server.received)) == (1, 5)

    @pytest.mark.parametrize(
        ("answers", "meaning"),
        [
            ({"rcpt": "550 no such mailbox"}, MailRefused),
            ({"rcpt": "450 come back"}, NotHandedOver),
            ({"mail": "550 we do not know you"}, NotHandedOver),
            ({"mail": "421 too busy"}, NotHandedOver),
            ({"rcpt": None}, NotHandedOver),
            ({"mail": None}, NotHandedOver),
            ({"data": "554 no"}, MailRefused),
            ({"content": "554 looks like spam"}, MailRefused),
            ({"content": "451 disk full"}, NotHandedOver),
        ],
    )
    async def test_says_no_or_not_now(self, answers, meaning):
        async with Server(**answers) as server:
            mailer = server.mailer()
            with pytest.raises(meaning):
                await mailer.send(dispatch(), LETTER)
            mailer.close()

    async def test_that_hangs_up_after_the_content_leaves_it_in_doubt(self):
        async with Server(content=None) as server:
            mailer = server.mailer()
            with pytest.raises(Exception) as unknown:
                await mailer.send(dispatch(), LETTER)
            assert not isinstance(unknown.value, NotHandedOver | MailRefused)
            assert len(server.received) == 1

    async def test_that_closed_an_idle_connection_is_called_again(self):
        async with Server() as server:
            mailer = server.mailer()
            await mailer.send(dispatch(), LETTER)
            server.answers["mail"] = None
            with pytest.raises(NotHandedOver):
                await mailer.send(dispatch(), LETTER)
            del server.answers["mail"]
            await mailer.send(dispatch(), LETTER)
            mailer.close()
            assert len(server.received) == 2

    async def test_that_is_not_there_has_taken_nothing(self):
        async with Server() as server:
            mailer = server.mailer()
        with pytest.raises(NotHandedOver):
            await mailer.send(dispatch(), LETTER)

    @pytest.mark.parametrize("email", ["", "nobody", "a@b\r\nRCPT TO:<all@example.org>", "a b@example.org"])
    async def test_is_not_called_for_what_is_no_address(self, email):
        async with Server() as server:
            with pytest.raises(MailRefused):
                await server.mailer().send(dispatch(email=email), LETTER)
            assert server.received == []

    async def test_is_not_asked_to_take_what_none_takes(self):
        async with Server() as server:
            with pytest.raises(MailRefused):
                await server.mailer().send(
                    dispatch(), [Attachment("a.pdf", "application/pdf", bytes(LARGEST // 2 + 1))] * 2
                )


class TestTheCatcher:
    async def test_shows_the_mail_with_its_attachment(self, parts):
        one = dispatch(id=uuid4(), email=f"{uuid4()}@example.org", language="de")
        mailer = SmtpMailer(host="127.0.0.1", port=parts.port("smtp"), sender="no-reply@koprogo.test")
        proof = await mailer.send(one, LETTER)
        mailer.close()
        async with httpx.AsyncClient(base_url=parts.mail_url) as catcher:
            (found,) = (await catcher.get("/messages", params={"to": one.email})).json()
            assert found["message_id"] == f"<{one.id}@koprogo.test>"
            assert found["message_id"] in proof
            whole = (await catcher.get(f"/messages/{found['id']}")).json()
            assert "Einladung zur Generalversammlung" in whole["text"]
            assert whole["attachments"] == [{"name": "oproeping.pdf", "type": "application/pdf", "part": 0}]
            assert (await catcher.get(f"/messages/{found['id']}/parts/0")).content == PDF
