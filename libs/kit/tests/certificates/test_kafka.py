"""A client of Kafka begins each connection with the newest certificate; its context is made once."""

from __future__ import annotations

import asyncio
import ssl
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from pathlib import Path

import pytest
import uvloop

from koprogo.kit.events import RenewedContext, secured
from koprogo.stack.certificates import Authority

from .mounted import Mounted, serial_of


@pytest.fixture
def broker(tmp_path: Path, authority: Authority) -> Mounted:
    return Mounted(tmp_path, authority, "kafka")


@asynccontextmanager
async def asking_who(broker: Mounted) -> AsyncIterator[int]:
    """The port of one who tells each client the serial number of its certificate."""
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH, cadata=broker.authority.certificate.decode())
    context.load_cert_chain(broker.folder / "tls.crt", broker.folder / "tls.key")
    context.verify_mode = ssl.CERT_REQUIRED

    async def tell(_: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(writer.get_extra_info("peercert")["serialNumber"].encode())
        writer.close()

    async with await asyncio.start_server(tell, "127.0.0.1", 0, ssl=context) as server:
        yield server.sockets[0].getsockname()[1]


async def shown(port: int, context: ssl.SSLContext) -> int:
    reader, writer = await asyncio.open_connection("127.0.0.1", port, ssl=context)
    try:
        return int(await reader.read(), 16)
    finally:
        writer.close()


@pytest.mark.parametrize("run", [asyncio.run, uvloop.run])
class TestAContext:
    def test_shows_the_renewed_certificate_to_whom_it_connects_next(
        self, broker: Mounted, us: Mounted, run: Callable[[Awaitable[None]], None]
    ) -> None:
        async def renewed() -> None:
            context = RenewedContext(**us.arguments)
            async with asking_who(broker) as port:
                assert await shown(port, context) == us.serial
                ours = us.renew()
                assert await shown(port, context) == ours

        run(renewed())

    def test_shows_the_one_before_while_a_renewal_is_half_written(
        self, broker: Mounted, us: Mounted, run: Callable[[Awaitable[None]], None]
    ) -> None:
        async def half_written() -> None:
            context = RenewedContext(**us.arguments)
            certificate, key = us.authority.issue("property")
            async with asking_who(broker) as port:
                us.swap(certificate, (us.folder / "tls.key").read_bytes())
                assert await shown(port, context) == us.serial
                us.swap(certificate, key)
                assert await shown(port, context) == serial_of(certificate)

        run(half_written())

    def test_does_not_talk_to_a_broker_of_another_authority(
        self, broker: Mounted, tmp_path: Path, run: Callable[[Awaitable[None]], None]
    ) -> None:
        (tmp_path / "other").mkdir()
        stranger = Mounted(tmp_path / "other", Authority(), "property")

        async def refused() -> None:
            async with asking_who(broker) as port:
                with pytest.raises(ssl.SSLCertVerificationError):
                    await shown(port, RenewedContext(**stranger.arguments))

        run(refused())


class TestAClientOfKafka:
    def test_speaks_tls_only_where_it_is_told_to(self, us: Mounted) -> None:
        context = RenewedContext(**us.arguments)
        assert secured(context) == {"security_protocol": "SSL", "ssl_context": context}
        assert secured(None) == {}
