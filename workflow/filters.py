"""The filters of a desk's list. They are in the address, so that a colleague with the address sees the same list."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from django.db.models import Q

from grids.models import Division
from matters.models import Matter
from workflow.models import Case
from workflow.searching import LONGEST_TEXT, Named, cases_that_say


@dataclass(frozen=True)
class Filters:
    """The filters of one list. An empty filter has no effect."""

    text: str = ""
    matter: str = ""
    light: str = ""
    division: str = ""

    @classmethod
    def read(cls, query: Mapping[str, str]) -> Filters:
        """Reads the filters from the address. Values without meaning are ignored."""
        light = query.get("light", "")
        return cls(
            text=query.get("q", "").replace("\x00", "").strip()[:LONGEST_TEXT],
            matter=query.get("matter", "").replace("\x00", "").strip()[:10],
            light=light if light in Case.Light.values else "",
            division=query.get("division", "").replace("\x00", "").strip()[:12],
        )

    def __bool__(self) -> bool:
        return bool(self.text or self.matter or self.light or self.division)

    def address(self) -> dict[str, str]:
        """Returns the filters as query parameters of the address."""
        words = {"q": self.text, "matter": self.matter, "light": self.light, "division": self.division}
        return {key: word for key, word in words.items() if word}

    def words(self, place: Division | None) -> str:
        """Returns the filters in words: ``搜索：“噪音”；地方：京东社区``."""
        words = {
            "搜索": f"“{self.text}”" if self.text else "",
            "地方": (place.name if place else self.division) if self.division else "",
            "事项": self.matter,
            "时限": dict(Case.Light.choices).get(self.light, ""),
        }
        return "；".join(f"{name}：{word}" for name, word in words.items() if word)

    def condition(self, place: Division | None, *, names: Sequence[Named] | None = None) -> Q:
        """Returns the condition that a case must meet. ``place`` is the division that the address names; ``names`` are
        what the words mean, if that is known already.
        """
        wanted = cases_that_say(self.text, names)
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


def matter_codes() -> list[tuple[str, str]]:
    """Returns code and name of every matter that can be reported, by its newest edition, in one statement."""
    newest = Matter.objects.reportable().order_by("code", "-edition_id").distinct("code")
    return list(newest.values_list("code", "name"))
