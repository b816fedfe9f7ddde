"""CSV and XLSX as rows of text. Headers may be English, French, Dutch or German."""

import csv
import io
import zipfile
from collections.abc import Iterator, Mapping
from datetime import date, datetime

from openpyxl import load_workbook

from koprogo.kernel.errors import DomainError
from koprogo.property.domain.import_rows import COLUMNS, MAX_ROWS, REQUIRED

MAX_UNPACKED = 100_000_000
"""Bytes an XLSX may unpack to."""


class FileUnreadable(DomainError):
    reason = "FILE_UNREADABLE"


class ColumnsMissing(DomainError):
    reason = "COLUMNS_MISSING"


Row = tuple[int, Mapping[str, str]]


def read(content: bytes) -> list[Row]:
    """Rows with their number as the spreadsheet counts them. An XLSX is known by its first bytes."""
    lines = _xlsx(content) if content[:4] == b"PK\x03\x04" else _csv(content)
    header: list[str] | None = None
    rows: list[Row] = []
    for number, cells in lines:
        if not any(cells):
            continue
        if header is None:
            header = [_column(cell) for cell in cells]
            if missing := [column for column in REQUIRED if column not in header]:
                raise ColumnsMissing(
                    f"The first row must name the columns; missing: {', '.join(missing)}. Known: {', '.join(COLUMNS)}.",
                    field="body",
                )
            continue
        rows.append((number, dict(zip(header, cells, strict=False))))
        if len(rows) > MAX_ROWS:
            raise FileUnreadable(f"The file has more than {MAX_ROWS} rows; import it in parts.", field="body")
    if not rows:
        raise FileUnreadable("The file has no rows below its header.", field="body")
    return rows


def _csv(content: bytes) -> Iterator[tuple[int, list[str]]]:
    if b"\0" in content:
        raise FileUnreadable("This is neither CSV nor XLSX.", field="body")
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError:
        # What a Belgian Excel writes by "save as CSV".
        text = content.decode("cp1252", errors="replace")
    first = text.split("\n", 1)[0]
    delimiter = max(";,\t", key=first.count)
    try:
        reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter)
        for number, cells in enumerate(reader, start=1):
            yield number, [cell.strip() for cell in cells]
    except csv.Error as broken:
        raise FileUnreadable(f"The CSV cannot be read: {broken}.", field="body") from broken


def _xlsx(content: bytes) -> Iterator[tuple[int, list[str]]]:
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as packed:
            if sum(entry.file_size for entry in packed.infolist()) > MAX_UNPACKED:
                raise FileUnreadable("The spreadsheet is too large; import it in parts.", field="body")
        workbook = load_workbook(io.BytesIO(content), read_only=True, data_only=True)
        sheet = workbook.worksheets[0]
        for number, cells in enumerate(sheet.iter_rows(values_only=True), start=1):
            yield number, [_text(cell) for cell in cells]
    except FileUnreadable:
        raise
    except Exception as broken:
        # What is wrong inside a file that somebody made is told by whatever exception its depths come upon.
        raise FileUnreadable("The spreadsheet cannot be read; save it again as XLSX or CSV.", field="body") from broken


def _text(cell: object) -> str:
    if cell is None:
        return ""
    if isinstance(cell, datetime | date):
        return cell.isoformat()[:10]
    if isinstance(cell, bool):
        return "yes" if cell else "no"
    if isinstance(cell, float) and cell.is_integer():
        return str(int(cell))
    return str(cell).strip()


def _column(header: str) -> str:
    name = "_".join(header.strip().casefold().replace("-", " ").split())
    return _SYNONYMS.get(name, name)


_SYNONYMS = {
    "lot": "lot_number", "numéro_du_lot": "lot_number", "kavel": "lot_number",
    "kavelnummer": "lot_number", "los": "lot_number",
    "type_de_lot": "lot_kind", "soort_kavel": "lot_kind", "art_des_loses": "lot_kind",
    "quotités": "lot_shares", "quotité": "lot_shares", "aandelen": "lot_shares", "anteile": "lot_shares",
    "bâtiment": "building", "gebouw": "building", "gebäude": "building",
    "référence": "owner_reference", "referentie": "owner_reference", "referenz": "owner_reference",
    "type_de_propriétaire": "owner_kind", "soort_eigenaar": "owner_kind",
    "copropriétaire": "owner_name", "nom": "owner_name",
    "mede_eigenaar": "owner_name", "naam": "owner_name", "name": "owner_name",
    "langue": "language", "taal": "language", "sprache": "language",
    "adresse": "address", "adres": "address", "rue": "address", "straat": "address",
    "code_postal": "postal_code", "postcode": "postal_code", "postleitzahl": "postal_code",
    "commune": "city", "ville": "city", "gemeente": "city", "stad": "city", "ort": "city",
    "pays": "country", "land": "country", "e_mail": "email", "courriel": "email", "mail": "email",
    "accepte_email": "accepts_email", "aanvaardt_email": "accepts_email",
    "droit": "right", "recht": "right", "fraction": "fraction", "breuk": "fraction", "bruchteil": "fraction",
    "mandataire": "mandatary", "lasthebber": "mandatary", "depuis": "since", "sinds": "since", "seit": "since",
}  # fmt: skip
