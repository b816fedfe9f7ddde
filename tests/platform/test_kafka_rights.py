"""Who may write and read which topic, asked of a real broker that was given the users of the rendered chart."""

from __future__ import annotations

import asyncio
import ssl
import sys
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import asynccontextmanager, contextmanager
from typing import Any, NamedTuple
from uuid import UUID, uuid4

import asyncpg
import pytest
import yaml
from aiokafka import AIOKafkaConsumer, AIOKafkaProducer, ConsumerRecord, TopicPartition
from aiokafka.errors import GroupAuthorizationFailedError, KafkaConnectionError, TopicAuthorizationFailedError
from google.protobuf.message import Message

from koprogo.kernel.errors import DomainError, Kind
from koprogo.kit.database import UnitOfWork, connect, migrate
from koprogo.kit.events import Consumer, Handler, Received, Relay, RenewedContext, secured
from koprogo.operator.adapters.dead_letters import DeadLetters
from koprogo.stack import certificates
from koprogo.stack.instance import SERVICES, Instance
from koprogo.stack.parts.kafka import topics
from koprogo.stack.parts.part import launch
from koprogo.stack.paths import repository
from koprogo.stack.testing import running
from koprogo_api.property.events.v1.lot_pb2 import LotTransferred
from tests.platform.cluster.charts import ENVIRONMENTS, Objects, of_kind, render
from tests.platform.cluster.kafka import SecuredKafka, administrator, certificate, give_rights

FOLDER = repository() / "proto" / "topics"
TOPICS = [yaml.safe_load(file.read_text()) for file in sorted(FOLDER.glob("*.yaml"))]
NAMES = [one["topic"] for one in TOPICS] + [f"{one['topic']}.dlq" for one in TOPICS]
LOT = "property.lot"
"""property tells it, finance reads it, governance does neither."""


class Fact(NamedTuple):
    topic: str
    key: str
    message: Message


def users(environment: str = "vps") -> Objects:
    return of_kind(render("data", environment), "KafkaUser")


@pytest.fixture(scope="module")
def instance() -> Iterator[Instance]:
    with running("postgres") as alone:
        instance = alone.instance
        certificates.ensure(instance.folder / "certificates", [*SERVICES, "operator", "kafka"])
        launch(SecuredKafka(), instance, lambda _: None)
        asyncio.run(prepare(instance))
        for name in ("property", "finance"):
            asyncio.run(migrate(instance.database_url(name, "owner"), f"koprogo.{name}"))
        yield instance


async def prepare(instance: Instance) -> None:
    admin = administrator(instance)
    await admin.start()
    try:
        await admin.create_topics(topics(FOLDER))
        await give_rights(admin, users())
    finally:
        await admin.close()
    async with producing(instance, "kafka") as producer:
        for name in NAMES:
            await producer.send_and_wait(name, key=b"first", value=b"of all", partition=0)


def kafka(instance: Instance, name: str) -> dict[str, Any]:
    """What a client with the certificate of that name is told."""
    return {"bootstrap_servers": broker(instance), **secured(certificate(instance, name))}


def broker(instance: Instance) -> str:
    return f"127.0.0.1:{instance.port('kafka')}"


@asynccontextmanager
async def producing(instance: Instance, name: str) -> AsyncIterator[AIOKafkaProducer]:
    async with AIOKafkaProducer(**kafka(instance, name), acks="all") as producer:
        yield producer


async def writes(instance: Instance, name: str) -> set[str]:
    """The topics that a service can write."""
    found = set()
    async with producing(instance, name) as producer:
        for topic in NAMES:
            try:
                async with asyncio.timeout(10):
                    await producer.send_and_wait(topic, key=b"tried", value=name.encode(), partition=0)
                found.add(topic)
            except TopicAuthorizationFailedError:
                continue
    return found


async def reads(instance: Instance, name: str) -> set[str]:
    """The topics that a service can read."""
    found = set()
    for topic in NAMES:
        try:
            async with (
                asyncio.timeout(10),
                AIOKafkaConsumer(topic, **kafka(instance, name), auto_offset_reset="earliest") as consumer,
            ):
                await consumer.getone()
            found.add(topic)
        except TopicAuthorizationFailedError:
            continue
    return found


class TestTheUsers:
    def test_are_the_same_in_every_environment(self) -> None:
        assert users("vps") == users("k3s") == users("k8s-ha")

    def test_are_those_whom_certificates_name(self) -> None:
        named = {
            one["spec"]["commonName"]
            for chart in (*SERVICES, "operator")
            for one in of_kind(render(chart, "vps"), "Certificate")
        }
        assert {one["metadata"]["name"] for one in users()} == named

    def test_show_what_the_authority_of_the_services_has_signed(self) -> None:
        """Brokers and clients verify each other by it."""
        for chart in (*SERVICES, "operator", "data"):
            for one in of_kind(render(chart, "vps"), "Certificate"):
                if not one["spec"].get("isCA"):
                    assert one["spec"]["issuerRef"] == {"kind": "ClusterIssuer", "name": "koprogo-services"}

    @pytest.mark.parametrize("environment", ENVIRONMENTS)
    def test_reach_a_broker_by_names_that_its_certificate_has(self, environment: str) -> None:
        objects = render("data", environment)
        (one,) = [c for c in of_kind(objects, "Certificate") if c["metadata"]["name"] == "kafka"]
        (listener,) = of_kind(objects, "Kafka")[0]["spec"]["kafka"]["listeners"]
        (told,) = {
            variable["value"]
            for deployment in of_kind(render("finance", environment), "Deployment")
            for variable in deployment["spec"]["template"]["spec"]["containers"][0]["env"]
            if variable["name"] == "KOPROGO_KAFKA_BOOTSTRAP"
        }
        host, port = told.split(":")
        assert host in one["spec"]["dnsNames"]
        assert (int(port), listener["tls"], listener["authentication"]) == (listener["port"], True, {"type": "tls"})


@pytest.mark.parametrize("service", SERVICES)
class TestAService:
    async def test_writes_what_it_tells_and_what_it_cannot_handle(self, instance: Instance, service: str) -> None:
        assert await writes(instance, service) == (
            {one["topic"] for one in TOPICS if service in one["producers"]}
            | {f"{one['topic']}.dlq" for one in TOPICS if service in one["consumers"]}
        )

    async def test_reads_what_it_is_told(self, instance: Instance, service: str) -> None:
        assert await reads(instance, service) == {one["topic"] for one in TOPICS if service in one["consumers"]}


class TestTheOperator:
    async def test_reads_and_writes_dead_letters_alone(self, instance: Instance) -> None:
        letters = {name for name in NAMES if name.endswith(".dlq")}
        assert await writes(instance, "operator") == letters
        assert await reads(instance, "operator") == letters


class TestWhoIsRefused:
    async def test_is_who_reads_as_another_service(self, instance: Instance) -> None:
        with pytest.raises(GroupAuthorizationFailedError):
            async with (
                asyncio.timeout(20),
                AIOKafkaConsumer(LOT, **kafka(instance, "finance"), group_id="identity") as consumer,
            ):
                await consumer.getone()

    async def test_is_who_shows_no_certificate(self, instance: Instance) -> None:
        context = ssl.create_default_context(cafile=instance.folder / "certificates" / "ca.crt")
        await self.is_not_heard(bootstrap_servers=broker(instance), **secured(context))

    async def test_is_who_shows_one_of_another_authority(self, instance: Instance, tmp_path: Any) -> None:
        certificates.ensure(tmp_path, ["finance"])
        context = RenewedContext(
            ca=instance.folder / "certificates" / "ca.crt",
            certificate=tmp_path / "finance.crt",
            key=tmp_path / "finance.key",
        )
        await self.is_not_heard(bootstrap_servers=broker(instance), **secured(context))

    async def test_is_who_speaks_without_tls(self, instance: Instance) -> None:
        await self.is_not_heard(bootstrap_servers=broker(instance))

    async def is_not_heard(self, **how: Any) -> None:
        producer = AIOKafkaProducer(**how, request_timeout_ms=3000)
        try:
            with pytest.raises(KafkaConnectionError):
                await producer.start()
        finally:
            await producer.stop()


class TestAFact:
    async def test_travels_between_the_processes_that_are_deployed(self, instance: Instance) -> None:
        tenant, lot = uuid4(), uuid4()
        told = LotTransferred(
            association_id=str(uuid4()), lot_id=str(lot), lot_number="A1", transferred_on="2026-01-15"
        )
        with process(instance, "property", "relay"), process(instance, "finance", "consume"):
            await publish(instance, tenant, Fact(LOT, str(lot), told))
            await until_there(lambda: noted_transfers(instance, tenant), 1)
        assert await noted_transfers(instance, tenant) == [lot]

    async def test_travels_and_the_dead_letter_that_it_becomes_is_unsaid_with_its_tenant(
        self, instance: Instance
    ) -> None:
        tenant = uuid4()
        seen: list[Received] = []

        async def refuse(event: Received) -> None:
            if event.tenant == tenant:
                seen.append(event)
                raise DomainError("m", kind=Kind.INVALID, reason="NOT_OURS")

        async with at_work(instance, {LOT: refuse}):
            await publish(instance, tenant, Fact(LOT, "lot", LotTransferred(lot_id="lot")))
            await until(lambda: bool(seen))
            assert LotTransferred.FromString(seen[0].payload).lot_id == "lot"
            await until_there(lambda: letters_of(instance, tenant), 1)
        await DeadLetters(broker(instance), tls=certificate(instance, "operator")).forget(tenant)
        assert await letters_of(instance, tenant) == []

    async def test_that_its_service_may_not_tell_stays_in_the_outbox(
        self, instance: Instance, caplog: pytest.LogCaptureFixture
    ) -> None:
        """Though it is written there: who is broken into does not speak for others."""
        tenant, other = uuid4(), "governance.decision"
        async with at_work(instance, {}):
            await publish(instance, tenant, Fact(other, "decision", LotTransferred(lot_id="forged")))
            await until(lambda: "TopicAuthorizationFailedError" in caplog.text)
        assert await waiting(instance, tenant) == [other]


@contextmanager
def process(instance: Instance, service: str, command: str) -> Iterator[None]:
    running = instance.running(service)
    environment = {**instance.environment(service), "KOPROGO_KAFKA_TLS": "true"}
    running.start([sys.executable, "-m", f"koprogo.{service}", command], environment)
    try:
        yield
    finally:
        running.stop()


@asynccontextmanager
async def at_work(instance: Instance, handlers: dict[str, Handler]) -> AsyncIterator[None]:
    """The relay of property and the consumer of finance, as their processes start them."""
    pool = await connect(instance.database_url("property"), size=2, service="property")
    relay = Relay(
        "property", instance.database_url("property"), broker(instance), pool, tls=certificate(instance, "property")
    )
    jobs = [relay.run()]
    if handlers:
        jobs.append(Consumer("finance", broker(instance), handlers, tls=certificate(instance, "finance")).run())
    tasks = [asyncio.create_task(job) for job in jobs]
    try:
        yield
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        await pool.close()


async def publish(instance: Instance, tenant: UUID, fact: Fact) -> None:
    pool = await connect(instance.database_url("property"), size=1, service="property")
    async with (uow := UnitOfWork(pool, tenant)):
        await uow.publish(fact)
    await pool.close()


async def noted_transfers(instance: Instance, tenant: UUID) -> list[UUID]:
    """Lots of which finance knows that they changed hands."""
    pool = await connect(instance.database_url("finance"), size=1, service="finance")
    async with (uow := UnitOfWork(pool, tenant)):
        rows = await uow.connection.fetch("select lot_id from lot_transfers")
    await pool.close()
    return [row["lot_id"] for row in rows]


async def waiting(instance: Instance, tenant: UUID) -> list[str]:
    """Topics of what is not published of a tenant."""
    connection = await asyncpg.connect(instance.database_url("property"), server_settings={"koprogo.relay": "on"})
    rows = await connection.fetch("select topic from outbox where published_at is null and tenant_id = $1", tenant)
    await connection.close()
    return [row["topic"] for row in rows]


async def letters_of(instance: Instance, tenant: UUID) -> list[bytes | None]:
    """Keys of a tenant's dead letters that are not unsaid."""
    found: dict[bytes | None, ConsumerRecord[bytes, bytes]] = {}
    async with AIOKafkaConsumer(**kafka(instance, "operator"), auto_offset_reset="earliest") as consumer:
        consumer.assign([TopicPartition(f"{LOT}.dlq", 0)])
        while batch := await consumer.getmany(timeout_ms=1000):
            for records in batch.values():
                found |= {record.key: record for record in records}
    named = ("koprogo_tenant", str(tenant).encode())
    return [key for key, record in found.items() if record.value is not None and named in record.headers]


async def until(condition: Callable[[], bool]) -> None:
    async with asyncio.timeout(30):
        while not condition():
            await asyncio.sleep(0.05)


async def until_there(found: Callable[[], Awaitable[list[Any]]], count: int) -> None:
    async with asyncio.timeout(30):
        while len(await found()) < count:
            await asyncio.sleep(0.05)
