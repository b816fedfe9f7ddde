"""Handing a document over. Only the instant of handing over cannot be repeated; see ADR 4."""

import asyncio
import logging
from collections.abc import Awaitable, Callable, Sequence
from datetime import datetime
from uuid import UUID

from koprogo.documents.application.ports import (
    Attachment,
    FileStore,
    Mailer,
    MailRefused,
    NotHandedOver,
    UnitOfWork,
)
from koprogo.documents.application.read_document import ContentChanged, content_of
from koprogo.documents.domain.dispatch import Dispatch, DispatchState
from koprogo.documents.domain.document import Document
from koprogo.kernel.errors import DomainError, Kind, NotFound

logger = logging.getLogger(__name__)

NOTING_SECONDS = 60
"""How long a process holds on to an answer that the database does not take."""

Change = Callable[[Dispatch], None]


class AttachmentMissing(NotFound):
    reason = "ATTACHMENT_MISSING"


async def dispatch_document(
    dispatch_id: UUID,
    *,
    uow: Callable[[], UnitOfWork],
    store: FileStore,
    mailer: Mailer,
    clock: Callable[[], datetime],
    pause: Callable[[float], Awaitable[None]] = asyncio.sleep,
) -> DispatchState:
    """Take one dispatch as far as it goes by itself."""
    async with (step := uow()):
        dispatch = await step.dispatches.get(dispatch_id)
        if dispatch.is_stuck(clock()):
            dispatch.lose_sight("", clock())
            await step.dispatches.save(dispatch)
        if dispatch.state is DispatchState.REQUESTED and dispatch.channel != "email":
            dispatch.list_for_post(clock())
            await step.dispatches.save(dispatch)
        if dispatch.state is not DispatchState.REQUESTED:
            return dispatch.state
        found = await step.documents.by_ids(dispatch.association_id, [dispatch.document_id, *dispatch.attachment_ids])

    try:
        attachments = await _attachments(dispatch, found, store)
    except (DomainError, ContentChanged) as why:
        async with (step := uow()):
            dispatch = await step.dispatches.get(dispatch_id)
            if isinstance(why, DomainError) and why.kind is Kind.UNAVAILABLE:
                dispatch.put_off(why.reason, clock())
            else:
                logger.error("dispatch %s has not all its documents", dispatch_id, exc_info=why)
                dispatch.fail(why.message if isinstance(why, DomainError) else "A stored file is damaged.", clock())
            await step.dispatches.save(dispatch)
        return dispatch.state

    async with (step := uow()):
        dispatch = await step.dispatches.get(dispatch_id)
        if dispatch.state is not DispatchState.REQUESTED:
            return dispatch.state
        dispatch.begin_sending(clock())
        await step.dispatches.save(dispatch)
    return await _note(dispatch_id, await _hand_over(dispatch, attachments, mailer, clock), uow, pause)


async def _attachments(dispatch: Dispatch, found: Sequence[Document], store: FileStore) -> list[Attachment]:
    known = {document.id: document for document in found}
    wanted = list(dict.fromkeys([dispatch.document_id, *dispatch.attachment_ids]))
    if missing := [one for one in wanted if one not in known]:
        raise AttachmentMissing(f"Not all documents are stored; missing: {', '.join(map(str, missing))}.")
    return [
        Attachment(known[one].file_name, known[one].media_type, await content_of(known[one], store=store))
        for one in wanted
    ]


async def _hand_over(
    dispatch: Dispatch, attachments: Sequence[Attachment], mailer: Mailer, clock: Callable[[], datetime]
) -> Change:
    """What to note: sent, not taken now, not taken ever, or nobody knows."""
    try:
        proof = await mailer.send(dispatch, attachments)
    except NotHandedOver as late:
        why = str(late)
        return lambda d: d.put_off(why, clock())
    except MailRefused as refused:
        why = str(refused)
        return lambda d: d.fail(why, clock())
    except Exception as unknown:
        logger.warning("dispatch %s: nobody knows whether it left", dispatch.id, exc_info=unknown)
        why = type(unknown).__name__
        return lambda d: d.lose_sight(why, clock())
    return lambda d: d.confirm(proof, clock())


async def _note(
    dispatch_id: UUID, change: Change, uow: Callable[[], UnitOfWork], pause: Callable[[float], Awaitable[None]]
) -> DispatchState:
    """The answer is known: it is not lost because the database is away for a moment."""
    for left in reversed(range(NOTING_SECONDS)):
        try:
            async with (step := uow()):
                dispatch = await step.dispatches.get(dispatch_id)
                change(dispatch)
                await step.dispatches.save(dispatch)
            return dispatch.state
        except DomainError:
            raise
        except Exception as away:
            if not left:
                raise
            logger.warning("dispatch %s: its answer waits for the database: %s", dispatch_id, type(away).__name__)
            await pause(1)
    raise AssertionError("unreachable")
