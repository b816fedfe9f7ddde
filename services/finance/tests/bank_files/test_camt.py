"""camt.053 is read as its balances prove it, whatever its version and whoever wrote it."""

from __future__ import annotations

import time
from dataclasses import replace
from datetime import date

import pytest

from koprogo.finance.adapters.bank_files.reading import read
from koprogo.finance.adapters.bank_files.refusals import (
    AccountInvalid,
    BalanceDoesNotFollow,
    BankFileUnknown,
    Incomplete,
    NotInEuro,
    Unreadable,
)
from koprogo.finance.domain.bank_statement import BankEntry, Counterparty

from .camt_files import ASSOCIATION, DAY, VERSIONS, Detail, Entry, camt, file_of, statement
from .camt_read import entries_of, entry_of, paid, refusal_of, statement_of

GOOD = "090933755493"


class TestAStatement:
    @pytest.mark.parametrize("version", VERSIONS)
    def test_says_its_account_days_and_balances_in_every_version(self, version: str) -> None:
        found = statement_of(camt(Entry(12_500), Entry(-4_999), opening=-100, version=version))
        assert (found.iban, found.number) == (ASSOCIATION, "KBC-2026-03-17-0001")
        assert (found.from_day, found.until_day) == (date(2026, 3, 16), DAY)
        assert (found.opening, found.closing) == (-100, 7_401)
        assert [one.amount for one in found.entries] == [12_500, -4_999]

    @pytest.mark.parametrize("namespace", ["", "urn:bank:own", "urn:iso:std:iso:20022:tech:xsd:camt.053.001.12"])
    def test_is_read_in_any_namespace(self, namespace: str) -> None:
        assert statement_of(file_of(statement(Entry()), namespace=namespace)).closing == 112_500

    @pytest.mark.parametrize("encoding", ["UTF-8", "ISO-8859-1", "UTF-16"])
    def test_is_read_in_any_encoding_that_it_names(self, encoding: str) -> None:
        content = file_of(statement(Entry(details=(Detail(name="FRÉDÉRIC MÜLLER"),))), encoding=encoding)
        assert statement_of(content).entries[0].counterparty.name == "FRÉDÉRIC MÜLLER"

    def test_may_open_with_the_balance_closed_before(self) -> None:
        assert statement_of(camt(Entry(), opens_with="PRCD")).opening == 100_000

    def test_takes_its_days_from_its_period(self) -> None:
        period = "<FrToDt><FrDtTm>2026-03-01T00:00:00+01:00</FrDtTm><ToDtTm>2026-03-31T23:59:59</ToDtTm></FrToDt>"
        found = statement_of(camt(Entry(), more=period, opened_on="", closed_on=""))
        assert (found.from_day, found.until_day) == (date(2026, 3, 1), date(2026, 3, 31))

    def test_without_any_day_is_refused(self) -> None:
        assert isinstance(refusal_of(camt(Entry(), opened_on="", closed_on="")), Incomplete)

    def test_without_a_name_is_named_by_its_day_and_number(self) -> None:
        assert statement_of(camt(number="", more="<ElctrncSeqNb>17</ElctrncSeqNb>")).number == "2026-03-17/17"

    def test_in_pages_is_named_by_the_page(self) -> None:
        pages = [
            statement(Entry(), more=f"<StmtPgntn><PgNb>{page}</PgNb><LastPgInd>{last}</LastPgInd></StmtPgntn>")
            for page, last in ((1, "false"), (2, "true"))
        ]
        numbers = [one.number for one in read(file_of(*pages)).statements]
        assert numbers == ["KBC-2026-03-17-0001/1", "KBC-2026-03-17-0001/2"]

    def test_of_a_belgian_account_number_is_of_its_iban(self) -> None:
        assert statement_of(camt(account="<Othr><Id>435-0000000-80</Id></Othr>")).iban == ASSOCIATION

    @pytest.mark.parametrize("account", ["", "<IBAN>BE48435000000080</IBAN>", "<Othr><Id>50012345</Id></Othr>"])
    def test_of_an_account_whose_check_is_wrong_is_refused(self, account: str) -> None:
        assert isinstance(refusal_of(camt(Entry(), account=account)), AccountInvalid)

    def test_of_an_account_in_dollars_is_refused(self) -> None:
        assert isinstance(refusal_of(camt(Entry(), currency="USD")), NotInEuro)

    def test_with_an_entry_in_dollars_is_refused(self) -> None:
        content = camt(Entry(), currency="").replace(b'<Amt Ccy="EUR">125.00', b'<Amt Ccy="USD">125.00')
        assert refusal_of(content).metadata["currency"] == "USD"

    @pytest.mark.parametrize("kinds", [{"opens_with": ""}, {"opens_with": "OPAV"}])
    def test_without_its_balance_is_refused(self, kinds: dict[str, str]) -> None:
        refusal = refusal_of(camt(Entry(), **kinds))
        assert isinstance(refusal, Incomplete)
        assert "the balance OPBD is missing" in refusal.message

    def test_is_refused_when_the_balance_does_not_follow(self) -> None:
        refusal = refusal_of(camt(Entry(100), opening=0, closing=101))
        assert isinstance(refusal, BalanceDoesNotFollow)
        assert refusal.message == (
            "Statement 1 (line 4): 0.00 before and 1.00 of movements give 1.00, but the new balance is 1.01; "
            "ask the bank for the file again."
        )


class TestAFile:
    def test_keeps_its_good_statements_when_one_is_broken(self) -> None:
        found = read(file_of(statement(Entry(), number="A"), statement(closing=1), statement(number="C")))
        assert [one.number for one in found.statements] == ["A", "C"]
        assert [one.metadata["place"] for one in found.refused] == ["Statement 2 (line 5)"]

    def test_of_nothing_new_has_no_entries(self) -> None:
        assert statement_of(camt()).entries == ()

    @pytest.mark.parametrize(
        ("element", "what"),
        [("BkToCstmrAcctRpt", "camt.052"), ("BkToCstmrDbtCdtNtfctn", "camt.054"), ("Other", "no st")],
    )
    def test_of_another_kind_is_named_and_refused(self, element: str, what: str) -> None:
        with pytest.raises(BankFileUnknown, match=what):
            read(camt(Entry()).replace(b"BkToCstmrStmt", element.encode()))

    @pytest.mark.parametrize("length", [1, 60, 500, -3])
    def test_that_was_cut_off_is_refused(self, length: int) -> None:
        with pytest.raises(BankFileUnknown):
            read(camt(Entry())[:length])

    def test_with_a_document_type_is_refused(self) -> None:
        content = camt(Entry()).replace(b"<Document", b'<!DOCTYPE d SYSTEM "file:///etc/passwd"><Document', 1)
        with pytest.raises(BankFileUnknown, match="document type"):
            read(content)

    def test_with_entities_is_refused_before_they_grow(self) -> None:
        entities = "".join(f'<!ENTITY e{n} "{f"&e{n - 1};" * 20}">' for n in range(1, 12))
        doctype = f'<!DOCTYPE d [<!ENTITY e0 "lol">{entities}]><Document a="&e11;"'.encode()
        started = time.process_time()
        with pytest.raises(BankFileUnknown):
            read(camt(Entry(details=(Detail(name="x"),))).replace(b"<Document", doctype, 1))
        assert time.process_time() - started < 5

    def test_nested_without_end_is_refused(self) -> None:
        with pytest.raises(BankFileUnknown):
            read(b"<a>" * 100_000)

    def test_of_ten_thousand_entries_is_read_in_seconds(self) -> None:
        content = camt(*[Entry(1, details=(Detail(end_to_end_id="x"),))] * 10_000)
        started = time.process_time()
        assert len(statement_of(content).entries) == 10_000
        assert time.process_time() - started < 20


class TestAnEntry:
    @pytest.mark.parametrize("version", VERSIONS)
    def test_says_who_paid_when_and_why_in_every_version(self, version: str) -> None:
        detail = Detail(
            name="VAN DEN BROECKE-DE SMET", account="BE71 0961 2345 6769", free=("PROVISION MARS",),
            end_to_end_id="E2E-42", bank_reference="2603170042",
        )  # fmt: skip
        assert entry_of(Entry(45_075, (detail,), value_on="<Dt>2026-03-18</Dt>"), version) == BankEntry(
            reference="2603170042", amount=45_075, booked_on=DAY, value_on=date(2026, 3, 18),
            counterparty=Counterparty("VAN DEN BROECKE-DE SMET", "BE71096123456769"), communication="PROVISION MARS",
            end_to_end_id="E2E-42",
        )  # fmt: skip

    @pytest.mark.parametrize("day", ["<DtTm>2026-03-17T23:30:00+01:00</DtTm>", "<Dt>2026-03-17</Dt>", "2026-03-17"])
    def test_has_the_day_that_the_bank_writes(self, day: str) -> None:
        assert entry_of(Entry(booked_on=day)).booked_on == DAY

    def test_without_a_value_day_has_that_of_its_booking(self) -> None:
        assert entry_of(Entry(value_on="")).value_on == DAY
        assert entry_of(Entry(booked_on="")).booked_on == DAY

    def test_without_any_day_is_refused(self) -> None:
        refusal = refusal_of(camt(Entry(), Entry(booked_on="", value_on="")))
        assert isinstance(refusal, Incomplete)
        assert refusal.message.startswith("Statement 1 (line 4), entry 2 (line 4): ")

    @pytest.mark.parametrize("version", ["02", "08"])
    @pytest.mark.parametrize("status", ["PDNG", "INFO", "FUTR"])
    def test_that_is_not_booked_is_not_read(self, status: str, version: str) -> None:
        found = statement_of(camt(Entry(), Entry(500, status=status), version=version))
        assert (len(found.entries), found.closing) == (1, 112_500)

    def test_without_details_says_what_the_bank_says(self) -> None:
        entry = entry_of(Entry(-250, details=(), information="FRAIS DE GESTION", bank_reference="R1"))
        assert entry == BankEntry(
            reference="R1", amount=-250, booked_on=DAY, value_on=DAY, communication="FRAIS DE GESTION"
        )

    def test_keeps_its_reference_apart_from_the_same_one(self) -> None:
        entries = entries_of(*[Entry(bank_reference="R")] * 2, Entry())
        assert [one.reference for one in entries] == ["R", "R-2", "3"]

    @pytest.mark.parametrize("text", ["12.345", "-1.00", "1,00", "", "1e3", "١.00", "12345678901234.00"])
    def test_whose_amount_is_none_is_refused(self, text: str) -> None:
        content = camt(Entry()).replace(b">125.00<", f">{text}<".encode())
        assert isinstance(refusal_of(content), Unreadable)

    @pytest.mark.parametrize("text", ["125", "125.", "125.0", "125.00000", "+125.00", "0125.00"])
    def test_may_write_its_amount_otherwise(self, text: str) -> None:
        assert statement_of(camt(Entry()).replace(b">125.00<", f">{text}<".encode())).closing == 112_500

    @pytest.mark.parametrize("day", ["2026-02-30", "17-03-2026", "2026-03-17x", "20260317", "2026-W12-2"])
    def test_whose_day_is_none_is_refused(self, day: str) -> None:
        assert isinstance(refusal_of(camt(Entry(booked_on=f"<Dt>{day}</Dt>"))), Unreadable)


class TestTheCounterparty:
    def test_of_what_comes_in_is_the_debtor_and_of_what_goes_out_the_creditor(self) -> None:
        both = Detail(side="Dbtr", more="<Cdtr><Nm>WATERLINK</Nm></Cdtr>")
        assert [one.counterparty.name for one in entries_of(Entry(1, (both,)), Entry(-1, (both,)))] == [
            "PEETERS AN", "WATERLINK",
        ]  # fmt: skip

    def test_is_never_the_association(self) -> None:
        detail = Detail(name="ACP TILLEULS", account=ASSOCIATION, side="Dbtr", more="<Cdtr><Nm>WATERLINK</Nm></Cdtr>")
        assert entry_of(Entry(details=(detail,))).counterparty == Counterparty("WATERLINK")

    def test_of_what_comes_back_is_who_should_have_had_it(self) -> None:
        detail = Detail(name="ACP TILLEULS", account="", side="Dbtr", more="<Cdtr><Nm>WATERLINK</Nm></Cdtr>")
        entry = entry_of(Entry(details=(replace(detail, return_reason="AC04"),)))
        assert entry.counterparty.name == "WATERLINK"

    @pytest.mark.parametrize("account", ["BE71096123456768", "x", ""])
    def test_has_no_account_when_it_is_none(self, account: str) -> None:
        assert paid(account=account).counterparty == Counterparty("PEETERS AN")

    def test_may_be_known_by_a_belgian_account_number(self) -> None:
        content = camt(Entry()).replace(b"<IBAN>BE71096123456769</IBAN>", b"<Othr><Id>096123456769</Id></Othr>")
        assert statement_of(content).entries[0].counterparty.iban == "BE71096123456769"


class TestACommunication:
    def test_is_structured_when_its_check_is_right(self) -> None:
        entry = paid(reference=GOOD)
        assert (entry.structured, entry.communication) == (GOOD, GOOD)

    @pytest.mark.parametrize("reference", [f"+++{GOOD}+++", "+++090/9337/55493+++", "090 9337 55493"])
    def test_is_structured_however_it_is_written(self, reference: str) -> None:
        assert paid(reference=reference, issuer="").structured == GOOD

    @pytest.mark.parametrize("reference", ["090933755494", "RF18539007547034", "4654654654654654"])
    def test_of_another_kind_is_free(self, reference: str) -> None:
        entry = paid(reference=reference, free=("MERCI",))
        assert (entry.structured, entry.communication) == ("", f"{reference} MERCI")

    @pytest.mark.parametrize("text", ["LOYER +++090/9337/55493+++", "***090/9337/55493***", f"+++ {GOOD} +++"])
    def test_is_structured_when_the_payer_wrote_it_in_free_text(self, text: str) -> None:
        assert paid(free=(text,)).structured == GOOD
        assert paid(added=text).structured == GOOD

    @pytest.mark.parametrize("text", ["+++090/9337/55494+++", "090/9337/55493", "+++090/9337/55493***"])
    def test_is_free_otherwise(self, text: str) -> None:
        assert paid(free=(text,)).structured == ""

    def test_joins_all_that_is_said(self) -> None:
        entry = paid(free=("PROVISION", "MARS  2026"), reference=GOOD, added="LOT A1")
        assert entry.communication == f"{GOOD} PROVISION MARS 2026 LOT A1"

    @pytest.mark.parametrize("end_to_end_id", ["NOTPROVIDED", ""])
    def test_has_no_end_to_end_id_when_nobody_gave_it(self, end_to_end_id: str) -> None:
        assert paid(end_to_end_id=end_to_end_id).end_to_end_id == ""

    def test_says_the_amount_before_conversion(self) -> None:
        assert paid(foreign="120.00 USD").original_amount == "120.00 USD"
        assert paid(foreign="125.00 EUR").original_amount == ""
        abroad = '<AmtDtls><InstdAmt><Amt Ccy="JPY">12000</Amt></InstdAmt></AmtDtls>'
        assert entry_of(Entry(more=abroad)).original_amount == "12000 JPY"


class TestAPaymentThatComesBack:
    def test_says_why(self) -> None:
        entry = entry_of(Entry(-5_000, (Detail(return_reason="MD06", end_to_end_id="KPG-17"),), reversal=True))
        assert (entry.amount, entry.return_reason, entry.end_to_end_id) == (-5_000, "MD06", "KPG-17")

    @pytest.mark.parametrize("entry", [Entry(reversal=True), Entry(family="RRTN"), Entry(family="UPDD", details=())])
    def test_is_known_by_its_kind_when_the_bank_gives_no_reason(self, entry: Entry) -> None:
        assert entry_of(entry).return_reason == "MS03"

    def test_is_no_other(self) -> None:
        assert entry_of(Entry()).return_reason == ""


class TestABatch:
    @pytest.mark.parametrize("version", VERSIONS)
    def test_is_read_as_its_details_when_they_add_up(self, version: str) -> None:
        details = (Detail(-100, "VAN A", bank_reference="X"), Detail(-250, "VAN B"))
        entries = entries_of(Entry(-350, details), Entry(7), version=version)
        assert [(one.amount, one.counterparty.name) for one in entries] == [
            (-100, "VAN A"), (-250, "VAN B"), (7, "PEETERS AN"),
        ]  # fmt: skip
        assert len({one.reference for one in entries}) == 3

    def test_is_one_sum_when_a_detail_has_no_amount(self) -> None:
        entry = entry_of(Entry(-350, (Detail(-350), Detail()), information="SALAIRES"))
        assert (entry.amount, entry.communication, entry.counterparty) == (-350, "SALAIRES", Counterparty())

    def test_is_one_sum_when_its_details_do_not_add_up(self) -> None:
        assert entry_of(Entry(-350, (Detail(-100), Detail(-251)))).amount == -350

    def test_counts_a_detail_in_dollars_by_its_amount_in_euro(self) -> None:
        details = (Detail(100, foreign="1.20 USD"), Detail(250))
        first, second = entries_of(Entry(350, details))
        assert (first.amount, first.original_amount, second.amount) == (100, "1.20 USD", 250)

    def test_may_hold_what_goes_the_other_way(self) -> None:
        entries = entries_of(Entry(350, (Detail(400), Detail(-50))), version="08")
        assert [one.amount for one in entries] == [400, -50]

    def test_of_one_has_the_amount_of_the_entry(self) -> None:
        assert entry_of(Entry(350, (Detail(400),))).amount == 350
