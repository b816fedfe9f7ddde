import asyncio
from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Annotated, Any
from uuid import UUID

from litestar import Request, Response, delete, get, post
from litestar.params import Dependency

from koprogo.finance.application import views
from koprogo.finance.application.bank_report import ImportReport, StatementReport
from koprogo.finance.application.import_bank_file import BankFileRefused, import_bank_file
from koprogo.finance.application.match_bank_entries import MatchBankEntries, match_bank_entries, undo_match
from koprogo.finance.domain.bank_statement import ReadFile
from koprogo.finance.entrypoints.http.shared import HERE, MANAGERS, Clock, Uow, day_of
from koprogo.kernel.words import Language
from koprogo.kit.access import Actor
from koprogo.kit.http import After, Limit, admits, messages, page, sentences
from koprogo.kit.http.problems import Problem, respond
from koprogo.kit.ids import new_id

ReadBankFile = Annotated[Callable[[bytes], ReadFile], Dependency(skip_validation=True)]


class RefusedFile(Problem, kw_only=True):
    bank_file_id: UUID
    statements: list[StatementReport]


@post(HERE + "/bank-files", opt=admits(*MANAGERS), status_code=200)
async def import_statements(
    request: Request[Any, Any, Any],
    association_id: UUID,
    actor: Actor,
    uow: Uow,
    read_bank_file: ReadBankFile,
    clock: Clock,
) -> Response[ImportReport] | Response[bytes]:
    """Takes a CODA or camt.053 file as the body. A statement is booked whole, waits for the one before it, or is
    refused with the record and the reason; the file is kept in any case.
    """
    content = await request.body()
    now: datetime = clock()
    found = await asyncio.to_thread(read_bank_file, content)
    report = await import_bank_file(
        association_id, content, found, uow=uow, ids=new_id, by=actor.subject, now=now, today=day_of(now)
    )
    language = messages.language_of(request.headers.get("accept-language"))
    _say(report, language)
    if all(statement.outcome == "refused" for statement in report.statements):
        refused = BankFileRefused("Every statement of this file was refused; the file is kept.")
        detail, spoken = messages.say(refused.reason, refused.message, language, refused.metadata)
        return respond(
            RefusedFile(
                400,
                sentences.title(400, spoken) or "The file was refused",
                refused.reason,
                detail,
                bank_file_id=report.bank_file_id,
                statements=report.statements,
            ),
            {"content-language": spoken.value},
        )
    return Response(report)


def _say(report: ImportReport, language: Language) -> None:
    for one in report.statements:
        one.message = messages.say(one.reason, one.message, language, one.figures)[0]


@get(HERE + "/bank-files", opt=admits(*MANAGERS))
async def list_bank_files(
    request: Request[Any, Any, Any], association_id: UUID, uow: Uow, limit: Limit = 50, after: After = None
) -> Response[Sequence[views.BankFileView]]:
    async with uow:
        rows = await uow.bank_screens.files(association_id, limit + 1, after)
    language = messages.language_of(request.headers.get("accept-language"))
    for row in rows:
        _say(row.report, language)
    return page(request, rows, limit, lambda row: str(row.id))


@get(HERE + "/bank-files/{bank_file_id:uuid}/content", opt=admits(*MANAGERS), media_type="application/octet-stream")
async def read_bank_file_content(association_id: UUID, bank_file_id: UUID, uow: Uow) -> bytes:
    """Byte for byte as it came."""
    async with uow:
        return await uow.bank_screens.file_content(association_id, bank_file_id)


@get(HERE + "/bank-statements", opt=admits(*MANAGERS))
async def list_bank_statements(
    request: Request[Any, Any, Any], association_id: UUID, uow: Uow, limit: Limit = 50, after: After = None
) -> Response[Sequence[views.StatementView]]:
    async with uow:
        rows = await uow.bank_screens.statements(association_id, limit + 1, after)
    return page(request, rows, limit, lambda row: str(row.id))


@get(HERE + "/bank-entries", opt=admits(*MANAGERS))
async def list_bank_entries(
    request: Request[Any, Any, Any],
    association_id: UUID,
    uow: Uow,
    limit: Limit = 50,
    after: After = None,
    open_only: bool = False,
) -> Response[Sequence[views.MovementView]]:
    """Movements of the bank, why each was matched so, and for open ones who may have paid."""
    async with uow:
        rows = await uow.bank_screens.movements(association_id, limit + 1, after, open_only=open_only)
        await uow.bank_screens.suggest(association_id, rows)
    language = messages.language_of(request.headers.get("accept-language"))
    for row in rows:
        row.sentence = messages.say(row.reason, row.sentence, language, row.figures)[0]
        for why in (why for suggestion in row.suggestions for why in suggestion.reasons):
            why.sentence = messages.say(why.reason, why.sentence, language, why.figures)[0]
    return page(request, rows, limit, lambda row: str(row.id))


@post(HERE + "/bank-entries/matches", opt=admits(*MANAGERS), status_code=204)
async def create_matches(association_id: UUID, data: MatchBankEntries, actor: Actor, uow: Uow, clock: Clock) -> None:
    """One or many at once: all of them, or none."""
    await match_bank_entries(association_id, data, uow=uow, ids=new_id, by=actor.subject, today=day_of(clock()))


@delete(HERE + "/bank-entries/{bank_entry_id:uuid}/match", opt=admits(*MANAGERS), status_code=204)
async def delete_match(association_id: UUID, bank_entry_id: UUID, actor: Actor, uow: Uow, clock: Clock) -> None:
    await undo_match(association_id, bank_entry_id, uow=uow, ids=new_id, by=actor.subject, today=day_of(clock()))


routes = [
    import_statements,
    list_bank_files,
    read_bank_file_content,
    list_bank_statements,
    list_bank_entries,
    create_matches,
    delete_match,
]
