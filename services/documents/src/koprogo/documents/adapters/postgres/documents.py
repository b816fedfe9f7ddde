from collections.abc import Collection, Sequence
from uuid import UUID

import asyncpg

from koprogo.documents.application.ports import Reader
from koprogo.documents.domain.document import SEES_ALL, Document
from koprogo.kernel.errors import Conflict, NotFound
from koprogo.kit.database import Connection

COLUMNS = (
    "id, association_id, subject, file_name, media_type, language, size, sha256, visible_to, visible_to_co_owner_id,"
    " stored_at"
)


class DocumentExists(Conflict):
    reason = "DOCUMENT_EXISTS"


class PostgresDocuments:
    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    async def add(self, document: Document) -> None:
        try:
            await self._connection.execute(
                f"insert into documents ({COLUMNS}) values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)",  # noqa: S608
                document.id,
                document.association_id,
                document.subject,
                document.file_name,
                document.media_type,
                document.language,
                document.size,
                document.sha256,
                list(document.visible_to),
                document.visible_to_co_owner_id,
                document.stored_at,
            )
        except asyncpg.UniqueViolationError as twice:
            # Or, of two uploads at the same moment, one with these bytes.
            raise DocumentExists("There is a document with this id or these bytes.", field="id") from twice

    async def get(self, association_id: UUID, document_id: UUID) -> Document:
        found = await self.by_ids(association_id, [document_id])
        if not found:
            raise NotFound("There is no such document.")
        return found[0]

    async def by_ids(self, association_id: UUID, ids: Collection[UUID]) -> Sequence[Document]:
        rows = await self._connection.fetch(
            f"select {COLUMNS} from documents where association_id = $1 and id = any($2)",  # noqa: S608
            association_id,
            list(ids),
        )
        return [_document(row) for row in rows]

    async def by_hash(self, association_id: UUID, sha256: str, *, first: UUID) -> UUID | None:
        found: UUID | None = await self._connection.fetchval(
            "select id from documents where association_id = $1 and sha256 = $2 order by id = $3 desc, id limit 1",
            association_id,
            sha256,
            first,
        )
        return found

    async def page(
        self, association_id: UUID, reader: Reader, subject: str | None, limit: int, after: str | None
    ) -> Sequence[Document]:
        rows = await self._connection.fetch(
            f"select {COLUMNS} from documents where association_id = $1"  # noqa: S608
            " and ($2 or visible_to && $3 or visible_to_co_owner_id = any($4))"
            " and ($5::text is null or subject = $5)"
            " and ($6::text is null or (stored_at, id) <"
            "      (select d.stored_at, d.id from documents d where d.id::text = $6))"
            " order by stored_at desc, id desc limit $7",
            association_id,
            bool(SEES_ALL & reader.roles),
            [role.value for role in reader.roles],
            list(reader.co_owners),
            subject,
            after,
            limit,
        )
        return [_document(row) for row in rows]


def _document(row: asyncpg.Record) -> Document:
    return Document(**{**dict(row), "visible_to": tuple(row["visible_to"])})
