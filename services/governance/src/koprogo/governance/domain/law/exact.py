"""Exact numbers as they are written in results."""

from fractions import Fraction


def as_text(number: Fraction | int) -> str:
    """`2800/11`: lowest terms, no slash for a whole number."""
    number = Fraction(number)
    return str(number.numerator) if number.denominator == 1 else f"{number.numerator}/{number.denominator}"
