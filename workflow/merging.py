"""Which open cases a report may repeat: near it, lately, with a picture (Art. 17)."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import timedelta

from django.db.models import Q
from django.urls import reverse

from accounts.models import User
from common.shapes import Shown
from geometry.areas import distance_m
from workflow.models import Attachment, Case
from workflow.searching import cases_that_say

NEAR_DEGREES = 0.02  # some two kilometres
LOOKED_AT, SHOWN = 60, 6
WITHIN = timedelta(days=60)


@dataclass(frozen=True, slots=True)
class Candidate(Shown):
    """An open case that another may repeat (workflow/merge_candidates.html)."""

    pk: int
    title: str
    words: str
    thumb_url: str


def merge_candidates(case: Case, user: User, *, words: str = "") -> list[Candidate]:
    """Returns the open cases of the township that ``case`` may repeat, the same matter first, then the nearest.

    With ``words`` all open cases of the township that speak of them, wherever they are. For an ordinary case a
    confidential one is no target: its existence would be told. Always the same number of statements.
    """
    here = Case.objects.visible_to(user).open().answered_for_by("township", case.township_id)
    known = here.exclude(pk=case.pk)
    if not case.confidential:
        known = known.filter(confidential=False)
    known = known.filter(cases_that_say(words) if words else _near(case))
    found = sorted(
        known.with_names().order_by("-reported_at", "-pk")[:LOOKED_AT], key=lambda other: _rank(case, other)
    )
    shown = found[:SHOWN]
    pictures = _first_pictures(shown)
    return [_candidate(case, other, pictures.get(other.pk, "")) for other in shown]


def _near(case: Case) -> Q:
    near = Q(grid_id=case.grid_id)
    if case.lon is not None and case.lat is not None:
        near = near & Q(lon__isnull=True) | Q(
            lon__range=(case.lon - NEAR_DEGREES, case.lon + NEAR_DEGREES),
            lat__range=(case.lat - NEAR_DEGREES, case.lat + NEAR_DEGREES),
        )
    return near & Q(reported_at__range=(case.reported_at - WITHIN, case.reported_at + WITHIN))


def _is_same_matter(case: Case, other: Case) -> bool:
    return other.matter_id == case.matter_id if case.matter_id else other.title == case.title


def _metres(case: Case, other: Case) -> float | None:
    if case.lon is None or case.lat is None or other.lon is None or other.lat is None:
        return None
    return distance_m((case.lon, case.lat), (other.lon, other.lat))


def _rank(case: Case, other: Case) -> tuple[bool, bool, float]:
    """The same matter first, then the same grid where no place was read, then the nearest."""
    metres = _metres(case, other)
    return (
        not _is_same_matter(case, other),
        metres is None and other.grid_id != case.grid_id,
        metres if metres is not None else 0.0,
    )


def _first_pictures(cases: Iterable[Case]) -> dict[int, str]:
    """Returns the small picture of each case's place, in one statement."""
    photos = Attachment.objects.filter(case__in=[case.pk for case in cases], kind=Attachment.Kind.REPORT)
    first = photos.order_by("case_id", "pk").distinct("case_id").values_list("case_id", "uid")
    return {case_id: reverse("workflow:small_photo", args=[uid]) for case_id, uid in first}


def _candidate(case: Case, other: Case, thumb_url: str) -> Candidate:
    words = (
        "" if _is_same_matter(case, other) else "事项不同",
        distance_words(_metres(case, other), is_same_grid=other.grid_id == case.grid_id),
        age_words(case, other),
        other.get_status_display(),
        other.place or other.village.name,
        other.number,
    )
    return Candidate(other.pk, other.title, " · ".join(filter(None, words)), thumb_url)


def distance_words(metres: float | None, *, is_same_grid: bool) -> str:
    """Returns how far apart two cases are: ``相距约 40 米``, or whether they lie in one grid."""
    if metres is None:
        return "同一网格" if is_same_grid else "不同网格"
    if metres < 1000:
        return f"相距约 {max(round(metres, -1), 10):.0f} 米"
    return f"相距约 {metres / 1000:.1f} 公里"


def age_words(case: Case, other: Case) -> str:
    """Returns how much earlier or later the other was reported: ``早 3 天上报``."""
    apart = other.reported_at - case.reported_at
    word, minutes = ("晚" if apart > timedelta() else "早"), int(abs(apart).total_seconds() // 60)
    if minutes < 60:
        return f"{word} {max(minutes, 1)} 分钟上报"
    return f"{word} {minutes // 60} 小时上报" if minutes < 48 * 60 else f"{word} {minutes // 1440} 天上报"
