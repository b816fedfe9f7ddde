"""Suppliers and their accounts. A changed account is the commonest fraud: a second person confirms it."""

from typing import Annotated
from uuid import UUID

import msgspec
import stdnum.be.vat

from koprogo.finance.application.amounts import Text
from koprogo.finance.application.ports import UnitOfWork
from koprogo.finance.domain.fiscal_year import SecondPersonNeeded
from koprogo.finance.domain.iban import checked_iban
from koprogo.finance.domain.party import Party, PartyKind
from koprogo.kernel.errors import Conflict, DomainError


class EnterpriseNumberWrong(DomainError):
    reason = "ENTERPRISE_NUMBER_WRONG"


class NothingToConfirm(Conflict):
    reason = "NOTHING_TO_CONFIRM"


class AddSupplier(msgspec.Struct, forbid_unknown_fields=True):
    name: Text
    enterprise_number: Annotated[str, msgspec.Meta(max_length=20)] = ""
    iban: Annotated[str, msgspec.Meta(max_length=42)] = ""
    id: UUID | None = None


class ChangeAccount(msgspec.Struct, forbid_unknown_fields=True):
    iban: Annotated[str, msgspec.Meta(min_length=14, max_length=42)]


async def add_supplier(association_id: UUID, command: AddSupplier, *, uow: UnitOfWork, new_id: UUID) -> UUID:
    supplier = Party(
        id=command.id or new_id,
        kind=PartyKind.SUPPLIER,
        name=command.name,
        enterprise_number=enterprise_number(command.enterprise_number),
        iban=checked_iban(command.iban) if command.iban else "",
    )
    async with uow:
        await uow.suppliers.add(association_id, supplier)
    return supplier.id


async def change_supplier_account(
    association_id: UUID, supplier_id: UUID, command: ChangeAccount, *, uow: UnitOfWork, by: UUID
) -> None:
    """Nothing is paid to the supplier until another person has confirmed the new account."""
    iban = checked_iban(command.iban)
    async with uow:
        supplier = await uow.suppliers.get(association_id, supplier_id)
        supplier.iban_unconfirmed = "" if iban == supplier.iban else iban
        await uow.suppliers.save(association_id, supplier, changed_by=by)


async def confirm_supplier_account(association_id: UUID, supplier_id: UUID, *, uow: UnitOfWork, by: UUID) -> None:
    async with uow:
        supplier = await uow.suppliers.get(association_id, supplier_id)
        if not supplier.iban_unconfirmed:
            raise NothingToConfirm("The account of this supplier was not changed.")
        if await uow.suppliers.changed_by(association_id, supplier_id) == by:
            raise SecondPersonNeeded("Who changed the account cannot confirm it; ask a second person.")
        supplier.iban, supplier.iban_unconfirmed = supplier.iban_unconfirmed, ""
        await uow.suppliers.save(association_id, supplier, changed_by=by)


def enterprise_number(text: str) -> str:
    """Ten digits, or empty when there is none."""
    if not text:
        return ""
    if not stdnum.be.vat.is_valid(text):
        raise EnterpriseNumberWrong(
            "An enterprise number has ten digits, the last two of which are a check; compare it with the paper.",
            field="enterprise_number",
        )
    return str(stdnum.be.vat.compact(text))
