"""The index behind the search in the texts of cases: pairs of neighbouring characters.

Chinese words stand without spaces, and most have two characters. A word is found by its pairs, which an index holds;
then the texts of what was found are compared with the whole word.
"""

from __future__ import annotations

from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.fields.array import ArrayContains
from django.db.models import Func, Q, TextField, Value

TEXTS = ("title", "place", "description", "result")
SHORTEST_WORD = 2  # characters: a shorter word has no pair


class PiecesOfTexts(Func):
    """The pairs of characters in the texts of a case, in lower case.

    The database computes them; its function is in workflow/migrations/0009_search.
    """

    function = "case_text_pieces"
    output_field = ArrayField(TextField())


PIECES = PiecesOfTexts(*TEXTS)


def pieces_of(word: str) -> list[str]:
    """Returns the pairs of characters of a word, in lower case: ``噪音扰`` has ``噪音`` and ``音扰``."""
    small = word.lower()
    return sorted({small[at : at + 2] for at in range(len(small) - 1)})


def texts_say(word: str) -> Q:
    """Returns the condition that the texts of a case contain ``word``. Those of a clue are sealed: they never do."""
    if len(word) < SHORTEST_WORD:
        return Q(pk__in=[])
    has_case = word.upper() != word.lower()  # Chinese has none, and is compared in half the time
    comparison = "icontains" if has_case else "contains"
    matches = Q()
    for text in TEXTS:
        matches |= Q(**{f"{text}__{comparison}": word})
    return Q(confidential=False) & matches


def texts_have_pieces(word: str) -> Q:
    """Returns what the index can tell of ``texts_say``: the texts have every pair of the word.

    It is no part of ``texts_say``, so that the database asks the index alone and does not cut every text it finds
    into pairs once more.
    """
    if len(word) < SHORTEST_WORD:
        return Q(pk__in=[])
    pieces = Value(pieces_of(word), output_field=ArrayField(TextField()))
    return Q(confidential=False) & Q(ArrayContains(PIECES, pieces))
