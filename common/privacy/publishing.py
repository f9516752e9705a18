"""What is published carries no personal number, unless its author, shown it, says that it may (Art. 20, 26).

The forms (:mod:`common.web.form_fields`) show the author what was found and ask; the actions, by whatever door they are
called, mask what was not permitted and write into the trace what was. Names have no room for a number: they refuse it.
"""

from __future__ import annotations

from collections import Counter

from common.errors import RuleViolation
from common.privacy.redaction import find_personal, redacted, words_of


class Permitted(str):
    """A text whose author has seen the personal numbers in it and says that they may be published."""


def to_publish(text: str) -> str:
    """The text as it may be published: its personal numbers masked, where its author has not permitted them."""
    return str(text) if isinstance(text, Permitted) else redacted(text)


def permitted_in(**texts: str) -> dict[str, dict[str, dict[str, int]]]:
    """What the trace says of permitted texts: by field how many numbers of each kind; nothing when there are none."""
    said = {
        name: dict(Counter(found.kind for found in find_personal(text)))
        for name, text in texts.items()
        if isinstance(text, Permitted)
    }
    return {"may_publish": said} if any(said.values()) else {}


def why_not_in_name(text: str) -> str:
    """Why a text cannot be a name that is published, as a sentence; nothing when it can."""
    found = find_personal(text)
    return f"这里要公布，不能写{words_of(found)}，请去掉。" if found else ""


def require_no_number(text: str, *, field: str) -> None:
    """Raise RuleViolation for a published name with a personal number in it."""
    if sentence := why_not_in_name(text):
        raise RuleViolation(sentence, field=field)
