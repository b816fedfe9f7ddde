"""Handing a document over. Only the instant of handing over cannot be repeated; see ADR 4."""

import logging
from collections.abc import Callable
from datetime import date, datetime
from typing import Annotated
from uuid import UUID

import msgspec

from koprogo.documents.application.ports import (
    Attachment,
    FileStore,
    Mailer,
    MailRefused,
    NotHandedOver,
    UnitOfWork,
)
from koprogo.documents.application.read_document import content_of
from koprogo.documents.domain.dispatch import DispatchState

logger = logging.getLogger(__name__)

MAX_ATTEMPTS = 20


async def dispatch_document(
    dispatch_id: UUID,
    *,
    uow: Callable[[], UnitOfWork],
    store: FileStore,
    mailer: Mailer,
    clock: Callable[[], datetime],
) -> DispatchState:
    """Take one dispatch as far as it goes by itself."""
    async with (step := uow()):
        dispatch = await step.dispatches.get(dispatch_id)
        if dispatch.state is DispatchState.SENDING:
            # Whoever was sending it has died.
            dispatch.change(DispatchState.UNCONFIRMED, at=clock())
            await step.dispatches.save(dispatch)
            return dispatch.state
        if dispatch.state is not DispatchState.REQUESTED:
            return dispatch.state
        if dispatch.channel == "registered_post":
            dispatch.change(DispatchState.TO_POST, at=clock())
            await step.dispatches.save(dispatch)
            return dispatch.state
        documents = await step.documents.by_ids(
            dispatch.association_id, [dispatch.document_id, *dispatch.attachment_ids]
        )
    documents = sorted(documents, key=lambda one: one.id != dispatch.document_id)
    attachments = [Attachment(one.file_name, one.media_type, await content_of(one, store=store)) for one in documents]
    async with (step := uow()):
        dispatch = await step.dispatches.get(dispatch_id)
        if dispatch.state is not DispatchState.REQUESTED:
            return dispatch.state
        dispatch.attempts += 1
        dispatch.change(DispatchState.SENDING, at=clock())
        await step.dispatches.save(dispatch)
    try:
        proof = await mailer.send(dispatch, attachments)
        outcome = DispatchState.SENT
    except NotHandedOver as late:
        proof = str(late)
        outcome = DispatchState.FAILED if dispatch.attempts >= MAX_ATTEMPTS else DispatchState.REQUESTED
    except MailRefused as refused:
        proof, outcome = str(refused), DispatchState.FAILED
    except Exception as unknown:
        logger.warning("dispatch %s: nobody knows whether it left", dispatch_id, exc_info=unknown)
        proof, outcome = type(unknown).__name__, DispatchState.UNCONFIRMED
    async with (step := uow()):
        dispatch = await step.dispatches.get(dispatch_id)
        dispatch.change(outcome, at=clock(), proof=proof)
        await step.dispatches.save(dispatch)
    return outcome


class NotePosting(msgspec.Struct, forbid_unknown_fields=True):
    tracking_number: Annotated[str, msgspec.Meta(min_length=5, max_length=40, pattern=r"^[A-Za-z0-9 .-]+$")]
    posted_on: date


async def note_posting(
    association_id: UUID, dispatch_id: UUID, command: NotePosting, *, uow: UnitOfWork, now: datetime
) -> None:
    """A registered letter has left; its number is the proof (R026)."""
    async with uow:
        dispatch = await uow.dispatches.get(dispatch_id, association_id)
        dispatch.post(f"{command.tracking_number}, {command.posted_on.isoformat()}", now)
        await uow.dispatches.save(dispatch)


async def retry_dispatch(association_id: UUID, dispatch_id: UUID, *, uow: UnitOfWork, now: datetime) -> None:
    async with uow:
        dispatch = await uow.dispatches.get(dispatch_id, association_id)
        dispatch.retry(now)
        await uow.dispatches.save(dispatch)
