"""Who imports no statements checks the bank by hand, says so, and may remind (R144)."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest

from .late import Late, days_after_due

TODAY = days_after_due(15)


@pytest.fixture
async def unread(late: Late) -> Late:
    """Fifteen days after the due day, and no statement of the bank was ever imported."""
    late.time.day = TODAY
    return late


async def run(late: Late, checked_until: date | None) -> dict[str, Any]:
    told = {} if checked_until is None else {"bank_checked_until": str(checked_until)}
    return {"reminders": [await late.reminder("Peeters", "friendly")], **told}


class TestAnAssociationThatImportsNoStatements:
    @pytest.mark.parametrize("days_ago", [0, 3])
    async def test_reminds_when_the_bank_was_checked_by_hand(self, unread: Late, days_ago: int) -> None:
        checked = TODAY - timedelta(days=days_ago)
        await unread.office.post("reminders", await run(unread, checked))
        (shown,) = await unread.office.get("reminders")
        assert (shown["party_name"], shown["bank_checked_until"]) == ("Peeters", str(checked))

    async def test_does_not_remind_before(self, unread: Late) -> None:
        assert await unread.refuses("Peeters", "friendly") == "BANK_NOT_CHECKED"
        assert await unread.office.get("reminders") == []

    @pytest.mark.parametrize("days_ago", [-1, 4])
    async def test_states_no_day_to_come_and_none_longer_ago(self, unread: Late, days_ago: int) -> None:
        wrong = await run(unread, TODAY - timedelta(days=days_ago))
        assert await unread.office.refused("reminders", wrong) == (400, "BANK_CHECK_WRONG", "bank_checked_until")
        answer = await unread.office.accountant.get(
            f"{unread.office.path}/reminders/proposals", params={"bank_checked_until": wrong["bank_checked_until"]}
        )
        assert answer.json()["reason"] == "BANK_CHECK_WRONG"
        assert await unread.office.get("reminders") == []

    async def test_sees_who_would_be_reminded(self, unread: Late) -> None:
        assert (await unread.proposals())["Peeters"] == ("friendly", "BANK_NOT_CHECKED")
        found = await unread.office.get("reminders/proposals", bank_checked_until=str(TODAY))
        assert {(one["level"], one["reason"], one["is_sendable"]) for one in found} == {
            ("friendly", "REMINDER_DUE", True),
        }  # fmt: skip


class TestAnAssociationThatImportsThem:
    async def test_is_judged_by_its_statements_whatever_was_checked(self, unread: Late) -> None:
        await unread.on(days_after_due(7))
        unread.time.day = TODAY
        refused = await unread.office.refused("reminders", await run(unread, TODAY))
        assert refused[1] == "BANK_NOT_MATCHED"

    async def test_keeps_no_check_with_its_reminders(self, unread: Late) -> None:
        await unread.on(TODAY)
        await unread.office.post("reminders", await run(unread, TODAY))
        (shown,) = await unread.office.get("reminders")
        assert shown["bank_checked_until"] is None
