"""Writing down and removing a phrase."""

from __future__ import annotations

from datetime import datetime

from accounts.models import User
from common.errors import RuleViolation
from common.privacy.redaction import find_personal, words_of
from workflow.models import Phrase
from workflow.models.phrases import LONGEST_PHRASE
from workflow.phrases import phrases_of

MOST_PHRASES = 60


def add_phrase(text: str, *, by: User, at: datetime) -> Phrase:
    """Write down a phrase of ``by``; one that is there already stays as it is.

    Raises :class:`RuleViolation` for an empty or long text, for one with a person's number, and for one too many.
    """
    text = " ".join(text.split())
    if not text:
        raise RuleViolation("请写下这句短语。", field="text")
    if len(text) > LONGEST_PHRASE:
        raise RuleViolation(f"短语最多 {LONGEST_PHRASE} 字，您写了 {len(text)} 字。", field="text")
    if found := find_personal(text):
        raise RuleViolation(f"短语会反复用在不同的事项里，不能有{words_of(found)}，请去掉。", field="text")
    mine = phrases_of(by)
    if mine.exclude(text=text).count() >= MOST_PHRASES:
        raise RuleViolation(f"您已有 {MOST_PHRASES} 句短语。请先删除用不着的。", field="text")
    phrase, _ = Phrase.objects.get_or_create(owner=by, text=text, defaults={"created_at": at})
    return phrase


def remove_phrase(phrase: Phrase) -> None:
    """Remove a phrase."""
    phrase.delete()
