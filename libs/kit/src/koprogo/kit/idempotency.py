"""`Idempotency-Key`: the same POST twice is carried out once, and answered twice alike.

The key is written in the transaction of the effect; the answer is added once it has been sent. A crash in
between leaves a key without answer: the repeated request is told that the work is done.
"""

from __future__ import annotations

from contextvars import ContextVar
from typing import TYPE_CHECKING
from uuid import UUID

import asyncpg
import msgspec

from koprogo.kernel.errors import Conflict

if TYPE_CHECKING:
    from koprogo.kit.database.dedicated import Connection
    from koprogo.kit.database.pool import Pool


class Key(msgspec.Struct):
    subject: UUID
    key: str
    fingerprint: bytes
    tenant: UUID
    is_recorded: bool = False


class Answer(msgspec.Struct, frozen=True):
    status: int
    media_type: str
    body: bytes
    location: str | None


class IdempotencyKeyReused(Conflict):
    """The same key with another request."""

    reason = "IDEMPOTENCY_KEY_REUSED"


class AlreadyCarriedOut(Conflict):
    """The first request was carried out; its answer was lost or is still under way."""

    reason = "ALREADY_CARRIED_OUT"


_pending: ContextVar[Key | None] = ContextVar("idempotency_key", default=None)


def expect(key: Key | None) -> None:
    _pending.set(key)


def pending_key() -> Key | None:
    key = _pending.get()
    return None if key is None or key.is_recorded else key


async def record_key(connection: Connection, key: Key) -> None:
    """Only in a transaction that changed something: a request that only read may be carried out again."""
    try:
        done = await connection.execute(
            "insert into idempotency_keys (subject, key, fingerprint)"
            " select $1, $2, $3 where pg_current_xact_id_if_assigned() is not null",
            key.subject,
            key.key,
            key.fingerprint,
        )
    except asyncpg.UniqueViolationError as duplicate:
        raise AlreadyCarriedOut(
            "A request with this Idempotency-Key was carried out at the same moment; read the resource."
        ) from duplicate
    key.is_recorded = done == "INSERT 0 1"


async def find_answer(pool: Pool, key: Key) -> Answer | None:
    """What was answered to the first request with this key, or None for a key not yet used."""
    async with pool.lend(key.tenant) as connection, connection.transaction():
        await connection.execute(f"set local koprogo.tenant = '{key.tenant}'")
        row = await connection.fetchrow(
            "select fingerprint, status, media_type, body, location from idempotency_keys"
            " where subject = $1 and key = $2",
            key.subject,
            key.key,
        )
    if row is None:
        return None
    if row["fingerprint"] != key.fingerprint:
        raise IdempotencyKeyReused("This Idempotency-Key was used for another request; choose a new one.")
    if row["status"] is None:
        raise AlreadyCarriedOut("The first request with this Idempotency-Key was carried out; read the resource.")
    return Answer(row["status"], row["media_type"], row["body"], row["location"])


async def keep_answer(pool: Pool, key: Key, answer: Answer) -> None:
    async with pool.lend(key.tenant) as connection, connection.transaction():
        await connection.execute(f"set local koprogo.tenant = '{key.tenant}'")
        await connection.execute(
            "update idempotency_keys set status = $3, media_type = $4, body = $5, location = $6"
            " where subject = $1 and key = $2",
            key.subject,
            key.key,
            answer.status,
            answer.media_type,
            answer.body,
            answer.location,
        )
