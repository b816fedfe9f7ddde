import pytest

from koprogo.documents.rendering.labels import LANGUAGES

from . import samples
from .reading import pages, reader, text

TOTALS = {
    "fr": ["Total 48 copropriétaires, 10 000 voix sur 10 000", "Représenté par Jansen Anna", "À distance", "18 h 25"],
    "nl": ["Totaal 48 mede-eigenaars, 10.000 stemmen op 10.000", "Vertegenwoordigd door Jansen Anna", "18.25 uur"],
    "de": ["Gesamt 48 Miteigentümer, 10.000 Stimmen von 10.000", "Vertreten durch Jansen Anna", "18:25 Uhr"],
    "en": ["Total 48 co-owners, 10,000 votes out of 10,000", "Represented by Jansen Anna", "18:25"],
}
HEADINGS = {"fr": "Signature", "nl": "Handtekening", "de": "Unterschrift", "en": "Signature"}
SUSPENDED = {
    "fr": "Droit de participation suspendu",
    "nl": "Recht van deelname geschorst",
    "de": "Teilnahmerecht ausgesetzt",
    "en": "Right to take part suspended",
}
ABSENT = {"fr": "Absent", "nl": "Afwezig", "de": "Abwesend", "en": "Absent"}


@pytest.mark.parametrize("language", LANGUAGES)
class TestAnAttendanceSheet:
    def test_lists_every_co_ownership_with_its_votes_and_the_totals(self, language):
        written = text(samples.attendance_sheet(language))
        for line in samples.attended():
            assert line.name in written
        for expected in [*TOTALS[language], SUSPENDED[language], ABSENT[language]]:
            assert expected in written

    def test_repeats_its_headings_on_every_page_with_rows(self, language):
        sheet = samples.attendance_sheet(language)
        with_rows = [page for page in pages(sheet) if any(line.lots[0] in page for line in samples.attended())]
        assert len(with_rows) >= 3
        assert all(HEADINGS[language] in page for page in with_rows)

    def test_is_left_blank_before_the_meeting(self, language):
        written = text(samples.attendance_sheet(language, before=True))
        assert ABSENT[language] not in written
        assert SUSPENDED[language] in written

    def test_lies_across_the_page(self, language):
        box = reader(samples.attendance_sheet(language)).pages[0].mediabox
        assert box.width > box.height
