"""A tenant's dead letters, unsaid: each has a key of its own, and a tombstone for it lets the broker remove it."""

from __future__ import annotations

import asyncio
import ssl
from uuid import UUID

from aiokafka import AIOKafkaConsumer, AIOKafkaProducer, ConsumerRecord, TopicPartition
from aiokafka.admin import AIOKafkaAdminClient
from aiokafka.errors import KafkaError

from koprogo.kernel.errors import Unavailable
from koprogo.kit.events import secured

SUFFIX = ".dlq"
ANSWER_SECONDS = 30
"""Without one, the client is taken for stuck."""
WAIT_MS, SILENCES = 1000, 3
"""Behind the end of a topic may be nothing any longer: after so many empty answers it was read."""


class BrokerUnavailable(Unavailable):
    reason = "BROKER_UNAVAILABLE"


class DeadLetters:
    def __init__(self, bootstrap: str, *, tls: ssl.SSLContext | None = None) -> None:
        self._kafka = {"bootstrap_servers": bootstrap, **secured(tls)}

    async def forget(self, tenant_id: UUID) -> None:
        """All that name him, in a header, a key or their text. May be repeated."""
        try:
            found = await self._of(str(tenant_id).encode())
            if not found:
                return
            async with AIOKafkaProducer(**self._kafka, acks="all", enable_idempotence=True) as producer:
                for partition, key in found:
                    async with asyncio.timeout(ANSWER_SECONDS):
                        await producer.send_and_wait(
                            partition.topic, key=key, value=None, partition=partition.partition
                        )
        except (KafkaError, OSError) as down:
            raise BrokerUnavailable("Kafka does not answer; it is tried again.") from down

    async def _of(self, word: bytes) -> set[tuple[TopicPartition, bytes]]:
        """As they stand after all that is in the topics now."""
        found: set[tuple[TopicPartition, bytes]] = set()
        async with AIOKafkaConsumer(**self._kafka, enable_auto_commit=False, auto_offset_reset="earliest") as consumer:
            partitions = await self._partitions()
            if not partitions:
                return found
            consumer.assign(partitions)
            ends, silent = await consumer.end_offsets(partitions), 0
            while silent < SILENCES and any([await consumer.position(one) < ends[one] for one in partitions]):
                async with asyncio.timeout(ANSWER_SECONDS):
                    batch = await consumer.getmany(timeout_ms=WAIT_MS)
                silent = 0 if batch else silent + 1
                for partition, records in batch.items():
                    for record in records:
                        letter = (partition, record.key or b"")
                        found.discard(letter)
                        if record.value is not None and _names(record, word):
                            found.add(letter)
        return found

    async def _partitions(self) -> list[TopicPartition]:
        admin = AIOKafkaAdminClient(**self._kafka)
        try:
            await admin.start()
            topics = [topic for topic in await admin.list_topics() if topic.endswith(SUFFIX)]
            described = await admin.describe_topics(topics) if topics else []
        finally:
            await admin.close()
        return [TopicPartition(one["topic"], part["partition"]) for one in described for part in one["partitions"]]


def _names(record: ConsumerRecord[bytes, bytes], word: bytes) -> bool:
    told = (record.key or b"", record.value or b"", *(value for _, value in record.headers))
    return any(word in part for part in told)
