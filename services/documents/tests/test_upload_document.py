from uuid import UUID, uuid4

import pytest

from koprogo.documents.application.ports import Reader
from koprogo.documents.application.read_document import ContentChanged, content_of, find_document
from koprogo.documents.application.upload_document import AlreadyStored, RoleUnknown, upload_document
from koprogo.documents.domain.document import Document
from koprogo.kernel.errors import DomainError, NotFound, Unavailable
from koprogo.kernel.words import Role

from .builders import ASSOCIATION, AT, PDF
from .fakes import FakeDatabase, FakeStore


class Shelf:
    def __init__(self) -> None:
        self.database, self.store = FakeDatabase(), FakeStore()

    async def add(self, content: bytes = PDF, **what: object) -> Document:
        wanted: dict[str, object] = {
            "document_id": uuid4(),
            "file_name": "plan.pdf",
            "visible_to": [],
            "roles": {Role.SYNDIC},
        }
        return await upload_document(
            ASSOCIATION, content=content, uow=self.database(), store=self.store, now=AT, **{**wanted, **what}
        )

    async def find(self, document_id: UUID, *roles: Role, co_owners: frozenset[UUID] = frozenset()) -> Document:
        reader = Reader(frozenset(roles), co_owners)
        return await find_document(ASSOCIATION, document_id, reader=reader, uow=self.database())


class TestUploading:
    async def test_keeps_the_bytes_and_what_they_are(self) -> None:
        shelf = Shelf()
        added = await shelf.add(file_name="plan.html", visible_to=["owner"])
        assert (added.file_name, added.media_type, added.size) == ("plan.html.pdf", "application/pdf", len(PDF))
        assert await content_of(await shelf.find(added.id, Role.OWNER), store=shelf.store) == PDF

    async def test_tells_which_document_has_the_same_bytes(self) -> None:
        shelf = Shelf()
        first = await shelf.add()
        with pytest.raises(AlreadyStored) as refused:
            await shelf.add()
        assert refused.value.metadata == {"document_id": str(first.id)}
        assert list(shelf.store.files) == [(first.id, first.sha256)]

    async def test_again_with_the_same_id_does_not_harm_what_is_stored(self) -> None:
        shelf = Shelf()
        first = await shelf.add()
        with pytest.raises(AlreadyStored):
            await shelf.add(document_id=first.id)
        with pytest.raises(DomainError):
            await shelf.add(b"%PDF-1.7\nforged", document_id=first.id)
        assert await content_of(await shelf.find(first.id, Role.SYNDIC), store=shelf.store) == PDF

    async def test_while_the_object_store_is_away_leaves_nothing(self) -> None:
        shelf = Shelf()
        shelf.store.is_away = True
        with pytest.raises(Unavailable):
            await shelf.add()
        assert not shelf.database.rows.documents

    @pytest.mark.parametrize("role", ["syndic", "super_admin", "everybody"])
    async def test_names_only_readers_there_are(self, role: str) -> None:
        with pytest.raises(RoleUnknown):
            await Shelf().add(visible_to=[role])


class TestReading:
    async def test_finds_nothing_that_is_not_for_him(self) -> None:
        shelf = Shelf()
        added = await shelf.add(visible_to=["board_member"])
        for roles in ([Role.OWNER], [Role.ACCOUNTANT], []):
            with pytest.raises(NotFound):
                await shelf.find(added.id, *roles, co_owners=frozenset({uuid4()}))
        assert await shelf.find(added.id, Role.OWNER, Role.BOARD_MEMBER) == added

    async def test_notices_a_changed_byte(self) -> None:
        shelf = Shelf()
        added = await shelf.add()
        shelf.store.files[added.id, added.sha256] = PDF[:-1] + b"x"
        with pytest.raises(ContentChanged):
            await content_of(added, store=shelf.store)
