"""Whether a post is compatible with a person's other posts, by the table of exclusions (Art. 5, 14, 20)."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import date

from django.db.models import Q

from accounts.models import User
from common.errors import RuleViolation
from grids.models import Division
from personnel.models import GridPosting, OfficePosting
from personnel.posts import excluded_by


@dataclass(frozen=True)
class Held:
    """One post with its territory and its days, from either table of posts."""

    role: str
    place: Division
    starts_on: date
    ends_on: date | None = None

    def meets(self, other: Held) -> bool:
        """Whether both posts are held on at least one day."""
        return (other.ends_on is None or self.starts_on <= other.ends_on) and (
            self.ends_on is None or other.starts_on <= self.ends_on
        )


def posts_of(user_ids: Iterable[int], *, since: date) -> dict[int, list[Held]]:
    """Return the posts that people hold on ``since`` or later; two statements for any number."""
    chosen, not_over = list(user_ids), Q(ends_on=None) | Q(ends_on__gte=since)
    found: dict[int, list[Held]] = {user_id: [] for user_id in chosen}
    grid_posts = GridPosting.objects.filter(not_over, user__in=chosen).defer("village__outline")
    for post in grid_posts.select_related("village__parent__parent__parent"):
        found[post.user_id].append(Held(post.role, post.village, post.starts_on, post.ends_on))
    offices = OfficePosting.objects.filter(not_over, user__in=chosen).defer("organization__division__outline")
    for office in offices.select_related("organization__division__parent__parent__parent"):
        place = office.organization.division
        found[office.user_id].append(Held(office.role, place, office.starts_on, office.ends_on))
    return found


def why_not_together(post: Held, held: Iterable[Held]) -> str:
    """Return why a post is not compatible with the held ones, as a sentence; empty if it is."""
    for other in held:
        rule = excluded_by(post.role, other.role)
        if rule is None or not post.meets(other):
            continue
        if (
            not rule.is_local
            or lies_within(other.place, [post.place.pk])
            or lies_within(post.place, [other.place.pk])
        ):
            return rule.sentence
    return ""


def require_compatible(
    user: User, role: str, place: Division, *, on: date, until: date | None = None, field: str = "role"
) -> None:
    """Raise :class:`RuleViolation` if the person holds a post that excludes the new one.

    The account is locked first, so that two posts given at once are checked one after the other.
    """
    User.objects.select_for_update(no_key=True).only("pk").get(pk=user.pk)
    held = posts_of([user.pk], since=on)[user.pk]
    if fault := why_not_together(Held(role, place, on, until), held):
        raise RuleViolation(fault, field=field)


def lies_within(place: Division, outer: Collection[int]) -> bool:
    """Whether a place is one of ``outer`` or lies below one."""
    step: Division | None = place
    while step is not None:
        if step.pk in outer:
            return True
        step = step.parent
    return False
