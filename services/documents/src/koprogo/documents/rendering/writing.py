"""Numbers, days and hours as Belgians write them in each language.

English follows en_GB (10,000 and 52.17%): en_BE of the CLDR has the comma and the point the other way round,
which an English reader would take for ten.
"""

from datetime import date, datetime
from decimal import Decimal
from fractions import Fraction
from zoneinfo import ZoneInfo

from babel.dates import format_date
from babel.numbers import format_currency, format_decimal

from koprogo.documents.rendering.labels import NO_BREAK, labels
from koprogo.documents.rendering.refusals import DocumentNotRenderable
from koprogo.kernel import money

BRUSSELS = ZoneInfo("Europe/Brussels")

_LOCALES = {"fr": "fr_BE", "nl": "nl_BE", "de": "de_BE", "en": "en_GB"}
_HOURS = {
    "fr": f"%H{NO_BREAK}h{NO_BREAK}%M",
    "nl": f"%H.%M{NO_BREAK}uur",
    "de": f"%H:%M{NO_BREAK}Uhr",
    "en": "%H:%M",
}
_DAYS = {"fr": "d MMMM y", "nl": "d MMMM y", "de": "d. MMMM y", "en": "d MMMM y"}
_NUMERIC_DAYS = {"fr": "dd/MM/y", "nl": "dd/MM/y", "de": "dd.MM.y", "en": "dd/MM/y"}
_WEEKDAYS = {"fr": "EEEE ", "nl": "EEEE ", "de": "EEEE, ", "en": "EEEE "}


class Writing:
    """What the templates call to put labels and figures into one language."""

    def __init__(self, language: str) -> None:
        self.language = language
        self._labels = labels(language)
        self._locale = _LOCALES[language]

    def label(self, key: str, /, **values: object) -> str:
        """A label, filled in. The code of a majority, a mode, a reason… ends a key: an unknown one is refused."""
        try:
            return self._labels[key].format(**values)
        except KeyError as missing:
            raise DocumentNotRenderable(f"No label for {key} with {missing}.", field=key) from None

    def count(self, key: str, amount: str | int) -> str:
        """'1 vote', '2 votes', '2800/11 votes'."""
        exact = _fraction(amount)
        one = exact == 1 or (self.language == "fr" and exact == 0)
        return self.label(f"{key}.{'one' if one else 'other'}", n=self.exact(amount).replace(" ", NO_BREAK))

    def number(self, value: int) -> str:
        return format_decimal(value, locale=self._locale)

    def amount(self, euros: str) -> str:
        """'1 234,50 €', '€ 1.234,50': exact, with a minus sign that stays with its number."""
        written: str = format_currency(Decimal(cents(euros)) / 100, "EUR", locale=self._locale)
        return written.replace("-", "−")

    def figure(self, euros: str) -> str:
        """'1 234,50', '1.234,50': an amount in a column that says its currency once."""
        written: str = format_decimal(Decimal(cents(euros)) / 100, format="#,##0.00", locale=self._locale)
        return written.replace("-", "−")

    def exact(self, amount: str | int) -> str:
        """A whole number grouped; a fraction as it was computed, with its value to two decimals."""
        exact = _fraction(amount)
        if exact.denominator == 1:
            return self.number(exact.numerator)
        return f"{exact.numerator}/{exact.denominator} (≈{NO_BREAK}{self._decimal(exact, 2)})"

    def fraction(self, amount: str | int) -> str:
        """A fraction as it was computed, without its decimal value."""
        exact = _fraction(amount)
        if exact.denominator == 1:
            return self.number(exact.numerator)
        return f"{exact.numerator}/{exact.denominator}"

    def percent(self, part: str | int, whole: str | int, *, majority: str = "") -> str:
        """Rounded to two decimals, marked when rounding changed it.

        More decimals are given where two would show the threshold that was not exactly reached.
        """
        if not (base := _fraction(whole)):
            raise DocumentNotRenderable("There is no percentage of zero votes.")
        ratio = _fraction(part) / base
        threshold = _THRESHOLDS.get(majority)
        places = 2
        while threshold is not None and ratio != threshold and places < 8:
            if round(ratio * 100, places) != round(threshold * 100, places):
                break
            places += 1
        hundredfold = ratio * 100
        sign = "" if round(hundredfold, places) == hundredfold else f"≈{NO_BREAK}"
        unit = "%" if self.language == "en" else f"{NO_BREAK}%"
        return f"{sign}{self._decimal(hundredfold, places)}{unit}"

    def _decimal(self, exact: Fraction, places: int) -> str:
        rounded = round(exact, places)
        value = Decimal(rounded.numerator) / Decimal(rounded.denominator)
        return format_decimal(value, format=f"#,##0.{'0' * places}", locale=self._locale)

    def day(self, iso: str) -> str:
        return self._day(_day(iso), _DAYS[self.language])

    def weekday(self, iso: str) -> str:
        return self._day(_day(iso), _WEEKDAYS[self.language] + _DAYS[self.language])

    def numeric_day(self, iso: str) -> str:
        """'01/06/2026', for the columns of a table."""
        return format_date(_day(iso), _NUMERIC_DAYS[self.language], locale=self._locale)

    def _day(self, day: date, pattern: str) -> str:
        if self.language == "fr" and day.day == 1:
            pattern = pattern.replace("d MMMM", "d'er' MMMM")
        written = format_date(day, pattern, locale=self._locale)
        return written.replace(f"{day.day} ", f"{day.day}{NO_BREAK}", 1)

    def hour(self, iso: str) -> str:
        moment = _moment(iso)
        written = moment.strftime(_HOURS[self.language])
        return written.removeprefix("0") if self.language == "fr" else written

    def enterprise_number(self, digits: str) -> str:
        """0428.759.497; every document of an association carries it (R009)."""
        if len(digits) != 10 or not digits.isdecimal() or not digits.isascii():
            raise DocumentNotRenderable(
                "An enterprise number of ten digits must be on every document of an association "
                "(art. 3.86 § 1 of the Civil Code).",
                field="letterhead.enterprise_number",
            )
        return f"{digits[:4]}.{digits[4:7]}.{digits[7:]}"


_THRESHOLDS = {
    "absolute": Fraction(1, 2),
    "two_thirds": Fraction(2, 3),
    "four_fifths": Fraction(4, 5),
    "unanimity": Fraction(1),
}


def votes_cast(votes_for: str, votes_against: str) -> str:
    """For and against; abstentions, blank and null votes are not votes cast (R058)."""
    return str(_fraction(votes_for) + _fraction(votes_against))


def cents(euros: str) -> int:
    """Of an amount on the wire; none when it is empty."""
    try:
        return money.cents(euros or "0")
    except money.NotAnAmount as refusal:
        raise DocumentNotRenderable(f"{euros!r} is not an amount. {refusal.message}") from None


def _fraction(amount: str | int) -> Fraction:
    try:
        return Fraction(amount or 0)
    except (ValueError, ZeroDivisionError):
        raise DocumentNotRenderable(f"{amount!r} is not a number of votes.") from None


def _moment(iso: str) -> datetime:
    try:
        moment = datetime.fromisoformat(iso)
    except ValueError:
        raise DocumentNotRenderable(f"{iso!r} is not a time in ISO form.") from None
    if moment.tzinfo is None:
        raise DocumentNotRenderable(f"The time {iso!r} lacks its offset.")
    return moment.astimezone(BRUSSELS)


def _day(iso: str) -> date:
    try:
        return date.fromisoformat(iso)
    except ValueError:
        return _moment(iso).date()
