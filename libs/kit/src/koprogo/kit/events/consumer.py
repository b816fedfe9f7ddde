"""Reads topics as the service's group. What cannot be handled goes to `<topic>.dlq` with its reason."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable, Mapping
from uuid import UUID

import msgspec
from aiokafka import AIOKafkaConsumer, AIOKafkaProducer, ConsumerRecord
from aiokafka.errors import KafkaError
from prometheus_client import Counter

from koprogo.kernel.errors import DomainError, Kind
from koprogo.kit import logs, spans, trace
from koprogo.kit.database.pool import DATABASE_AWAY

logger = logging.getLogger(__name__)

TRIES = 8
"""Of what may work later: about half a minute in all, then the dead letters."""
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

    def __init__(self, service: str, bootstrap: str, handlers: Mapping[str, Handler]) -> None:
        self._service = service
        self._bootstrap = bootstrap
        self._handlers = handlers

    async def run(self) -> None:
        while True:
            try:
                await self._consume()
            except (OSError, KafkaError) as broken:
                logger.warning("consumer interrupted: %s", type(broken).__name__)
                await asyncio.sleep(0.5)

    async def _consume(self) -> None:
        consumer = AIOKafkaConsumer(
            *self._handlers,
            bootstrap_servers=self._bootstrap,
            group_id=self._service,
            client_id=f"{self._service}-consumer",
            enable_auto_commit=False,
            auto_offset_reset="earliest",
            isolation_level="read_committed",
            max_poll_interval_ms=300_000,
        )
        await consumer.start()
        try:
            while True:
                batch = await consumer.getmany(timeout_ms=500, max_records=100)
                for partition, records in batch.items():
                    for record in records:
                        await self._handle(record)
                        await consumer.commit({partition: record.offset + 1})
        finally:
            await consumer.stop()

    async def _handle(self, record: ConsumerRecord[bytes, bytes]) -> None:
        try:
            headers = {name: value.decode() for name, value in record.headers}
            event = Received(
                event_id=UUID(headers["ce_id"]),
                type=headers["ce_type"],
                tenant=UUID(headers["koprogo_tenant"]),
                key=(record.key or b"").decode(),
                payload=record.value or b"",
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
        producer = AIOKafkaProducer(bootstrap_servers=self._bootstrap, acks="all", enable_idempotence=True)
        await producer.start()
        try:
            await producer.send_and_wait(
                f"{record.topic}.dlq",
                key=record.key,
                value=record.value,
                headers=[
                    *record.headers,
                    ("dead_reason", reason.encode()),
                    ("dead_reader", self._service.encode()),
                ],
            )
        finally:
            await producer.stop()
        DEAD.labels(record.topic, reason).inc()
