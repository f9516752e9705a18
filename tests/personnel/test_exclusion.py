"""Posts that exclude each other: one table for every verb that posts somebody, kept by the database too (Art. 20)."""

from __future__ import annotations

import threading
from datetime import date, timedelta
from typing import Any

import pytest
from django.db import IntegrityError, connection, transaction

from accounts.models import User
from common.errors import RuleViolation
from grids.models import Division
from personnel.actions import (
    appoint_to_grid,
    appoint_to_office,
    confirm_roster,
    lines_of,
    relieve,
    stand_in,
    take_roster,
)
from personnel.invariants import posts_that_exclude
from personnel.models import GridPosting, OfficePosting, Organization
from personnel.posts import (
    ADMINISTRATORS,
    GRID_POSTS,
    OFFICE_POSTS,
    ORGANIZATION_KINDS,
    SOURCES,
    excluded_by,
    pairs_that_exclude,
)
from tests.cases import refused
from tests.personnel.rosters import line, upload, workbook
from tests.town import FOUNDED, MONDAY, Town, build_town

TODAY = MONDAY.date()
PAIRS = [(one, other) for one, other, _ in pairs_that_exclude()]
PLATFORM: dict[str, Any] = {"at": MONDAY, "by": None}


def body_for(role: str, place: str = "华龙区") -> Organization:
    """A body of 华龙区 that may hold the post."""
    division = Division.objects.get(name=place)
    kind = ORGANIZATION_KINDS[role][0]
    found = Organization.objects.filter(division=division, kind=kind).first()
    return found or Organization.objects.create(
        code=f"{division.code}-{kind}",
        name=f"{division.name}{kind}",
        kind=kind,
        function=kind,
        division=division,
    )


def give(town: Town, user: User, role: str, *, on: date = TODAY) -> None:
    """Post somebody by the verb of such a post."""
    if role in OFFICE_POSTS:
        appoint_to_office(user, role=role, organization=body_for(role), on=on, **PLATFORM)
        return
    village = town.division("玉北社区")
    grid = town.grid_of("002001") if role in ("full_time", "part_time") else None
    GridPosting.objects.filter(village=village, role="leader").update(ends_on=FOUNDED)
    appoint_to_grid(user, role=role, village=village, grid=grid, on=on, **PLATFORM)


def write(user: User, role: str, *, on: date = TODAY, until: date | None = None) -> None:
    """Write a post as the application's role would, past every verb."""
    place = Division.objects.get(name="玉北社区")
    with connection.cursor() as cursor:
        if role in OFFICE_POSTS:
            cursor.execute(
                "INSERT INTO personnel_officeposting (user_id, role, organization_id, starts_on, ends_on)"
                " VALUES (%s, %s, %s, %s, %s)",
                [user.pk, role, body_for(role).pk, on, until],
            )
            return
        in_grid = role in ("full_time", "part_time")
        grid = place.grids.first() if in_grid else None
        cursor.execute(
            "INSERT INTO personnel_gridposting"
            " (user_id, role, village_id, grid_id, source, document, starts_on, ends_on)"
            " VALUES (%s, %s, %s, %s, '', '', %s, %s)",
            [user.pk, role, place.pk, grid and grid.pk, on, until],
        )


def test_the_table_says_what_the_law_asks() -> None:
    business = {*GRID_POSTS, *OFFICE_POSTS} - set(ADMINISTRATORS)
    for administrator in ADMINISTRATORS:
        assert all(excluded_by(administrator, role) for role in business)
        assert all(excluded_by(administrator, role) for role in ADMINISTRATORS if role != administrator)
    assert excluded_by("legal_reviewer", "county_admin") and excluded_by("city_supervisor", "legal_reviewer")
    local = excluded_by("county_admin", "dispatcher")
    assert local is not None and local.is_local and excluded_by("desk_head", "county_admin") is local
    assert excluded_by("handler", "department_head") is None
    assert all((other, one) in PAIRS for one, other in PAIRS)


@pytest.mark.article(5)
@pytest.mark.article(20)
@pytest.mark.parametrize(("held", "wanted"), PAIRS)
def test_each_pair_is_refused_by_the_verb_and_by_the_database(town: Town, held: str, wanted: str) -> None:
    give(town, town.nobody, held)
    with refused(RuleViolation) as caught:
        give(town, town.nobody, wanted)
    rule = excluded_by(held, wanted)
    assert rule is not None and caught.value.sentence == rule.sentence
    name = (
        "no_account_holds_two" if {held, wanted} <= set(ADMINISTRATORS) else "posts_that_exclude_each_other"
    )
    with pytest.raises(IntegrityError, match=name), transaction.atomic():
        write(town.nobody, wanted)
    write(
        town.nobody, wanted, on=FOUNDED, until=TODAY - timedelta(days=1)
    )  # one after the other is no double post
    assert not list(posts_that_exclude())


@pytest.mark.article(5)
@pytest.mark.parametrize(("place", "excludes"), [("华龙区", True), ("中原路街道", True), ("清丰县", False)])
def test_supervision_excludes_dispatch_where_one_territory_lies_in_the_other(
    town: Town, place: str, excludes: bool
) -> None:
    desk = body_for("dispatcher", place)
    if excludes:
        with refused(RuleViolation) as caught:
            appoint_to_office(town.wu, role="dispatcher", organization=desk, on=TODAY, **PLATFORM)
        assert "第五条" in caught.value.sentence
        with pytest.raises(IntegrityError, match="posts_that_exclude"), transaction.atomic():
            OfficePosting.objects.create(user=town.wu, role="dispatcher", organization=desk, starts_on=TODAY)
    else:
        appoint_to_office(town.wu, role="dispatcher", organization=desk, on=TODAY, **PLATFORM)


@pytest.mark.article(20)
def test_a_change_of_days_or_of_the_body_does_not_make_a_double_post(town: Town) -> None:
    post = OfficePosting.objects.get(user=town.jiang)
    relieve(post, on=TODAY, at=MONDAY, by=None, closes=False)
    give(town, town.jiang, "county_admin")
    with pytest.raises(IntegrityError, match="posts_that_exclude"), transaction.atomic():
        OfficePosting.objects.filter(pk=post.pk).update(ends_on=None)
    far = OfficePosting.objects.create(
        user=town.wu, role="dispatcher", organization=body_for("dispatcher", "清丰县"), starts_on=TODAY
    )
    with pytest.raises(IntegrityError, match="posts_that_exclude"), transaction.atomic():
        OfficePosting.objects.filter(pk=far.pk).update(organization=body_for("dispatcher"))


@pytest.mark.article(10)
@pytest.mark.article(20)
def test_a_stand_in_asks_the_same_table(town: Town) -> None:
    post = GridPosting.objects.get(user=town.chen)
    with refused(RuleViolation) as caught:
        stand_in(post, town.shen, on=TODAY, until=TODAY + timedelta(days=3), at=MONDAY, by=town.tang)
    assert "不兼任业务岗位" in caught.value.sentence


@pytest.mark.article(10)
@pytest.mark.article(20)
@pytest.mark.parametrize("role", GRID_POSTS)
@pytest.mark.parametrize("administrator", ADMINISTRATORS)
def test_a_roster_asks_the_same_table(town: Town, administrator: str, role: str) -> None:
    label, source = GridPosting.Role(role).label, SOURCES[role][0]
    in_grid = role in ("full_time", "part_time")
    OfficePosting.objects.filter(user=town.shen).update(role=administrator)
    User.objects.filter(pk=town.shen.pk).update(phone="19900007777")
    row = line(1, 姓名="Shen", 工作电话="19900007777", 身份证号="", 岗位=label, 来源=source)
    row |= {"网格编码": "410902001001002"} if in_grid else {"网格编码": "", "村社区编码": "410902001002"}
    GridPosting.objects.filter(role="leader").update(ends_on=FOUNDED)
    file = upload(workbook([row]))
    job = take_roster(file, name=file.name, size=file.size, by=town.tang, at=MONDAY)
    assert job.counts == {"create": 0, "appoint": 0, "same": 0, "fault": 1}
    assert "不兼任业务岗位" in str(lines_of(job))
    with refused(RuleViolation):
        confirm_roster(job, by=town.tang, at=MONDAY)


def test_verify_names_a_double_post_that_came_about_otherwise(town: Town) -> None:
    desk = body_for("dispatcher", "清丰县")
    appoint_to_office(town.wu, role="dispatcher", organization=desk, on=TODAY, **PLATFORM)
    assert not list(posts_that_exclude())
    Division.objects.filter(name="清丰县").update(
        parent=town.division("华龙区")
    )  # the tree has changed since
    assert [f"账号 {town.wu.pk}" in fault for fault in posts_that_exclude()] == [True]


@pytest.mark.slow
@pytest.mark.article(20)
def test_two_posts_given_at_once_are_compared_one_after_the_other(own_database: str) -> None:
    build_town()
    town, found = Town(), []
    ready = threading.Barrier(2, timeout=20)
    user = town.nobody

    def post(role: str) -> None:
        try:
            with transaction.atomic():
                ready.wait()
                write(user, role)
                found.append("posted")
        except IntegrityError:
            found.append("refused")
        finally:
            connection.close()

    bodies = [body_for(role) for role in ("legal_reviewer", "county_admin")]
    threads = [threading.Thread(target=post, args=(role,)) for role in ("legal_reviewer", "county_admin")]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert bodies and sorted(found) == ["posted", "refused"]
    assert OfficePosting.objects.filter(user=user).count() == 1
