import re
import string
from itertools import combinations

import pytest

from koprogo.documents.rendering.labels import LANGUAGES, labels
from koprogo.documents.rendering.refusals import DocumentNotRenderable

from . import letters, reports, samples, transfers
from .reading import plain, text


def holes(label: str) -> set[str]:
    return {name for _, name, _, _ in string.Formatter().parse(label) if name}


SAME_WORDS = {
    "Absent", "Abstentions", "Agenda", "Fonds", "Lot", "Lots", "Name", "Nr.", "Page", "Passiva", "Quorum", "Signature",
    "Signatures", "Total", "Total {account}", "appartement", "garage",
}  # fmt: skip


class TestLabels:
    @pytest.mark.parametrize("language", LANGUAGES)
    def test_have_the_same_keys_in_each_language(self, language):
        assert labels(language).keys() == labels("fr").keys()

    @pytest.mark.parametrize("language", LANGUAGES)
    def test_have_the_same_holes_in_each_language(self, language):
        assert {key: holes(label) for key, label in labels(language).items()} == {
            key: holes(label) for key, label in labels("fr").items()
        }

    def test_are_shared_by_two_languages_only_where_the_word_is_the_same(self):
        shared = {
            (text, one, other)
            for one, other in combinations(LANGUAGES, 2)
            for text in set(labels(one).values()) & set(labels(other).values())
        }
        assert {text for text, _, _ in shared} <= SAME_WORDS

    def test_of_an_unknown_language_are_refused(self):
        with pytest.raises(DocumentNotRenderable, match="'es'"):
            labels("es")

    def test_keep_an_article_with_its_number_on_one_line(self):
        assert "art.\u00a03.87, §\u00a03" in labels("nl")["convocation.urgency"]


DOCUMENTS = [
    samples.convocation,
    samples.second_convocation,
    samples.attendance_sheet,
    samples.minutes,
    samples.second_minutes,
    letters.call_for_funds,
    letters.joint_call_for_funds,
    letters.friendly_reminder,
    letters.firm_reminder,
    letters.formal_notice,
    letters.charge_statement,
    letters.credit_statement,
    transfers.before_the_sale,
    transfers.on_the_transfer,
    transfers.nothing_to_tell_before,
    transfers.nothing_to_tell_on,
    reports.balance_sheet,
    reports.charge_report,
    reports.general_ledger,
]


def phrases(language: str) -> set[str]:
    """The parts of the labels between their holes, long enough to be of one language only."""
    return {
        plain(part).strip()
        for label in labels(language).values()
        for part in re.split(r"\{\w+\}", label)
        if len(plain(part).strip()) >= 9
    }


class TestADocument:
    @pytest.mark.parametrize("document", DOCUMENTS)
    @pytest.mark.parametrize("language", LANGUAGES)
    def test_has_no_label_of_another_language(self, language, document):
        written = text(document(language))
        own = " | ".join(plain(label) for label in labels(language).values())
        foreign = {
            phrase
            for other in LANGUAGES
            if other != language
            for phrase in phrases(other)
            if phrase not in own and re.search(rf"(?<!\w){re.escape(phrase)}(?!\w)", written)
        }
        assert not foreign
