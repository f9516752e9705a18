"""Count the words that find nothing in a county's list: no person who searched, no personal number."""

from __future__ import annotations

import re
from datetime import date

from django.db import connection

from common.privacy.redaction import find_personal
from grids.models import Division
from matters.models import MissedWord

MOST_WORDS = 2_000  # of one county; the one not asked for the longest gives way
LONGEST = 12  # a longer text is a story, and may name somebody
WORDS = re.compile(r"[\u3400-\u9fff][\u3400-\u9fffa-z0-9]+")
TABLE = MissedWord._meta.db_table
COUNT = f"""
INSERT INTO {TABLE} AS kept (county_id, word, times, last_on) VALUES (%(county)s, %(word)s, 1, %(on)s)
ON CONFLICT (county_id, word) DO UPDATE SET times = kept.times + 1, last_on = EXCLUDED.last_on
"""
GIVE_WAY = f"""
DELETE FROM {TABLE} WHERE id IN (
    SELECT id FROM {TABLE} WHERE county_id = %(county)s ORDER BY last_on DESC, times DESC, id DESC OFFSET {MOST_WORDS}
)
"""


def note_missed_word(county: Division, word: str, *, on: date) -> bool:
    """Counts a search without a hit. Returns False, and keeps nothing, for no word or a person's number."""
    plain = "".join(word.lower().split())
    if not is_kept(plain):
        return False
    values: dict[str, int | str | date] = {"county": county.pk, "word": plain, "on": on}
    with connection.cursor() as cursor:
        cursor.execute(COUNT, values)
        cursor.execute(GIVE_WAY, values)
    return True


def is_kept(plain: str) -> bool:
    """Returns whether a searched text may be shown to the list's editors."""
    if len(plain) > LONGEST or not WORDS.fullmatch(plain):
        return False
    digits = sum(letter.isdigit() for letter in plain)
    return digits <= 3 and not find_personal(plain)
