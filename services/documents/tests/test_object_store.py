import socket
from uuid import uuid4

import pytest

from koprogo.documents.adapters import object_store
from koprogo.documents.adapters.object_store import ObjectStoreUnavailable, S3FileStore
from koprogo.documents.domain.media_type import LARGEST
from koprogo.kernel.errors import NotFound

from .builders import PDF, document
from .fakes import FakeStore


@pytest.fixture(params=["fake", "real"])
def either(request):
    return FakeStore() if request.param == "fake" else request.getfixturevalue("store")


class TestAFileStore:
    async def test_gives_back_what_was_put(self, either):
        one = document()
        await either.put(one, PDF)
        await either.put(one, PDF)
        assert await either.get(one) == PDF

    async def test_says_what_it_has_not(self, either):
        with pytest.raises(NotFound):
            await either.get(document())

    async def test_keeps_the_bytes_of_a_document_when_others_come_under_its_id(self, either):
        one = document()
        forged = document(b"%PDF-1.7\nforged", id=one.id)
        await either.put(one, PDF)
        await either.put(forged, b"%PDF-1.7\nforged")
        assert await either.get(one) == PDF
        await either.drop(forged)
        assert await either.get(one) == PDF
        with pytest.raises(NotFound):
            await either.get(forged)

    async def test_keeps_the_largest_file(self, either):
        content = b"%PDF-" + bytes(LARGEST - 5)
        one = document(content)
        await either.put(one, content)
        assert await either.get(one) == content


class TestTheObjectStore:
    async def test_does_not_give_one_tenant_what_is_anothers(self, store):
        one = document()
        await store.put(one, PDF)
        with pytest.raises(NotFound):
            await S3FileStore(store._client, store._bucket, uuid4()).get(one)

    async def test_that_is_away_is_unavailable(self):
        with socket.socket() as closed:
            closed.bind(("127.0.0.1", 0))
            address = f"http://127.0.0.1:{closed.getsockname()[1]}/"
            client = object_store.connect(address, access_key="a", secret_key="b")
            away = S3FileStore(client, "bucket", uuid4())
            with pytest.raises(ObjectStoreUnavailable):
                await away.put(document(), PDF)

    async def test_without_its_bucket_is_unavailable(self, store):
        with pytest.raises(ObjectStoreUnavailable):
            await S3FileStore(store._client, "no-such-bucket", uuid4()).put(document(), PDF)
