"""A service of notes with a route of every kind, called in process, on the real database."""

from __future__ import annotations

from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from typing import Annotated, Any
from uuid import UUID, uuid4

import httpx
import msgspec
import pytest
from litestar import Request, Response, get, patch, post
from litestar.di import Provide
from litestar.params import Dependency

from koprogo.kernel.errors import NotFound, Stale
from koprogo.kernel.words import Language, Role
from koprogo.kit.access import Actor
from koprogo.kit.database import Pool, UnitOfWork
from koprogo.kit.grpc import Channels
from koprogo.kit.http import After, Limit, admits, etag, expected_version, page
from koprogo.kit.http.etags import IfMatch
from koprogo.kit.process import Wiring
from koprogo.kit.settings import ServiceSettings
from koprogo.kit.testing import InProcess, Provider, in_process
from koprogo.stack.instance import Instance

Uow = Annotated[UnitOfWork, Dependency(skip_validation=True)]


class Line(msgspec.Struct, forbid_unknown_fields=True):
    text: Annotated[str, msgspec.Meta(max_length=20)]
    votes: Annotated[int, msgspec.Meta(ge=0)] = 0


class AddNote(msgspec.Struct, forbid_unknown_fields=True):
    text: Annotated[str, msgspec.Meta(min_length=1, max_length=50)]
    language: Language = Language.FR
    lines: list[Line] = []


class Note(msgspec.Struct):
    id: UUID
    text: str


@post("/organisations/{organisation_id:uuid}/notes", opt=admits(Role.SYNDIC))
async def add_note(organisation_id: UUID, data: AddNote, uow: Uow) -> Response[Note]:
    note = Note(uuid4(), data.text)
    async with uow:
        await uow.connection.execute("insert into notes (id, text) values ($1, $2)", note.id, note.text)
        if data.text == "slow":
            await uow.connection.execute("select pg_sleep(0.2)")
    return Response(note, status_code=201, headers={"location": f"/notes/{note.id}"})


@post("/organisations/{organisation_id:uuid}/sums", opt=admits(Role.SYNDIC))
async def sum_up(organisation_id: UUID, data: AddNote, uow: Uow) -> dict[str, int]:
    """Reads, and fails after having read."""
    async with uow:
        count: int = await uow.connection.fetchval("select count(*) from notes")
    if data.text == "break":
        raise RuntimeError("secret of the house")
    return {"notes": count}


@get("/organisations/{organisation_id:uuid}/notes", opt=admits(Role.SYNDIC, Role.ACCOUNTANT))
async def list_notes(
    request: Request[Any, Any, Any],
    organisation_id: UUID,
    uow: Uow,
    limit: Limit = 50,
    after: After = None,
    containing: str = "",
) -> Response[Sequence[Note]]:
    async with uow:
        rows = await uow.connection.fetch(
            "select id, text from notes where ($2::text is null or text > $2) and strpos(text, $3) > 0"
            " order by text limit $1",
            limit + 1,
            after,
            containing,
        )
    return page(request, [Note(r["id"], r["text"]) for r in rows], limit, lambda note: note.text)


@get("/associations/{association_id:uuid}/notes", opt=admits(Role.OWNER))
async def list_notes_of_association(association_id: UUID, actor: Actor) -> dict[str, Any]:
    return {
        "subject": actor.subject,
        "roles": sorted(actor.roles),
        "tenant": actor.tenant,
        "co_owners": sorted(actor.co_owners),
    }


@patch("/organisations/{organisation_id:uuid}/titles", opt=admits(Role.SYNDIC))
async def edit_title(organisation_id: UUID, if_match: IfMatch = None) -> Response[None]:
    if expected_version(if_match) != 3:
        raise Stale("Somebody changed it.")
    return Response(None, status_code=204, headers=etag(4))


@get("/organisations/{organisation_id:uuid}/titles", opt=admits(Role.SYNDIC))
async def read_title(organisation_id: UUID) -> Response[dict[str, str]]:
    return Response({"title": "A"}, headers=etag(3))


@get("/me", opt=admits())
async def read_me(actor: Actor) -> dict[str, str]:
    return {"subject": str(actor.subject), "acr": actor.acr, "email": actor.email, "name": actor.name}


@get("/platform", opt=admits(Role.SUPER_ADMIN))
async def read_platform(actor: Actor) -> dict[str, str]:
    return {"tenant": str(actor.tenant)}


@get("/organisations/{organisation_id:uuid}/flags", opt=admits(Role.SUPER_ADMIN))
async def list_flags(organisation_id: UUID) -> list[str]:
    return []


@post("/organisations/{organisation_id:uuid}/flags", opt=admits(Role.SUPER_ADMIN))
async def add_flag(organisation_id: UUID) -> None:
    return None


@get("/broken", opt=admits())
async def broken() -> None:
    raise RuntimeError("secret of the house")


@get("/gone", opt=admits())
async def gone() -> None:
    raise NotFound("There is no such note.", number=7)


ROUTES = [
    add_note, sum_up, list_notes, list_notes_of_association, edit_title, read_title, read_me, read_platform,
    list_flags, add_flag, broken, gone,
]  # fmt: skip


@asynccontextmanager
async def wire(settings: ServiceSettings, pool: Pool, channels: Channels) -> AsyncIterator[Wiring]:
    async def uow(actor: Actor) -> UnitOfWork:
        return UnitOfWork(pool, actor.tenant)

    yield Wiring(title="Notes", routes=[*ROUTES], dependencies={"uow": Provide(uow)})


@pytest.fixture
async def service(instance: Instance, package: str, provider: Provider) -> AsyncIterator[InProcess]:
    environment = {**instance.environment("property"), "KOPROGO_SERVICE": "notes"}
    async with in_process(ServiceSettings, wire, environment, provider) as service:
        yield service


@pytest.fixture
def tenant() -> UUID:
    return uuid4()


@pytest.fixture
async def syndic(service: InProcess, tenant: UUID) -> AsyncIterator[httpx.AsyncClient]:
    subject = uuid4()
    await service.give(subject, Role.SYNDIC, tenant)
    async with service.signed_in(subject) as client:
        yield client


@pytest.fixture
def notes(tenant: UUID) -> str:
    return f"organisations/{tenant}/notes"
