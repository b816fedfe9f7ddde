"""A notary asks about a lot: the clock starts, and the answer says what the books, the minutes and the deed say."""

from collections.abc import Callable, Sequence
from datetime import date, datetime
from typing import Annotated
from uuid import UUID

import msgspec

from koprogo.finance.application.amounts import Text
from koprogo.finance.application.ports import Property, UnitOfWork
from koprogo.finance.application.ports_transfers import Governance, MinutesOfMeeting
from koprogo.finance.application.transfer_answer import Answer, AnswerTransferRequest
from koprogo.finance.domain.owners import Contact
from koprogo.finance.domain.transfer_statement import (
    MINUTES_YEARS,
    STATEMENTS_YEARS,
    Figures,
    Paragraph,
    TransferDayMissing,
    TransferRequest,
    answer_by,
    parts_of,
    years_before,
)
from koprogo.kernel.words import Language


class Requester(msgspec.Struct, forbid_unknown_fields=True):
    name: Text
    language: Language
    address: Annotated[list[Text], msgspec.Meta(min_length=1, max_length=6)]
    email: Annotated[str, msgspec.Meta(max_length=200, pattern=r"^([^@\s]+@[^@\s]+\.[^@\s]+)?$")] = ""


class RegisterTransferRequest(msgspec.Struct, forbid_unknown_fields=True):
    lot_id: UUID
    paragraph: Annotated[int, msgspec.Meta(ge=1, le=2)]
    """1: before the sale; 2: on the transfer."""
    requested_on: date
    requester: Requester
    transfer_on: date | None = None
    id: UUID | None = None


async def register_transfer_request(
    association_id: UUID,
    command: RegisterTransferRequest,
    *,
    tenant: UUID,
    property_: Property,
    uow: UnitOfWork,
    new_id: UUID,
    today: date,
) -> TransferRequest:
    paragraph = Paragraph(command.paragraph)
    if paragraph is Paragraph.ON_TRANSFER and command.transfer_on is None:
        raise TransferDayMissing("A statement on the transfer needs the day of the transfer.", field="transfer_on")
    _, lot = (await property_.owners(tenant, association_id, today)).owner_of(command.lot_id, "lot_id")
    asks = command.requester
    request = TransferRequest(
        id=command.id or new_id,
        lot_id=lot.id,
        lot_number=lot.number,
        paragraph=paragraph,
        requested_on=command.requested_on,
        answer_by=answer_by(paragraph, command.requested_on),
        transfer_on=command.transfer_on,
        requester=Contact(UUID(int=0), asks.name, asks.language, tuple(asks.address), asks.email, bool(asks.email)),
    )
    async with uow:
        await uow.books.locked(association_id)
        await uow.transfer_requests.add(association_id, request)
    return request


async def answer_transfer_request(
    association_id: UUID,
    request_id: UUID,
    command: AnswerTransferRequest,
    *,
    tenant: UUID,
    property_: Property,
    governance: Governance,
    uow: UnitOfWork,
    ids: Callable[[], UUID],
    now: datetime,
    today: date,
) -> UUID:
    """Returns the document's id. Refused while shares do not add up (R004)."""
    async with uow:
        request = await uow.transfer_requests.get(association_id, request_id)
        request.check_open()
    association = await property_.association(association_id)
    owners = await property_.owners(tenant, association_id, request.owned_on(today))
    minutes = await governance.minutes(tenant, association_id, years_before(today, MINUTES_YEARS))
    async with uow:
        await uow.books.locked(association_id)
        request = await uow.transfer_requests.get(association_id, request_id)
        request.check_open()
        debtor, lot = owners.owner_of(request.lot_id, "lot_id")
        funds = await uow.transfer_requests.funds(association_id, today)
        decided_by = request.transfer_on or today
        # What falls due after the transfer is told as such, and is no arrears of the seller (R132).
        due_by = min(today, decided_by)
        sheet_on, sheet = await uow.transfer_requests.balance_sheet(association_id)
        answer = Answer(
            request=request,
            lot=lot,
            share_total=owners.share_denominator,
            owner_name=debtor.name,
            figures=Figures(
                funds=funds,
                parts=parts_of(funds, lot, [one for _, one in owners.lots()]),
                demands=tuple(await uow.transfer_requests.due(association_id, debtor.id, due_by)),
                coming=tuple(await uow.transfer_requests.coming(association_id, lot.id, decided_by, decided_by)),
            ),
            said=command,
            minutes=tuple(in_one_language(minutes, request.requester.language)),
            statement_ids=tuple(
                await uow.transfer_requests.statements(association_id, debtor.id, years_before(today, STATEMENTS_YEARS))
            ),
            balance_sheet_on=sheet_on,
            balance_sheet=tuple(sheet),
            dated=today,
        )
        request.answered_on, request.document_id = today, ids()
        dispatch_id = ids()
        await uow.transfer_requests.answered(request)
        await uow.letters.add(
            association_id,
            subject=f"transfer/{request.id}",
            party_id=debtor.id,
            demand_id=None,
            document_id=request.document_id,
            dispatch_id=dispatch_id,
            recipient=request.requester,
            channel=request.requester.channel,
            at=now,
        )
        await uow.paperwork.transfer_statement(
            association_id, association, answer, document_id=request.document_id, dispatch_id=dispatch_id
        )
    return request.document_id


def in_one_language(minutes: Sequence[MinutesOfMeeting], language: Language) -> list[MinutesOfMeeting]:
    """Of each meeting those in the reader's language, or the first there are."""
    chosen: dict[UUID, MinutesOfMeeting] = {}
    for one in minutes:
        if one.meeting_id not in chosen or one.language is language:
            chosen[one.meeting_id] = one
    return list(chosen.values())
