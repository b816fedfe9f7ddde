"""Rows as a syndic types them, files of them, lots as property knows them, and a syndic at his desk."""

from __future__ import annotations

import io
from collections.abc import AsyncIterator, Iterable, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from fractions import Fraction
from typing import Any
from uuid import UUID, uuid4

import httpx
from hypothesis import settings
from hypothesis import strategies as st
from openpyxl import Workbook

from koprogo.kernel.words import Language, LotKind, Role
from koprogo.kit.testing import InProcess
from koprogo.property.domain.import_rows import COLUMNS
from koprogo.property.domain.ownership import Holding, Right
from koprogo.property.domain.voter_roll import Contact, OwnedLot

# The machine may be busy with other suites: a property is not judged by the clock.
quick = settings(deadline=None, max_examples=100)
ENTERPRISE_NUMBERS = iter(f"{n:08d}{97 - n % 97:02d}" for n in range(4_000_000, 5_000_000))


def row(**cells: str) -> dict[str, str]:
    """One right in a lot; all that is not said is in order."""
    return {
        "lot_number": "A1", "lot_kind": "apartment", "lot_shares": "100", "building": "", "owner_reference": "O1",
        "owner_kind": "natural_person", "owner_name": "Peeters An", "language": "nl", "address": "Zavelstraat 12",
        "postal_code": "3000", "city": "Leuven", "country": "", "email": "", "accepts_email": "", "right": "full",
        "fraction": "1", "mandatary": "", "since": "2020-01-01", **cells,
    }  # fmt: skip


def lots(count: int, *, shares: int = 10) -> list[dict[str, str]]:
    """As many lots, each of another owner."""
    return [
        row(lot_number=f"{n}", lot_shares=str(shares), owner_reference=f"O{n}", owner_name=f"Owner {n:04d}")
        for n in range(1, count + 1)
    ]


def csv_of(
    rows: Iterable[Mapping[str, str]],
    *,
    delimiter: str = ";",
    encoding: str = "utf-8",
    columns: Sequence[str] = COLUMNS,
    headers: Sequence[str] = (),
) -> bytes:
    lines = [delimiter.join(headers or columns)]
    lines += [delimiter.join(f'"{one[c]}"' if "\n" in one[c] else one[c] for c in columns) for one in rows]
    return ("\r\n".join(lines) + "\r\n").encode(encoding)


def xlsx_of(rows: Iterable[Mapping[str, Any]], *, columns: Sequence[str] = COLUMNS) -> bytes:
    workbook = Workbook(write_only=True)
    sheet = workbook.create_sheet()
    sheet.append(list(columns))
    for one in rows:
        sheet.append([one[column] for column in columns])
    file = io.BytesIO()
    workbook.save(file)
    return file.getvalue()


def owned(
    number: str = "A1",
    shares: int = 100,
    *holdings: tuple[UUID, Right, Fraction],
    mandatary: UUID | None = None,
    keys: Mapping[str, int] | None = None,
) -> OwnedLot:
    return OwnedLot(
        id=uuid4(),
        number=number,
        kind=LotKind.APARTMENT,
        shares=shares,
        holdings=tuple(Holding(*held) for held in holdings),
        mandatary=mandatary,
        key_shares=keys or {},
    )


def contact(person: UUID, name: str = "") -> Contact:
    return Contact(person, name or str(person)[:8], Language.FR, ("Rue Haute 1", "1000 Bruxelles"), "", False)


PEOPLE = [UUID(int=n) for n in range(1, 7)]
SPLITS = (
    [("full", "1")],
    [("full", "1/2"), ("full", "1/2")],
    [("full", "1/3"), ("full", "1/3"), ("full", "1/3")],
    [("bare", "1"), ("usufruct", "1")],
    [("full", "1/2"), ("bare", "1/2"), ("usufruct", "1/2")],
    [("bare", "1/2"), ("bare", "1/2"), ("usufruct", "1")],
)


@st.composite
def buildings(draw: st.DrawFn) -> list[OwnedLot]:
    """Lots of all the ways to own one, held by few people, so that many hold several."""
    found = []
    for number in range(draw(st.integers(1, 12))):
        split = draw(st.sampled_from(SPLITS))
        holders = draw(st.permutations(PEOPLE))[: len(split)]
        mandatary = draw(st.sampled_from([None, *holders])) if len(split) > 1 else None
        found.append(
            owned(
                f"L{number}",
                draw(st.integers(1, 1000)),
                *((who, Right(right), Fraction(part)) for who, (right, part) in zip(holders, split, strict=True)),
                mandatary=mandatary,
            )
        )
    return found


@dataclass
class Office:
    service: InProcess
    tenant: UUID
    association: UUID
    syndic: httpx.AsyncClient
    denominator: int

    @property
    def path(self) -> str:
        return f"associations/{self.association}"

    async def imports(self, content: bytes, **query: str) -> httpx.Response:
        return await self.syndic.post(f"{self.path}/imports", content=content, params=query)

    async def sees(self) -> dict[str, Any]:
        found: dict[str, Any] = (await self.syndic.get(self.path)).json()
        return found

    @asynccontextmanager
    async def person(self, role: Role, co_owner: UUID | None = None) -> AsyncIterator[httpx.AsyncClient]:
        """Somebody who holds this role on the association."""
        subject = uuid4()
        await self.service.give(subject, role, self.tenant, self.association, co_owner)
        async with self.service.signed_in(subject) as client:
            yield client


@asynccontextmanager
async def open_office(service: InProcess, denominator: int = 1000) -> AsyncIterator[Office]:
    subject, tenant = uuid4(), uuid4()
    await service.give(subject, Role.SYNDIC, tenant)
    async with service.signed_in(subject) as syndic:
        made = await syndic.post(
            f"organisations/{tenant}/associations",
            json={
                "name": "Résidence du Sablon",
                "enterprise_number": next(ENTERPRISE_NUMBERS),
                "address": ["Zavelplein 7", "1000 Brussel"],
                "region": "brussels",
                "languages": ["fr", "nl"],
                "share_denominator": denominator,
            },
        )
        assert made.status_code == 201, made.text
        association = UUID(made.json()["id"])
        await service.give(subject, Role.SYNDIC, tenant, association)
        # What was looked up before the grant was given is remembered for two seconds.
        async with service.signed_in(subject) as client:
            office = Office(service, tenant, association, client, denominator)
            service.grants.held += [(subject, grant) for grant in await grants(service, subject)]
            yield office


async def grants(service: InProcess, subject: UUID) -> list[Any]:
    from koprogo.kit.access import Grant

    rows = await service.pool.fetch("select tenant_id, association_id, role from grants_of($1)", subject)
    return [Grant(r["tenant_id"], r["association_id"], Role(r["role"]), None) for r in rows]
