"""Files in the object store, by key. The client is synchronous: it works in a thread."""

from __future__ import annotations

import asyncio
import copy
import io
from collections.abc import Callable, Iterable
from datetime import UTC, datetime
from typing import TypeVar

from minio import Minio
from minio.commonconfig import GOVERNANCE
from minio.deleteobjects import DeleteError, DeleteObject
from minio.error import MinioException, S3Error
from minio.retention import Retention
from urllib3 import PoolManager, Retry, Timeout
from urllib3.exceptions import HTTPError

from koprogo.kernel.errors import Conflict, DomainError, NotFound, Unavailable

ONE_PART = 16 * 1024 * 1024
"""Bytes sent in one request: more than any file here has."""
T = TypeVar("T")


class ObjectStoreUnavailable(Unavailable):
    reason = "OBJECT_STORE_UNAVAILABLE"


class ObjectMissing(NotFound):
    reason = "OBJECT_MISSING"


class LockRefused(Unavailable):
    reason = "LOCK_REFUSED"


class ObjectLocked(Conflict):
    reason = "OBJECT_LOCKED"


class S3Objects:
    def __init__(self, endpoint: str, bucket: str, *, access_key: str, secret_key: str) -> None:
        self._bucket, self._may_be_missing = bucket, False
        self._client = Minio(
            endpoint.rpartition("://")[2].rstrip("/"),
            access_key=access_key,
            secret_key=secret_key,
            secure=endpoint.startswith("https://"),
            http_client=PoolManager(timeout=Timeout(connect=2, read=60), retries=Retry(2), maxsize=4),
        )

    def in_bucket(self, name: str, *, may_be_missing: bool = False) -> S3Objects:
        other = copy.copy(self)
        other._bucket, other._may_be_missing = name, may_be_missing
        return other

    async def has_bucket(self) -> bool:
        return await self._ask(lambda: self._client.bucket_exists(self._bucket))

    async def ensure_bucket(self) -> bool:
        """Whether it had to be made."""
        if await self.has_bucket():
            return False
        await self._ask(lambda: self._client.make_bucket(self._bucket))
        return True

    async def remove_bucket(self) -> None:
        await self._ask(lambda: self._client.remove_bucket(self._bucket))

    async def put(self, key: str, content: bytes) -> None:
        await self._ask(
            lambda: self._client.put_object(self._bucket, key, io.BytesIO(content), len(content), part_size=ONE_PART)
        )

    async def get(self, key: str) -> bytes:
        def work() -> bytes:
            answer = self._client.get_object(self._bucket, key)
            try:
                content: bytes = answer.read()
                return content
            finally:
                answer.close()
                answer.release_conn()

        return await self._ask(work)

    async def find(self, key: str) -> bytes | None:
        try:
            return await self.get(key)
        except ObjectMissing:
            return None

    async def keys(self, prefix: str) -> list[str]:
        if self._may_be_missing and not await self.has_bucket():
            return []

        def work() -> list[str]:
            listed: Iterable[object] = self._client.list_objects(self._bucket, prefix, recursive=True)
            return sorted(str(one.object_name) for one in listed)  # type: ignore[attr-defined]

        return await self._ask(work)

    async def size(self, prefix: str) -> int:
        """Bytes."""

        def work() -> int:
            listed: Iterable[object] = self._client.list_objects(self._bucket, prefix, recursive=True)
            return sum(one.size for one in listed)  # type: ignore[attr-defined]

        return await self._ask(work)

    async def lock(self, prefix: str, until: datetime) -> bool:
        """From now on none of it is deleted and no lock shortened before then; written over, it stays as a version.

        Whether there is anything.
        """

        def work() -> bool:
            found = list(self._client.list_objects(self._bucket, prefix, recursive=True))
            for one in found:
                self._client.set_object_retention(self._bucket, str(one.object_name), Retention(GOVERNANCE, until))
            return bool(found)

        try:
            return await self._ask(work)
        except ObjectStoreUnavailable as wrong:
            if not isinstance(wrong.__cause__, S3Error):
                raise
            raise LockRefused(
                "The object store locks nothing: make the bucket with lock, and let the operator PutObjectRetention."
            ) from wrong

    async def empty(self, prefix: str) -> None:
        """Until nothing is left under it, of no version."""

        def work() -> bool:
            found = list(self._client.list_objects(self._bucket, prefix, recursive=True, include_version=True))
            gone = [DeleteObject(str(one.object_name), one.version_id) for one in found]
            # The first that is refused ends it: they are asked for by the thousand.
            for wrong in self._client.remove_objects(self._bucket, gone):
                raise self._kept(wrong)
            return bool(gone)

        while await self._ask(work):
            pass

    def _kept(self, one: DeleteError) -> DomainError:
        try:
            lock = self._client.get_object_retention(self._bucket, str(one.name), version_id=one.version_id)
        except S3Error:
            lock = None
        if lock is None or lock.retain_until_date <= datetime.now(UTC):
            return ObjectStoreUnavailable("The object store keeps some files; it is tried again.")
        return ObjectLocked(f"The object store keeps it until {lock.retain_until_date:%Y-%m-%d %H:%M} UTC.")

    async def _ask(self, work: Callable[[], T]) -> T:
        try:
            return await asyncio.to_thread(work)
        except S3Error as refused:
            if refused.code == "NoSuchKey":
                raise ObjectMissing("This file is not in the object store; look for the archive's name.") from refused
            raise ObjectStoreUnavailable("The object store refuses; it is tried again.") from refused
        except (MinioException, HTTPError, OSError) as down:
            raise ObjectStoreUnavailable("The object store does not answer; it is tried again.") from down
