"""Check digits of identity numbers of citizens (GB 11643-1999) and of bank cards. Pure."""

from __future__ import annotations

WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
CHECK = "10X98765432"


def check_digit(first_seventeen: str) -> str:
    """The check digit for the first seventeen digits of an identity number (ISO 7064 MOD 11-2)."""
    return CHECK[
        sum(int(digit) * weight for digit, weight in zip(first_seventeen, WEIGHTS, strict=True)) % 11
    ]


def is_luhn(digits: str) -> bool:
    """Whether the check digit of a card number is correct (ISO/IEC 7812-1)."""
    doubled = [int(digit) * (1 + place % 2) for place, digit in enumerate(reversed(digits))]
    return sum(value - 9 * (value > 9) for value in doubled) % 10 == 0
