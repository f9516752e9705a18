"""Cases and people when a grid ends: every case has a holder, nobody sees more than before (Art. 18, 20)."""

from __future__ import annotations

from datetime import timedelta

import pytest

from accounts.models import User
from common.errors import NotPermitted, RuleViolation
from grids.models import Grid
from personnel.actions import expected_grants
from personnel.models import Grant
from plans.actions.effect import bring_into_force
from tests.cases import refused, reported
from tests.plans.drafts import EFFECT, drafted, published, step
from tests.town import MONDAY, Town
from workflow.models import Case

LATER = MONDAY + timedelta(days=14)


def merged(town: Town) -> Grid:
    """Lin's grid ends in Chen's; returns the ended one."""
    ended = Grid.objects.get(code="410902001001002")
    keys = [f"g{town.grid.pk}", f"g{ended.pk}"]
    published(town, step(drafted(town), "merge", by=town.wu, keys=keys, survivor=keys[0]))
    assert bring_into_force(today=EFFECT, at=LATER) == 1
    ended.refresh_from_db()
    return ended


def sees(person: User, case: Case) -> bool:
    return Case.objects.visible_to(User.objects.get(pk=person.pk)).filter(pk=case.pk).exists()


@pytest.mark.article(18)
def test_open_cases_of_an_ended_grid_are_answered_for_in_its_successor(town: Town) -> None:
    lins_grid = Grid.objects.get(code="410902001001002")
    case = reported(town, by="lin", grid_id=lins_grid.pk)
    assert not sees(town.chen, case)
    merged(town)
    case.refresh_from_db()
    assert case.grid == lins_grid, "a case keeps the grid it was reported in"
    assert sees(town.chen, case)
    assert sees(town.lin, case)
    assert not sees(town.mei, case)
    assert not sees(town.shi, case)


@pytest.mark.article(7)
def test_nothing_new_is_reported_in_a_grid_that_has_ended(town: Town) -> None:
    ended = merged(town)
    with pytest.raises(RuleViolation, match="没有这个网格，或它已停用"):
        reported(town, by="lin", grid_id=ended.pk, at=LATER)


@pytest.mark.article(7)
@pytest.mark.article(18)
def test_what_a_phone_kept_for_a_grid_that_ended_goes_to_the_grid_that_continues_it(town: Town) -> None:
    ended = merged(town)
    case = reported(town, by="lin", grid_id=ended.pk, at=LATER, written_at=LATER - timedelta(days=1))
    assert (case.grid, case.reporter, case.status) == (town.grid, town.lin, "awaiting_leader")
    note = case.events.get(verb="hand_over").note
    assert f"写的时候属{ended.name}，该网格已停用，由本网格接续" in note


@pytest.mark.article(11)
@pytest.mark.parametrize("stranger", ["shi", "mei", "nobody"])
def test_a_grid_that_ended_is_no_way_into_the_one_that_continues_it(town: Town, stranger: str) -> None:
    ended = merged(town)
    with refused(NotPermitted):
        reported(town, by=stranger, grid_id=ended.pk, at=LATER, written_at=LATER - timedelta(days=1))


@pytest.mark.article(7)
def test_a_grid_that_nothing_continues_takes_nothing_in(town: Town) -> None:
    ended = merged(town)
    Grid.objects.filter(pk=ended.pk).update(successor=None)
    with pytest.raises(RuleViolation, match="没有这个网格，或它已停用"):
        reported(town, by="lin", grid_id=ended.pk, at=LATER, written_at=LATER - timedelta(days=1))


def held() -> set[tuple[int, str, str, int]]:
    rows = Grant.objects.filter(is_special=False).values_list(
        "user_id", "permission__codename", "content_type__model", "object_pk"
    )
    return {(user, verb, kind, int(place)) for user, verb, kind, place in rows}


@pytest.mark.article(20)
def test_grants_equal_posts_on_the_day_of_a_merge(town: Town) -> None:
    ended = merged(town)
    wanted = expected_grants(User.objects.values_list("pk", flat=True), day=EFFECT)
    assert held() == wanted
    assert (town.lin.pk, "report", "grid", town.grid.pk) in wanted
    assert (town.chen.pk, "report", "grid", ended.pk) in wanted


def test_a_worker_who_begins_later_follows_the_grid_without_a_day_in_the_old_one(town: Town) -> None:
    ended = Grid.objects.get(code="410902001001002")
    late = User.objects.create(username="late")
    post = late.grid_postings.create(
        role="part_time", village=ended.village, grid=ended, starts_on=EFFECT + timedelta(days=5)
    )
    merged(town)
    post.refresh_from_db()
    assert (post.grid, post.ends_on) == (town.grid, None)
