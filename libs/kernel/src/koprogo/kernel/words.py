"""Words that several services share and that nobody may spell differently."""

from enum import StrEnum


class Language(StrEnum):
    FR = "fr"
    NL = "nl"
    DE = "de"
    EN = "en"


class Region(StrEnum):
    """Of the building: decides languages (R174) and the technical calendar (B.14)."""

    BRUSSELS = "brussels"
    FLANDERS = "flanders"
    WALLONIA = "wallonia"
    GERMAN_SPEAKING = "german_speaking"


class Role(StrEnum):
    """What a grant lets somebody be; the matrix is `docs/permissions.md`."""

    SUPER_ADMIN = "super_admin"
    SYNDIC = "syndic"
    ACCOUNTANT = "accountant"
    BOARD_MEMBER = "board_member"
    CONTRACTOR = "contractor"
    OWNER = "owner"


class LotKind(StrEnum):
    APARTMENT = "apartment"
    COMMERCIAL = "commercial"
    CELLAR = "cellar"
    GARAGE = "garage"
    PARKING = "parking"

    @property
    def is_counted(self) -> bool:
        """Cellars, garages and parkings do not count towards the thresholds of the law (R014)."""
        return self in (LotKind.APARTMENT, LotKind.COMMERCIAL)
