"""Reads for screens of what the bank told."""

import json
from collections.abc import Sequence
from uuid import UUID

import msgspec

from koprogo.finance.adapters.postgres.calls import open_demands
from koprogo.finance.application import views
from koprogo.finance.application.bank_report import ImportReport
from koprogo.finance.domain.bank_statement import BankEntry, Counterparty
from koprogo.finance.domain.matching import Knowledge, suggestions
from koprogo.kernel.errors import NotFound
from koprogo.kernel.money import cents, euros
from koprogo.kit.database import Connection


class PostgresBankScreens:
    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    async def files(self, association_id: UUID, limit: int, after: str | None) -> Sequence[views.BankFileView]:
        rows = await self._connection.fetch(
            "select id, sha256, received_at, report from bank_files where association_id = $1"
            " and ($3::text is null or id::text < $3) order by id desc limit $2",
            association_id,
            limit,
            after,
        )
        return [
            views.BankFileView(
                r["id"], r["sha256"], r["received_at"], msgspec.json.decode(r["report"], type=ImportReport)
            )
            for r in rows
        ]

    async def file_content(self, association_id: UUID, file_id: UUID) -> bytes:
        content: bytes | None = await self._connection.fetchval(
            "select content from bank_files where association_id = $1 and id = $2", association_id, file_id
        )
        if content is None:
            raise NotFound("There is no such file.")
        return content

    async def statements(self, association_id: UUID, limit: int, after: str | None) -> Sequence[views.StatementView]:
        rows = await self._connection.fetch(
            """
            select s.id, a.iban, s.number, s.from_day, s.until_day, s.opening, s.closing, s.state,
                   jsonb_array_length(s.content -> 'entries') as entries,
                   (select count(*) from bank_entries e where e.statement_id = s.id and e.state = 'open') as open
            from bank_statements s join bank_accounts a on a.id = s.bank_account_id
            where s.association_id = $1 and ($3::text is null or (s.until_day, s.id) <
                  (select x.until_day, x.id from bank_statements x where x.id::text = $3))
            order by s.until_day desc, s.id desc limit $2
            """,
            association_id,
            limit,
            after,
        )
        return [
            views.StatementView(**{**dict(r), "opening": euros(r["opening"]), "closing": euros(r["closing"])})
            for r in rows
        ]

    async def movements(
        self, association_id: UUID, limit: int, after: str | None, *, open_only: bool
    ) -> Sequence[views.MovementView]:
        rows = await self._connection.fetch(
            """
            select id, statement_id, account, amount, booked_on, value_on, counterparty_name, counterparty_iban,
                   communication, structured, return_reason, original_amount, state, reason, sentence, figures,
                   entry_id, match_entry_id
            from bank_entries
            where association_id = $1 and (not $4 or state = 'open') and ($3::text is null or (booked_on, id) >
                  (select x.booked_on, x.id from bank_entries x where x.id::text = $3))
            order by booked_on, id limit $2
            """,
            association_id,
            limit,
            after,
            open_only,
        )
        found = []
        for row in rows:
            values = dict(row)
            figures = json.loads(values.pop("figures"))
            found.append(views.MovementView(**{**values, "amount": euros(row["amount"]), "figures": figures}))
        return found

    async def suggest(self, association_id: UUID, movements: Sequence[views.MovementView]) -> None:
        waiting = [movement for movement in movements if movement.state == "open" and cents(movement.amount) > 0]
        if not waiting:
            return
        owners = await self._connection.fetch(
            "select id, name from parties where association_id = $1 and kind = 'owner'", association_id
        )
        names = {row["id"]: row["name"] for row in owners}
        ibans: dict[str, set[UUID]] = {}
        for row in await self._connection.fetch(
            "select iban, party_id from known_ibans where association_id = $1 and iban = any($2::text[])",
            association_id,
            [movement.counterparty_iban for movement in waiting],
        ):
            ibans.setdefault(row["iban"], set()).add(row["party_id"])
        known = Knowledge(await open_demands(self._connection, association_id, list(names)), ibans, {})
        for movement in waiting:
            entry = BankEntry(
                reference="",
                amount=cents(movement.amount),
                booked_on=movement.booked_on,
                value_on=movement.value_on,
                counterparty=Counterparty(movement.counterparty_name, movement.counterparty_iban),
                communication=movement.communication,
            )
            movement.suggestions = [
                views.SuggestionView(
                    one.party_id,
                    one.party_name,
                    [views.SuggestionReason(why.reason, why.sentence, why.figures) for why in one.reasons],
                )
                for one in suggestions(entry, known, names)
            ]
