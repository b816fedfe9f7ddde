"""The agenda (ordre du jour, agenda): what may be decided, and by which majority (R029, R070)."""

from collections.abc import Sequence
from uuid import UUID

import msgspec

from koprogo.governance.domain.law.majority import Majority, Nature, majority_of
from koprogo.governance.domain.printable import check_printable
from koprogo.kernel.errors import Conflict, DomainError
from koprogo.kernel.words import Language


class TitleMissing(DomainError):
    reason = "TITLE_MISSING"


class KeyNotAllowed(DomainError):
    reason = "KEY_NOT_ALLOWED"


class AgendaEmpty(Conflict):
    reason = "AGENDA_EMPTY"


class AgendaItem(msgspec.Struct):
    id: UUID
    title: dict[Language, str]
    text: dict[Language, str]
    nature: Nature | None
    """None: an item without vote, such as a report (R029)."""
    allocation_key: UUID | None
    """Only those who bear this charge vote, by their share in it (R051)."""
    attachments: list[UUID]
    excluded: list[UUID]
    """Co-ownerships with a conflict of interest on this item (R059)."""
    attachment_names: list[str] = []
    """As the convocation lists them."""
    retry_of_unanimity: bool = False
    """Unanimity failed before only because of absences: now of those present (R071)."""
    about: str = ""
    """What of another service it puts to the vote, in that service's words: `finance/budget/<id>`."""

    @property
    def majority(self) -> Majority | None:
        """Follows from the nature alone (R070)."""
        return None if self.nature is None else majority_of(self.nature)

    def in_language(self, language: Language, fallback: Language) -> tuple[str, str]:
        """Title and text."""
        return (
            self.title.get(language) or self.title.get(fallback, ""),
            self.text.get(language) or self.text.get(fallback, ""),
        )


def check_agenda(agenda: Sequence[AgendaItem], languages: Sequence[Language]) -> None:
    """Each item is named in each language of the association; unanimity of all leaves no special key."""
    for position, item in enumerate(agenda):
        for language in languages:
            if not item.title.get(language, "").strip():
                raise TitleMissing(
                    f"Item {position + 1} needs a title in {language}, a language of the association.",
                    field=f"agenda.{position}.title.{language}",
                )
        for what, texts in (("title", item.title), ("text", item.text)):
            for language, text in texts.items():
                check_printable(text, f"agenda.{position}.{what}.{language}")
        if item.allocation_key is not None and item.majority in (None, Majority.UNANIMITY):
            raise KeyNotAllowed(
                f"Item {position + 1} is not decided by a special key (R051).",
                field=f"agenda.{position}.allocation_key",
            )
