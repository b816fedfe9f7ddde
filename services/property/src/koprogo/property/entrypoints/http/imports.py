import asyncio
from collections.abc import Callable
from datetime import date
from typing import Annotated, Any
from uuid import UUID

from litestar import Request, Response, get, post
from litestar.params import Dependency, Parameter

from koprogo.kernel.words import Role
from koprogo.kit.http import admits
from koprogo.kit.http.problems import Problem, respond
from koprogo.kit.ids import new_id
from koprogo.property.application.import_lots import ImportRefused, import_lots
from koprogo.property.application.views import ImportReport
from koprogo.property.domain.import_rows import COLUMNS, Refusal
from koprogo.property.entrypoints.http.shared import Uow

ReadSpreadsheet = Annotated[Callable[[bytes], list[tuple[int, dict[str, str]]]], Dependency(skip_validation=True)]


class RefusedRows(Problem, kw_only=True):
    rows: list[Refusal]


@post(
    "/associations/{association_id:uuid}/imports",
    opt=admits(Role.SYNDIC, Role.SUPER_ADMIN),
    status_code=200,
)
async def import_lots_and_owners(
    request: Request[Any, Any, Any],
    association_id: UUID,
    uow: Uow,
    read_spreadsheet: ReadSpreadsheet,
    dry_run: Annotated[bool, Parameter(description="Show the outcome, change nothing.")] = False,
) -> Response[ImportReport] | Response[bytes]:
    """Takes a CSV or XLSX file as the body. Every refused row is listed; nothing is imported by halves."""
    # Unpacking thousands of rows takes a second, in which others are answered.
    rows = await asyncio.to_thread(read_spreadsheet, await request.body())
    try:
        report = await import_lots(
            association_id,
            rows,
            dry_run=dry_run,
            uow=uow,
            ids=new_id,
            today=date.today(),  # noqa: DTZ011
        )
    except ImportRefused as refused:
        return respond(RefusedRows(400, "Rows were refused", refused.reason, refused.message, rows=refused.refusals))
    return Response(report)


@get("/import-template", opt=admits(), media_type="text/csv")
async def read_import_template() -> str:
    """An empty list with one example row."""
    example = {
        "lot_number": "A1", "lot_kind": "apartment", "lot_shares": "210", "building": "A", "owner_reference": "O-1",
        "owner_kind": "natural_person", "owner_name": "Peeters An", "language": "nl", "address": "Zavelstraat 12",
        "postal_code": "3000", "city": "Leuven", "country": "", "email": "an@example.org", "accepts_email": "yes",
        "right": "full", "fraction": "1", "mandatary": "", "since": "2024-01-01",
    }  # fmt: skip
    return ";".join(COLUMNS) + "\r\n" + ";".join(example[column] for column in COLUMNS) + "\r\n"


routes = [import_lots_and_owners, read_import_template]
