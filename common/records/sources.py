"""The document on which a setting of the city is based: it is named at publication and stored in full."""

from __future__ import annotations

from common.errors import RuleViolation

LONGEST_SOURCE = 200


def source_of(document: str, what: str) -> str:
    """The document as stored, with single spaces. Raises :class:`RuleViolation` when it is empty or too long."""
    text = " ".join(document.split())
    if not text:
        raise RuleViolation(f"请写明{what}的依据文件。", field="document")
    if len(text) > LONGEST_SOURCE:
        raise RuleViolation(f"依据最多 {LONGEST_SOURCE} 字。", field="document")
    return text
