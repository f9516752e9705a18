"""The limits of a matter in words, with their source (Art. 14, 17)."""

from __future__ import annotations

from matters.content import limit_words
from matters.models import Matter


def matter_limits(matter: Matter) -> str:
    """Returns both limits of the list in one line."""
    first = limit_words(matter.first_amount, matter.first_unit)
    finish = limit_words(matter.finish_amount, matter.finish_unit)
    limits = [f"先行处置 {first}" if first else "", f"办结 {finish}" if finish else ""]
    return "，".join(word for word in limits if word) or "清单未定，按等级默认时限"


def legal_basis(matter: Matter) -> str:
    """Returns which edition of which list demands the limits."""
    return f"事项清单第 {matter.edition.edition} 版 {matter.code}（条例第十四条）"
