"""Files in the real object store, with the operator's key: what is locked stays, what may go leaves no version."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest
from minio import Minio

from koprogo.operator.adapters.objects import LockRefused, ObjectLocked, S3Objects
from koprogo.stack.instance import Instance
from koprogo.stack.parts.others import ARCHIVES, DOCUMENTS
from koprogo.stack.testing import running


@pytest.fixture(scope="module")
def store() -> Iterator[Instance]:
    with running("seaweedfs") as started:
        yield started.instance


def keys(store: Instance) -> dict[str, str]:
    return {f"{half}_key": store.secrets[f"s3_operator_{half}"] for half in ("access", "secret")}


@pytest.fixture
def archives(store: Instance) -> S3Objects:
    return S3Objects(f"127.0.0.1:{store.port('s3')}", ARCHIVES, **keys(store))


@pytest.fixture
def client(store: Instance) -> Minio:
    """What the operator's key can do, past the operator."""
    return Minio(f"127.0.0.1:{store.port('s3')}", secure=False, **keys(store))


def versions(client: Minio, prefix: str) -> list[str]:
    found = client.list_objects(ARCHIVES, prefix, recursive=True, include_version=True)
    return [str(one.version_id) for one in found if not one.is_delete_marker]


class TestWhatIsLocked:
    async def test_is_neither_deleted_nor_written_over_until_it_ends(self, archives: S3Objects, client: Minio) -> None:
        await archives.put("locked/one", b"first")
        await archives.lock("locked/", datetime.now(UTC) + timedelta(seconds=10))
        (version,) = versions(client, "locked/")
        await archives.put("locked/one", b"second")
        client.remove_object(ARCHIVES, "locked/one")
        assert await archives.find("locked/one") is None
        for _ in range(2):
            with pytest.raises(ObjectLocked, match="until"):
                await archives.empty("locked/")
        assert client.get_object(ARCHIVES, "locked/one", version_id=version).read() == b"first"
        await asyncio.sleep(11)
        await archives.empty("locked/")
        assert list(client.list_objects(ARCHIVES, "locked/", recursive=True, include_version=True)) == []

    async def test_is_locked_for_longer_and_never_for_less(self, archives: S3Objects) -> None:
        now = datetime.now(UTC)
        await archives.put("longer/one", b"x")
        for seconds in (60, 60, 120):
            await archives.lock("longer/", now + timedelta(seconds=seconds))
        with pytest.raises(LockRefused):
            await archives.lock("longer/", now + timedelta(seconds=90))

    async def test_is_nothing_where_nothing_lies(self, archives: S3Objects) -> None:
        until = datetime.now(UTC) + timedelta(seconds=60)
        assert not await archives.lock("nothing/", until)
        await archives.put("something/one", b"x")
        assert await archives.lock("something/", until)

    async def test_is_nothing_where_the_bucket_has_no_lock(self, archives: S3Objects) -> None:
        documents = archives.in_bucket(DOCUMENTS)
        await documents.put("here", b"x")
        with pytest.raises(LockRefused):
            await documents.lock("here", datetime.now(UTC) + timedelta(seconds=60))
        await documents.empty("here")
        assert await documents.keys("here") == []


async def test_what_may_go_leaves_no_version_of_anything(archives: S3Objects, client: Minio) -> None:
    for round_ in range(3):
        await asyncio.gather(*(archives.put(f"many/{number}", bytes([round_])) for number in range(350)))
    client.remove_object(ARCHIVES, "many/7")
    await archives.put("many-more", b"x")
    assert len(versions(client, "many/")) == 1050
    await archives.empty("many/")
    assert list(client.list_objects(ARCHIVES, "many/", recursive=True, include_version=True)) == []
    assert await archives.keys("many") == ["many-more"]


async def test_a_bucket_that_may_be_missing_has_no_files(archives: S3Objects) -> None:
    assert await archives.in_bucket("t-nobody", may_be_missing=True).keys("") == []
