import pytest

from koprogo.documents.rendering.refusals import DocumentNotRenderable
from koprogo.documents.rendering.writing import Writing, votes_cast

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
