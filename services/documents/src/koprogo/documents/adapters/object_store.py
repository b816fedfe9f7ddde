"""Files in an S3 bucket, by tenant, association, document and hash. The client is synchronous: it works in a thread.

The hash in the key is what keeps a second upload, or a second rendering, from replacing bytes that are noted.
"""

import asyncio
import io
from collections.abc import Callable
from typing import TypeVar
from uuid import UUID

from minio import Minio
from minio.error import MinioException, S3Error
from urllib3 import PoolManager, Retry, Timeout
from urllib3.exceptions import HTTPError

from koprogo.documents.domain.document import Document
from koprogo.kernel.errors import NotFound, Unavailable

ONE_PART = 16 * 1024 * 1024
"""Bytes sent in one request: more than any file here has."""
T = TypeVar("T")


class ObjectStoreUnavailable(Unavailable):
    reason = "OBJECT_STORE_UNAVAILABLE"


class S3FileStore:
    def __init__(self, client: Minio, bucket: str, tenant: UUID) -> None:
        self._client, self._bucket, self._tenant = client, bucket, tenant

    async def put(self, document: Document, content: bytes) -> None:
        def work() -> None:
            self._client.put_object(
                self._bucket,
                self._key(document),
                io.BytesIO(content),
                len(content),
                content_type=document.media_type,
                part_size=ONE_PART,
            )

        await self._ask(work)

    async def get(self, document: Document) -> bytes:
        def work() -> bytes:
            answer = self._client.get_object(self._bucket, self._key(document))
            try:
                content: bytes = answer.read()
                return content
            finally:
                answer.close()
                answer.release_conn()

        return await self._ask(work)

    async def drop(self, document: Document) -> None:
        await self._ask(lambda: self._client.remove_object(self._bucket, self._key(document)))

    async def _ask(self, work: Callable[[], T]) -> T:
        try:
            return await asyncio.to_thread(work)
        except S3Error as refused:
            if refused.code == "NoSuchKey":
                raise NotFound("The file of this document is not in the object store.") from refused
            raise ObjectStoreUnavailable("The object store refuses; try again in a moment.") from refused
        except (MinioException, HTTPError, OSError) as down:
            raise ObjectStoreUnavailable("The object store does not answer; try again in a moment.") from down

    def _key(self, document: Document) -> str:
        return f"{self._tenant}/{document.association_id}/{document.id}/{document.sha256}"


def connect(endpoint: str, *, access_key: str, secret_key: str) -> Minio:
    secure = endpoint.startswith("https://")
    return Minio(
        endpoint.rpartition("://")[2].rstrip("/"),
        access_key=access_key,
        secret_key=secret_key,
        secure=secure,
        http_client=PoolManager(timeout=Timeout(connect=2, read=20), retries=Retry(2), maxsize=4),
    )
