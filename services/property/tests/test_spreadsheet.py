"""Lists arrive as Belgian offices write them, and sometimes as nobody should."""

from __future__ import annotations

import io
import time
import zipfile
from datetime import date, datetime
from pathlib import Path
from unittest.mock import patch

import pytest

from koprogo.property.adapters import spreadsheet
from koprogo.property.adapters.spreadsheet import ColumnsMissing, FileUnreadable, read

from .builders import csv_of, lots, row, xlsx_of

ROWS = [row(owner_name="Frédéric Müller", city="Liège"), row(lot_number="A2", owner_name="Élise Noël")]
FRENCH = {
    "Lot": "lot_number", "Type de lot": "lot_kind", "Quotités": "lot_shares", "Référence": "owner_reference",
    "Copropriétaire": "owner_name", "Langue": "language", "Adresse": "address", "Code postal": "postal_code",
    "Commune": "city", "Droit": "right", "Fraction": "fraction", "Depuis": "since",
}  # fmt: skip
DUTCH = {
    "Kavelnummer": "lot_number", "Soort kavel": "lot_kind", "AANDELEN": "lot_shares", "Referentie": "owner_reference",
    "Mede-eigenaar": "owner_name", "Taal": "language", "Straat": "address", "Postcode": "postal_code",
    "Gemeente": "city", "Recht": "right", "Breuk": "fraction", "Sinds": "since",
}  # fmt: skip
GERMAN = {
    "Los": "lot_number", "Art des Loses": "lot_kind", "Anteile": "lot_shares", "Referenz": "owner_reference",
    "Name": "owner_name", "Sprache": "language", "Adresse": "address", "Postleitzahl": "postal_code", "Ort": "city",
    "Recht": "right", "Bruchteil": "fraction", "Seit": "since",
}  # fmt: skip


class TestACsv:
    @pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp1252"])
    @pytest.mark.parametrize("delimiter", [";", ",", "\t"])
    def test_is_read_in_every_way_that_offices_write_it(self, encoding: str, delimiter: str) -> None:
        found = read(csv_of(ROWS, encoding=encoding, delimiter=delimiter))
        assert found == [(2, ROWS[0]), (3, ROWS[1])]

    @pytest.mark.parametrize("headers", [FRENCH, DUTCH, GERMAN], ids=["fr", "nl", "de"])
    def test_may_name_its_columns_in_the_language_of_the_region(self, headers: dict[str, str]) -> None:
        content = csv_of(ROWS, columns=list(headers.values()), headers=list(headers))
        assert read(content)[0] == (2, {column: ROWS[0][column] for column in headers.values()})

    def test_counts_rows_as_the_spreadsheet_does(self) -> None:
        content = csv_of([row(address="Zavelstraat 12\nbus 3"), row(lot_number="A2"), row(lot_number="A3")])
        found = read(content.replace(b"\r\nA3", b"\r\n\r\nA3"))
        assert [number for number, _ in found] == [2, 3, 5]
        assert found[0][1]["address"] == "Zavelstraat 12\nbus 3"

    def test_without_the_columns_that_must_be_there_names_them(self) -> None:
        with pytest.raises(ColumnsMissing, match=r"missing: lot_shares, language\."):
            read(b"lot;lot_kind;owner_reference;nom\nA1;cave;O1;An\n")

    @pytest.mark.parametrize("content", [b"", b"\r\n\r\n", csv_of([])])
    def test_without_rows_is_refused(self, content: bytes) -> None:
        with pytest.raises(FileUnreadable, match="no rows"):
            read(content)

    def test_of_more_than_five_thousand_rows_is_refused(self) -> None:
        assert len(read(csv_of(lots(5000)))) == 5000
        with pytest.raises(FileUnreadable, match="more than 5000 rows"):
            read(csv_of(lots(5001)))

    @pytest.mark.parametrize("content", ["é;è\n".encode("utf-16"), b"%PDF-1.7\0\0", b'a;"' + b"x" * 200_000])
    def test_that_is_none_is_refused(self, content: bytes) -> None:
        with pytest.raises(FileUnreadable):
            read(content)


class TestAnXlsx:
    def test_is_read_like_a_csv(self) -> None:
        assert read(xlsx_of(ROWS)) == [(2, ROWS[0]), (3, ROWS[1])]

    def test_may_hold_numbers_days_and_ticks(self) -> None:
        cells = {"lot_shares": 100, "since": datetime(2020, 1, 1), "accepts_email": True, "postal_code": 3000.0}  # noqa: DTZ001
        ((_, found),) = read(xlsx_of([{**row(), **cells}]))
        assert (found["lot_shares"], found["since"], found["accepts_email"], found["postal_code"]) == (
            "100", "2020-01-01", "yes", "3000",
        )  # fmt: skip
        ((_, found),) = read(xlsx_of([{**row(), "since": date(2020, 1, 1), "mandatary": False}]))
        assert (found["since"], found["mandatary"]) == ("2020-01-01", "no")

    def test_counts_rows_with_the_empty_ones(self) -> None:
        empty = dict.fromkeys(row(), None)
        assert [number for number, _ in read(xlsx_of([ROWS[0], empty, ROWS[1]]))] == [2, 4]

    def test_of_five_thousand_rows_is_read_in_seconds(self) -> None:
        content = xlsx_of(lots(5000))
        started = time.process_time()
        assert len(read(content)) == 5000
        assert time.process_time() - started < 10

    def test_that_unpacks_to_more_than_it_may_is_not_unpacked(self) -> None:
        bomb = io.BytesIO()
        with zipfile.ZipFile(bomb, "w", zipfile.ZIP_DEFLATED) as packed:
            packed.writestr("xl/worksheets/sheet1.xml", b"0" * (spreadsheet.MAX_UNPACKED + 1))
        assert len(bomb.getvalue()) < 200_000
        with patch.object(spreadsheet, "load_workbook") as unpacked, pytest.raises(FileUnreadable, match="too large"):
            read(bomb.getvalue())
        unpacked.assert_not_called()

    @pytest.mark.parametrize("part", ["xl/worksheets/sheet1.xml", "xl/workbook.xml", "[Content_Types].xml"])
    @pytest.mark.parametrize("content", [b"", b"<worksheet><sheetData><row>", b"\xff\xfe", b"<a/>", None])
    def test_that_is_damaged_is_refused(self, part: str, content: bytes | None) -> None:
        damaged = io.BytesIO()
        with zipfile.ZipFile(io.BytesIO(xlsx_of(ROWS))) as whole, zipfile.ZipFile(damaged, "w") as packed:
            for name in whole.namelist():
                if name != part:
                    packed.writestr(name, whole.read(name))
                elif content is not None:
                    packed.writestr(name, content)
        with pytest.raises(FileUnreadable):
            read(damaged.getvalue())

    def test_that_was_cut_off_is_refused(self) -> None:
        whole = xlsx_of(ROWS)
        for length in (4, 100, len(whole) // 2, len(whole) - 1):
            with pytest.raises(FileUnreadable):
                read(whole[:length])

    def test_that_is_another_zip_is_refused(self) -> None:
        other = io.BytesIO()
        with zipfile.ZipFile(other, "w") as packed:
            packed.write(Path(__file__), "x.py")
        with pytest.raises(FileUnreadable):
            read(other.getvalue())
