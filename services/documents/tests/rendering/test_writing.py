import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from koprogo.documents.rendering.labels import LANGUAGES
from koprogo.documents.rendering.refusals import DocumentNotRenderable
from koprogo.documents.rendering.writing import Writing, cents, votes_cast
from koprogo.kernel.money import euros

from .reading import plain


class TestWritingAsBelgiansDo:
    @pytest.mark.parametrize(
        ("language", "number", "day", "weekday", "hour"),
        [
            ("fr", "10 000", "1er juin 2026", "lundi 1er juin 2026", "9 h 05"),
            ("nl", "10.000", "1 juni 2026", "maandag 1 juni 2026", "09.05 uur"),
            ("de", "10.000", "1. Juni 2026", "Montag, 1. Juni 2026", "09:05 Uhr"),
            ("en", "10,000", "1 June 2026", "Monday 1 June 2026", "09:05"),
        ],
    )
    def test_in_each_language(self, language, number, day, weekday, hour):
        write = Writing(language)
        assert plain(write.number(10_000)) == number
        assert plain(write.day("2026-06-01")) == day
        assert plain(write.weekday("2026-06-01T09:05:00+02:00")) == weekday
        assert plain(write.hour("2026-06-01T07:05:00+00:00")) == hour

    def test_takes_the_day_of_brussels_after_midnight(self):
        assert plain(Writing("nl").day("2026-06-10T22:30:00+00:00")) == "11 juni 2026"

    @pytest.mark.parametrize(
        ("language", "exact", "share"),
        [
            ("fr", "2800/11 (≈ 254,55) voix", "≈ 51,72 %"),
            ("nl", "2800/11 (≈ 254,55) stemmen", "≈ 51,72 %"),
            ("de", "2800/11 (≈ 254,55) Stimmen", "≈ 51,72 %"),
            ("en", "2800/11 (≈ 254.55) votes", "≈ 51.72%"),
        ],
    )
    def test_keeps_fractions_exact_beside_their_rounded_value(self, language, exact, share):
        write = Writing(language)
        assert plain(write.count("common.votes", "2800/11")) == exact
        assert plain(write.percent("150", "290")) == share

    def test_counts_one_vote_in_the_singular(self):
        assert plain(Writing("nl").count("common.votes", 1)) == "1 stem"
        assert plain(Writing("en").count("attendance.heads", 0)) == "0 co-owners"

    def test_does_not_round_up_to_a_threshold_that_was_missed(self):
        assert plain(Writing("en").percent("799999", "1000000", majority="four_fifths")) == "79.9999%"
        assert plain(Writing("en").percent("4", "5", majority="four_fifths")) == "80.00%"

    def test_adds_votes_cast_exactly(self):
        assert votes_cast("2800/11", "1/11") == "2801/11"

    @pytest.mark.parametrize("digits", ["", "428759497", "0428.759.497", "٠٤٢٨٧٥٩٤٩٧"])
    def test_refuses_a_document_without_enterprise_number(self, digits):
        with pytest.raises(DocumentNotRenderable) as refusal:
            Writing("fr").enterprise_number(digits)
        assert refusal.value.field == "letterhead.enterprise_number"

    @pytest.mark.parametrize("iso", ["", "tomorrow", "2026-06-10T18:30:00"])
    def test_refuses_a_time_that_says_no_moment(self, iso):
        with pytest.raises(DocumentNotRenderable):
            Writing("fr").hour(iso)


class TestWritingAmounts:
    @pytest.mark.parametrize(
        ("language", "amount", "credit", "day"),
        [
            ("fr", "1 234,50 €", "−1 234,50 €", "01/06/2026"),
            ("nl", "€ 1.234,50", "€ −1.234,50", "01/06/2026"),
            ("de", "1.234,50 €", "−1.234,50 €", "01.06.2026"),
            ("en", "€1,234.50", "−€1,234.50", "01/06/2026"),
        ],
    )
    def test_follows_the_language(self, language, amount, credit, day):
        write = Writing(language)
        assert plain(write.amount("1234.50")) == amount
        assert plain(write.amount("-1234.50")) == credit
        assert write.numeric_day("2026-06-01") == day

    @pytest.mark.parametrize("language", LANGUAGES)
    @given(amount=st.integers(-(10**14) + 1, 10**14 - 1))
    def test_loses_no_cent_and_breaks_over_no_line(self, language, amount):
        written = Writing(language).amount(euros(amount))
        assert int(re.sub(r"\D", "", written)) == abs(amount)
        assert ("−" in written) == (amount < 0)
        assert not set(" -") & set(written)

    @pytest.mark.parametrize("amount", ["1.234,50", "1e3", "NaN", "12.345", "€ 5", "１２"])
    def test_refuses_what_is_no_amount(self, amount):
        with pytest.raises(DocumentNotRenderable, match="not an amount"):
            Writing("nl").amount(amount)

    def test_takes_an_empty_amount_for_none(self):
        assert cents("") == 0
