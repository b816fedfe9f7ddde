"""Reads topics as the service's group. What cannot be handled goes to `<topic>.dlq` with its reason."""

from __future__ import annotations

import asyncio
import logging
import ssl
import time
from collections.abc import Awaitable, Callable, Mapping
from uuid import UUID

import msgspec
from aiokafka import AIOKafkaConsumer, AIOKafkaProducer, ConsumerRecord
from aiokafka.errors import KafkaError
from prometheus_client import Counter

from koprogo.kernel.errors import DomainError, Kind
from koprogo.kit import logs, spans, trace
from koprogo.kit.database.pool import DATABASE_AWAY
from koprogo.kit.events.patience import ANSWER_SECONDS, CLIENT_BROKEN, stop
from koprogo.kit.events.security import secured

logger = logging.getLogger(__name__)

TRIES = 8
"""Of what may work later: about half a minute in all, then the dead letters."""
SILENT_SECONDS = 30
"""Kafka answers a fetch twice a second, also with nothing. After so long without an answer the client is stuck:
after a broker's restart aiokafka may neither read nor rejoin its group, and says nothing (aiokafka issue 1154)."""
HANDLED = Counter("koprogo_events_handled_total", "Events handled.", ["topic"])
DEAD = Counter("koprogo_events_dead_total", "Events moved to the dead letters.", ["topic", "reason"])


class Received(msgspec.Struct, frozen=True):
    event_id: UUID
    type: str
    tenant: UUID
    key: str
    payload: bytes


Handler = Callable[[Received], Awaitable[None]]


class Consumer:
    """Hands each event of `handlers`' topics to its handler, in order within a key, at least once.

    A handler writes its effect and the inbox row in one transaction, so a second time is a no-op.
    """

    def __init__(
        self, service: str, bootstrap: str, handlers: Mapping[str, Handler], *, tls: ssl.SSLContext | None = None
    ) -> None:
        self._service = service
        self._kafka = {"bootstrap_servers": bootstrap, **secured(tls)}
        self._handlers = handlers

    async def run(self) -> None:
        while True:
            try:
                await self._consume()
            except CLIENT_BROKEN as broken:
                logger.warning("consumer interrupted: %s %s", type(broken).__name__, broken)
                await asyncio.sleep(0.5)

    async def _consume(self) -> None:
        consumer = AIOKafkaConsumer(
            *self._handlers,
            **self._kafka,
            group_id=self._service,
            client_id=f"{self._service}-consumer",
            enable_auto_commit=False,
            auto_offset_reset="earliest",
            isolation_level="read_committed",
            max_poll_interval_ms=300_000,
        )
        try:
            async with asyncio.timeout(ANSWER_SECONDS):
                await consumer.start()
            busy_at = time.time()
            while True:
                async with asyncio.timeout(ANSWER_SECONDS):
                    batch = await consumer.getmany(timeout_ms=500, max_records=100)
                for partition, records in batch.items():
                    for record in records:
                        await self._handle(record)
                        async with asyncio.timeout(ANSWER_SECONDS):
                            await consumer.commit({partition: record.offset + 1})
                if batch:
                    busy_at = time.time()
                else:
                    _refuse_silence(consumer, busy_at)
        finally:
            await stop(consumer)

    async def _handle(self, record: ConsumerRecord[bytes, bytes]) -> None:
        if record.value is None:
            # A tombstone: word for the broker's compaction, and for nobody else.
            return
        try:
            headers = {name: value.decode() for name, value in record.headers}
            event = Received(
                event_id=UUID(headers["ce_id"]),
                type=headers["ce_type"],
                tenant=UUID(headers["koprogo_tenant"]),
                key=(record.key or b"").decode(),
                payload=record.value,
            )
        except (KeyError, ValueError, AttributeError):
            await self._bury(record, "MALFORMED_HEADERS")
            return
        trace.enter(headers.get("traceparent"))
        logs.tenant_id.set(str(event.tenant))
        for attempt in range(1, TRIES + 1):
            try:
                with spans.span(f"handle {record.topic}"):
                    await self._handlers[record.topic](event)
                HANDLED.labels(record.topic).inc()
                return
            except DomainError as refused:
                if refused.kind not in (Kind.NOT_FOUND, Kind.UNAVAILABLE) or attempt == TRIES:
                    await self._bury(record, refused.reason)
                    return
            except Exception as broken:
                # asyncpg calls a value it cannot encode an InterfaceError too, and that is the event's fault.
                if isinstance(broken, DATABASE_AWAY) and not isinstance(broken, ValueError):
                    # The database is away: nothing is wrong with the event, so it waits.
                    logger.warning("waiting for the database: %s", type(broken).__name__)
                    await asyncio.sleep(1)
                    raise KafkaError("the event will be read again") from broken
                logger.exception("event %s could not be handled", event.event_id)
                if attempt == TRIES:
                    await self._bury(record, type(broken).__name__)
                    return
            await asyncio.sleep(min(0.1 * 2**attempt, 10))

    async def _bury(self, record: ConsumerRecord[bytes, bytes], reason: str) -> None:
        logger.error(
            "event moved to %s.dlq",
            record.topic,
            extra={"fields": {"reason": reason, "offset": record.offset}},
        )
        producer = AIOKafkaProducer(**self._kafka, acks="all", enable_idempotence=True)
        try:
            async with asyncio.timeout(ANSWER_SECONDS):
                await producer.start()
                await producer.send_and_wait(
                    f"{record.topic}.dlq",
                    # Its own, so that compaction drops none, until a tombstone unsays it with its tenant.
                    key=f"{self._service}/{record.partition}/{record.offset}".encode(),
                    value=record.value,
                    headers=[
                        *record.headers,
                        ("dead_key", record.key or b""),
                        ("dead_reason", reason.encode()),
                        ("dead_reader", self._service.encode()),
                    ],
                )
        finally:
            await stop(producer)
        DEAD.labels(record.topic, reason).inc()


def _refuse_silence(consumer: AIOKafkaConsumer, busy_at: float) -> None:
    """TimeoutError when a partition of this consumer was not heard of for too long, so that it starts afresh."""
    for partition in consumer.assignment():
        heard_at = max(busy_at, (consumer.last_poll_timestamp(partition) or 0) / 1000)
        if time.time() - heard_at > SILENT_SECONDS:
            raise TimeoutError(f"nothing heard of {partition.topic} {partition.partition}")
