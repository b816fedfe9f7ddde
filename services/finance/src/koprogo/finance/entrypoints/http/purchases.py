import asyncio
from collections.abc import Callable, Sequence
from typing import Annotated, Any
from uuid import UUID

from litestar import Request, Response, delete, get, post, put
from litestar.params import Dependency

from koprogo.finance.application import views_purchases as views
from koprogo.finance.application.decide_invoice import (
    RecordWithholding,
    RejectInvoice,
    SubmitInvoice,
    approve_invoice,
    record_withholding,
    reject_invoice,
    submit_invoice,
)
from koprogo.finance.application.draft_invoice import DraftInvoice, change_invoice, draft_invoice
from koprogo.finance.application.keep_suppliers import (
    AddSupplier,
    ChangeAccount,
    add_supplier,
    change_supplier_account,
    confirm_supplier_account,
)
from koprogo.finance.application.order_payments import (
    DrawUpPaymentBatch,
    cancel_payment_batch,
    draw_up_payment_batch,
    release_payment_batch,
)
from koprogo.finance.application.take_in_invoice import take_in_invoice
from koprogo.finance.domain.electronic_invoice import ElectronicInvoice
from koprogo.finance.domain.invoice import InvoiceState
from koprogo.finance.domain.payment_order import PaymentOrder
from koprogo.finance.entrypoints.http.shared import HERE, MANAGERS, READERS, Clock, Created, KnowsProperty, Uow, day_of
from koprogo.kernel.words import Role
from koprogo.kit.access import Actor
from koprogo.kit.http import After, Limit, admits, etag, expected_version, page
from koprogo.kit.http.etags import IfMatch
from koprogo.kit.ids import new_id

ReadElectronicInvoice = Annotated[Callable[[bytes], ElectronicInvoice], Dependency(skip_validation=True)]
WritePaymentOrder = Annotated[Callable[[PaymentOrder], bytes], Dependency(skip_validation=True)]
DECIDES = (Role.SYNDIC, Role.SUPER_ADMIN)
SUPPLIER = HERE + "/suppliers/{supplier_id:uuid}"
INVOICE = HERE + "/invoices/{invoice_id:uuid}"
BATCH = HERE + "/payment-batches/{payment_batch_id:uuid}"


@post(HERE + "/suppliers", opt=admits(*MANAGERS))
async def create_supplier(association_id: UUID, data: AddSupplier, uow: Uow) -> Created:
    return Created(await add_supplier(association_id, data, uow=uow, new_id=new_id()))


@get(HERE + "/suppliers", opt=admits(*READERS))
async def list_suppliers(
    request: Request[Any, Any, Any], association_id: UUID, uow: Uow, limit: Limit = 50, after: After = None
) -> Response[Sequence[views.SupplierView]]:
    async with uow:
        rows = await uow.purchase_screens.suppliers(association_id, limit + 1, after)
    return page(request, rows, limit, lambda row: str(row.id))


@put(SUPPLIER + "/account", opt=admits(*MANAGERS), status_code=204)
async def set_supplier_account(
    association_id: UUID, supplier_id: UUID, data: ChangeAccount, actor: Actor, uow: Uow
) -> None:
    """Nothing is paid to him until a second person has confirmed it."""
    await change_supplier_account(association_id, supplier_id, data, uow=uow, by=actor.subject)


@post(SUPPLIER + "/account/confirmation", opt=admits(*MANAGERS), status_code=204)
async def confirm_account_of_supplier(association_id: UUID, supplier_id: UUID, actor: Actor, uow: Uow) -> None:
    await confirm_supplier_account(association_id, supplier_id, uow=uow, by=actor.subject)


@post(HERE + "/invoices", opt=admits(*MANAGERS))
async def create_invoice(association_id: UUID, data: DraftInvoice, uow: Uow) -> Created:
    return Created(await draft_invoice(association_id, data, uow=uow, new_id=new_id()))


@get(HERE + "/invoices", opt=admits(*READERS, Role.OWNER))
async def list_invoices(
    request: Request[Any, Any, Any],
    association_id: UUID,
    actor: Actor,
    uow: Uow,
    limit: Limit = 50,
    after: After = None,
    invoice_state: InvoiceState | None = None,
    supplier_id: UUID | None = None,
) -> Response[Sequence[views.InvoiceView]]:
    """Owners see what was approved."""
    async with uow:
        rows = await uow.purchase_screens.invoices(
            association_id,
            limit + 1,
            after,
            state=invoice_state,
            supplier_id=supplier_id,
            decided_only=not actor.is_one_of(*READERS),
        )
    return page(request, rows, limit, lambda row: str(row.id))


@post(HERE + "/electronic-invoices", opt=admits(*MANAGERS))
async def take_in_electronic_invoice(
    request: Request[Any, Any, Any],
    association_id: UUID,
    actor: Actor,
    uow: Uow,
    property_: KnowsProperty,
    read_electronic_invoice: ReadElectronicInvoice,
) -> Created:
    """Takes a UBL invoice or credit note of Peppol BIS Billing 3 as the body; it becomes a draft."""
    content = await request.body()
    came = await asyncio.to_thread(read_electronic_invoice, content)
    return Created(
        await take_in_invoice(association_id, content, came, property_=property_, uow=uow, ids=new_id, by=actor.subject)
    )


@get(INVOICE + "/files/{kind:str}", opt=admits(*READERS), media_type="application/octet-stream")
async def read_invoice_file(association_id: UUID, invoice_id: UUID, kind: str, uow: Uow) -> bytes:
    """`ubl` as it came, or the `pdf` that was in it."""
    async with uow:
        return await uow.purchase_screens.invoice_file(association_id, invoice_id, kind)


@get(INVOICE, opt=admits(*READERS))
async def read_invoice(association_id: UUID, invoice_id: UUID, uow: Uow) -> Response[views.InvoiceView]:
    async with uow:
        view = await uow.purchase_screens.invoice(association_id, invoice_id)
    return Response(view, headers=etag(view.version))


@put(INVOICE, opt=admits(*MANAGERS), status_code=204)
async def edit_invoice(
    association_id: UUID, invoice_id: UUID, data: DraftInvoice, uow: Uow, if_match: IfMatch = None
) -> Response[None]:
    version = await change_invoice(association_id, invoice_id, data, uow=uow, version=expected_version(if_match))
    return Response(None, status_code=204, headers=etag(version))


@post(INVOICE + "/submission", opt=admits(*MANAGERS), status_code=204)
async def submit_one_invoice(
    association_id: UUID, invoice_id: UUID, data: SubmitInvoice, actor: Actor, uow: Uow
) -> None:
    await submit_invoice(association_id, invoice_id, data, uow=uow, by=actor.subject)


@post(INVOICE + "/approval", opt=admits(*DECIDES), status_code=204)
async def approve_one_invoice(association_id: UUID, invoice_id: UUID, actor: Actor, uow: Uow, clock: Clock) -> None:
    """Books it."""
    await approve_invoice(association_id, invoice_id, uow=uow, ids=new_id, by=actor.subject, today=day_of(clock()))


@post(INVOICE + "/rejection", opt=admits(*DECIDES), status_code=204)
async def reject_one_invoice(
    association_id: UUID, invoice_id: UUID, data: RejectInvoice, actor: Actor, uow: Uow
) -> None:
    await reject_invoice(association_id, invoice_id, data, uow=uow, by=actor.subject)


@put(INVOICE + "/withholding", opt=admits(*MANAGERS), status_code=204)
async def set_withholding(association_id: UUID, invoice_id: UUID, data: RecordWithholding, uow: Uow) -> None:
    """What the authorities answered about the contractor (R153)."""
    await record_withholding(association_id, invoice_id, data, uow=uow)


@post(HERE + "/payment-batches", opt=admits(*MANAGERS))
async def create_payment_batch(
    association_id: UUID, data: DrawUpPaymentBatch, actor: Actor, uow: Uow, clock: Clock
) -> Created:
    return Created(
        await draw_up_payment_batch(association_id, data, uow=uow, ids=new_id, by=actor.subject, today=day_of(clock()))
    )


@get(HERE + "/payment-batches", opt=admits(*READERS))
async def list_payment_batches(
    request: Request[Any, Any, Any], association_id: UUID, uow: Uow, limit: Limit = 50, after: After = None
) -> Response[Sequence[views.BatchView]]:
    async with uow:
        rows = await uow.purchase_screens.batches(association_id, limit + 1, after)
    return page(request, rows, limit, lambda row: str(row.id))


@post(BATCH + "/release", opt=admits(*MANAGERS), status_code=204)
async def release_one_payment_batch(
    association_id: UUID,
    payment_batch_id: UUID,
    actor: Actor,
    uow: Uow,
    write_payment_order: WritePaymentOrder,
    clock: Clock,
) -> None:
    """By another person than who drew it up."""
    now = clock()
    await release_payment_batch(
        association_id,
        payment_batch_id,
        write=write_payment_order,
        uow=uow,
        ids=new_id,
        by=actor.subject,
        now=now,
        today=day_of(now),
    )


@delete(BATCH, opt=admits(*MANAGERS), status_code=204)
async def cancel_one_payment_batch(association_id: UUID, payment_batch_id: UUID, uow: Uow) -> None:
    """While it is not released; its invoices can be paid otherwise."""
    await cancel_payment_batch(association_id, payment_batch_id, uow=uow)


@get(BATCH + "/file", opt=admits(*MANAGERS), media_type="application/xml")
async def read_payment_file(association_id: UUID, payment_batch_id: UUID, uow: Uow) -> bytes:
    """pain.001, for the bank."""
    async with uow:
        return await uow.purchase_screens.batch_file(association_id, payment_batch_id)


routes = [
    create_supplier,
    list_suppliers,
    set_supplier_account,
    confirm_account_of_supplier,
    create_invoice,
    take_in_electronic_invoice,
    read_invoice_file,
    list_invoices,
    read_invoice,
    edit_invoice,
    submit_one_invoice,
    approve_one_invoice,
    reject_one_invoice,
    set_withholding,
    create_payment_batch,
    list_payment_batches,
    release_one_payment_batch,
    cancel_one_payment_batch,
    read_payment_file,
]
