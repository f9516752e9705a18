"""Where no instructor guides the village, somebody whom the township names verifies self-handled cases (Art. 17)."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Any

import pytest
from django.urls import reverse

from accounts.models import User
from common.errors import NotPermitted, RuleViolation
from common.records.invariants import examine
from grids.models import Division
from personnel.actions import appoint_to_grid, name_while_vacant, sync_grants, watch_vacancies
from personnel.invariants import INVARIANTS
from personnel.models import GridPosting, Vacancy
from personnel.posts import WHILE_VACANT
from tests.cases import refused, reported
from tests.town import Town
from tests.workflow.test_desk_pages import signed_in
from workflow import actions
from workflow.models import Case
from workflow.policies import WHO_MAY
from workflow.queues import QUEUES, cases_in
from worktime.clocks import SHANGHAI

NOW = datetime.now(tz=SHANGHAI)
TODAY = NOW.date()
UNTIL = TODAY + timedelta(days=30)


def self_handled(town: Town) -> Case:
    """A case of 玉北社区, which has no instructor, that its worker has handled alone."""
    grid = town.grid_of("002001")
    return reported(town, by="mei", grid_id=grid.pk, outcome="solved", result="已劝和", at=NOW)


def village(town: Town) -> Division:
    return town.division("玉北社区")


def named(town: Town, who: User, **fields: Any) -> GridPosting:
    place = fields.pop("village", village(town))
    days: dict[str, Any] = {"on": TODAY, "until": UNTIL, **fields}
    return name_while_vacant(who, role="instructor", village=place, by=town.tang, at=NOW, **days)


def fresh(user: User) -> User:
    """The account as the next request reads it."""
    return User.objects.get(pk=user.pk)


@pytest.mark.article(17)
def test_without_an_instructor_nobody_verifies_until_the_township_names_somebody(town: Town) -> None:
    case = self_handled(town)
    everybody = ("mei", "chen", "wang", "li", "zhao", "tang")
    assert [name for name in everybody if WHO_MAY.may("pass_check", getattr(town, name), case)] == []
    named(town, town.wang)
    wang = fresh(town.wang)
    assert case in cases_in(QUEUES["to_verify"], wang)
    assert actions.pass_check(case, by=wang, at=NOW).status == "closed"


@pytest.mark.article(17)
def test_whoever_handled_it_does_not_verify_it_as_a_stand_in_either(town: Town) -> None:
    case = self_handled(town)
    named(town, town.mei)
    with refused(NotPermitted) as caught:
        actions.pass_check(case, by=fresh(town.mei), at=NOW)
    assert "没有网格指导员的由乡镇街道指定的替岗人员核查" in caught.value.sentence


@pytest.mark.article(10)
def test_the_post_stays_vacant_on_record_while_somebody_is_named(town: Town) -> None:
    watch_vacancies(at=NOW, village=village(town))
    posting = named(town, town.wang)
    watch_vacancies(at=NOW, village=village(town))
    assert Vacancy.objects.filter(village=village(town), role="instructor", closed_on=None).exists()
    assert (posting.source, posting.ends_on) == (WHILE_VACANT, UNTIL)
    page = signed_in(town.tang).get(reverse("personnel:staffing")).content.decode()
    assert "缺网格指导员" in page and f"到{UNTIL.month}月{UNTIL.day}日" in page


def test_the_authority_ends_with_the_last_day(town: Town) -> None:
    case = self_handled(town)
    named(town, town.wang)
    sync_grants([town.wang], day=UNTIL + timedelta(days=1))
    assert not WHO_MAY.may("pass_check", fresh(town.wang), case)


def test_it_ends_when_an_instructor_is_appointed(town: Town) -> None:
    case = self_handled(town)
    posting = named(town, town.wang, on=TODAY - timedelta(days=3))
    appoint_to_grid(town.li, role="instructor", village=village(town), grid=None, on=TODAY, at=NOW, by=None)
    posting.refresh_from_db()
    assert posting.ends_on == TODAY - timedelta(days=1)
    assert not WHO_MAY.may("pass_check", fresh(town.wang), case)
    assert WHO_MAY.may("pass_check", fresh(town.li), case)


def test_where_an_instructor_is_in_post_nobody_is_named(town: Town) -> None:
    with refused(RuleViolation) as caught:
        named(town, town.wang, village=town.division("京东社区"))
    assert "有在任网格指导员" in caught.value.sentence


@pytest.mark.parametrize(
    ("on", "until", "sentence"),
    [
        (TODAY, TODAY - timedelta(days=1), "最后一天不能早于第一天"),
        (TODAY, TODAY + timedelta(days=91), "最长 90 天"),
    ],
)
def test_the_days_have_limits(town: Town, on: date, until: date, sentence: str) -> None:
    with refused(RuleViolation) as caught:
        named(town, town.wang, on=on, until=until)
    assert sentence in caught.value.sentence


def test_only_a_vacant_instructor_s_post_is_filled_for_some_time(town: Town) -> None:
    with refused(RuleViolation) as caught:
        name_while_vacant(
            town.wang, role="leader", village=village(town), on=TODAY, until=UNTIL, by=town.tang, at=NOW
        )
    assert "请直接任命" in caught.value.sentence


@pytest.mark.article(11)
@pytest.mark.parametrize("by", ["xu", "zhao", "wang", "gu"])
def test_only_the_township_of_the_village_names_somebody(town: Town, by: str) -> None:
    with refused(NotPermitted):
        name_while_vacant(
            town.wang,
            role="instructor",
            village=village(town),
            on=TODAY,
            until=UNTIL,
            by=getattr(town, by),
            at=NOW,
        )


def test_nobody_names_themselves(town: Town) -> None:
    with refused(NotPermitted):
        named(town, town.tang)


def test_the_township_names_somebody_on_the_page(town: Town) -> None:
    tang = signed_in(town.tang)
    address = reverse("personnel:name_for_vacancy", args=["instructor", village(town).code])
    assert address in tang.get(reverse("personnel:staffing")).content.decode()
    fields = {"user": "wang", "starts_on": TODAY.isoformat(), "until": UNTIL.isoformat()}
    answer = tang.post(address, fields, follow=True)
    assert "Wang替岗到" in answer.content.decode()
    assert GridPosting.objects.filter(user=town.wang, source=WHILE_VACANT).exists()
    bad = tang.post(address, {**fields, "until": (TODAY - timedelta(days=2)).isoformat()})
    assert bad.status_code == 422 and 'value="wang"' in bad.content.decode()
    assert (
        tang.get(reverse("personnel:name_for_vacancy", args=["leader", village(town).code])).status_code
        == 404
    )


def test_what_must_be_true_of_posts_stays_true(town: Town) -> None:
    named(town, town.wang)
    for one in INVARIANTS:
        if "空缺" not in one.sentence:  # the town has never been watched
            assert examine(one).holds, one.sentence
    GridPosting.objects.filter(source=WHILE_VACANT).update(ends_on=UNTIL + timedelta(days=200))
    (length,) = [one for one in INVARIANTS if "替岗" in one.sentence]
    assert not examine(length).holds
