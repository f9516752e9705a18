"""The document that a setting of the city rests on: whoever publishes one names it, and it is kept whole."""

from __future__ import annotations

from common.errors import RuleViolation

LONGEST_SOURCE = 200


def source_of(document: str, what: str) -> str:
    """The document as it is stored. Raises :class:`RuleViolation` when none is named, or a longer one than is kept."""
    said = " ".join(document.split())
    if not said:
        raise RuleViolation(f"请写明{what}的依据文件。", field="document")
    if len(said) > LONGEST_SOURCE:
        raise RuleViolation(f"依据最多 {LONGEST_SOURCE} 字。", field="document")
    return said
