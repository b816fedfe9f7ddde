"""Files in an S3 bucket, by tenant, association and document. The client is synchronous: it works in a thread."""

import asyncio
import io
from uuid import UUID

from minio import Minio
from minio.error import MinioException, S3Error
from urllib3 import PoolManager, Retry, Timeout
from urllib3.exceptions import HTTPError

from koprogo.kernel.errors import NotFound, Unavailable


class ObjectStoreUnavailable(Unavailable):
    reason = "OBJECT_STORE_UNAVAILABLE"


class S3FileStore:
    def __init__(self, client: Minio, bucket: str, tenant: UUID) -> None:
        self._client, self._bucket, self._tenant = client, bucket, tenant

    async def put(self, association_id: UUID, document_id: UUID, content: bytes, media_type: str) -> None:
        def work() -> None:
            self._client.put_object(
                self._bucket,
                self._key(association_id, document_id),
                io.BytesIO(content),
                len(content),
                content_type=media_type,
            )

        try:
            await asyncio.to_thread(work)
        except (MinioException, HTTPError) as down:
            raise ObjectStoreUnavailable("The object store does not answer; try again in a moment.") from down

    async def get(self, association_id: UUID, document_id: UUID) -> bytes:
        def work() -> bytes:
            answer = self._client.get_object(self._bucket, self._key(association_id, document_id))
            try:
                content: bytes = answer.read()
                return content
            finally:
                answer.close()
                answer.release_conn()

        try:
            return await asyncio.to_thread(work)
        except S3Error as refused:
            if refused.code == "NoSuchKey":
                raise NotFound("The file of this document is not in the object store.") from refused
            raise ObjectStoreUnavailable("The object store refuses; try again in a moment.") from refused
        except (MinioException, HTTPError) as down:
            raise ObjectStoreUnavailable("The object store does not answer; try again in a moment.") from down

    def _key(self, association_id: UUID, document_id: UUID) -> str:
        return f"{self._tenant}/{association_id}/{document_id}"


def connect(endpoint: str, *, access_key: str, secret_key: str) -> Minio:
    secure = endpoint.startswith("https://")
    return Minio(
        endpoint.split("://")[-1],
        access_key=access_key,
        secret_key=secret_key,
        secure=secure,
        http_client=PoolManager(timeout=Timeout(connect=2, read=20), retries=Retry(2), maxsize=4),
    )
