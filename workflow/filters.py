"""The filters of a desk's list. They are in the address, so that a colleague with the address sees the same list."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass

from django.db.models import Q

from grids.models import Division
from matters.models import Matter
from workflow.models import Case

NUMBER = re.compile(r"(?:\d{8}-)?0*(\d{1,15})")
LETTERS = re.compile(r"[a-z]+")
LONGEST_TEXT = 60


@dataclass(frozen=True)
class Filters:
    """The filters of one list. An empty filter has no effect."""

    text: str = ""
    matter: str = ""
    light: str = ""
    division: str = ""

    @classmethod
    def read(cls, said: Mapping[str, str]) -> Filters:
        """Reads the filters from the address. Values without meaning are ignored."""
        light = said.get("light", "")
        return cls(
            text=said.get("q", "").replace("\x00", "").strip()[:LONGEST_TEXT],
            matter=said.get("matter", "").replace("\x00", "").strip()[:10],
            light=light if light in Case.Light.values else "",
            division=said.get("division", "").replace("\x00", "").strip()[:12],
        )

    def __bool__(self) -> bool:
        return bool(self.text or self.matter or self.light or self.division)

    def address(self) -> dict[str, str]:
        """Returns the filters as query parameters of the address."""
        said = {"q": self.text, "matter": self.matter, "light": self.light, "division": self.division}
        return {key: word for key, word in said.items() if word}

    def condition(self, place: Division | None) -> Q:
        """Returns the condition that a case must meet. ``place`` is the division that the address names."""
        wanted = Q()
        for word in self.text.split():
            wanted &= _speaks_of(word)
        if self.matter:
            wanted &= Q(matter__code=self.matter)
        if self.light:
            wanted &= Q(light=self.light)
        if self.division:
            wanted &= Q(**{f"{place.level}_id": place.pk}) if place else Q(pk__in=[])
        return wanted

    def place(self) -> Division | None:
        """Returns the division that the address names, in one statement; no statement if it names none."""
        return Division.objects.filter(code=self.division).first() if self.division else None


def _speaks_of(word: str) -> Q:
    """Matches a case number, pinyin letters of the matter or the village, or characters of title, place or village."""
    number = NUMBER.fullmatch(word)
    if number:
        return Q(pk=int(number[1])) | Q(place__contains=word)
    letters = word.lower()
    if LETTERS.fullmatch(letters):
        return Q(matter__initials__contains=letters) | Q(village__initials__contains=letters)
    return Q(title__contains=word) | Q(place__contains=word) | Q(village__name__contains=word)


def matter_codes() -> list[tuple[str, str]]:
    """Returns code and name of every matter that can be reported, by its newest edition, in one statement."""
    newest = Matter.objects.reportable().order_by("code", "-edition_id").distinct("code")
    return list(newest.values_list("code", "name"))
