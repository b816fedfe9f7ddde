"""A certificate that is renewed on the disk, as the kubelet does it, is the one that new connections begin with."""

from __future__ import annotations

import asyncio
import contextlib
import os
import ssl
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest

from koprogo.kit.grpc import Channels, GrpcServer, called, streamed
from koprogo.stack.certificates import Authority
from koprogo.stack.instance import free_ports
from koprogo_api.identity.v1 import grants_pb2 as pb
from koprogo_api.identity.v1 import grants_pb2_grpc
from koprogo_api.platform.v1 import tenant_lifecycle_pb2 as life
from koprogo_api.platform.v1 import tenant_lifecycle_pb2_grpc

from .mounted import SOON, Mounted, serial_of

ALLOWED = {
    "/koprogo_api.identity.v1.Grants/GrantsOf": frozenset({"property"}),
    "/koprogo_api.platform.v1.TenantLifecycle/Snapshot": frozenset({"property"}),
}


class Answering(grants_pb2_grpc.GrantsServicer, tenant_lifecycle_pb2_grpc.TenantLifecycleServicer):
    """Answers with the certificate that it was asked with; a stream, and a call about `slow`, when a test lets it."""

    def __init__(self) -> None:
        self.waiting, self.go_on = asyncio.Event(), asyncio.Event()

    async def GrantsOf(self, request: pb.GrantsOfRequest, context: Any) -> pb.GrantsOfResponse:
        if request.subject == "slow":
            self.waiting.set()
            await self.go_on.wait()
        serial = serial_of(context.auth_context()["x509_pem_cert"][0])
        return pb.GrantsOfResponse(association_organisation_id=str(serial))

    async def Snapshot(self, request: life.SnapshotRequest, context: Any) -> AsyncIterator[life.SnapshotResponse]:
        yield life.SnapshotResponse(table="first")
        self.waiting.set()
        await self.go_on.wait()
        yield life.SnapshotResponse(table="last")


class Wire:
    """Between the client and the server, to be cut."""

    def __init__(self, port: int) -> None:
        self.port, self.address = port, ""
        self._ends: list[asyncio.StreamWriter] = []

    @asynccontextmanager
    async def laid(self) -> AsyncIterator[Wire]:
        async with await asyncio.start_server(self._join, "127.0.0.1", 0) as listening:
            self.address = f"127.0.0.1:{listening.sockets[0].getsockname()[1]}"
            yield self
            self.cut()

    async def _join(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        there, back = await asyncio.open_connection("127.0.0.1", self.port)
        self._ends += [writer, back]
        await asyncio.gather(_carry(reader, back), _carry(there, writer))

    def cut(self) -> None:
        for end in self._ends:
            end.transport.abort()
        self._ends.clear()


async def _carry(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    with contextlib.suppress(OSError):
        while data := await reader.read(65536):
            writer.write(data)
    writer.close()


@pytest.fixture
def identity(tmp_path: Path, authority: Authority) -> Mounted:
    return Mounted(tmp_path, authority, "identity")


@pytest.fixture
def answering() -> Answering:
    return Answering()


@pytest.fixture
async def wire(identity: Mounted, answering: Answering) -> AsyncIterator[Wire]:
    port = free_ports(1)

    def register(server: Any) -> None:
        grants_pb2_grpc.add_GrantsServicer_to_server(answering, server)
        tenant_lifecycle_pb2_grpc.add_TenantLifecycleServicer_to_server(answering, server)

    server = GrpcServer(f"127.0.0.1:{port}", **identity.arguments, allowed=ALLOWED, register=register)
    task = asyncio.create_task(server.run())
    await asyncio.sleep(0.05)
    async with Wire(port).laid() as wire:
        yield wire
        answering.go_on.set()
    task.cancel()
    await asyncio.gather(task, return_exceptions=True)


@pytest.fixture
async def channels(us: Mounted) -> AsyncIterator[Channels]:
    channels = Channels(**us.arguments)
    yield channels
    await channels.close()


async def asked(stub: Any, subject: str = "s") -> int:
    """The serial number of the certificate that the question came with."""
    return int(
        (await called(stub.GrantsOf, pb.GrantsOfRequest(subject=subject), deadline=10)).association_organisation_id
    )


async def shown(wire: Wire, us: Mounted) -> int:
    """The serial number of what the server shows to who connects now."""
    context = ssl.create_default_context(cadata=us.authority.certificate.decode())
    context.load_cert_chain(us.folder / "tls.crt", us.folder / "tls.key")
    context.set_alpn_protocols(["h2"])
    host, port = wire.address.split(":")
    _, writer = await asyncio.open_connection(host, int(port), ssl=context)
    try:
        return int(writer.get_extra_info("peercert")["serialNumber"], 16)
    finally:
        writer.close()


class TestACertificateThatIsRenewed:
    async def test_is_the_one_of_new_connections_once_the_old_has_ended(
        self, identity: Mounted, us: Mounted, wire: Wire, channels: Channels
    ) -> None:
        stub = grants_pb2_grpc.GrantsStub(channels.to("identity", wire.address))
        assert await asked(stub) == us.serial
        ours, theirs = us.renew(), identity.renew()
        await asyncio.sleep(SOON.total_seconds() + 1)
        wire.cut()
        assert await asked(stub) == ours
        assert await shown(wire, us) == theirs

    async def test_breaks_off_no_call_that_is_under_way(
        self, us: Mounted, wire: Wire, channels: Channels, answering: Answering
    ) -> None:
        stub = grants_pb2_grpc.GrantsStub(channels.to("identity", wire.address))
        slow = asyncio.create_task(asked(stub, "slow"))
        await answering.waiting.wait()
        ours = us.renew()
        assert await asked(stub) == ours
        answering.go_on.set()
        assert await slow == us.serial

    async def test_breaks_off_no_stream(
        self, us: Mounted, wire: Wire, channels: Channels, answering: Answering
    ) -> None:
        stub = tenant_lifecycle_pb2_grpc.TenantLifecycleStub(channels.to("identity", wire.address))
        told = []
        async for page in streamed(stub.Snapshot, life.SnapshotRequest(), deadline=10):
            told.append(page.table)
            us.renew()
            await asked(grants_pb2_grpc.GrantsStub(channels.to("identity", wire.address)))
            answering.go_on.set()
        assert told == ["first", "last"]


class TestARenewalThatIsHalfWritten:
    async def test_is_passed_over_with_a_warning_until_it_is_whole(
        self, identity: Mounted, us: Mounted, wire: Wire, channels: Channels, caplog: pytest.LogCaptureFixture
    ) -> None:
        stub = grants_pb2_grpc.GrantsStub(channels.to("identity", wire.address))
        assert await asked(stub) == us.serial
        whole = {one: (one.folder / "tls.key").read_bytes() for one in (identity, us)}
        news = {one: one.authority.issue(one.name) for one in (identity, us)}
        for one, (certificate, _) in news.items():
            one.swap(certificate, whole[one])
        wire.cut()
        assert await asked(stub) == us.serial
        assert [record.getMessage() for record in caplog.records if "do not belong together" in record.getMessage()]
        for one, (certificate, key) in news.items():
            one.swap(certificate, key)
        wire.cut()
        assert await asked(stub) == serial_of(news[us][0])
        assert await shown(wire, us) == serial_of(news[identity][0])

    @pytest.mark.parametrize("broken", [b"", b"-----BEGIN CERTIFICATE-----\nMIIB"])
    async def test_of_which_nothing_can_be_read_is_passed_over(
        self, us: Mounted, wire: Wire, channels: Channels, broken: bytes
    ) -> None:
        stub = grants_pb2_grpc.GrantsStub(channels.to("identity", wire.address))
        us.swap(broken, broken)
        assert await asked(stub) == us.serial

    async def test_whose_files_are_away_for_a_moment_is_passed_over(
        self, us: Mounted, wire: Wire, channels: Channels
    ) -> None:
        stub = grants_pb2_grpc.GrantsStub(channels.to("identity", wire.address))
        os.unlink(us.folder / "..data")
        assert await asked(stub) == us.serial
