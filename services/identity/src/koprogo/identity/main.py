"""identity: settings in, running process out."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from functools import partial

from litestar.di import Provide

from koprogo.identity.adapters.events import as_message
from koprogo.identity.adapters.inviter import Inviter
from koprogo.identity.adapters.keycloak import KeycloakAccounts
from koprogo.identity.adapters.own_grants import OwnGrants
from koprogo.identity.adapters.postgres.grants import grants_of, told
from koprogo.identity.adapters.postgres.organisations import all_organisations
from koprogo.identity.adapters.postgres.unit_of_work import PostgresUnitOfWork
from koprogo.identity.adapters.property_grpc import GrpcProperty
from koprogo.identity.entrypoints.events import on_association, on_lot
from koprogo.identity.entrypoints.grpc import Grants
from koprogo.identity.entrypoints.http import invitations, organisations
from koprogo.identity.entrypoints.tenants import provision
from koprogo.identity.settings import CALLERS, Settings
from koprogo.kit import process
from koprogo.kit.access import Actor
from koprogo.kit.database import Pool
from koprogo.kit.grpc import Channels
from koprogo_api.identity.v1.grants_pb2_grpc import add_GrantsServicer_to_server


@asynccontextmanager
async def wire(settings: Settings, pool: Pool, channels: Channels) -> AsyncIterator[process.Wiring]:
    neighbour = GrpcProperty(channels.to("property", settings.grpc_property))
    own_grants = OwnGrants(pool, neighbour)
    accounts = KeycloakAccounts(
        url=settings.keycloak_url,
        realm=settings.keycloak_realm,
        client_id=settings.keycloak_client_id,
        client_secret=settings.keycloak_client_secret,
        public_url=settings.public_url,
    )
    uow_of = partial(PostgresUnitOfWork, pool)

    async def uow(actor: Actor) -> PostgresUnitOfWork:
        return uow_of(actor.tenant)

    yield process.Wiring(
        title="KoproGo identity: organisations, people and grants",
        messages="koprogo.identity",
        routes=[*organisations.routes, *invitations.routes],
        dependencies={
            "uow": Provide(uow),
            "uow_of": Provide(lambda: uow_of, sync_to_thread=False),
            "property_": Provide(lambda: neighbour, sync_to_thread=False),
            "all_organisations": Provide(lambda: partial(all_organisations, pool), sync_to_thread=False),
            "grants_of": Provide(lambda: partial(grants_of, pool), sync_to_thread=False),
        },
        register_grpc=partial(add_GrantsServicer_to_server, Grants(own_grants.look_up, as_message)),
        grpc_callers=CALLERS,
        handlers={"property.association": on_association(uow_of), "property.lot": on_lot(uow_of)},
        provision=provision(uow_of),
        told=told,
        grants_source=own_grants,
        background={"inviter": Inviter(pool, accounts).run},
    )
