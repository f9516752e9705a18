"""Appoint, relieve, transfer, stand in: the posting, the grants and the trace in one transaction (Art. 10, 11, 20)."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime, timedelta
from typing import Any, TypeVar

from django.db import transaction
from django.db.models import Q, QuerySet

from accounts.actions import close_account
from accounts.models import User
from audit.actions import append_entry
from common.errors import RuleViolation
from grids.models import Division, Grid
from personnel import policies
from personnel.account_management import places_outside
from personnel.actions.grants import sync_grants
from personnel.actions.vacancies import watch_vacancies
from personnel.models import GridPosting, OfficePosting, Organization
from personnel.post_compatibility import require_compatible
from personnel.posts import (
    ADMINISTRATORS,
    AHEAD,
    NAMED_WHILE_VACANT,
    ORGANIZATION_KINDS,
    WHILE_VACANT,
    why_not_first_day,
    why_not_source,
)
from personnel.scopes import authority_of, forget_authority
from worktime.clocks import day_of

Post = TypeVar("Post")
SERVES_ELSEWHERE = "{}在别处任职，由其现任上级或县区确认后才能任命；请提出岗位申请。"
LONGEST_STAND_IN = timedelta(days=90)
NEEDS_GRID = ("full_time", "part_time")


def appoint_to_grid(user: User, *, at: datetime, by: User | None, **fields: Any) -> GridPosting:
    """Post ``user`` to a village (leader, instructor) or to one grid (workers) from ``on`` (Art. 10).

    Takes the arguments of :func:`post_to_grid`. A person who serves elsewhere needs a request (``post_requests``).
    """
    return _of_ours(user, lambda: post_to_grid(user, at=at, by=by, **fields), at=at, by=by)


@transaction.atomic
def post_to_grid(
    user: User,
    *,
    role: str,
    village: Division,
    grid: Grid | None,
    on: date,
    at: datetime,
    by: User | None,
    source: str = "",
    appointed_by: Organization | None = None,
    document: str = "",
) -> GridPosting:
    """Post ``user``, who may serve elsewhere; the caller has already asked the managers there."""
    policies.require("appoint", by, village, user)
    _require_place(role, village, grid)
    _require_person(user, on=on, at=at)
    _require_source(role, source, asked=by is not None)
    if role == GridPosting.Role.LEADER and _has_leader(village, on=on):
        raise RuleViolation(f"{village}已有在任网格长，请先办理离任。", field="role")
    if _holds_already(user, role=role, village=village, grid=grid, on=on):
        raise RuleViolation(f"{user.name}已在这个岗位，不用再任命。", field="user")
    if grid is not None and (held := _works_in(grid, user, on=on)):
        raise RuleViolation(
            f"{user.name}已是{grid.name}{held.get_role_display()}，不能兼任；要转岗，请先办理离任。",
            field="role",
        )
    if role == GridPosting.Role.LEADER and (other := _leads_elsewhere(user, village, on=on)):
        raise RuleViolation(
            f"{user.name}已是{other.village}网格长；网格长由本村（社区）党组织或村（居）委会主要负责人担任。",
            field="user",
        )
    require_compatible(user, role, village, on=on)
    posting = GridPosting.objects.create(
        user=user,
        posted_by=by,
        role=role,
        village=village,
        grid=grid,
        starts_on=on,
        source=source,
        appointed_by=appointed_by,
        document=document.strip(),
    )
    _settle(user, f"grid_posting:{posting.pk}", "appoint", role=role, on=on, at=at, by=by, first=True)
    named = GridPosting.objects.filter(village=village, role=role, source=WHILE_VACANT)
    _end_covers(named, last=on - timedelta(days=1), at=at, by=by)
    if by is not None:
        watch_vacancies(at=at, village=village)
    return posting


def stand_in(
    posting: GridPosting, user: User, *, at: datetime, by: User | None, **fields: Any
) -> GridPosting:
    """Let ``user`` cover a post during leave, with the same authority, from ``on`` until the given last day."""
    return _of_ours(user, lambda: post_stand_in(posting, user, at=at, by=by, **fields), at=at, by=by)


@transaction.atomic
def post_stand_in(
    posting: GridPosting, user: User, *, on: date, until: date, at: datetime, by: User | None
) -> GridPosting:
    """Let ``user``, who may serve elsewhere, cover a post."""
    policies.require("stand_in", by, posting.village, user)
    _require_person(user, on=on, at=at)
    if posting.stands_in_for_id or not _is_held(posting, on):
        raise RuleViolation("只能替现任的岗；替岗人员自己请假的，另派人替原来的岗。", field="user")
    if user.pk == posting.user_id:
        raise RuleViolation("不能自己替自己。", field="user")
    _require_span(on, until)
    if posting.ends_on and until > posting.ends_on:
        raise RuleViolation("替岗不能超过原岗位的最后一天。", field="until")
    if _holds_already(user, role=posting.role, village=posting.village, grid=posting.grid, on=on):
        raise RuleViolation(f"{user.name}已在这个岗位，不用替岗。", field="user")
    require_compatible(user, posting.role, posting.village, on=on, until=until, field="user")
    cover = GridPosting.objects.create(
        user=user,
        posted_by=by,
        role=posting.role,
        village=posting.village,
        grid=posting.grid,
        starts_on=on,
        ends_on=until,
        stands_in_for=posting,
    )
    _settle(user, f"grid_posting:{cover.pk}", "stand_in", role=posting.role, on=on, at=at, by=by, first=True)
    return cover


def name_while_vacant(
    user: User, *, role: str, village: Division, at: datetime, by: User | None, **fields: Any
) -> GridPosting:
    """Let ``user`` act in a post that nobody holds, with its authority, from ``on`` ``until`` a last day."""
    return _of_ours(
        user,
        lambda: post_while_vacant(user, role=role, village=village, at=at, by=by, **fields),
        at=at,
        by=by,
    )


@transaction.atomic
def post_while_vacant(
    user: User, *, role: str, village: Division, on: date, until: date, at: datetime, by: User | None
) -> GridPosting:
    """Let ``user``, who may serve elsewhere, act in a vacant post; the vacancy stays on record (Art. 10)."""
    policies.require("stand_in", by, village, user)
    _require_place(role, village, None)
    _require_person(user, on=on, at=at)
    label = GridPosting.Role(role).label
    if role not in NAMED_WHILE_VACANT:
        raise RuleViolation(f"{label}空缺的，请直接任命。", field="user")
    in_post = GridPosting.objects.filter(village=village, role=role).filter(
        Q(ends_on=None) | Q(ends_on__gte=on)
    )
    if in_post.exclude(source=WHILE_VACANT).exists():
        raise RuleViolation(f"{village}有在任{label}；请假的，请替他的岗。", field="user")
    _require_span(on, until)
    if in_post.filter(user=user).exists():
        raise RuleViolation(f"{user.name}已在这个岗位，不用替岗。", field="user")
    require_compatible(user, role, village, on=on, until=until, field="user")
    named = GridPosting.objects.create(
        user=user,
        posted_by=by,
        role=role,
        village=village,
        source=WHILE_VACANT,
        starts_on=on,
        ends_on=until,
    )
    _settle(user, f"grid_posting:{named.pk}", "stand_in", role=role, on=on, at=at, by=by, first=True)
    return named


def appoint_to_office(
    user: User, *, role: str, at: datetime, by: User | None, **fields: Any
) -> OfficePosting:
    """Post ``user`` from ``on`` to an ``organization`` that may have such a post (Art. 5)."""
    verb = "administer_security" if role in ADMINISTRATORS else "manage_staff"

    def post() -> OfficePosting:
        return post_to_office(user, role=role, at=at, by=by, **fields)

    return _of_ours(user, post, at=at, by=by, verb=verb)


@transaction.atomic
def post_to_office(
    user: User, *, role: str, organization: Organization, on: date, at: datetime, by: User | None
) -> OfficePosting:
    """Post ``user``, who may serve elsewhere, to an organization."""
    verb = "appoint_administrator" if role in ADMINISTRATORS else "appoint"
    policies.require(verb, by, organization.division, user)
    _require_person(user, on=on, at=at)
    if organization.kind not in ORGANIZATION_KINDS[role]:
        raise RuleViolation(
            f"{organization.get_kind_display()}不设{OfficePosting.Role(role).label}：指挥调度与监督是两种职权。",
            field="role",
        )
    if not organization.is_active:
        raise RuleViolation(f"{organization}已撤销，不能任命。", field="organization")
    if by is not None and (fault := why_not_first_day(on, today=day_of(at), role=role)):
        raise RuleViolation(fault, field="starts_on")
    require_compatible(user, role, organization.division, on=on)
    held = OfficePosting.objects.filter(user=user, role=role, organization=organization)
    if held.filter(Q(ends_on=None) | Q(ends_on__gte=on)).exists():
        raise RuleViolation(f"{user.name}已在这个岗位，不用再任命。", field="user")
    posting = OfficePosting.objects.create(
        user=user, role=role, organization=organization, posted_by=by, starts_on=on
    )
    _settle(user, f"office_posting:{posting.pk}", "appoint", role=role, on=on, at=at, by=by, first=True)
    return posting


@transaction.atomic
def relieve(
    posting: GridPosting | OfficePosting, *, on: date, at: datetime, by: User | None, closes: bool = True
) -> None:
    """End a posting; its last day is the day before ``on``, and authority ends with it.

    The account closes with the last post; ``closes`` is False if another post follows in the same transaction.
    """
    place = posting.village if isinstance(posting, GridPosting) else posting.organization.division
    administers = isinstance(posting, OfficePosting) and posting.role in ADMINISTRATORS
    policies.require("appoint_administrator" if administers else "relieve", by, place, posting.user)
    if on <= posting.starts_on:
        raise RuleViolation("离岗日期须晚于到岗日期。", field="on")
    if posting.ends_on is not None and posting.ends_on < day_of(at):
        raise RuleViolation("这个岗位已经离任，不能再办。", field="on")
    if by is not None and not day_of(at) <= on <= day_of(at) + AHEAD:
        raise RuleViolation("离岗日期应在今天以后一年以内。", field="on")
    posting.ends_on = date.fromordinal(on.toordinal() - 1)
    posting.save(update_fields=["ends_on"])
    if isinstance(posting, GridPosting):
        _end_covers(posting.stand_ins.all(), last=posting.ends_on, at=at, by=by)
        watch_vacancies(at=at, village=posting.village)
    kind = "grid_posting" if isinstance(posting, GridPosting) else "office_posting"
    _settle(posting.user, f"{kind}:{posting.pk}", "relieve", role=posting.role, on=on, at=at, by=by)
    if closes:
        close_if_last(posting.user, at=at, by=by)


def close_if_last(user: User, *, at: datetime, by: User | None) -> bool:
    """Close the account of a person whose last post has ended; technical accounts have no posts and stay open."""
    not_over = Q(ends_on=None) | Q(ends_on__gte=day_of(at))
    if user.is_superuser or not user.is_active or user.grid_postings.filter(not_over).exists():
        return False
    if user.office_postings.filter(not_over).exists():
        return False
    close_account(user, at=at, by=by)
    return True


@transaction.atomic
def _of_ours(
    user: User, post: Callable[[], Post], *, at: datetime, by: User | None, verb: str = "manage_staff"
) -> Post:
    """Post a person, and refuse afterwards if the person serves outside what ``by`` manages.

    The account is locked first, so that two places that post a person at once see each other. A fault of the post
    itself is reported before the need to ask the person's superior.
    """
    User.objects.select_for_update(no_key=True).only("pk").get(pk=user.pk)
    outside = by is not None and places_outside(authority_of(by), user.pk, day=day_of(at), verb=verb)
    made = post()
    if outside:
        raise RuleViolation(SERVES_ELSEWHERE.format(user.name), field="user")
    return made


def _require_span(on: date, until: date) -> None:
    if until < on:
        raise RuleViolation("替岗的最后一天不能早于第一天。", field="until")
    if until > on + LONGEST_STAND_IN:
        raise RuleViolation(f"替岗最长 {LONGEST_STAND_IN.days} 天；更久的请办理离任和任命。", field="until")


def _end_covers(covers: QuerySet[GridPosting], *, last: date, at: datetime, by: User | None) -> None:
    """End what stands in for a post together with the post, or with its vacancy, on the day ``last``."""
    for cover in covers.filter(ends_on__gt=last):
        cover.ends_on = max(last, cover.starts_on)
        cover.save(update_fields=["ends_on"])
        on = cover.ends_on + timedelta(days=1)
        _settle(cover.user, f"grid_posting:{cover.pk}", "relieve", role=cover.role, on=on, at=at, by=by)


def _require_place(role: str, village: Division, grid: Grid | None) -> None:
    if village.level != Division.Level.VILLAGE:
        raise RuleViolation("网格岗位只能设在村或社区。", field="village")
    if grid is not None and grid.village_id != village.pk:
        raise RuleViolation(f"{grid}不在{village}。", field="grid")
    if (grid is not None) != (role in NEEDS_GRID):
        raise RuleViolation("网格员任命到网格，网格长、网格指导员任命到村（社区）。", field="grid")
    if grid is not None and grid.status == "retired":
        raise RuleViolation(f"{grid}已停用，不能任命。", field="grid")


def _require_person(user: User, *, on: date, at: datetime) -> None:
    if not user.is_active:
        raise RuleViolation(f"{user.name}的账号已停用；重新启用后才能任命。", field="user")
    if fault := why_not_first_day(on, today=day_of(at)):
        raise RuleViolation(fault, field="starts_on")


def _require_source(role: str, source: str, *, asked: bool) -> None:
    fault = why_not_source(role, source, name=GridPosting.Role(role).label)
    if (source or asked) and fault:
        raise RuleViolation(fault, field="source")


def _has_leader(village: Division, *, on: date) -> bool:
    held = GridPosting.objects.filter(village=village, role=GridPosting.Role.LEADER, stands_in_for=None)
    return held.filter(Q(ends_on=None) | Q(ends_on__gte=on)).exists()


def _leads_elsewhere(user: User, village: Division, *, on: date) -> GridPosting | None:
    held = user.grid_postings.filter(role=GridPosting.Role.LEADER, stands_in_for=None).exclude(
        village=village
    )
    return held.filter(Q(ends_on=None) | Q(ends_on__gte=on)).select_related("village").first()


def _holds_already(user: User, *, role: str, village: Division, grid: Grid | None, on: date) -> bool:
    held = GridPosting.objects.filter(user=user, role=role, village=village, grid=grid)
    return held.filter(Q(ends_on=None) | Q(ends_on__gte=on)).exists()


def _works_in(grid: Grid, user: User, *, on: date) -> GridPosting | None:
    """Return the post that the person holds in the grid from a day on, or None; standing in does not count."""
    held = GridPosting.objects.filter(user=user, grid=grid, stands_in_for=None)
    return held.filter(Q(ends_on=None) | Q(ends_on__gte=on)).first()


def _is_held(posting: GridPosting, day: date) -> bool:
    return GridPosting.objects.current(day).filter(pk=posting.pk).exists()


def _settle(
    user: User,
    subject: str,
    verb: str,
    *,
    role: str,
    on: date,
    at: datetime,
    by: User | None,
    first: bool = False,
) -> None:
    sync_grants([user], day=day_of(at))  # a post that begins or ends later takes effect on its day
    forget_authority(user)
    append_entry(
        subject,
        verb=verb,
        at=at,
        actor_id=by.pk if by else None,
        record={"user": user.pk, "role": role, "on": on.isoformat()},
        first=first,
    )
