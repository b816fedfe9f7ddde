"""Each instant at which the process may die: nothing is lost, and no mail leaves twice by itself."""

from datetime import date
from uuid import UUID, uuid4

import pytest

from koprogo.documents.application.dispatch_document import dispatch_document
from koprogo.documents.application.follow_up_dispatch import NotePosting, note_posting, retry_dispatch
from koprogo.documents.application.ports import MailRefused, NotHandedOver
from koprogo.documents.domain.dispatch import Dispatch, DispatchState, NotRetryable
from koprogo.kernel.errors import NotFound

from .builders import ASSOCIATION, PDF, dispatch, document
from .fakes import Clock, Crash, FakeDatabase, FakeMailer, FakeStore, no_pause


class Work:
    """One dispatch of a stored document."""

    def __init__(self, mailer: FakeMailer | None = None, **what: object) -> None:
        self.database, self.store, self.clock = FakeDatabase(), FakeStore(), Clock()
        self.mailer = mailer or FakeMailer()
        self.letter = document(file_name="oproeping.pdf")
        self.id: UUID = uuid4()
        rows = self.database.rows
        rows.documents[self.letter.id] = self.letter
        self.store.files[self.letter.id, self.letter.sha256] = PDF
        rows.dispatches[self.id] = dispatch(id=self.id, document_id=self.letter.id, **what)

    async def carry_out(self) -> DispatchState:
        return await dispatch_document(
            self.id, uow=self.database, store=self.store, mailer=self.mailer, clock=self.clock, pause=no_pause
        )

    @property
    def one(self) -> Dispatch:
        return self.database.rows.dispatches[self.id]

    @property
    def told(self) -> list[str]:
        return [what for what, _ in self.database.rows.told]


class TestAMail:
    async def test_is_sent_and_keeps_its_proof(self) -> None:
        work = Work()
        assert await work.carry_out() is DispatchState.SENT
        assert work.one.proof == f"250 kept <{work.id}@koprogo.test>"
        assert work.told == ["sent"]

    async def test_leaves_once_however_often_it_is_carried_out(self) -> None:
        work = Work()
        for _ in range(3):
            await work.carry_out()
        assert len(work.mailer.left) == 1
        assert work.told == ["sent"]

    async def test_takes_its_attachments_after_the_document_in_their_order(self) -> None:
        plan, quote = document(b"%PDF-1", file_name="plan.pdf"), document(b"%PDF-2", file_name="devis.pdf")
        work = Work(attachment_ids=[quote.id, plan.id, quote.id])
        for one, content in ((plan, b"%PDF-1"), (quote, b"%PDF-2")):
            work.database.rows.documents[one.id] = one
            work.store.files[one.id, one.sha256] = content
        await work.carry_out()
        assert work.mailer.left == [(work.id, ["oproeping.pdf", "devis.pdf", "plan.pdf"])]

    async def test_does_not_leave_without_an_attachment(self) -> None:
        work = Work(attachment_ids=[uuid4()])
        assert await work.carry_out() is DispatchState.FAILED
        assert work.mailer.left == []
        assert work.told == ["failed"]

    async def test_does_not_take_another_associations_document(self) -> None:
        strange = document(association_id=uuid4())
        work = Work(attachment_ids=[strange.id])
        work.database.rows.documents[strange.id] = strange
        assert await work.carry_out() is DispatchState.FAILED

    async def test_does_not_leave_with_bytes_that_have_changed(self) -> None:
        work = Work()
        work.store.files[work.letter.id, work.letter.sha256] = b"%PDF-1.7\nforged"
        assert await work.carry_out() is DispatchState.FAILED
        assert work.mailer.left == []

    async def test_waits_while_the_object_store_is_away(self) -> None:
        work = Work()
        work.store.is_away = True
        assert await work.carry_out() is DispatchState.REQUESTED
        assert work.one.attempts == 1
        work.store.is_away = False
        assert await work.carry_out() is DispatchState.SENT


class TestAMailServer:
    async def test_that_is_not_reached_is_tried_again(self) -> None:
        work = Work(FakeMailer(before=[NotHandedOver("not reached")] * 2))
        assert await work.carry_out() is DispatchState.REQUESTED
        assert await work.carry_out() is DispatchState.REQUESTED
        assert await work.carry_out() is DispatchState.SENT
        assert len(work.mailer.left) == 1
        assert work.told == ["sent"]

    async def test_that_says_no_is_not_asked_again(self) -> None:
        work = Work(FakeMailer(before=[MailRefused("550 no such mailbox")]))
        assert await work.carry_out() is DispatchState.FAILED
        assert work.one.proof == "550 no such mailbox"
        await work.carry_out()
        assert work.mailer.left == []

    async def test_that_falls_silent_after_the_mail_leaves_it_in_doubt(self) -> None:
        work = Work(FakeMailer(after=[TimeoutError()]))
        assert await work.carry_out() is DispatchState.UNCONFIRMED
        await work.carry_out()
        assert len(work.mailer.left) == 1
        assert work.told == ["unconfirmed"]


class TestACrash:
    @pytest.mark.parametrize("when", ["before", "after"])
    async def test_while_handing_over_leaves_the_mail_in_doubt_and_does_not_repeat_it(self, when: str) -> None:
        work = Work(FakeMailer(**{when: [Crash()]}))
        with pytest.raises(Crash):
            await work.carry_out()
        assert work.one.state is DispatchState.SENDING
        # The next process, at once: it may be at work still.
        assert await work.carry_out() is DispatchState.SENDING
        work.clock.wait(seconds=30)
        assert await work.carry_out() is DispatchState.UNCONFIRMED
        await work.carry_out()
        assert len(work.mailer.left) == (when == "after")
        assert work.told == ["unconfirmed"]

    async def test_before_handing_over_loses_nothing(self) -> None:
        work = Work()
        get = work.store.get

        async def die(*_: object) -> bytes:
            raise Crash

        work.store.get = die
        with pytest.raises(Crash):
            await work.carry_out()
        work.store.get = get
        assert await work.carry_out() is DispatchState.SENT

    async def test_of_the_database_after_handing_over_does_not_lose_the_answer(self) -> None:
        work = Work()
        send = work.mailer.send

        async def send_and_lose_the_database(*what: object) -> str:
            work.database.away = 5
            return await send(*what)

        work.mailer.send = send_and_lose_the_database
        assert await work.carry_out() is DispatchState.SENT
        assert work.told == ["sent"]


class TestADoubt:
    async def test_is_ended_by_the_answer_of_a_process_that_was_only_slow(self) -> None:
        work = Work()
        send = work.mailer.send

        async def be_slow(*what: object) -> str:
            work.clock.wait(seconds=40)
            other = Work(FakeMailer())
            other.database, other.id, other.clock = work.database, work.id, work.clock
            assert await other.carry_out() is DispatchState.UNCONFIRMED
            return await send(*what)

        work.mailer.send = be_slow
        assert await work.carry_out() is DispatchState.SENT
        assert work.told == ["unconfirmed", "sent"]

    async def test_is_ended_by_a_person_who_has_it_sent_again(self) -> None:
        work = Work(FakeMailer(after=[TimeoutError()]))
        await work.carry_out()
        await retry_dispatch(ASSOCIATION, work.id, uow=work.database(), now=work.clock())
        assert await work.carry_out() is DispatchState.SENT
        assert len(work.mailer.left) == 2

    async def test_is_not_ended_by_another_associations_syndic(self) -> None:
        work = Work(state=DispatchState.UNCONFIRMED)
        with pytest.raises(NotFound):
            await retry_dispatch(uuid4(), work.id, uow=work.database(), now=work.clock())


class TestWhatHasFailed:
    async def test_is_not_sent_again_while_its_document_does_not_exist(self) -> None:
        work = Work(state=DispatchState.FAILED)
        work.database.rows.documents.clear()
        with pytest.raises(NotRetryable):
            await retry_dispatch(ASSOCIATION, work.id, uow=work.database(), now=work.clock())


class TestARegisteredLetter:
    async def test_is_listed_and_then_posted_by_a_person(self) -> None:
        work = Work(channel="registered_post", email="")
        assert await work.carry_out() is DispatchState.TO_POST
        assert await work.carry_out() is DispatchState.TO_POST
        command = NotePosting(tracking_number="RR123456789BE", posted_on=date(2026, 6, 10))
        await note_posting(ASSOCIATION, work.id, command, uow=work.database(), now=work.clock())
        assert work.told == ["to_post", "posted"]
        assert work.one.proof == "RR123456789BE, 2026-06-10"
        assert work.mailer.left == []
