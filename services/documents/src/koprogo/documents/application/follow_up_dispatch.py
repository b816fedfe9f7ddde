"""What a person does about a dispatch: note that a letter was posted, or have a mail sent again."""

from datetime import date, datetime
from typing import Annotated
from uuid import UUID

import msgspec

from koprogo.documents.application.ports import UnitOfWork
from koprogo.documents.domain.dispatch import NotRetryable


class NotePosting(msgspec.Struct, forbid_unknown_fields=True):
    tracking_number: Annotated[str, msgspec.Meta(min_length=5, max_length=40, pattern=r"^[A-Za-z0-9 .-]+$")]
    posted_on: date


async def note_posting(
    association_id: UUID, dispatch_id: UUID, command: NotePosting, *, uow: UnitOfWork, now: datetime
) -> None:
    """A registered letter has left; its number is the proof (R026)."""
    async with uow:
        dispatch = await uow.dispatches.get(dispatch_id, association_id)
        dispatch.post(command.tracking_number, command.posted_on, now)
        await uow.dispatches.save(dispatch)


async def retry_dispatch(association_id: UUID, dispatch_id: UUID, *, uow: UnitOfWork, now: datetime) -> None:
    async with uow:
        dispatch = await uow.dispatches.get(dispatch_id, association_id)
        if not await uow.documents.by_ids(association_id, [dispatch.document_id]):
            raise NotRetryable("Its document could not be made; there is nothing to send.")
        dispatch.retry(now)
        await uow.dispatches.save(dispatch)
