"""A call between services is answered only to whom the certificate and the list allow, and keeps its refusal."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

import grpc
import pytest
from prometheus_client import REGISTRY

from koprogo.kernel.errors import DomainError, Kind
from koprogo.kit import trace
from koprogo.kit.grpc import Channels, GrpcServer, called, caller_tenant
from koprogo.stack import certificates
from koprogo.stack.instance import Instance
from koprogo_api.identity.v1 import grants_pb2 as pb
from koprogo_api.identity.v1 import grants_pb2_grpc

METHOD = "/koprogo_api.identity.v1.Grants/GrantsOf"
Answer = Callable[[], Awaitable[str]]


class Answering(grants_pb2_grpc.GrantsServicer):
    """Answers with what a test says, and remembers who was asked for."""

    def __init__(self) -> None:
        self.answer: Answer = self.yes
        self.calls: list[str] = []

    async def yes(self) -> str:
        return "yes"

    async def GrantsOf(self, request: pb.GrantsOfRequest, context: Any) -> pb.GrantsOfResponse:
        self.calls.append(request.subject)
        return pb.GrantsOfResponse(association_organisation_id=await self.answer())


@pytest.fixture
def folder(instance: Instance) -> Path:
    return instance.folder / "certificates"


@pytest.fixture
def address(instance: Instance) -> str:
    return f"127.0.0.1:{instance.port('identity_grpc')}"


def server(folder: Path, address: str, servicer: Answering) -> GrpcServer:
    return GrpcServer(
        address,
        ca=folder / "ca.crt",
        certificate=folder / "identity.crt",
        key=folder / "identity.key",
        allowed={METHOD: frozenset({"property", "governance"})},
        register=lambda to: grants_pb2_grpc.add_GrantsServicer_to_server(servicer, to),
    )


@pytest.fixture
async def identity(folder: Path, address: str) -> AsyncIterator[Answering]:
    servicer = Answering()
    task = asyncio.create_task(server(folder, address, servicer).run())
    await asyncio.sleep(0.05)
    yield servicer
    task.cancel()
    await asyncio.gather(task, return_exceptions=True)


def channels(folder: Path, service: str) -> Channels:
    return Channels(ca=folder / "ca.crt", certificate=folder / f"{service}.crt", key=folder / f"{service}.key")


async def ask(
    folder: Path, address: str, *, by: str = "property", to: str = "identity", subject: str = "s", **how: Any
) -> str:
    opened = channels(folder, by)
    try:
        stub = grants_pb2_grpc.GrantsStub(opened.to(to, address))
        answer: pb.GrantsOfResponse = await called(stub.GrantsOf, pb.GrantsOfRequest(subject=subject), **how)
        return answer.association_organisation_id
    finally:
        await opened.close()


async def refused(*args: Any, **how: Any) -> DomainError:
    with pytest.raises(DomainError) as caught:
        await ask(*args, **how)
    return caught.value


class TestACaller:
    async def test_on_the_list_is_answered(self, identity: Answering, folder: Path, address: str) -> None:
        assert await ask(folder, address) == "yes"

    async def test_not_on_the_list_is_refused_by_his_certificate(
        self, identity: Answering, folder: Path, address: str
    ) -> None:
        error = await refused(folder, address, by="documents")
        assert (error.kind, error.reason, error.metadata) == (
            Kind.FORBIDDEN, "CALLER_NOT_ALLOWED", {"caller": "documents"},
        )  # fmt: skip
        assert identity.calls == []

    async def test_without_a_certificate_is_not_heard(self, identity: Answering, folder: Path, address: str) -> None:
        credentials = grpc.ssl_channel_credentials((folder / "ca.crt").read_bytes())
        options = [("grpc.ssl_target_name_override", "identity")]
        async with grpc.aio.secure_channel(address, credentials, options=options) as channel:
            with pytest.raises(grpc.aio.AioRpcError) as caught:
                await grants_pb2_grpc.GrantsStub(channel).GrantsOf(pb.GrantsOfRequest(), timeout=2)
        assert caught.value.code() is grpc.StatusCode.UNAVAILABLE
        assert identity.calls == []

    async def test_without_tls_is_not_heard(self, identity: Answering, address: str) -> None:
        async with grpc.aio.insecure_channel(address) as channel:
            with pytest.raises(grpc.aio.AioRpcError) as caught:
                await grants_pb2_grpc.GrantsStub(channel).GrantsOf(pb.GrantsOfRequest(), timeout=2)
        assert caught.value.code() is grpc.StatusCode.UNAVAILABLE
        assert identity.calls == []

    async def test_with_a_certificate_of_another_ca_is_not_heard(
        self, identity: Answering, folder: Path, address: str, tmp_path: Path
    ) -> None:
        certificates.ensure(tmp_path, ["property"])
        credentials = grpc.ssl_channel_credentials(
            (folder / "ca.crt").read_bytes(),
            (tmp_path / "property.key").read_bytes(),
            (tmp_path / "property.crt").read_bytes(),
        )
        options = [("grpc.ssl_target_name_override", "identity")]
        async with grpc.aio.secure_channel(address, credentials, options=options) as channel:
            with pytest.raises(grpc.aio.AioRpcError):
                await grants_pb2_grpc.GrantsStub(channel).GrantsOf(pb.GrantsOfRequest(), timeout=2)
        assert identity.calls == []

    async def test_does_not_talk_to_a_service_that_is_another(
        self, identity: Answering, folder: Path, address: str
    ) -> None:
        assert (await refused(folder, address, to="property")).kind is Kind.UNAVAILABLE
        assert identity.calls == []


class TestWhatACallCarries:
    async def test_is_the_tenant_and_the_trace(self, identity: Answering, folder: Path, address: str) -> None:
        tenant, trace_id = uuid4(), uuid4().hex

        async def both() -> str:
            return f"{caller_tenant()} {trace.current()[3:35]}"

        identity.answer = both
        trace.enter(f"00-{trace_id}-{'1' * 16}-00")
        assert await ask(folder, address, tenant=tenant) == f"{tenant} {trace_id}"

    async def test_is_no_tenant_of_the_call_before(self, identity: Answering, folder: Path, address: str) -> None:
        async def tenant() -> str:
            return str(caller_tenant())

        identity.answer = tenant
        assert UUID(await ask(folder, address, tenant=uuid4()))
        assert (await refused(folder, address)).reason == "TENANT_MISSING"

    async def test_is_refused_when_the_tenant_is_no_id(self, identity: Answering, folder: Path, address: str) -> None:
        opened = channels(folder, "property")
        stub = grants_pb2_grpc.GrantsStub(opened.to("identity", address))
        with pytest.raises(grpc.aio.AioRpcError) as caught:
            await stub.GrantsOf(pb.GrantsOfRequest(), timeout=2, metadata=[("koprogo-tenant", "' or 1=1")])
        await opened.close()
        assert caught.value.code() is grpc.StatusCode.INVALID_ARGUMENT
        assert identity.calls == []


class TestARefusal:
    @pytest.mark.parametrize("kind", [kind for kind in Kind if kind is not Kind.STALE])
    async def test_keeps_kind_reason_message_and_figures(
        self, identity: Answering, folder: Path, address: str, kind: Kind
    ) -> None:
        async def refuse() -> str:
            raise DomainError("Zu früh – il manque 2 jours.", kind=kind, reason="TOO_SOON", missing=2)

        identity.answer = refuse
        error = await refused(folder, address)
        assert (error.kind, error.reason, error.message, error.metadata) == (
            kind, "TOO_SOON", "Zu früh – il manque 2 jours.", {"missing": "2"},
        )  # fmt: skip

    async def test_of_a_stale_version_is_a_conflict_to_a_neighbour(
        self, identity: Answering, folder: Path, address: str
    ) -> None:
        async def refuse() -> str:
            raise DomainError("m", kind=Kind.STALE, reason="CHANGED_MEANWHILE")

        identity.answer = refuse
        error = await refused(folder, address)
        assert (error.kind, error.reason) == (Kind.CONFLICT, "CHANGED_MEANWHILE")

    async def test_of_something_broken_says_nothing_of_the_inside(
        self, identity: Answering, folder: Path, address: str
    ) -> None:
        async def broken() -> str:
            raise RuntimeError("secret of the house")

        identity.answer = broken
        with pytest.raises(grpc.aio.AioRpcError) as caught:
            await ask(folder, address)
        assert caught.value.code() is grpc.StatusCode.INTERNAL
        assert "secret" not in str(caught.value.details())
        assert len(identity.calls) == 1

    async def test_while_the_database_is_away_is_that_of_a_neighbour_that_is_down(
        self, identity: Answering, folder: Path, address: str
    ) -> None:
        async def away() -> str:
            raise ConnectionRefusedError

        identity.answer = away
        assert (await refused(folder, address)).reason == "NEIGHBOUR_UNAVAILABLE"

    async def test_is_counted_under_its_kind(self, identity: Answering, folder: Path, address: str) -> None:
        def counted(code: str) -> float:
            labels = {"method": METHOD, "code": code}
            return REGISTRY.get_sample_value("koprogo_grpc_request_seconds_count", labels) or 0

        before = counted("FORBIDDEN"), counted("OK")
        await refused(folder, address, by="documents")
        await ask(folder, address)
        assert (counted("FORBIDDEN"), counted("OK")) == (before[0] + 1, before[1] + 1)


class TestANeighbourThatDoesNotAnswer:
    async def test_in_time_is_given_up_at_the_deadline(self, identity: Answering, folder: Path, address: str) -> None:
        async def never() -> str:
            await asyncio.sleep(30)
            return "late"

        identity.answer = never
        started = time.monotonic()
        error = await refused(folder, address, deadline=0.2, is_read=False)
        assert (error.kind, error.reason) == (Kind.UNAVAILABLE, "NEIGHBOUR_UNAVAILABLE")
        assert time.monotonic() - started < 1

    async def test_is_asked_again_for_a_read(self, identity: Answering, folder: Path, address: str) -> None:
        async def third_time() -> str:
            if len(identity.calls) < 3:
                raise DomainError("m", kind=Kind.UNAVAILABLE)
            return "yes"

        identity.answer = third_time
        assert await ask(folder, address) == "yes"
        assert len(identity.calls) == 3

    async def test_is_not_asked_again_for_what_changes_something(
        self, identity: Answering, folder: Path, address: str
    ) -> None:
        async def away() -> str:
            raise DomainError("m", kind=Kind.UNAVAILABLE)

        identity.answer = away
        await refused(folder, address, is_read=False)
        assert len(identity.calls) == 1

    async def test_is_not_asked_again_after_a_refusal(self, identity: Answering, folder: Path, address: str) -> None:
        async def no() -> str:
            raise DomainError("m", kind=Kind.NOT_FOUND)

        identity.answer = no
        await refused(folder, address)
        assert len(identity.calls) == 1

    async def test_because_it_does_not_run_is_unavailable_and_found_again_when_it_does(
        self, folder: Path, address: str
    ) -> None:
        opened = channels(folder, "property")
        stub = grants_pb2_grpc.GrantsStub(opened.to("identity", address))
        with pytest.raises(DomainError) as caught:
            await called(stub.GrantsOf, pb.GrantsOfRequest())
        assert caught.value.reason == "NEIGHBOUR_UNAVAILABLE"
        task = asyncio.create_task(server(folder, address, Answering()).run())
        async with asyncio.timeout(10):
            while True:
                try:
                    await called(stub.GrantsOf, pb.GrantsOfRequest())
                    break
                except DomainError:
                    await asyncio.sleep(0.1)
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)
        await opened.close()
