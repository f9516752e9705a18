"""Nobody can give themselves a post, a grant or access; every attempt is recorded (Art. 11, 20, 25)."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest
from django.db import IntegrityError, connection, transaction
from django.test import Client

from accounts.actions import issue_device_code, issue_first_password, reopen_account, reset_second_factor
from accounts.models import DeviceCode, User
from audit import attempts
from audit.chain import first_break
from audit.invariants import all_links, keys_of_the_trace
from audit.models import Entry
from common import clock
from common.errors import NotPermitted, RuleViolation
from personnel.actions import (
    PersonDraft,
    appoint_to_grid,
    appoint_to_office,
    enrol,
    relieve,
    stand_in,
    take_roster,
    transfer,
)
from personnel.actions.leaving import relieve_and_hand_over
from personnel.models import GridPosting, OfficePosting, Organization
from tests.access.conftest import sealed_records
from tests.cases import refused
from tests.personnel.rosters import line, upload, workbook
from tests.town import MONDAY, Town

TODAY = MONDAY.date()


def works_too(town: Town, name: str) -> GridPosting:
    """Give somebody a small post in Chen's grid beside their own, created by the platform."""
    return appoint_to_grid(
        getattr(town, name), role="part_time", village=town.grid.village, grid=town.grid, on=TODAY, at=MONDAY,
        by=None,
    )  # fmt: skip


def appoints(town: Town) -> object:
    return appoint_to_grid(
        town.tang, role="part_time", village=town.grid.village, grid=town.grid, on=TODAY, at=MONDAY,
        by=town.tang, source="志愿者",
    )  # fmt: skip


def takes_an_office(town: Town) -> object:
    body = Organization.objects.get(code="desk-zyl")
    return appoint_to_office(
        town.tang, role="dispatcher", organization=body, on=TODAY, at=MONDAY, by=town.tang
    )


def becomes_administrator(town: Town) -> object:
    body = Organization.objects.get(code="auth-city")
    return appoint_to_office(
        town.shen, role="audit_admin", organization=body, on=TODAY, at=MONDAY, by=town.shen
    )


def covers(town: Town) -> object:
    post = GridPosting.objects.get(user=town.wang)
    return stand_in(post, town.tang, on=TODAY, until=TODAY + timedelta(days=2), at=MONDAY, by=town.tang)


def moves(town: Town) -> object:
    other = town.grid_of("001002")
    return transfer(
        works_too(town, "tang"), village=other.village, grid=other, on=TODAY + timedelta(days=1), at=MONDAY,
        by=town.tang,
    )  # fmt: skip


def leaves(town: Town) -> object:
    return relieve(works_too(town, "tang"), on=TODAY + timedelta(days=1), at=MONDAY, by=town.tang)


def leaves_by_hand_over(town: Town) -> object:
    post = OfficePosting.objects.get(user=town.tang)
    return relieve_and_hand_over(post, successor=None, on=TODAY + timedelta(days=1), at=MONDAY, by=town.tang)


def enters_himself_again(town: Town) -> object:
    sealed_records(town, "tang", phone="19900001234", number="410999199001010018")
    draft = PersonDraft(name="另一个我", phone="19900005678", private_phone="19900001234")
    return enrol(draft, place=town.division("中原路街道"), today=TODAY, at=MONDAY, by=town.tang)


OWN: list[Callable[[Town], object]] = [
    *(appoints, takes_an_office, becomes_administrator, covers, moves, leaves, leaves_by_hand_over),
    enters_himself_again,
]


@pytest.mark.article(11)
@pytest.mark.article(20)
@pytest.mark.parametrize("act", OWN, ids=lambda act: act.__name__)
def test_nobody_gives_or_takes_a_post_of_his_own(town: Town, act: Callable[[Town], object]) -> None:
    with refused(NotPermitted) as caught:
        act(town)
    assert "不能给自己" in caught.value.sentence


@pytest.mark.article(20)
@pytest.mark.parametrize(
    "act", [issue_first_password, issue_device_code, reset_second_factor, reopen_account]
)
def test_nobody_lets_himself_in(town: Town, act: Callable[..., object]) -> None:
    with refused(NotPermitted) as caught:
        act(town.tang, at=MONDAY, by=town.tang)
    assert "不能给自己的账号办" in caught.value.sentence


@pytest.mark.article(10)
def test_nobody_stands_in_his_own_roster(town: Town) -> None:
    User.objects.filter(pk=town.tang.pk).update(phone="19900008888")
    row = line(1, 姓名="Tang", 工作电话="19900008888", 身份证号="", 私人电话="")
    file = upload(workbook([row]))
    job = take_roster(file, name=file.name, size=file.size, by=town.tang, at=MONDAY)
    assert job.counts["fault"] == 1 and job.counts["appoint"] == 0


@pytest.mark.article(20)
def test_the_database_refuses_it_too(town: Town) -> None:
    post = works_too(town, "lin")
    assert post.posted_by is None  # the platform's
    body = Organization.objects.get(code="desk-zyl")
    own = {"user": town.tang, "posted_by": town.tang, "starts_on": TODAY}
    with pytest.raises(IntegrityError, match="nobody_posts_himself_to_a_grid"), transaction.atomic():
        GridPosting.objects.create(role="leader", village=town.division("玉北社区"), **own)
    with pytest.raises(IntegrityError, match="nobody_posts_himself_to_an_office"), transaction.atomic():
        OfficePosting.objects.create(role="dispatcher", organization=body, **own)
    with pytest.raises(IntegrityError, match="nobody_issues_himself"), transaction.atomic():
        DeviceCode.objects.create(
            user=town.tang, issued_by=town.tang, code_hash="x", issued_at=MONDAY, expires_at=MONDAY
        )


def test_who_posted_somebody_stays_on_record(town: Town) -> None:
    body = Organization.objects.get(code="desk-zyl")
    post = appoint_to_office(
        town.nobody, role="dispatcher", organization=body, on=TODAY, at=MONDAY, by=town.tang
    )
    assert OfficePosting.objects.get(pk=post.pk).posted_by == town.tang
    for column, value in (("posted_by_id", None), ("user_id", town.chen.pk)):
        with (
            pytest.raises(Exception, match="Cannot update"),
            transaction.atomic(),
            connection.cursor() as cursor,
        ):
            cursor.execute(
                f"UPDATE personnel_officeposting SET {column} = %s WHERE id = %s", [value, post.pk]
            )


# --- what was refused leaves a trace --------------------------------------------------------------------------------


def entered(user: User) -> Client:
    client = Client()
    client.force_login(User.objects.get(pk=user.pk))
    return client


def traces_of(user: User) -> list[tuple[str, str]]:
    links = Entry.objects.filter(subject=f"account:{user.pk}").order_by("seq")
    chain = (link for link in all_links() if link.subject == f"account:{user.pk}")
    assert first_break(chain, keys_of_the_trace()) is None
    return [(link.record["what"], link.record["on"]) for link in links if link.verb == "refused"]


def ask_for_own_post(town: Town) -> int:
    today = clock.now().date()
    fields = {"user": "tang", "source": "志愿者", "starts_on": str(today)}
    return entered(town.tang).post("/staff/appoint/part_time/410902001001001/", fields).status_code


@pytest.mark.article(11)
@pytest.mark.article(25)
def test_who_tries_to_appoint_himself_stands_in_the_trace_once_an_hour(
    town: Town, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert ask_for_own_post(town) == 403
    assert not GridPosting.objects.filter(user=town.tang).exists()
    assert traces_of(town.tang) == [("appoint", f"person:{town.tang.pk}")]
    assert ask_for_own_post(town) == 403
    assert len(traces_of(town.tang)) == 1  # nobody fills the trace
    later = clock.now() + timedelta(hours=1, minutes=1)
    monkeypatch.setattr(clock, "now", lambda: later)
    assert ask_for_own_post(town) == 403
    assert len(traces_of(town.tang)) == 2


@pytest.mark.article(25)
def test_an_administrator_who_reaches_for_another_county_stands_in_the_trace(town: Town) -> None:
    page = f"/staff/people/{town.shi.pk}/account/"
    assert entered(town.wu).post(page, {"verb": "password"}).status_code == 404
    assert traces_of(town.wu) == [("POST personnel:account", str(town.shi.pk))]
    assert entered(town.chen).post(page, {"verb": "password"}).status_code == 404
    assert traces_of(town.chen) == []  # who gives no power has mistyped an address


@pytest.mark.article(25)
def test_nobody_fills_the_trace_with_ever_other_numbers(town: Town, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(attempts, "MOST_AN_HOUR", 3)
    client = entered(town.wu)
    for number in range(10**6, 10**6 + 6):
        assert client.get(f"/staff/people/{number}/account/").status_code == 404
    assert len(traces_of(town.wu)) == 3


@pytest.mark.article(25)
def test_what_is_allowed_leaves_no_refusal(town: Town) -> None:
    assert entered(town.tang).get(f"/staff/people/{town.chen.pk}/account/").status_code == 200
    assert traces_of(town.tang) == []


# --- an administrator's post covers no day that is over ---------------------------------------------------------------


@pytest.mark.article(20)
def test_an_administrators_post_does_not_begin_yesterday(town: Town) -> None:
    body = Organization.objects.get(code="auth-city")
    yesterday = TODAY - timedelta(days=1)
    with refused(RuleViolation) as caught:
        appoint_to_office(
            town.nobody, role="audit_admin", organization=body, on=yesterday, at=MONDAY, by=town.shen
        )
    assert caught.value.field == "starts_on" and "不能补到过去" in caught.value.sentence
    fields = {
        "user": "nobody",
        "role": "audit_admin",
        "starts_on": str(clock.now().date() - timedelta(days=1)),
    }
    answer = entered(town.shen).post(f"/organizations/{body.pk}/appoint/", fields)
    page = answer.content.decode()
    assert answer.status_code == 422 and "不能补到过去" in page and "nobody" in page
    appoint_to_office(town.nobody, role="audit_admin", organization=body, on=TODAY, at=MONDAY, by=town.shen)
