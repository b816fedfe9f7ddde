"""Owners who are late are reminded step by step, of what is really open, and nobody who has paid (R140 to R144)."""

from __future__ import annotations

import asyncio
from datetime import UTC, date, datetime, timedelta
from uuid import UUID, uuid4

from koprogo.finance.adapters.postgres.unit_of_work import PostgresUnitOfWork
from koprogo.kernel.words import Role
from koprogo.kit.testing import InProcess

from .builders import credit, debit, entry, open_office, sent
from .fakes import FakeProperty
from .late import CLAUSE, DUE, Late, days_after_due
from .test_bank import PEETERS_IBAN, free, movements, sends, statement, structured


class TestProposals:
    async def test_say_who_gets_what_and_why(self, late: Late) -> None:
        dubois, maes = (await late.demands("Dubois"))[0], (await late.demands("Maes – Claes"))[0]
        await late.on(days_after_due(5), structured(dubois))
        await late.on(days_after_due(15), structured(maes, "298.00"))
        assert await late.proposals() == {
            "Maes – Claes": (None, "BELOW_THRESHOLD"),
            "Peeters": ("friendly", "REMINDER_DUE"),
        }

    async def test_speak_the_language_of_the_reader(self, late: Late) -> None:
        await late.on(days_after_due(14))
        answer = await late.office.syndic.get(
            f"{late.office.path}/reminders/proposals", headers={"accept-language": "nl"}
        )
        assert answer.json()[0]["sentence"] == (
            "De oudste vraag is 14 dagen te laat; de volgende herinnering mag vertrekken op 2026-04-15."
        )

    async def test_are_none_before_anything_is_due(self, late: Late) -> None:
        await late.on(DUE)
        assert await late.proposals() == {}


class TestAReminder:
    async def test_climbs_one_step_at_a_time(self, late: Late) -> None:
        await late.climbs("Peeters")
        await late.on(days_after_due(80))
        assert (await late.proposals())["Peeters"] == (None, "LADDER_ENDS")
        reminders = await late.office.get("reminders", party_id=await late.party("Peeters"))
        assert [(one["level"], one["sent_on"], one["pay_until"], one["total"]) for one in reminders] == [
            ("formal", "2026-05-30", "2026-06-13", "333.00"),
            ("firm", "2026-04-30", "2026-05-10", "333.00"),
            ("friendly", "2026-04-15", "2026-04-29", "333.00"),
        ]
        assert (await late.proposals())["Dubois"] == ("friendly", "REMINDER_DUE")

    async def test_covers_all_that_is_overdue_in_one_letter(self, late: Late) -> None:
        await late.calls("100", date(2026, 4, 1), date(2026, 4, 10))
        await late.calls("200", date(2026, 4, 1), date(2026, 6, 1))
        await late.on(days_after_due(15))
        await late.reminds("Peeters", "friendly")
        (letter,) = [r for r in (await sent(late.office))["documents.request"] if r.HasField("reminder")]
        assert [(one.due_on, one.open) for one in letter.reminder.demands] == [
            ("2026-03-31", "333.00"), ("2026-04-10", "33.30"),
        ]  # fmt: skip
        assert letter.reminder.total == letter.reminder.payment.amount == "366.30"

    async def test_is_written_in_the_language_of_who_gets_it(self, late: Late) -> None:
        await late.on(days_after_due(15), structured((await late.demands("Peeters"))[0], "33.00"))
        reminder_id = await late.reminds("Peeters", "friendly")
        (request,) = [r for r in (await sent(late.office))["documents.request"] if r.HasField("reminder")]
        assert (request.language, request.file_name, request.subject) == (
            "nl", "herinnering-2026-04-15.pdf", f"reminder/{reminder_id}",
        )  # fmt: skip
        letter = request.reminder
        (demand,) = letter.demands
        assert (demand.title, demand.amount, demand.paid, demand.open) == (
            "Kwartaaloproep", "333.00", "33.00", "300.00",
        )  # fmt: skip
        assert (letter.level, letter.cost, letter.interest, letter.clause) == ("friendly", "", "", "")
        assert letter.payment.communication == demand.communication
        assert letter.payment.due_on == "2026-04-29"
        assert request.dispatches[0].channel == "post"

    async def test_goes_to_each_holder_and_by_registered_post_when_it_is_formal(self, late: Late) -> None:
        await late.climbs("Maes – Claes")
        formal, firm, _ = await late.office.get("reminders")
        letters = await late.office.get(f"reminders/{formal['id']}/letters")
        assert sorted((one["recipient"], one["channel"]) for one in letters) == [
            ("Claes", "registered_post"), ("Maes", "registered_post"),
        ]  # fmt: skip
        earlier = await late.office.get(f"reminders/{firm['id']}/letters")
        assert {one["channel"] for one in earlier} == {"email"}

    async def test_keeps_the_proof_of_each_letter(self, late: Late) -> None:
        await late.on(days_after_due(15))
        reminder_id = await late.reminds("Peeters", "friendly")
        (letter,) = await late.office.get(f"reminders/{reminder_id}/letters")
        assert (letter["status"], letter["proof"]) == ("requested", "")
        async with (uow := PostgresUnitOfWork(late.office.service.pool, late.office.tenant)):
            await uow.letters.change(
                UUID(letter["dispatch_id"]), status="delivered", proof="RR 123", at=datetime(2026, 4, 17, tzinfo=UTC)
            )
        (letter,) = await late.office.get(f"reminders/{reminder_id}/letters")
        assert (letter["status"], letter["proof"]) == ("delivered", "RR 123")

    async def test_tells_that_arrears_have_escalated(self, late: Late) -> None:
        await late.on(days_after_due(15))
        reminder_id = await late.reminds("Peeters", "friendly")
        (told,) = (await sent(late.office))["finance.arrears"]
        assert (told.reminder_id, told.party_id, told.level, told.open) == (
            reminder_id, await late.party("Peeters"), "friendly", "333.00",
        )  # fmt: skip


class TestSending:
    async def test_refuses_who_has_paid_an_hour_ago_and_sends_nothing(self, late: Late) -> None:
        await late.on(days_after_due(15))
        chosen = [await late.reminder(name, "friendly") for name in ("Dubois", "Peeters")]
        await late.on(days_after_due(15), structured((await late.demands("Peeters"))[0]))
        refused = await late.office.refused("reminders", {"reminders": chosen})
        assert refused == (409, "NOTHING_OVERDUE", "reminders.1.party_id")
        assert await late.office.get("reminders") == []
        assert "finance.arrears" not in await sent(late.office)

    async def test_waits_for_a_payment_that_nobody_has_matched_yet(self, late: Late) -> None:
        await late.on(days_after_due(15), free("20.00", name="Mme PEETERS"))
        assert (await late.proposals())["Peeters"] == ("friendly", "BANK_NOT_MATCHED")
        assert (await late.proposals())["Dubois"] == ("friendly", "REMINDER_DUE")
        assert await late.refuses("Peeters", "friendly") == "BANK_NOT_MATCHED"
        (waiting,) = await movements(late.office, open_only=True)
        choice = {"bank_entry_id": waiting["id"], "party_id": await late.party("Peeters")}
        await late.office.post("bank-entries/matches", {"choices": [choice]})
        await late.reminds("Peeters", "friendly")

    async def test_waits_for_an_amount_that_is_just_what_is_open(self, late: Late) -> None:
        await late.on(days_after_due(15), free("367.00", name="ZZZ"))
        assert await late.refuses("Dubois", "friendly") == "BANK_NOT_MATCHED"
        await late.reminds("Peeters", "friendly")

    async def test_waits_for_the_statements_of_the_last_days(self, late: Late) -> None:
        await late.on(days_after_due(15))
        late.time.day = days_after_due(22)
        assert (await late.proposals())["Peeters"] == ("friendly", "REMINDER_DUE")
        late.time.day = days_after_due(23)
        assert await late.refuses("Peeters", "friendly") == "BANK_NOT_MATCHED"
        await late.changes("arrears/policy", {"threshold": "5.00", "statement_days": 8, "safe_mode": True})
        await late.reminds("Peeters", "friendly")

    async def test_waits_for_the_statement_that_another_waits_for(self, late: Late) -> None:
        await late.on(days_after_due(15))
        await sends(late.office, statement(free("50"), number=9, opening=77, day=days_after_due(15)))
        assert await late.refuses("Peeters", "friendly") == "BANK_NOT_MATCHED"

    async def test_refuses_another_level_than_the_next(self, late: Late) -> None:
        await late.on(days_after_due(60))
        assert await late.refuses("Peeters", "formal") == "LEVEL_CHANGED"

    async def test_refuses_who_was_reminded_since(self, late: Late) -> None:
        await late.on(days_after_due(60))
        await late.reminds("Peeters", "friendly")
        assert await late.refuses("Peeters", "firm") == "REMINDED_LATELY"

    async def test_refuses_who_is_named_twice(self, late: Late) -> None:
        await late.on(days_after_due(15))
        twice = [await late.reminder("Peeters", "friendly")] * 2
        refused = await late.office.refused("reminders", {"reminders": twice})
        assert refused == (400, "OWNER_NAMED_TWICE", "reminders.1.party_id")

    async def test_refuses_who_is_no_owner_any_more(self, late: Late) -> None:
        await late.on(days_after_due(15))
        late.office.neighbour.debtors = [one for one in late.office.neighbour.debtors if one.name != "Peeters"]
        assert (await late.proposals())["Peeters"] == ("friendly", "NO_LONGER_OWNER")
        assert await late.refuses("Peeters", "friendly") == "NO_LONGER_OWNER"

    async def test_uses_a_credit_first(self, late: Late) -> None:
        await late.on(days_after_due(15))
        party = await late.party("Peeters")
        paid = entry(debit("57", "333"), credit("4101", "333", party_id=party), dated=days_after_due(15))
        await late.office.post("entries", paid)
        assert await late.refuses("Peeters", "friendly") == "NOTHING_OVERDUE"

    async def test_again_with_its_ids_changes_nothing(self, late: Late) -> None:
        await late.has_clause()
        await late.on(days_after_due(15))
        body = {"reminders": [await late.reminder("Peeters", "friendly", id=str(uuid4()))]}
        first = await late.office.post("reminders", body)
        before = (await late.office.get("reminders"), await sent(late.office))
        assert await late.office.post("reminders", body) == first
        await late.on(days_after_due(40))
        assert await late.office.post("reminders", body) == first
        assert (await late.office.get("reminders"), await sent(late.office)) == before
        other = {"reminders": [{**body["reminders"][0], "level": "firm"}]}
        assert (await late.office.refused("reminders", other))[1] == "REMINDER_EXISTS"

    async def test_at_the_same_moment_sends_one(self, late: Late) -> None:
        await late.on(days_after_due(15))
        body = {"reminders": [await late.reminder("Peeters", "friendly")]}
        answers = await asyncio.gather(
            *(
                who.post(f"{late.office.path}/reminders", json=body)
                for who in (late.office.syndic, late.office.accountant)
            )
        )
        assert sorted(answer.status_code for answer in answers) == [201, 409]
        assert len(await late.office.get("reminders")) == 1
        assert len((await sent(late.office))["finance.arrears"]) == 1

    async def test_at_the_same_moment_with_the_same_id_answers_alike(self, late: Late) -> None:
        await late.on(days_after_due(15))
        body = {"reminders": [await late.reminder("Peeters", "friendly", id=str(uuid4()))]}
        answers = await asyncio.gather(*(late.office.post("reminders", body) for _ in range(3)))
        assert answers[0] == answers[1] == answers[2]
        assert len((await sent(late.office))["finance.arrears"]) == 1

    async def test_is_not_for_owners(self, late: Late) -> None:
        async with late.office.person(Role.OWNER, uuid4()) as owner:
            for path in ("arrears", "reminders", "reminders/proposals", "payment-plans"):
                assert (await owner.get(f"{late.office.path}/{path}")).status_code == 403


class TestACost:
    async def test_is_a_demand_of_its_own_from_the_second_reminder_on(self, late: Late) -> None:
        await late.has_clause()
        await late.on(days_after_due(15))
        await late.reminds("Peeters", "friendly")
        await late.on(days_after_due(30))
        reminder_id = await late.reminds("Peeters", "firm")
        letter = (await sent(late.office))["documents.request"][-1].reminder
        assert (letter.cost, letter.clause, letter.open, letter.total) == ("25.00", CLAUSE, "333.00", "358.00")
        balances = await late.office.balances()
        assert balances[("745", "working_capital")] == "-25.00"
        assert balances[("4101", "working_capital")] == "1025.00"
        call, cost = await late.demands("Peeters")
        assert (cost["call_id"], cost["reminder_id"], cost["open"], cost["lines"]) == (None, reminder_id, "25.00", [])
        assert (cost["titles"]["nl"], letter.payment.communication) == (
            "Aanmaningskosten en interesten", cost["communication"],
        )  # fmt: skip
        assert call["reminder_id"] is None
        await late.invariant()

    async def test_is_paid_with_the_rest_in_one_payment(self, late: Late) -> None:
        await late.has_clause()
        await late.climbs("Peeters")
        letter = (await sent(late.office))["documents.request"][-1].reminder
        assert letter.total == "383.00"
        paid = structured({"communication": letter.payment.communication}, letter.total)
        await late.on(days_after_due(61), paid)
        assert {one["open"] for one in await late.demands("Peeters")} == {"0.00"}
        await late.invariant()
        told = [event for event in (await sent(late.office))["finance.call"] if event.DESCRIPTOR.name == "DemandPaid"]
        assert sorted(event.call_id == "" for event in told) == [False, True, True]

    async def test_left_alone_after_the_formal_notice_breeds_no_other(self, late: Late) -> None:
        await late.has_clause()
        await late.climbs("Peeters")
        await late.on(days_after_due(200), structured((await late.demands("Peeters"))[0]))
        assert [one["open"] for one in await late.demands("Peeters")] == ["0.00", "25.00", "25.00"]
        assert (await late.proposals())["Peeters"] == (None, "LADDER_ENDS")

    async def test_is_none_without_a_clause_of_the_statutes(self, late: Late) -> None:
        await late.climbs("Peeters")
        assert len(await late.demands("Peeters")) == 1
        assert ("745", "working_capital") not in await late.office.balances()

    async def test_is_none_in_a_friendly_reminder_even_without_the_safe_mode(self, late: Late) -> None:
        await late.has_clause()
        await late.changes("arrears/policy", {"threshold": "0", "statement_days": 7, "safe_mode": False})
        await late.on(days_after_due(30))
        await late.reminds("Peeters", "friendly")
        assert len(await late.demands("Peeters")) == 1


class TestInterest:
    async def second_notice(self, late: Late) -> date:
        """A year's second call is formally noticed on the day that comes back; the first one was on 30 May."""
        await late.calls("100", date(2026, 3, 2), date(2026, 6, 30))
        await late.climbs("Peeters")
        day = date(2026, 6, 30) + timedelta(days=60)
        await late.on(day)
        await late.reminds("Peeters", "formal")
        return day

    async def test_is_shown_at_any_day_since_the_formal_notice(self, late: Late) -> None:
        await late.climbs("Peeters")
        assert await late.office.get("arrears/interest", on="2026-05-29") == []
        (shown,) = await late.office.get("arrears/interest", on="2026-08-29")
        assert (shown["party_name"], shown["since"], shown["open"], shown["interest"]) == (
            "Peeters", "2026-05-30", "333.00", "3.74",
        )  # fmt: skip

    async def test_runs_on_what_is_still_open(self, late: Late) -> None:
        await late.climbs("Peeters")
        await late.on(date(2026, 6, 30), structured((await late.demands("Peeters"))[0], "233.00"))
        (shown,) = await late.office.get("arrears/interest", on="2026-08-29")
        assert (shown["open"], shown["interest"]) == ("100.00", "2.01")

    async def test_is_refused_for_a_year_whose_rate_is_not_known(self, late: Late) -> None:
        await late.climbs("Peeters")
        answer = await late.office.accountant.get(f"{late.office.path}/arrears/interest", params={"on": "2027-01-02"})
        assert (answer.status_code, answer.json()["reason"]) == (400, "LEGAL_RATE_UNKNOWN")

    async def test_is_claimed_by_the_next_formal_notice_and_posted(self, late: Late) -> None:
        await self.second_notice(late)
        letter = (await sent(late.office))["documents.request"][-1].reminder
        assert (letter.interest, letter.interest_rate, letter.open, letter.total) == (
            "3.74",
            "4.50",
            "366.30",
            "370.04",
        )
        assert (await late.office.balances())[("756", "working_capital")] == "-3.74"
        await late.invariant()

    async def test_claimed_before_is_not_claimed_again(self, late: Late) -> None:
        await late.calls("50", date(2026, 3, 2), date(2026, 8, 31))
        await self.second_notice(late)
        await late.on(date(2026, 10, 30))
        await late.reminds("Peeters", "formal")
        # 6.28 since 30 May less the 3.74 claimed in August, and 0.20 of the second call since 12 September.
        letter = (await sent(late.office))["documents.request"][-1].reminder
        assert letter.interest == "2.74"
        assert (await late.office.balances())[("756", "working_capital")] == "-6.48"
        await late.invariant()

    async def test_is_shown_with_what_was_claimed(self, late: Late) -> None:
        day = await self.second_notice(late)
        first, second = await late.office.get("arrears/interest", on=str(day + timedelta(days=30)))
        assert (first["claimed"], first["interest"]) == ("3.74", "4.97")
        # The second call was in no reminder before, and the safe mode gives it fourteen days.
        assert (second["since"], second["claimed"]) == (str(day + timedelta(days=14)), "0.00")


class TestADispute:
    async def test_pauses_the_ladder_for_its_demand_and_keeps_the_reason(self, late: Late) -> None:
        demand = (await late.demands("Peeters"))[0]
        assert (await late.disputes(demand["id"], "The lift was never repaired")).status_code == 204
        await late.on(days_after_due(20))
        assert (await late.proposals())["Peeters"] == (None, "ALL_DISPUTED")
        assert await late.refuses("Peeters", "friendly") == "ALL_DISPUTED"
        assert (await late.demands("Peeters"))[0]["disputed_since"] == "2026-03-01"
        (shown,) = await late.office.get(f"demands/{demand['id']}/disputes")
        assert (shown["reason"], shown["started_on"], shown["ended_on"]) == (
            "The lift was never repaired", "2026-03-01", None,
        )  # fmt: skip

    async def test_leaves_the_others_on_the_ladder(self, late: Late) -> None:
        await late.calls("100", date(2026, 3, 2), date(2026, 4, 1))
        await late.disputes((await late.demands("Peeters"))[0]["id"], "Not mine")
        await late.on(days_after_due(20))
        await late.reminds("Peeters", "friendly")
        assert (await late.office.get("reminders"))[0]["open"] == "33.30"

    async def test_that_is_settled_lets_it_go_on(self, late: Late) -> None:
        demand = (await late.demands("Peeters"))[0]
        path = f"{late.office.path}/demands/{demand['id']}/dispute"
        for reason in ("Wrong amount", "Wrong amount", "Wrong shares"):
            await late.disputes(demand["id"], reason)
        await late.on(days_after_due(20))
        assert (await late.office.syndic.delete(path)).status_code == 204
        assert (await late.office.syndic.delete(path)).status_code == 404
        await late.reminds("Peeters", "friendly")
        kept = await late.office.get(f"demands/{demand['id']}/disputes")
        assert [(one["reason"], one["ended_on"]) for one in kept] == [
            ("Wrong amount", "2026-03-01"), ("Wrong shares", "2026-04-20"),
        ]  # fmt: skip

    async def test_of_nothing_is_refused(self, late: Late) -> None:
        demand = (await late.demands("Peeters"))[0]
        await late.on(days_after_due(1), structured(demand, account=PEETERS_IBAN))
        refused = await late.disputes(demand["id"], "Too late")
        assert (refused.status_code, refused.json()["reason"]) == (409, "DEMAND_PAID_ALREADY")
        assert (await late.disputes(str(uuid4()), "Which?")).status_code == 404


class TestAnotherOffice:
    async def test_sees_and_changes_nothing(self, late: Late, service: InProcess, neighbour: FakeProperty) -> None:
        await late.on(days_after_due(15))
        reminder_id = await late.reminds("Peeters", "friendly")
        demand = (await late.demands("Peeters"))[0]
        path = late.office.path
        async with open_office(service, neighbour) as other:
            for read in (
                "arrears", "arrears/interest", "arrears/privilege", "arrears/policy", "reminders", "payment-plans",
                "reminders/proposals", f"reminders/{reminder_id}/letters", f"demands/{demand['id']}/disputes",
            ):  # fmt: skip
                assert (await other.syndic.get(f"{path}/{read}")).status_code == 403
            # Nor by the number of what is not its own, on its own path.
            disputed = await other.syndic.put(f"{other.path}/demands/{demand['id']}/dispute", json={"reason": "x"})
            assert disputed.status_code == 404
            assert await other.get("reminders") == []
            assert await other.get(f"reminders/{reminder_id}/letters") == []
        assert (await late.demands("Peeters"))[0]["disputed_since"] is None
