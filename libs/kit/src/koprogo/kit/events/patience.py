"""How long Kafka's client is waited for. It has states in which it waits for ever and says nothing."""

from __future__ import annotations

import asyncio
import logging

from aiokafka import AIOKafkaConsumer, AIOKafkaProducer

logger = logging.getLogger(__name__)

ANSWER_SECONDS = 60
"""Of one call, its own repetitions included; more than a broker's restart takes."""
STOP_SECONDS = 10


async def stop(client: AIOKafkaConsumer | AIOKafkaProducer) -> None:
    """Let it come to its end; if it does not, take its connections away, so that its group goes on without it."""
    stopping = asyncio.ensure_future(client.stop())
    await asyncio.wait({stopping}, timeout=STOP_SECONDS)
    if not stopping.done():
        logger.warning("a client of Kafka did not stop")
        stopping.cancel()
        await client._client.close()
    elif error := stopping.exception():
        logger.warning("a client of Kafka stopped badly: %s", type(error).__name__)
