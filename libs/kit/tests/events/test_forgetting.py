"""What is old is forgotten, of every tenant; what is not is kept."""

from __future__ import annotations

from uuid import uuid4

import asyncpg

from koprogo.kit.database import migrate
from koprogo.kit.events.relay import SESSION, forget
from koprogo.stack.testing import running


class TestTheRelay:
    async def test_forgets_keys_and_noted_events_after_thirty_days_and_nothing_younger(self) -> None:
        with running("postgres") as town:
            await migrate(town.instance.database_url("property", "owner"), "koprogo.property")
            url, tenant = town.instance.database_url("property"), uuid4()
            writer = await asyncpg.connect(url, server_settings={"koprogo.tenant": str(tenant)})
            for age in (29, 31):
                await writer.execute(
                    "insert into inbox (event_id, handled_at) values ($1, now() - $2 * interval '1 day')", uuid4(), age
                )
                await writer.execute(
                    "insert into idempotency_keys (subject, key, fingerprint, created_at)"
                    " values ($1, 'key', '', now() - $2 * interval '1 day')",
                    uuid4(),
                    age,
                )
            relay = await asyncpg.connect(url, server_settings=SESSION)
            await forget(relay)
            for table in ("inbox", "idempotency_keys"):
                assert await writer.fetchval(f"select count(*) from {table}") == 1, table
            await relay.close()
            await writer.close()
