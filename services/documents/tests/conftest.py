"""The real parts, for tests of what touches them: PostgreSQL, the object store and the mail catcher."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Iterator
from uuid import UUID, uuid4

import pytest

from koprogo.documents.adapters import object_store
from koprogo.documents.adapters.object_store import S3FileStore
from koprogo.kit.database import Pool, connect, migrate
from koprogo.stack.instance import Instance
from koprogo.stack.testing import running


@pytest.fixture(scope="session")
def parts() -> Iterator[Instance]:
    with running("postgres", "seaweedfs", "mail") as started:
        instance = started.instance
        asyncio.run(migrate(instance.database_url("documents", "owner"), "koprogo.documents"))
        yield instance


@pytest.fixture
async def pool(parts: Instance) -> AsyncIterator[Pool]:
    made = await connect(parts.database_url("documents"), size=4, service="documents")
    yield made
    await made.close()


@pytest.fixture
def tenant() -> UUID:
    """Of this test alone."""
    return uuid4()


@pytest.fixture
def association() -> UUID:
    return uuid4()


@pytest.fixture
def store(parts: Instance, tenant: UUID) -> S3FileStore:
    settings = parts.environment("documents")
    client = object_store.connect(
        settings["KOPROGO_S3_ENDPOINT"],
        access_key=settings["KOPROGO_S3_ACCESS_KEY"],
        secret_key=settings["KOPROGO_S3_SECRET_KEY"],
    )
    return S3FileStore(client, settings["KOPROGO_S3_BUCKET"], tenant)
