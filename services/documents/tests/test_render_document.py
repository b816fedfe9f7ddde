from uuid import uuid4

import pytest

from koprogo.documents.adapters.events import RequestMalformed
from koprogo.documents.application.render_document import MAX_ATTEMPTS, note_request, render_document
from koprogo.documents.domain.dispatch import DispatchState
from koprogo.documents.rendering.refusals import DocumentNotRenderable, RenderingUnavailable
from koprogo.kernel.errors import Kind

from .builders import request
from .fakes import Clock, Crash, FakeDatabase, FakeRenderer, FakeStore

DOCUMENT, DISPATCH = uuid4(), uuid4()


class Work:
    def __init__(self, *fails: BaseException) -> None:
        self.database, self.store, self.clock = FakeDatabase(), FakeStore(), Clock()
        self.renderer = FakeRenderer(*fails)

    async def note(self, **what: object) -> None:
        payload = request(DOCUMENT, DISPATCH, **what)
        await note_request(payload, document_id=DOCUMENT, uow=self.database(), renderer=self.renderer, now=self.clock())

    async def render(self) -> None:
        await render_document(DOCUMENT, uow=self.database, renderer=self.renderer, store=self.store, clock=self.clock)

    @property
    def state(self) -> str:
        return self.database.rows.requests[DOCUMENT].state

    @property
    def told(self) -> list[str]:
        return [what for what, _ in self.database.rows.told]


class TestARequest:
    async def test_is_noted_with_its_dispatches(self) -> None:
        work = Work()
        await work.note()
        one = work.database.rows.dispatches[DISPATCH]
        assert (work.state, one.state) == ("requested", DispatchState.REQUESTED)
        assert (one.kind, one.language, one.association_name) == ("convocation", "nl", "VME Residentie De Linden")

    async def test_read_twice_is_one(self) -> None:
        work = Work()
        await work.note()
        await work.render()
        await work.note()
        await work.render()
        assert work.renderer.rendered == 1
        assert work.told == ["rendered"]

    @pytest.mark.parametrize("payload", [b"\xff\xff", b"", request(DOCUMENT, DISPATCH, channel="pigeon")])
    async def test_that_cannot_be_read_is_refused_at_once(self, payload: bytes) -> None:
        with pytest.raises(RequestMalformed) as refused:
            FakeRenderer().read(payload, Clock()())
        assert refused.value.kind is Kind.INVALID


class TestADocument:
    async def test_is_stored_with_its_hash_and_told(self) -> None:
        work = Work()
        await work.note()
        await work.render()
        stored = work.database.rows.documents[DOCUMENT]
        assert stored.size == len(work.store.files[DOCUMENT, stored.sha256])
        assert stored.visible_to == ("owner",)
        assert (work.state, work.told) == ("rendered", ["rendered"])

    async def test_rendered_before_a_crash_is_rendered_once_more_and_told_once(self) -> None:
        work = Work()
        await work.note()
        put = work.store.put

        async def put_and_die(*what: object) -> None:
            await put(*what)
            raise Crash

        work.store.put = put_and_die
        with pytest.raises(Crash):
            await work.render()
        assert work.told == []
        work.store.put = put
        await work.render()
        await work.render()
        assert work.renderer.rendered == 2
        assert work.told == ["rendered"]
        stored = work.database.rows.documents[DOCUMENT]
        assert (DOCUMENT, stored.sha256) in work.store.files

    async def test_whose_renderer_fails_for_now_is_rendered_later(self) -> None:
        work = Work(RenderingUnavailable("died"), MemoryError())
        await work.note()
        await work.render()
        await work.render()
        assert (work.state, work.told) == ("requested", [])
        await work.render()
        assert work.told == ["rendered"]

    async def test_that_cannot_be_rendered_is_refused_and_its_dispatches_fail(self) -> None:
        work = Work(DocumentNotRenderable("no such language"))
        await work.note()
        await work.render()
        kept = work.database.rows.requests[DOCUMENT]
        assert (kept.state, kept.reason) == ("refused", "no such language")
        one = work.database.rows.dispatches[DISPATCH]
        assert (one.state, one.proof) == (
            DispatchState.FAILED,
            "The document could not be made: no such language",
        )
        assert work.told == ["refused", "failed"]

    async def test_that_kills_every_renderer_is_refused_in_the_end(self) -> None:
        work = Work(*[RenderingUnavailable("died")] * MAX_ATTEMPTS)
        await work.note()
        for _ in range(MAX_ATTEMPTS):
            assert work.state == "requested"
            await work.render()
        assert work.told == ["refused", "failed"]

    async def test_waits_as_long_as_the_object_store_is_away(self) -> None:
        work = Work()
        await work.note()
        work.store.is_away = True
        for _ in range(3 * MAX_ATTEMPTS):
            await work.render()
        assert work.state == "requested"
        work.store.is_away = False
        await work.render()
        assert work.told == ["rendered"]
