from datetime import date
from typing import Annotated, Literal
from uuid import UUID

import msgspec

from koprogo.finance.application.amounts import AccountCode, Positive, Text
from koprogo.finance.application.ports import UnitOfWork
from koprogo.finance.application.posting import post
from koprogo.finance.domain.account import Fund
from koprogo.finance.domain.books import Books
from koprogo.finance.domain.journal import Entry, EntryReversed, Journal, Line, Voucher, reversal
from koprogo.finance.domain.withdrawal import check_reversible
from koprogo.kernel.errors import DomainError
from koprogo.kernel.money import cents


class OneSideExpected(DomainError):
    reason = "ONE_SIDE_EXPECTED"


class LineToPost(msgspec.Struct, forbid_unknown_fields=True):
    """Either `debit` or `credit`."""

    account: AccountCode
    debit: Positive | None = None
    credit: Positive | None = None
    fund: Fund | None = None
    """Needed only where the account belongs to no fund and it is not the working capital."""
    party_id: UUID | None = None
    allocation_key_id: UUID | None = None
    occupant_percent: Annotated[int, msgspec.Meta(ge=0, le=100)] = 0
    text: Annotated[str, msgspec.Meta(max_length=200)] = ""


class VoucherOfEntry(msgspec.Struct, forbid_unknown_fields=True):
    reference: Annotated[str, msgspec.Meta(min_length=1, max_length=100)]
    dated: date
    kind: Literal["invoice", "statement", "decision", "takeover", "other"] = "other"
    document_id: UUID | None = None


class PostEntry(msgspec.Struct, forbid_unknown_fields=True):
    dated: date
    text: Text
    voucher: VoucherOfEntry
    """Each entry rests on a dated document (R111)."""
    lines: Annotated[list[LineToPost], msgspec.Meta(min_length=1, max_length=1000)]
    journal: Journal = Journal.MISCELLANEOUS
    id: UUID | None = None


async def post_entry(association_id: UUID, command: PostEntry, *, uow: UnitOfWork, by: UUID, new_id: UUID) -> UUID:
    """Post by hand what no invoice, call or statement posts."""
    async with uow:
        books = await uow.books.locked(association_id)
        entry = Entry(
            id=command.id or new_id,
            journal=command.journal,
            dated=command.dated,
            text=command.text,
            voucher=Voucher(
                command.voucher.kind, command.voucher.reference, command.voucher.dated, command.voucher.document_id
            ),
            lines=tuple(line_to_post(line, books, number) for number, line in enumerate(command.lines)),
        )
        await post(entry, books=books, uow=uow, by=by)
    return entry.id


class ReverseEntry(msgspec.Struct, forbid_unknown_fields=True):
    dated: date
    text: Text


async def reverse_entry(
    association_id: UUID, entry_id: UUID, command: ReverseEntry, *, uow: UnitOfWork, by: UUID, new_id: UUID
) -> UUID:
    """Undo an entry by one that turns it round; neither is ever deleted."""
    async with uow:
        books = await uow.books.locked(association_id)
        entry, reversed_by = await uow.journal.get(association_id, entry_id)
        if reversed_by is not None or entry.reverses is not None:
            raise EntryReversed("This entry is reversed already, or is a reversal itself; post a new one instead.")
        check_reversible(entry)
        turned = reversal(entry, entry_id=new_id, dated=command.dated, text=command.text)
        await post(turned, books=books, uow=uow, by=by)
    return turned.id


def line_to_post(line: LineToPost, books: Books, number: int) -> Line:
    if (line.debit is None) == (line.credit is None):
        raise OneSideExpected("A line has either a debit or a credit.", field=f"lines.{number}")
    account = books.chart.posting(line.account, f"lines.{number}.account")
    return Line(
        account=line.account,
        amount=cents(line.debit) if line.debit is not None else -cents(line.credit or "0"),
        fund=line.fund or account.fund or Fund.WORKING,
        party_id=line.party_id,
        key_id=line.allocation_key_id,
        occupant_percent=line.occupant_percent,
        text=line.text,
    )
