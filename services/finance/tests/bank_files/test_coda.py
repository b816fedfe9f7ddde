"""CODA is read as far as its balances prove the reading, and not one cent further."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

import pytest

from koprogo.finance.adapters.bank_files.reading import read
from koprogo.finance.adapters.bank_files.refusals import (
    AccountInvalid,
    Incomplete,
    NotInEuro,
    Unreadable,
)
from koprogo.finance.domain.bank_statement import BankEntry, Counterparty

from .coda_files import ASSOCIATION, DAY, Move, batch, coda, file_of, line_of, lines_of
from .coda_read import entries_of, entry_of, refusal_of, statement_of

GOOD = "090933755493"


class TestAStatement:
    def test_says_its_account_days_and_balances(self) -> None:
        statement = statement_of(coda(Move(amount=12_500), Move(amount=-4_999), opening=-100))
        assert (statement.iban, statement.number) == (ASSOCIATION, "2026-03-17/017")
        assert (statement.from_day, statement.until_day) == (date(2026, 3, 16), DAY)
        assert (statement.opening, statement.closing) == (-100, 7_401)
        assert [entry.amount for entry in statement.entries] == [12_500, -4_999]

    @pytest.mark.parametrize(
        ("structure", "account"),
        [("0", "435000000080"), ("2", "BE47435000000080"), ("2", "BE47 4350 0000 0080"), ("3", "BE47435000000080")],
    )
    def test_names_its_account_in_any_structure(self, structure: str, account: str) -> None:
        assert statement_of(coda(Move(), structure=structure, account=account)).iban == ASSOCIATION

    def test_may_be_of_a_foreign_account(self) -> None:
        content = coda(Move(), structure="3", account="FR7630006000011234567890189")
        assert statement_of(content).iban == "FR7630006000011234567890189"

    @pytest.mark.parametrize(
        ("structure", "account"), [("2", "BE48435000000080"), ("0", "435000000081"), ("1", "50012345"), ("2", "")]
    )
    def test_of_an_account_whose_check_is_wrong_is_refused(self, structure: str, account: str) -> None:
        assert isinstance(refusal_of(coda(Move(), structure=structure, account=account)), AccountInvalid)

    def test_of_an_account_in_dollars_is_refused(self) -> None:
        refusal = refusal_of(coda(Move(), currency="USD"))
        assert isinstance(refusal, NotInEuro)
        assert refusal.metadata["currency"] == "USD"

    def test_without_a_movement_needs_no_new_balance(self) -> None:
        lines = lines_of()
        assert statement_of(file_of([lines[0], lines[1], line_of((1, "9"), (17, "000001"), (128, "2"))])).entries == ()

    def test_that_is_the_first_has_no_day_before(self) -> None:
        statement = statement_of(coda(Move(booked_on=DAY - timedelta(days=3)), opened_on=None, opening=0))
        assert (statement.from_day, statement.until_day) == (DAY - timedelta(days=3), DAY)

    def test_without_a_coded_number_takes_that_on_paper(self) -> None:
        lines = lines_of(Move())
        lines[1] = lines[1][:125] + "000"
        assert statement_of(file_of(lines)).number == "2026-03-17/017"

    def test_of_version_1_is_read(self) -> None:
        lines = lines_of(Move(name="", account="096123456769"), structure="0", account="435000000080", version="1")
        lines[3] = lines[3][:44] + "   " + f"{'DUPONT JEAN':26}{'RUE HAUTE 1':26}{'1000 BRUXELLES':26}" + lines[3][125:]
        (entry,) = statement_of(file_of(lines)).entries
        assert entry.counterparty == Counterparty("DUPONT JEAN", "BE71096123456769")
        assert entry.communication == ""

    def test_of_a_version_to_come_is_refused(self) -> None:
        assert isinstance(refusal_of(coda(Move(), version="3")), Unreadable)


class TestAFile:
    def test_holds_the_statements_of_several_accounts(self) -> None:
        other = lines_of(Move(amount=1), account="BE71096123456769", number=3)
        found = read(file_of(lines_of(Move(), is_last=False) + other))
        assert [one.iban for one in found.statements] == [ASSOCIATION, "BE71096123456769"]

    def test_keeps_its_good_statements_when_one_is_broken(self) -> None:
        broken = lines_of(Move(amount=1), closing=0, number=18)
        found = read(file_of(lines_of(Move()) + broken + lines_of(Move(), number=19)))
        assert [one.number for one in found.statements] == ["2026-03-17/017", "2026-03-17/019"]
        (refusal,) = found.refused
        assert refusal.message.startswith("Record 11 (line 11): 1000.00 before and 0.01 of movements give 1000.01")

    @pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp1252", "latin-1"])
    @pytest.mark.parametrize("newline", ["\r\n", "\n", "\r", "\r\n\r\n"])
    def test_is_read_in_every_way_that_offices_keep_it(self, encoding: str, newline: str) -> None:
        content = coda(Move(name="FRÉDÉRIC MÜLLER", text="loyer février"), encoding=encoding, newline=newline)
        (entry,) = statement_of(content).entries
        assert (entry.counterparty.name, entry.communication) == ("FRÉDÉRIC MÜLLER", "loyer février")

    def test_may_have_lost_its_trailing_blanks_and_gained_an_end_of_file(self) -> None:
        whole = lines_of(Move(text="x"), Move(amount=-1), free=("BONNE ANNEE",))
        trimmed = file_of([line.rstrip() for line in whole]) + b"\r\n\r\n\x1a"
        assert read(trimmed) == read(file_of(whole))

    def test_names_the_line_where_blank_lines_are_not_records(self) -> None:
        lines = lines_of(Move(), closing=0)
        refusal = refusal_of(file_of(["", "", *lines]))
        assert refusal.message.startswith("Record 5 (line 7): ")
        assert (refusal.metadata["place"], refusal.metadata["line"]) == ("Record 5 (line 7)", "7")

    def test_of_more_than_9999_movements_begins_to_count_again(self) -> None:
        moves = [Move(amount=1, name="", account="") for _ in range(10_003)]
        assert len(statement_of(coda(*moves)).entries) == 10_003


class TestAMovement:
    def test_says_who_paid_when_and_why(self) -> None:
        assert entry_of(
            Move(
                amount=45_075, name="VAN DEN BROECKE-DE SMET", account="BE71 0961 2345 6769", text="PROVISION MARS",
                customer_reference="E2E-42", value_on=date(2026, 3, 18), reference="EPIB00048 AWIUBTKAPUO",
            )
        ) == BankEntry(
            reference="EPIB00048 AWIUBTKAPUO", amount=45_075, booked_on=DAY, value_on=date(2026, 3, 18),
            counterparty=Counterparty("VAN DEN BROECKE-DE SMET", "BE71096123456769"), communication="PROVISION MARS",
            end_to_end_id="E2E-42",
        )  # fmt: skip

    def test_joins_what_is_written_over_three_records_as_it_was_written(self) -> None:
        text = ("Appel de fonds n° 2026/017 pour le remplacement de la chaudière commune du bâtiment B, " * 2)[:149]
        assert entry_of(Move(text=text)).communication == text.strip()

    def test_without_records_22_and_23_is_one_all_the_same(self) -> None:
        entry = entry_of(Move(name="", account="", text="FRAIS DE GESTION"))
        assert (entry.counterparty, entry.communication) == (Counterparty(), "FRAIS DE GESTION")

    def test_is_one_when_the_bank_announces_a_record_and_leaves_it_out(self) -> None:
        entry = entry_of(Move(text="x" * 60, records=frozenset({"23"})))
        assert (entry.communication, entry.counterparty.name) == ("x" * 53, "PEETERS AN")

    @pytest.mark.parametrize("account", ["096123456769", "096-1234567-69", "BE71096123456769", "be71 0961 2345 6769"])
    def test_knows_the_account_of_the_payer_in_any_structure(self, account: str) -> None:
        assert entry_of(Move(account=account)).counterparty.iban == "BE71096123456769"

    @pytest.mark.parametrize(
        "account", ["BE71096123456768", "096123456768", "000000000000", "IE 12", "BE71A961234567B9"]
    )
    def test_leaves_out_an_account_that_is_none(self, account: str) -> None:
        assert entry_of(Move(account=account)).counterparty == Counterparty("PEETERS AN")

    def test_takes_the_name_of_the_payer_from_an_information_record(self) -> None:
        entry = entry_of(Move(name="", information=(f"001|{'ECONOLER S.A.':70}AV. DE HAVESKERCKE 46",)))
        assert entry.counterparty.name == "ECONOLER S.A."
        assert entry.communication == ""

    def test_adds_what_its_information_records_say(self) -> None:
        entry = entry_of(Move(text="LOYER", information=("VIREMENT EN EUROS DU 17/03", "002|AVEC REMARQUE", "LOYER")))
        assert entry.communication == "LOYER VIREMENT EN EUROS DU 17/03 AVEC REMARQUE"

    def test_joins_the_three_records_of_an_information(self) -> None:
        text = " ".join(f"mot{n:03d}" for n in range(38))[:268].strip()
        assert entry_of(Move(information=(text,))).communication == text

    def test_of_an_unknown_value_day_has_that_of_its_booking(self) -> None:
        assert entry_of(Move(value_on=None)).value_on == DAY

    def test_without_any_day_is_refused(self) -> None:
        assert isinstance(refusal_of(coda(Move(value_on=None, booked_on=None))), Incomplete)

    def test_keeps_its_reference_apart_from_the_same_one(self) -> None:
        references = [one.reference for one in entries_of(*[Move(reference="SAME")] * 3, Move(reference=""))]
        assert references == ["SAME", "SAME-2", "SAME-3", "4"]


class TestACommunication:
    @pytest.mark.parametrize("kind", ["101", "102"])
    def test_is_structured_when_its_check_is_right(self, kind: str) -> None:
        entry = entry_of(Move(structured=kind + GOOD))
        assert (entry.structured, entry.communication) == (GOOD, GOOD)

    def test_is_not_structured_when_its_check_is_wrong(self) -> None:
        entry = entry_of(Move(structured="101090933755494"))
        assert (entry.structured, entry.communication) == ("", "090933755494")

    @pytest.mark.parametrize("text", [f"+++{GOOD}+++", "LOYER +++090/9337/55493+++ MERCI", "***090/9337/55493***"])
    def test_is_structured_when_the_payer_wrote_it_so(self, text: str) -> None:
        assert entry_of(Move(text=text)).structured == GOOD

    @pytest.mark.parametrize("text", ["+++090/9337/55494+++", "090/9337/55493", "+++000/0000/00000+++", GOOD])
    def test_is_free_otherwise(self, text: str) -> None:
        entry = entry_of(Move(text=text))
        assert (entry.structured, entry.communication) == ("", text)

    def test_of_another_kind_keeps_its_text(self) -> None:
        assert entry_of(Move(structured="103123456789012")).communication == "123456789012"

    def test_of_a_card_names_the_shop_and_the_amount_abroad(self) -> None:
        zone = f"113{'679999XXXXXX1234':16}1000001000002170326143057{'BRICO':15} {'NEW YORK':10}"[:69]
        entry = entry_of(Move(amount=-11_000, structured=f"{zone:69}000000000120000000001090900USD"))
        assert entry.original_amount == "120.00 USD"

    def test_says_the_amount_before_conversion(self) -> None:
        foreign = f"105{'000000000120000'}{'000000000110430'}000108668000USD{GOOD}US000000000110430"
        entry = entry_of(Move(amount=11_043, structured=foreign))
        assert (entry.original_amount, entry.structured) == ("120.00 USD", GOOD)

    def test_finds_the_amount_before_conversion_in_a_detail(self) -> None:
        detail = Move(amount=11_043, name="", account="", structured="105" + "000000000120000" * 2 + "0" * 12 + "USD")
        entry = entry_of(batch(detail, type_="3", name="TITANIA A/S", text="INVOICE NO 66992"))
        assert (entry.original_amount, entry.communication) == ("120.00 USD", "INVOICE NO 66992")

    def test_in_euro_has_no_amount_before_conversion(self) -> None:
        foreign = f"105{'000000000125000' * 2}000100000000EUR"
        assert entry_of(Move(structured=foreign)).original_amount == ""


class TestAPaymentThatComesBack:
    def test_says_why_in_record_22(self) -> None:
        assert entry_of(Move(amount=-5_000, code="00503000", returned="3MD06")).return_reason == "MD06"

    def test_says_why_in_the_direct_debit(self) -> None:
        zone = f"127170326{'1'}{'1'}{'3'}{'BE12ZZZ0123456789':35}{'MANDAT-7':35}{'PROVISION MARS':62}2AM04"
        entry = entry_of(Move(amount=-5_000, code="00503000", structured=zone))
        assert (entry.return_reason, entry.communication) == ("AM04", "PROVISION MARS")

    @pytest.mark.parametrize("code", ["00154000", "00254000", "00503000", "00505000", "00558000"])
    def test_is_known_by_its_kind_when_the_bank_gives_no_reason(self, code: str) -> None:
        assert entry_of(Move(code=code)).return_reason == "MS03"

    @pytest.mark.parametrize("code", ["00150000", "00101000", "00501000"])
    def test_is_no_other(self, code: str) -> None:
        assert entry_of(Move(code=code)).return_reason == ""

    def test_is_not_guessed_from_what_old_files_have_there(self) -> None:
        lines = lines_of(Move(customer_reference="x"))
        lines[3] = lines[3][:108] + "00843246306A16481" + lines[3][125:]
        (entry,) = statement_of(file_of(lines)).entries
        assert entry.return_reason == ""

    def test_gives_back_our_reference(self) -> None:
        assert entry_of(Move(code="00154000", customer_reference="KPG-17")).end_to_end_id == "KPG-17"

    @pytest.mark.parametrize("reference", ["NOTPROVIDED", "0000000", ""])
    def test_or_none_when_nobody_gave_it(self, reference: str) -> None:
        assert entry_of(Move(customer_reference=reference)).end_to_end_id == ""


class TestABatch:
    def test_is_read_as_its_details_when_they_are_named(self) -> None:
        entries = entries_of(
            batch(
                Move(amount=-100, name="VAN A"), Move(amount=-250, name="VAN B", information=("x",)), Move(amount=-1)
            ),
            Move(amount=7),
        )
        assert [(one.amount, one.counterparty.name) for one in entries] == [
            (-100, "VAN A"), (-250, "VAN B"), (-1, "PEETERS AN"), (7, "PEETERS AN"),
        ]  # fmt: skip

    def test_of_structured_communications_needs_no_names(self) -> None:
        part = Move(amount=100, name="", account="", structured="101" + GOOD)
        assert [one.structured for one in entries_of(batch(part, part, type_="2"))] == [GOOD, GOOD]

    def test_is_one_sum_when_a_detail_is_nobodys(self) -> None:
        entry = entry_of(batch(Move(amount=-100), Move(amount=-50, name="", account=""), text="SALAIRES"))
        assert (entry.amount, entry.communication) == (-150, "SALAIRES")

    def test_is_one_sum_when_its_details_do_not_add_up(self) -> None:
        entry = entry_of(batch(Move(amount=-100), Move(amount=-50), amount=-151))
        assert entry.amount == -151

    def test_of_principal_and_costs_is_one_payment(self) -> None:
        entry = entry_of(batch(Move(amount=10_000), Move(amount=-300), type_="3", name="TITANIA A/S"))
        assert (entry.amount, entry.counterparty.name) == (9_700, "TITANIA A/S")

    def test_does_not_count_the_details_of_a_detail(self) -> None:
        whole = batch(Move(amount=300), Move(amount=200), type_="2")
        costs = replace(whole.details[0], amount=100, code="90150006")
        entries = entries_of(replace(whole, details=(whole.details[0], costs, whole.details[1])))
        assert [one.amount for one in entries] == [300, 200]

    def test_of_more_than_9999_details_begins_to_count_again(self) -> None:
        parts = [Move(amount=1, name="A", account="") for _ in range(10_003)]
        entries = entries_of(batch(*parts), Move(amount=5))
        assert len(entries) == 10_004
