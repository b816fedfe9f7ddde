"""How long Kafka's client is waited for. It has states in which it waits for ever and says nothing."""

from __future__ import annotations

import asyncio
import contextlib
import logging

from aiokafka import AIOKafkaConsumer, AIOKafkaProducer
from aiokafka.client import AIOKafkaClient
from aiokafka.errors import KafkaError

logger = logging.getLogger(__name__)

ANSWER_SECONDS = 60
"""Of one call, its own repetitions included; more than a broker's restart takes."""
STOP_SECONDS = 10
CLIENT_BROKEN = (OSError, KafkaError, RuntimeError)
"""What a client raises whose broker went away. The last is uvloop's word for a connection that it has closed."""


async def stop(client: AIOKafkaConsumer | AIOKafkaProducer) -> None:
    """Let it come to its end; if it does not, end what it does, or it would stay in its group and read nothing."""
    stopping = asyncio.ensure_future(client.stop())
    await asyncio.wait({stopping}, timeout=STOP_SECONDS)
    if not stopping.done():
        logger.warning("a client of Kafka did not stop")
        stopping.cancel()
        # There is no public way.
        for part in (getattr(client, name, None) for name in ("_coordinator", "_fetcher", "_sender")):
            for task in vars(part).values() if part is not None else ():
                if isinstance(task, asyncio.Task):
                    task.cancel()
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(STOP_SECONDS):
                await _close(client._client)
    elif error := stopping.exception():
        logger.warning("a client of Kafka stopped badly: %s", type(error).__name__)


async def _close(client: AIOKafkaClient) -> None:
    try:
        await client.close()
    except Exception as error:
        # As its task that asks for brokers had ended; it does not come to what is open, so once more without that.
        logger.warning("a client of Kafka closed badly: %s", type(error).__name__)
        client._sync_task = None
        with contextlib.suppress(Exception):
            await client.close()
