"""finance: settings in, running process out."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from functools import partial
from uuid import UUID

from litestar.di import Provide

from koprogo.finance.adapters import beancount_file, spreadsheets, ubl
from koprogo.finance.adapters.bank_files import payments, reading
from koprogo.finance.adapters.jobs import prove_daily
from koprogo.finance.adapters.neighbours import GrpcGovernance, GrpcProperty
from koprogo.finance.adapters.postgres.unit_of_work import PostgresUnitOfWork
from koprogo.finance.entrypoints.events import on_decision, on_document, on_lot
from koprogo.finance.entrypoints.grpc import Accounts
from koprogo.finance.entrypoints.http import (
    arrears,
    bank,
    books,
    budgets,
    calls,
    printed_reports,
    purchases,
    reports,
    settlements,
    statements,
    takeovers,
    transfers,
)
from koprogo.finance.settings import CALLERS, Settings
from koprogo.kit import process
from koprogo.kit.access import Actor
from koprogo.kit.database import Pool
from koprogo.kit.grpc import Channels
from koprogo_api.finance.v1.accounts_pb2_grpc import add_AccountsServicer_to_server

RESOURCES = (
    books,
    budgets,
    calls,
    bank,
    arrears,
    purchases,
    reports,
    printed_reports,
    settlements,
    statements,
    takeovers,
    transfers,
)


def now() -> datetime:
    return datetime.now(UTC)


@asynccontextmanager
async def wire(settings: Settings, pool: Pool, channels: Channels) -> AsyncIterator[process.Wiring]:
    neighbour_property = GrpcProperty(channels.to("property", settings.grpc_property))

    neighbour_governance = GrpcGovernance(channels.to("governance", settings.grpc_governance))

    def uow_of(tenant: UUID) -> PostgresUnitOfWork:
        return PostgresUnitOfWork(pool, tenant)

    async def uow(actor: Actor) -> PostgresUnitOfWork:
        return uow_of(actor.tenant)

    yield process.Wiring(
        title="KoproGo finance: who owes what, and why",
        messages="koprogo.finance",
        routes=[route for resource in RESOURCES for route in resource.routes],
        dependencies={
            "uow": Provide(uow),
            "property_": Provide(lambda: neighbour_property, sync_to_thread=False),
            "governance": Provide(lambda: neighbour_governance, sync_to_thread=False),
            "read_bank_file": Provide(lambda: reading.read, sync_to_thread=False),
            "read_electronic_invoice": Provide(lambda: ubl.read, sync_to_thread=False),
            "write_payment_order": Provide(lambda: payments.write, sync_to_thread=False),
            "write_table": Provide(
                lambda: {"csv": spreadsheets.csv_of, "xlsx": spreadsheets.xlsx_of}, sync_to_thread=False
            ),
            "write_ledger": Provide(lambda: beancount_file.beancount_of, sync_to_thread=False),
            "clock": Provide(lambda: now, sync_to_thread=False),
        },
        register_grpc=partial(add_AccountsServicer_to_server, Accounts(uow_of, neighbour_property)),
        grpc_callers=CALLERS,
        background={"proof": partial(prove_daily, pool, uow_of)},
        handlers={
            "documents.document": on_document(uow_of),
            "governance.decision": on_decision(uow_of),
            "property.lot": on_lot(uow_of),
        },
    )
