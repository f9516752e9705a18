"""Authority follows from posts, in the same transaction, and ends with them (Art. 5, 10, 11, 20)."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.core.management import call_command
from django.db import IntegrityError, transaction

from accounts.models import User
from audit.models import Entry
from common import clock
from common.errors import RuleViolation
from personnel.actions import appoint_to_grid, appoint_to_office, relieve, sync_grants, watch_vacancies
from personnel.invariants import INVARIANTS, grants_without_post
from personnel.models import Grant, GridPosting, OfficePosting, Organization
from personnel.scopes import authority_of
from personnel.tasks import sync_changed_grants
from tests.cases import refused, reported
from tests.shapes import Sent
from tests.town import MONDAY, Town
from workflow.models import Case
from worktime.clocks import SHANGHAI

TODAY = MONDAY.date()
BY_NAME = {"view_clues", "view_personal"}  # special grants, which no post brings


@pytest.mark.article(11)
def test_each_post_brings_its_own_authority_and_no_other(town: Town) -> None:
    Grant.objects.filter(is_special=True).delete()
    verbs = {name: {verb for verb, _, _ in authority_of(getattr(town, name)).grants} - BY_NAME for name in
             ("chen", "wang", "li", "zhao", "sun", "wu", "zheng", "nobody")}  # fmt: skip
    assert verbs == {
        "chen": {"report"},
        "wang": {"coordinate"},
        "li": {"guide"},
        "zhao": {"dispatch", "handle"},
        "sun": {"handle"},
        "wu": {
            *("supervise", "publish_grids", "publish_matters"),
            *("manage_staff", "handle_conduct"),
        },
        "zheng": {"supervise", "publish_grids", "publish_matters"},
        "nobody": set(),
    }


@pytest.mark.article(5)
def test_dispatch_and_supervision_are_never_one_permission(town: Town) -> None:
    authority = Organization.objects.get(code="auth-hlq")
    institution = Organization.objects.get(code="desk-hlq")
    for body, role in ((authority, "dispatcher"), (institution, "county_admin"), (institution, "handler")):
        with refused(RuleViolation) as caught:
            appoint_to_office(town.nobody, role=role, organization=body, on=TODAY, at=MONDAY, by=None)
        assert "两种职权" in caught.value.sentence
    of_authorities = OfficePosting.objects.filter(organization__kind="authority").values("user")
    assert not Grant.objects.filter(user__in=of_authorities, permission__codename="dispatch").exists()
    dispatchers = OfficePosting.objects.filter(role="dispatcher").values("user")
    assert not Grant.objects.filter(user__in=dispatchers, permission__codename="supervise").exists()


@pytest.mark.article(20)
def test_authority_ends_with_the_post_on_the_next_request(town: Town) -> None:
    case = reported(town)
    posting = OfficePosting.objects.get(user=town.zhao)
    relieve(posting, on=TODAY, at=MONDAY, by=None)
    zhao = User.objects.get(username="zhao")
    assert authority_of(zhao).grants == frozenset()
    assert not Case.objects.visible_to(zhao).filter(pk=case.pk).exists()
    assert (
        Entry.objects.filter(subject=f"office_posting:{posting.pk}").order_by("seq").last().verb == "relieve"
    )


def test_a_second_post_keeps_what_the_first_no_longer_gives(town: Town) -> None:
    village = town.division("京东社区")
    appoint_to_grid(town.wang, role="instructor", village=village, grid=None, on=TODAY, at=MONDAY, by=None)
    relieve(GridPosting.objects.get(user=town.wang, role="leader"), on=TODAY, at=MONDAY, by=None)
    assert {verb for verb, _, _ in authority_of(User.objects.get(username="wang")).grants} == {"guide"}


@pytest.mark.article(10)
def test_a_village_has_one_leader(town: Town) -> None:
    village = town.division("京东社区")
    with refused(RuleViolation) as caught:
        appoint_to_grid(town.nobody, role="leader", village=village, grid=None, on=TODAY, at=MONDAY, by=None)
    assert "已有在任网格长" in caught.value.sentence
    with pytest.raises(IntegrityError, match="one_leader_per_village_and_day"), transaction.atomic():
        GridPosting.objects.create(user=town.nobody, role="leader", village=village, starts_on=TODAY)


@pytest.mark.article(10)
def test_workers_have_a_grid_and_leaders_a_village(town: Town) -> None:
    village = town.division("京东社区")
    for role, grid in (("full_time", None), ("leader", town.grid)):
        with pytest.raises(IntegrityError, match="workers_have_a_grid"), transaction.atomic():
            GridPosting.objects.create(
                user=town.nobody, role=role, village=village, grid=grid, starts_on=TODAY
            )


def test_a_grid_of_another_village_and_a_post_above_the_village_are_refused(town: Town) -> None:
    for village, grid in ((town.division("玉北社区"), town.grid), (town.division("华龙区"), None)):
        with refused(RuleViolation):
            appoint_to_grid(
                town.nobody, role="full_time", village=village, grid=grid, on=TODAY, at=MONDAY, by=None
            )


def test_an_expired_special_grant_gives_nothing(town: Town) -> None:
    grant = Grant.objects.filter(user=town.zhao, permission__codename="dispatch").get()
    Grant.objects.filter(pk=grant.pk).update(is_special=True, expires_at=MONDAY - timedelta(days=400))
    assert not authority_of(town.zhao).holds("dispatch")


def test_a_grant_added_by_hand_is_found_and_removed(town: Town) -> None:
    donor = Grant.objects.get(user=town.zhao, permission__codename="dispatch")
    Grant.objects.create(
        user=town.nobody,
        permission=donor.permission,
        content_type=donor.content_type,
        object_pk=donor.object_pk,
    )
    assert any("多出授权 dispatch" in fault for fault in grants_without_post())
    assert sync_grants([town.nobody], day=TODAY) == 1
    assert not list(grants_without_post())


@pytest.mark.article(20)
def test_django_is_answered_by_the_one_reader_of_authority(town: Town) -> None:
    street = town.division("中原路街道")
    assert town.zhao.has_perm("grids.dispatch", street) and town.zhao.has_perm("dispatch", street)
    assert not town.zhao.has_perm("grids.dispatch", town.division("胜利路街道"))
    assert not town.zhao.has_perm("matters.dispatch", street)
    assert not town.zhao.has_perm("grids.dispatch") and not town.zhao.has_perm("grids.dispatch", town.zhao)
    assert town.zhao.get_all_permissions(street) == {"dispatch", "view_clues"}


@pytest.mark.article(20)
@pytest.mark.parametrize(
    "lost", ["the grant has run out", "the account is closed", "a superuser without a post"]
)
def test_django_gets_the_same_refusal_as_everybody(town: Town, lost: str) -> None:
    street = town.division("中原路街道")
    zhao = User.objects.get(username="zhao")
    if lost == "the grant has run out":
        Grant.objects.filter(user=zhao).update(is_special=True, expires_at=MONDAY - timedelta(days=400))
    elif lost == "the account is closed":
        zhao.is_active = False
    else:
        zhao = User.objects.create_user("operator", name="Operator")
        zhao.is_superuser = True  # the owner of the tables alone writes it down
    assert not zhao.has_perm("grids.dispatch", street)
    assert not zhao.get_all_permissions(street) & {"dispatch", "view_clues"}


@pytest.mark.article(10)
def test_nobody_is_both_kinds_of_worker_in_one_grid(town: Town) -> None:
    fields: Sent = {
        "village": town.grid.village,
        "grid": town.grid,
        "on": TODAY,
        "at": MONDAY,
        "by": town.tang,
    }
    with refused(RuleViolation) as caught:
        appoint_to_grid(town.chen, role="part_time", source="志愿者", **fields)
    assert caught.value.sentence.startswith(f"{town.chen.name}已是") and caught.value.field == "role"


def test_a_future_posting_gives_authority_on_its_day(town: Town) -> None:
    tomorrow = TODAY + timedelta(days=1)
    GridPosting.objects.create(
        user=town.nobody, role="full_time", village=town.grid.village, grid=town.grid, starts_on=tomorrow
    )
    assert sync_grants([town.nobody], day=TODAY) == 0
    assert sync_grants([town.nobody], day=tomorrow) == 1


def test_the_hourly_task_brings_changed_posts_into_effect(town: Town) -> None:
    today = clock.now().astimezone(SHANGHAI).date()
    GridPosting.objects.create(
        user=town.nobody, role="full_time", village=town.grid.village, grid=town.grid, starts_on=today
    )
    GridPosting.objects.filter(user=town.mei).update(ends_on=today - timedelta(days=1))
    assert sync_changed_grants() == 2
    assert authority_of(town.nobody).may("report", "grid", town.grid.pk)
    assert not authority_of(town.mei).grants


def test_a_release_that_changes_a_post_brings_everybodys_grants_in_line(
    town: Town, capsys: pytest.CaptureFixture[str]
) -> None:
    Grant.objects.filter(user=town.zheng, permission__codename="publish_matters").delete()
    assert not authority_of(User.objects.get(pk=town.zheng.pk)).holds("publish_matters")
    call_command("sync_grants")
    assert authority_of(User.objects.get(pk=town.zheng.pk)).holds("publish_matters")
    assert "改动 1 条" in capsys.readouterr().out
    assert not list(grants_without_post())


def test_every_invariant_of_people_holds_in_the_town(town: Town) -> None:
    watch_vacancies(at=MONDAY)
    assert [fault for one in INVARIANTS for fault in one.faults()] == []
