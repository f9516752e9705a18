"""How personal data looks to somebody who may know that it exists but not what it is."""

from __future__ import annotations


def masked_name(name: str) -> str:
    """Keep the family name: ``王小明`` → ``王**``."""
    return name[:1] + "*" * max(len(name) - 1, 1) if name else ""


def masked_phone(phone: str) -> str:
    """Keep the first three and last four digits: ``138****5678``."""
    if len(phone) < 8:
        return "*" * len(phone)
    return f"{phone[:3]}{'*' * (len(phone) - 7)}{phone[-4:]}"
