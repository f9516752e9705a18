"""Appointing somebody who serves elsewhere needs a request, and gives no rights before (Art. 10, 11, 20)."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.contrib.contenttypes.models import ContentType
from django.db import IntegrityError, connection, transaction
from django.test import Client
from django.test.utils import CaptureQueriesContext

from access import subjects
from accounts.models import User
from audit.models import Entry
from common import clock
from common.errors import IllegalMove, NotPermitted, RuleViolation, StaleVersion
from grids.models import Division
from notifications.models import Outbox
from personnel.actions import (
    PostDraft,
    appoint_to_grid,
    appoint_to_office,
    ask_for_post,
    confirm_post,
    give_first_password,
    lines_of,
    post_or_ask,
    refuse_post,
    relieve,
    sign_person_out,
    stand_in,
    take_roster,
    transfer,
    withdraw_post,
)
from personnel.actions.grants import permission_ids
from personnel.models import Grant, GridPosting, OfficePosting, Organization, PostRequest
from personnel.scopes import authority_of
from tests.access.conftest import sealed_records
from tests.cases import refused
from tests.doors import Visitor
from tests.personnel.rosters import line, upload, workbook
from tests.town import MONDAY, Town

TODAY = MONDAY.date()


def draft(town: Town, name: str = "duan", **fields: Any) -> PostDraft:
    """A part-time post in Chen's grid for somebody of 胜利路街道."""
    about = {"village": town.grid.village, "grid": town.grid, "source": "志愿者", **fields}
    return PostDraft(getattr(town, name), "part_time", TODAY, **about)


def request_of(town: Town, *, by: str = "tang", **fields: Any) -> PostRequest:
    return ask_for_post(draft(town, **fields), by=getattr(town, by), at=MONDAY)


def fresh(user: User) -> User:
    return User.objects.get(pk=user.pk)


@pytest.mark.article(11)
@pytest.mark.article(20)
def test_who_serves_elsewhere_is_not_posted_without_his_superior(town: Town) -> None:
    with refused(RuleViolation) as caught:
        appoint_to_grid(
            town.duan, role="part_time", village=town.grid.village, grid=town.grid, on=TODAY, at=MONDAY,
            by=town.tang, source="志愿者",
        )  # fmt: skip
    assert "由其现任上级或县区确认" in caught.value.sentence
    with refused(RuleViolation):
        body = Organization.objects.get(code="desk-zyl")
        appoint_to_office(town.duan, role="dispatcher", organization=body, on=TODAY, at=MONDAY, by=town.tang)
    with refused(RuleViolation):
        post = GridPosting.objects.get(user=town.chen)
        stand_in(post, town.duan, on=TODAY, until=TODAY + timedelta(days=3), at=MONDAY, by=town.tang)
    assert not GridPosting.objects.filter(user=town.duan).exists()
    made = post_or_ask(draft(town), by=town.tang, at=MONDAY)
    assert isinstance(made, PostRequest) and made.status == "waiting"
    assert not authority_of(fresh(town.duan)).holds("report")


@pytest.mark.article(11)
def test_the_superior_confirms_and_everybody_gets_a_notice(town: Town) -> None:
    request = request_of(town)
    street = town.division("胜利路街道")
    sentences = dict(Outbox.objects.filter(topic="post_request").values_list("audience", "sentence"))
    assert set(sentences) == {f"manage_staff:division:{street.pk}", f"user:{town.duan.pk}"}
    assert "申请任命您为" in sentences[f"user:{town.duan.pk}"]
    done = confirm_post(request, note="同意", by=town.xu, at=MONDAY)
    assert done.grid_posting and done.grid_posting.posted_by == town.tang and done.decided_by == town.xu
    assert authority_of(fresh(town.duan)).may("report", "grid", town.grid.pk)
    answers = Outbox.objects.filter(topic="post_request", sentence__contains="已由Xu确认")
    assert set(answers.values_list("audience", flat=True)) == {
        f"user:{town.tang.pk}",
        f"user:{town.duan.pk}",
    }
    links = Entry.objects.filter(subject=f"post_request:{request.pk}").order_by("seq")
    assert [(link.verb, link.actor_id) for link in links] == [
        ("ask", town.tang.pk),
        ("confirm", town.xu.pk),
    ]


@pytest.mark.article(11)
@pytest.mark.article(20)
@pytest.mark.parametrize(
    ("name", "may"),
    [
        ("xu", True),  # manages him where he serves
        ("wu", True),  # the county above both
        ("tang", False),  # who asked
        ("duan", False),  # himself
        ("gu", False),  # another county
        ("zhao", False),
        ("shen", False),
    ],
)
def test_who_confirms(town: Town, name: str, may: bool) -> None:
    request = request_of(town)
    for act in (confirm_post, refuse_post):
        if may:
            with transaction.atomic():
                assert act(request, note="看过", by=getattr(town, name), at=MONDAY).status != "waiting"
                transaction.set_rollback(True)
        else:
            with refused(NotPermitted):
                act(request, note="看过", by=getattr(town, name), at=MONDAY)


def test_of_two_superiors_one_alone_is_not_enough(town: Town) -> None:
    village = town.division("城关村")
    grid = town.grid_of("201001")
    appoint_to_grid(town.duan, role="part_time", village=village, grid=grid, on=TODAY, at=MONDAY, by=None)
    request = request_of(town)
    for name in ("xu", "gu", "wu"):
        with refused(NotPermitted):
            confirm_post(request, by=getattr(town, name), at=MONDAY)
    city = Organization.objects.get(code="auth-city")
    appoint_to_office(town.nobody, role="system_admin", organization=city, on=TODAY, at=MONDAY, by=None)
    assert confirm_post(request, by=fresh(town.nobody), at=MONDAY).status == "confirmed"


def test_a_refusal_has_a_reason_and_a_withdrawal_is_the_applicants(town: Town) -> None:
    request = request_of(town)
    with refused(RuleViolation):
        refuse_post(request, note=" ", by=town.xu, at=MONDAY)
    with refused(NotPermitted):
        withdraw_post(request, by=town.xu, at=MONDAY)
    with refused(RuleViolation):
        request_of(town)  # twice
    done = refuse_post(request, note="本地人手不够", by=town.xu, at=MONDAY)
    with refused(StaleVersion):
        confirm_post(request, by=town.xu, at=MONDAY)
    with refused(IllegalMove):
        confirm_post(done, by=town.xu, at=MONDAY)
    assert withdraw_post(request_of(town), by=town.tang, at=MONDAY).status == "withdrawn"
    assert not GridPosting.objects.filter(user=town.duan).exists()


def test_faults_of_the_post_are_reported_with_the_request(town: Town) -> None:
    for fields in ({"source": "朋友介绍"}, {"grid": town.grid_of("002001")}):
        with refused(RuleViolation):
            request_of(town, **fields)
    with refused(RuleViolation) as caught:
        request_of(town, name="shen")
    assert "不兼任业务岗位" in caught.value.sentence  # administrators are posted nowhere else
    with refused(NotPermitted):
        ask_for_post(draft(town, "duan"), by=town.zhao, at=MONDAY)
    with refused(RuleViolation):
        request_of(town, name="chen")  # of one's own, who already works there
    assert not PostRequest.objects.exists() and not GridPosting.objects.filter(user=town.duan).exists()


def test_what_has_changed_meanwhile_is_compared_at_the_confirmation(town: Town) -> None:
    request = request_of(town)
    OfficePosting.objects.filter(user=town.tang).update(ends_on=TODAY - timedelta(days=1))
    Grant.objects.filter(user=town.tang).delete()
    with refused(RuleViolation) as caught:
        confirm_post(request, by=town.wu, at=MONDAY)
    assert "已不管理那里的人员" in caught.value.sentence


def test_a_first_day_that_passed_while_it_waited_is_today(town: Town) -> None:
    later = MONDAY + timedelta(days=3)
    done = confirm_post(request_of(town), by=town.xu, at=later)
    assert done.grid_posting and done.grid_posting.starts_on == later.date()


@pytest.mark.article(10)
def test_a_stand_in_from_elsewhere_is_asked_for_too(town: Town) -> None:
    post = GridPosting.objects.get(user=town.wang)
    wanted = PostDraft(
        town.duan, post.role, TODAY, village=post.village, covers=post, until=TODAY + timedelta(days=5)
    )
    request = post_or_ask(wanted, by=town.tang, at=MONDAY)
    assert isinstance(request, PostRequest)
    done = confirm_post(request, by=town.xu, at=MONDAY)
    assert done.grid_posting and done.grid_posting.stands_in_for == post
    again = post_or_ask(
        wanted_again := PostDraft(**{**vars(wanted), "user": town.chen}), by=town.tang, at=MONDAY
    )
    assert isinstance(again, GridPosting) and wanted_again.user == town.chen  # of one's own: at once
    with refused(IllegalMove):
        other = ask_for_post(PostDraft(**{**vars(wanted), "user": town.shi}), by=town.tang, at=MONDAY)
        confirm_post(other, by=town.gu, at=MONDAY + timedelta(days=9))


@pytest.mark.article(10)
def test_a_roster_posts_nobody_who_serves_elsewhere(town: Town) -> None:
    User.objects.filter(pk=town.duan.pk).update(phone="19900007777")
    row = line(1, 姓名="Duan", 工作电话="19900007777", 身份证号="", 岗位="兼职网格员", 来源="志愿者")
    for name, fault in (("tang", True), ("wu", False)):
        file = upload(workbook([row]))
        job = take_roster(file, name=file.name, size=file.size, by=getattr(town, name), at=MONDAY)
        assert job.counts["fault"] == int(fault) and job.counts["appoint"] == int(not fault)
        assert ("现任上级确认" in str(lines_of(job))) is fault


def test_a_transfer_within_the_managed_area_needs_no_new_request(town: Town) -> None:
    post = confirm_post(request_of(town), by=town.xu, at=MONDAY).grid_posting
    assert post is not None
    other = town.grid_of("001002")
    moved = transfer(
        post, village=other.village, grid=other, on=TODAY + timedelta(days=1), at=MONDAY, by=town.tang
    )
    assert moved.grid == other


@pytest.mark.article(20)
def test_who_has_just_left_is_asked_for_where_he_was(town: Town) -> None:
    relieve(OfficePosting.objects.get(user=town.duan), on=TODAY, at=MONDAY, by=None, closes=False)
    request = request_of(town)
    with refused(NotPermitted):
        confirm_post(request, by=town.tang, at=MONDAY)
    assert confirm_post(request, by=town.xu, at=MONDAY).status == "confirmed"


# --- what the new post opens --------------------------------------------------------------------------------------


def name_viewer(user: User, place: Division) -> None:
    """Name somebody to view personal data in a place, as an approved request would."""
    Grant.objects.create(
        user=user,
        permission_id=permission_ids()["division", "view_personal"],
        content_type=ContentType.objects.get_for_model(Division),
        object_pk=str(place.pk),
        purpose="核对身份材料",
        is_special=True,
        expires_at=clock.now() + timedelta(days=30),
    )


@pytest.mark.article(20)
def test_a_confirmed_post_opens_neither_identity_nor_account_nor_sessions(town: Town) -> None:
    sealed_records(town, "duan", phone="19900001234", number="410999199001010018")
    for name, place in (("zhao", "中原路街道"), ("hua", "胜利路街道"), ("feng", "华龙区")):
        name_viewer(getattr(town, name), town.division(place))
    confirm_post(request_of(town), by=town.xu, at=MONDAY)
    duan = fresh(town.duan)
    identity = f"identity:{duan.identity.pk}"

    def why_not(name: str, key: str, piece: str) -> str:
        found = subjects.find(fresh(getattr(town, name)), key, piece)
        return found.subject.refusal(fresh(getattr(town, name)), found.row, piece)

    assert why_not("zhao", identity, "id_number")  # named where the new post is
    assert not why_not("hua", identity, "id_number")  # named where he was before
    assert not why_not("feng", identity, "id_number")  # named for both
    assert why_not("tang", f"contact:{duan.contact.pk}", "private_phone")
    for name, refuses in (("tang", True), ("xu", True), ("wu", False)):
        for act in (sign_person_out, give_first_password):
            if refuses:
                with refused(NotPermitted):
                    act(duan, at=MONDAY, by=getattr(town, name))
            else:
                act(duan, at=MONDAY, by=getattr(town, name))


# --- the database and the pages --------------------------------------------------------------------------------------


@pytest.mark.article(20)
@pytest.mark.parametrize(
    ("values", "name"),
    [
        ({"decided_by": "tang"}, "a_post_is_confirmed_by_a_third_person"),
        ({"decided_by": "duan"}, "a_post_is_confirmed_by_a_third_person"),
        ({"status": "confirmed", "decided_by": "xu"}, "a_confirmed_request_has_its_post"),
        ({"user": "tang"}, "Cannot update"),
    ],
)
def test_the_database_keeps_the_three_apart(town: Town, values: dict[str, str], name: str) -> None:
    request = request_of(town)
    columns = {key: value if key == "status" else getattr(town, value) for key, value in values.items()}
    with pytest.raises(Exception, match=name), transaction.atomic():
        PostRequest.objects.filter(pk=request.pk).update(**columns)
    with pytest.raises(IntegrityError, match="nobody_asks_for_a_post"), transaction.atomic():
        PostRequest.objects.create(
            user=town.tang, asked_by=town.tang, role="part_time", village=town.grid.village, grid=town.grid,
            starts_on=TODAY, asked_at=MONDAY,
        )  # fmt: skip


@pytest.mark.article(11)
def test_the_pages_lead_from_the_appointment_to_the_confirmation(town: Town) -> None:
    tang, xu, duan = Visitor(town.tang), Visitor(town.xu), Visitor(town.duan)
    day = str(clock.now().date())
    fields = {"user": "duan", "source": "志愿者", "starts_on": day}
    answer = tang.post("/staff/appoint/part_time/410902001001001/", fields)
    assert answer.status_code == 302 and answer["Location"] == "/staff/requests/"
    request = PostRequest.objects.get()
    assert "待上级确认" in tang.text("/staff/requests/") and "收回申请" in tang.text("/staff/requests/")
    page = xu.text("/staff/requests/")
    assert "确认任命" in page and "收回申请" not in page
    assert request.number in duan.text("/staff/requests/")
    assert request.number in xu.text(f"/staff/people/{town.duan.pk}/")
    assert Visitor(town.gu).get(f"/staff/requests/{request.pk}/confirm/").status_code == 404
    assert tang.get(f"/staff/requests/{request.pk}/confirm/").status_code == 403
    path = f"/staff/requests/{request.pk}/refuse/"
    bad = xu.post(path, {"version": 1, "note": ""})
    assert bad.status_code == 422 and "写明不同意的理由" in bad.content.decode()
    good = xu.post(f"/staff/requests/{request.pk}/confirm/", {"version": 1, "note": "同意"})
    assert good.status_code == 302
    assert GridPosting.objects.filter(user=town.duan, grid=town.grid).exists()
    assert "已确认任命" in tang.text("/staff/requests/")


def test_the_list_costs_the_same_for_one_and_for_many(town: Town) -> None:
    client = Client()
    client.force_login(town.xu)

    def cost() -> int:
        client.get("/staff/requests/")
        with CaptureQueriesContext(connection) as captured:
            assert client.get("/staff/requests/").status_code == 200
        return len(captured)

    request_of(town)
    few = cost()
    for number in range(20):
        user = User.objects.create(username=f"more{number}", name=f"More{number}")
        body = Organization.objects.get(code="desk-sll")
        appoint_to_office(user, role="dispatcher", organization=body, on=TODAY, at=MONDAY, by=None)
        ask_for_post(
            PostDraft(user, "part_time", TODAY, village=town.grid.village, grid=town.grid, source="志愿者"),
            by=town.tang,
            at=MONDAY,
        )
    assert cost() == few
