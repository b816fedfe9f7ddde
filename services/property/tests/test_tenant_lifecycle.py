"""An organisation's associations leave whole, come back under another organisation, and are gone when erased."""

from __future__ import annotations

from collections.abc import AsyncIterator
from uuid import UUID, uuid4

import asyncpg
import pytest

from koprogo.kernel.words import Role
from koprogo.kit.database import UnitOfWork
from koprogo.kit.tenants import state
from koprogo.kit.testing import InProcess, in_the_way, through_an_archive
from koprogo.stack.instance import Instance
from koprogo.stack.testing import superuser_url

from .builders import Office, csv_of, open_office, row

LIST = [
    row(lot_number="A1", lot_shares="600", owner_reference="O1"),
    row(lot_number="A2", lot_shares="400", owner_reference="O2", owner_name="Dubois", fraction="1/2", mandatary="x"),
    row(lot_number="A2", lot_shares="400", owner_reference="O3", owner_name="Maes", fraction="1/2"),
]


@pytest.fixture(autouse=True)
def no_waiting(monkeypatch: pytest.MonkeyPatch) -> None:
    """One process: nobody else has to hear of it."""
    monkeypatch.setattr(state, "CACHE_SECONDS", -0.5)


@pytest.fixture
async def superuser(migrated: Instance) -> AsyncIterator[asyncpg.Connection[asyncpg.Record]]:
    connection = await asyncpg.connect(superuser_url(migrated, "property"))
    yield connection
    await connection.close()


async def filled(office: Office) -> list[UUID]:
    """Every table has a row; ids of some."""
    assert (await office.imports(csv_of(LIST))).status_code == 200
    lots = (await office.syndic.get(f"{office.path}/lots")).json()
    owners = (await office.syndic.get(f"{office.path}/co-owners")).json()
    key = {"name": "Lift", "shares": {lots[0]["id"]: 1}}
    assert (await office.syndic.post(f"{office.path}/allocation-keys", json=key)).status_code == 201
    sale = {"transferred_on": "2026-01-01", "holdings": [{"co_owner_id": owners[0]["id"]}]}
    sold = await office.syndic.post(f"{office.path}/lots/{lots[0]['id']}/transfers", json=sale)
    assert sold.status_code < 300, sold.text
    return [office.association, *(UUID(one["id"]) for one in (*lots, *owners))]


class TestATenant:
    async def test_survives_an_archive_and_leaves_nothing_behind(
        self, service: InProcess, office: Office, superuser: asyncpg.Connection[asyncpg.Record]
    ) -> None:
        ids = await filled(office)
        async with open_office(service) as other:
            await filled(other)
            seen = await office.sees(), (await office.syndic.get(f"{office.path}/voter-roll")).json()
            new, archive = await through_an_archive(
                service.operator, superuser, office.tenant, other=other.tenant, ids=ids
            )
        assert all(count for count, _ in archive.manifest.values()), archive.manifest
        # The same people, who now find it under the new organisation.
        service.grants.held.clear()
        await service.give(subject := uuid4(), Role.SYNDIC, new, office.association)
        async with service.signed_in(subject) as syndic:
            again = (await syndic.get(office.path)).json(), (await syndic.get(f"{office.path}/voter-roll")).json()
        assert again == seen

    async def test_is_told_to_identity_anew_and_before_that_unsaid(
        self, service: InProcess, office: Office, superuser: asyncpg.Connection[asyncpg.Record]
    ) -> None:
        async with open_office(service) as other:
            new, _ = await through_an_archive(
                service.operator, superuser, office.tenant, other=other.tenant, ids=[office.association]
            )
        told = await superuser.fetch(
            "select tenant_id, topic, payload is null as unsaid from outbox where key = $1 order by position",
            str(office.association),
        )
        assert [(one["tenant_id"], one["topic"], one["unsaid"]) for one in told] == [
            (UUID(int=0), "property.association", True),
            (new, "property.association", False),
        ]

    async def test_finds_nothing_in_the_way(self, service: InProcess) -> None:
        async with (uow := UnitOfWork(service.pool, uuid4())):
            assert await in_the_way(uow.connection) == []
