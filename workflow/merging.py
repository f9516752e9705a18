"""Which open cases a report may repeat: near it, lately, with a picture (Art. 17)."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import timedelta

from django.db.models import Q
from django.urls import reverse

from accounts.models import User
from common.shapes import Shown
from workflow.models import Attachment, Case
from workflow.nearness import NEAR_M, WITHIN, Likeness, around, likeness, nearest_first, spot_of
from workflow.searching import cases_that_say

LOOKED_AROUND = 2000  # metres
LOOKED_AT, SHOWN = 60, 6


@dataclass(frozen=True, slots=True)
class Candidate(Shown):
    """An open case that another may repeat (workflow/merge_candidates.html)."""

    pk: int
    title: str
    words: str
    thumb_url: str
    mark: str  # ``50 米内``, or nothing


def merge_candidates(case: Case, user: User, *, words: str = "") -> list[Candidate]:
    """Returns the open cases of the township that ``case`` may repeat, by the measure of ``nearness``.

    With ``words`` all open cases of the township that speak of them, wherever they are. For an ordinary case a
    confidential one is no target: its existence would be told. Always the same number of statements.
    """
    here = Case.objects.visible_to(user).open().answered_for_by("township", case.township_id)
    known = here.exclude(pk=case.pk)
    if not case.confidential:
        known = known.filter(confidential=False)
    spot = spot_of(case)
    known = known.filter(cases_that_say(words) if words else _near(case))
    read = known.with_names().order_by(*nearest_first(spot.point))[:LOOKED_AT]
    found = sorted(((likeness(spot, other), other) for other in read), key=lambda pair: pair[0].rank)[:SHOWN]
    pictures = _first_pictures(other for _, other in found)
    return [_candidate(case, other, like, pictures.get(other.pk, "")) for like, other in found]


def _near(case: Case) -> Q:
    near = Q(grid_id=case.grid_id)
    if (point := spot_of(case).point) is not None:
        near = near & Q(lon__isnull=True) | around(point, LOOKED_AROUND)
    return near & Q(reported_at__range=(case.reported_at - WITHIN, case.reported_at + WITHIN))


def _first_pictures(cases: Iterable[Case]) -> dict[int, str]:
    """Returns the small picture of each case's place, in one statement."""
    photos = Attachment.objects.filter(case__in=[case.pk for case in cases], kind=Attachment.Kind.REPORT)
    first = photos.order_by("case_id", "pk").distinct("case_id").values_list("case_id", "uid")
    return {case_id: reverse("workflow:small_photo", args=[uid]) for case_id, uid in first}


def _candidate(case: Case, other: Case, like: Likeness, thumb_url: str) -> Candidate:
    parts = (
        "" if like.is_same_matter else "事项不同",
        distance_words(like.metres, is_same_grid=like.is_same_grid),
        age_words(case, other),
        other.get_status_display(),
        other.place or other.village.name,
        other.number,
    )
    words = " · ".join(filter(None, parts))
    return Candidate(other.pk, other.title, words, thumb_url, f"{NEAR_M} 米内" if like.is_near else "")


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
