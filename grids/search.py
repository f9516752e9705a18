"""Find places and grids by characters, pinyin initials, old and new codes, and their units (Art. 7, 13)."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass

from django.db.models import Case, F, Func, IntegerField, Q, QuerySet, TextField, Value, When
from django.db.models.functions import Replace
from django.db.models.lookups import Contains, EndsWith

from common.errors import RuleViolation
from common.initials import BETWEEN
from grids.divisions import PROVINCE, spoken_names
from grids.models import Division, Grid, GridCode, GridUnit

LONGEST = 40  # characters in one search
MOST_WORDS = 6
MOST_PLACES, MOST_GRIDS = 20, 50
INITIALS = re.compile(r"(?=.*[a-z])[0-9a-z]{2,}")  # digits are kept as they are in a reading: sfxq2hy
FULL_READING = re.compile(r"[a-z]{4,}")
SHORTEST_FULL_NAME = 4  # two characters of a place above, two of its own
ABOVE = ("parent__", "parent__parent__", "parent__parent__parent__")
CODE = re.compile(r"(?=.*[0-9])[0-9a-z]{4,}")  # a code, or its beginning; a rule's codes may contain letters
TOO_SHORT = "请至少写两个字，或两个拼音首字母，或编码的前四位。"
TOO_LONG = f"最多写 {LONGEST} 个字，请只留下网格、村社区或小区的名称。"


@dataclass(frozen=True)
class Question:
    """The search words; all of them must match."""

    words: tuple[str, ...]

    @property
    def code(self) -> str:
        """The single search word in capitals if it looks like a code, else an empty string."""
        is_code = len(self.words) == 1 and CODE.fullmatch(self.words[0])
        return self.words[0].upper() if is_code else ""


@dataclass(frozen=True)
class Hit:
    """A grid that was found, and the reason if its own name and code do not show it."""

    grid: Grid
    because: str = ""


@dataclass(frozen=True)
class Found:
    """Places and grids, best match first; ``is_cut`` is true if there are more grids."""

    places: list[Division]
    hits: list[Hit]
    is_cut: bool = False


def read_question(text: str) -> Question:
    """Read the text that the user typed; raises :class:`RuleViolation` if it is empty, too short or too long."""
    plain = unicodedata.normalize("NFKC", text).strip().lower()
    if len(plain) > LONGEST:
        raise RuleViolation(TOO_LONG, field="q")
    words = tuple(plain.split()[:MOST_WORDS])
    if not any(_is_enough(word) for word in words):
        raise RuleViolation(TOO_SHORT, field="q")
    return Question(words)


def _is_enough(word: str) -> bool:
    return len(word) >= (4 if word.isdecimal() else 2)


def grids_like(question: Question) -> Q:
    """Return the condition on grids; it includes retired grids and old codes."""
    wanted = Q()
    for word in question.words:
        wanted &= _of_grid(word)
    return wanted


def _of_grid(word: str) -> Q:
    wanted = Q(pk__in=_units_like([word]).values("version__grid")) | Q(name__icontains=word)
    wanted |= place_like(word, "village__") | Q(village__parent__name__contains=word)
    if len(word) >= SHORTEST_FULL_NAME:
        wanted |= _full_name(word, name="name", above=[f"village__{step}" for step in ("", *ABOVE)])
    if INITIALS.fullmatch(word):
        wanted |= Q(initials__contains=word)
    if CODE.fullmatch(word):
        codes = GridCode.objects.filter(code__startswith=word.upper())
        wanted |= Q(pk__in=codes.values("grid"))
    return wanted


def _units_like(words: Iterable[str]) -> QuerySet[GridUnit]:
    """Return the units of present grid versions that match any of the words."""
    wanted = Q()
    for word in words:
        wanted |= Q(name__icontains=word)
        if INITIALS.fullmatch(word):
            wanted |= Q(initials__contains=word)
    return GridUnit.objects.filter(wanted, version__valid_to__isnull=True)


def place_like(word: str, path: str = "") -> Q:
    """Return the condition on one division: its official, short or full name, a reading, its letters, or its code.

    ``path`` leads to the division from the row that is searched, ``village__`` from a grid.
    """
    fits = Q()
    for name in spoken_names(word):
        fits |= Q(**{f"{path}name__contains": name})
        if len(name) >= SHORTEST_FULL_NAME:
            fits |= _full_name(name, name=f"{path}name", above=[f"{path}{step}" for step in ABOVE])
    if INITIALS.fullmatch(word):
        fits |= Q(**{f"{path}initials__contains": word})
    if FULL_READING.fullmatch(word):
        fits |= Q(Contains(Replace(F(f"{path}sort_key"), Value(" "), Value("")), word))
    if CODE.fullmatch(word):
        fits |= Q(**{f"{path}code__startswith": word})
    return fits


def _full_name(word: str, *, name: str, above: Iterable[str]) -> Q:
    """Return whether the word ends with the row's own name and all of it stands in the row's full name."""
    asked = Value(word, output_field=TextField())
    # Like Concat, but in one piece: five nested ones take longer to compile than the search to run.
    whole = Func(
        Value(PROVINCE),
        *(F(f"{step}name") for step in [*above][::-1]),
        F(name),
        function="CONCAT",
        output_field=TextField(),
    )
    return Q(EndsWith(asked, F(name))) & Q(Contains(whole, word))


def places_like(question: Question) -> Q:
    """Return the condition on divisions: every word fits it or a place above it, and at least one fits itself."""
    if len(question.words) == 1:
        return place_like(question.words[0])
    wanted, own = Q(), Q()
    for word in question.words:
        itself = place_like(word)
        wanted &= itself | place_like(word, "parent__") | place_like(word, "parent__parent__")
        own |= itself
    return wanted & own


def find(question: Question) -> Found:
    """Return at most twenty places and fifty grids that have ever been in force; at most four statements."""
    first = question.words[0]
    begins = Q(name__startswith=first) | Q(code__startswith=first)
    begins |= Q(initials__startswith=first) | Q(initials__contains=f"{BETWEEN}{first}")
    near = Case(
        When(name__in=spoken_names(first), then=0),
        When(begins, then=1),
        default=Value(2),
        output_field=IntegerField(),
    )
    places = _with_place_above().filter(places_like(question)).exclude(level=Division.Level.CITY)
    known = Grid.objects.with_place().exclude(in_force_on=None).filter(grids_like(question))
    grids = list(known.order_by("status", near, "code")[: MOST_GRIDS + 1])
    reasons = _reasons(question, [grid for grid in grids[:MOST_GRIDS] if not _says_it(grid, question)])
    return Found(
        list(places.order_by(near, "code")[:MOST_PLACES]),
        [Hit(grid, reasons.get(grid.pk, "")) for grid in grids[:MOST_GRIDS]],
        is_cut=len(grids) > MOST_GRIDS,
    )


def _with_place_above() -> QuerySet[Division]:
    return Division.objects.select_related("parent__parent").defer(
        "outline", "parent__outline", "parent__parent__outline"
    )


def _says_it(grid: Grid, question: Question) -> bool:
    """Whether the grid's own row shows every word."""
    shown = (grid.name.lower(), grid.initials, grid.code.lower(), grid.village.name)
    return all(any(word in each for each in shown) for word in question.words)


def _reasons(question: Question, grids: list[Grid]) -> dict[int, str]:
    """Return why each grid was found if its row does not show it: a unit or an old code; at most two statements."""
    if not grids:
        return {}
    units = _units_like(question.words).filter(version__grid__in=grids).order_by("-pk")
    reasons = {grid_id: f"含{name}" for grid_id, name in units.values_list("version__grid", "name")}
    if question.code:
        given = GridCode.objects.filter(grid__in=grids, code__startswith=question.code).order_by("pk")
        reasons |= {grid_id: f"原编码 {code}" for grid_id, code in given.values_list("grid", "code")}
    return reasons
