"""Grants equal postings plus named special grants; vacancies are on record, stand-ins end (Art. 10, 20)."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

from django.db.models import Q

from accounts.models import User
from common import clock
from common.records.invariants import Invariant
from personnel.actions.appoint import LONGEST_STAND_IN
from personnel.actions.grants import expected_grants
from personnel.actions.vacancies import vacant_posts
from personnel.models import Grant, GridPosting, OfficePosting, Vacancy
from personnel.post_compatibility import posts_of, why_not_together
from personnel.posts import WHILE_VACANT
from worktime.clocks import day_of


def grants_without_post() -> Iterator[str]:
    """Derived grants that no current posting calls for, and postings whose grant is missing."""
    today = day_of(clock.now())
    wanted = expected_grants(User.objects.values_list("pk", flat=True), day=today)
    held = {
        (user_id, verb, kind, int(place))
        for user_id, verb, kind, place in Grant.objects.filter(is_special=False).values_list(
            "user_id", "permission__codename", "content_type__model", "object_pk"
        )
    }
    for user_id, verb, kind, place in sorted(held - wanted):
        yield f"账号 {user_id} 多出授权 {verb}（{kind} {place}）"
    for user_id, verb, kind, place in sorted(wanted - held):
        yield f"账号 {user_id} 缺少授权 {verb}（{kind} {place}）"


def special_grants_without_purpose() -> Iterator[str]:
    """Special grants without a purpose or an end."""
    for grant in Grant.objects.filter(is_special=True).filter(expires_at__isnull=True):
        yield f"专项授权 {grant.pk} 没有到期时间"
    for grant in Grant.objects.filter(is_special=True, purpose=""):
        yield f"专项授权 {grant.pk} 没有用途"


def stand_ins_without_end() -> Iterator[str]:
    """Stand-ins that are too long or outlast the post that they cover."""
    covers = GridPosting.objects.filter(Q(stands_in_for__isnull=False) | Q(source=WHILE_VACANT))
    for cover in covers.select_related("stands_in_for"):
        covered = cover.stands_in_for
        if (
            cover.ends_on is None
            or cover.ends_on > cover.starts_on + LONGEST_STAND_IN
            or (covered and covered.ends_on and cover.ends_on > covered.ends_on)
        ):
            yield f"替岗 {cover.pk} 过长或超过原岗位"


def vacancies_without_record() -> Iterator[str]:
    """Posts that were vacant yesterday and today but have no open vacancy (Art. 10)."""
    today = day_of(clock.now())
    vacant = vacant_posts(today) & vacant_posts(today - timedelta(days=1))
    recorded = set(Vacancy.objects.filter(closed_on=None).values_list("role", "village", "grid"))
    for role, village, grid in sorted(vacant - recorded, key=str)[:1000]:
        yield f"空缺 {role}（村 {village}，网格 {grid or '–'}）没有登记"


def posts_that_exclude() -> Iterator[str]:
    """Accounts that hold, on one day from today on, two posts that exclude each other (Art. 5, 14, 20)."""
    today = day_of(clock.now())
    people = OfficePosting.objects.values_list("user", flat=True).distinct()
    for user_id, held in posts_of(people, since=today).items():
        for number, post in enumerate(held):
            if why_not_together(post, held[:number]):
                yield f"账号 {user_id} 的岗位 {post.role}（{post.place}）与另一个在任岗位互斥"


INVARIANTS = (
    Invariant("互斥的岗位没有兼任", posts_that_exclude),
    Invariant("空缺都已登记", vacancies_without_record),
    Invariant("替岗都在期限以内", stand_ins_without_end),
    Invariant("授权等于在任岗位", grants_without_post),
    Invariant("专项授权有用途和期限", special_grants_without_purpose),
)
