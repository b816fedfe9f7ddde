import pytest

from koprogo.governance.domain.printable import CharacterNotPrintable, check_printable


class TestATextOfAMeeting:
    @pytest.mark.parametrize(
        "text", ["Élection – “ça” : 48.500 € (§ 7, n° 2)", "Ďurčová, Łukasz, Ελένη, Иван", "½ ≥ 2/3"]
    )
    def test_may_be_written_as_people_here_write(self, text: str) -> None:
        check_printable(text, "text")

    @pytest.mark.parametrize("text", ["Toiture 🏠", "屋根", "\ue000", "☂"])
    def test_is_refused_when_the_documents_could_not_print_it(self, text: str) -> None:
        with pytest.raises(CharacterNotPrintable) as refused:
            check_printable(text, "agenda.0.title.fr")
        assert refused.value.field == "agenda.0.title.fr"
