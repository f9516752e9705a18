"""Published text contains no personal number unless its author has seen the number and permits it (Art. 20, 26).

The forms (:mod:`common.web.form_fields`) show the author the numbers that were found and ask. Whichever door calls
them, the actions mask numbers that were not permitted and record the permitted ones in the trace. Names may never
contain a personal number: they are refused.
"""

from __future__ import annotations

from collections import Counter

from common.errors import RuleViolation
from common.privacy.redaction import find_personal, redacted, words_of


class Permitted(str):
    """A text whose author has seen the personal numbers in it and permits their publication."""


def to_publish(text: str) -> str:
    """The text for publication: personal numbers are masked unless the author permitted them."""
    return str(text) if isinstance(text, Permitted) else redacted(text)


def permitted_in(**texts: str) -> dict[str, dict[str, dict[str, int]]]:
    """The trace entry for permitted texts: by field, how many numbers of each kind; empty if there are none."""
    permitted = {
        name: dict(Counter(found.kind for found in find_personal(text)))
        for name, text in texts.items()
        if isinstance(text, Permitted)
    }
    return {"may_publish": permitted} if any(permitted.values()) else {}


def why_not_in_name(text: str) -> str:
    """The sentence why a text cannot be a published name, or an empty text if it can."""
    found = find_personal(text)
    return f"这里要公布，不能写{words_of(found)}，请去掉。" if found else ""


def require_no_number(text: str, *, field: str) -> None:
    """Raise RuleViolation for a published name with a personal number in it."""
    if sentence := why_not_in_name(text):
        raise RuleViolation(sentence, field=field)
