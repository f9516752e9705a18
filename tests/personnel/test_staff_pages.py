"""The pages of people, posts and bodies: what each shows, to whom, and what bad input meets (Art. 10, 11, 20)."""

from __future__ import annotations

from datetime import timedelta

import pytest

from accounts.models import User
from common import clock
from personnel.models import GridPosting, OfficePosting, Organization
from tests.access.conftest import HOME, NUMBER, PHONE, sealed_records
from tests.cases import case_in, reported
from tests.doors import Visitor
from tests.shapes import Sent
from tests.town import Town
from workflow.models import Case
from worktime.clocks import SHANGHAI


@pytest.mark.article(10)
def test_a_township_is_on_one_page_with_its_vacancies_in_word_and_shape(town: Town) -> None:
    page = Visitor(town.tang).text("/staff/")
    assert "Chen" in page and "Wang" in page and "京东社区" in page and "玉北社区" in page
    assert "▲ 缺网格长" in page  # nobody leads 玉北社区
    assert "胜利社区" not in page


def test_a_county_sees_its_townships_first_and_opens_each(town: Town) -> None:
    wu = Visitor(town.wu)
    assert "中原路街道" in wu.text("/staff/") and "城关镇" not in wu.text("/staff/")
    assert "Chen" in wu.text("/staff/?place=410902001")


@pytest.mark.article(20)
@pytest.mark.parametrize("name", ["chen", "wang", "zhao", "sun", "zheng", "xia", "nobody"])
def test_who_manages_nobody_finds_the_door_shut(town: Town, name: str) -> None:
    for path in (
        "/staff/",
        "/staff/people/",
        "/organizations/",
        f"/staff/appoint/full_time/{town.grid.code}/",
    ):
        assert Visitor(getattr(town, name)).get(path).status_code == 403


@pytest.mark.article(20)
def test_another_townships_people_are_as_missing(town: Town) -> None:
    post = GridPosting.objects.get(user=town.chen)
    xu = Visitor(town.xu)
    for path in (
        f"/staff/people/{town.chen.pk}/",
        f"/staff/people/{10**9}/",
        "/staff/?place=410902001",
        f"/staff/appoint/full_time/{town.grid.code}/",
        f"/staff/posts/{post.pk}/stand-in/",
        f"/staff/posts/{post.pk}/relieve/",
        f"/staff/posts/{post.pk}/transfer/",
        "/staff/enrol/?place=410902001",
    ):
        assert xu.get(path).status_code == 404, path
    assert f"/staff/people/{town.chen.pk}/" not in xu.text("/staff/people/?q=Chen")


def test_people_are_found_by_characters_letters_account_and_work_telephone(town: Town) -> None:
    User.objects.filter(pk=town.chen.pk).update(name="陈示甲", phone="19900001111")
    tang = Visitor(town.tang)
    for query in ("陈", "示甲", "csj", "chenshi", "CSJ", "chen", "19900001111"):
        assert "陈示甲" in tang.text(f"/staff/people/?q={query}"), query
    for query in ("sj", "199000011", "xyz"):
        assert "陈示甲" not in tang.text(f"/staff/people/?q={query}"), query
    assert tang.statements("/staff/people/?q=csj") == tang.statements("/staff/people/?q=l")


@pytest.mark.parametrize(
    ("name", "query"),
    [
        *(
            ("曾示甲", "zsj"),
            ("曾示甲", "zeng"),
            ("单示乙", "ssy"),
            ("单示乙", "shanshiyi"),
            ("解示丙", "xie"),
        ),
        *(("翟示丁", "zhai"), ("尉迟示戊", "ycsw"), ("仇示己", "qiu"), ("单示乙", "dsy")),
    ],
)
def test_people_are_found_by_the_reading_of_their_surname(town: Town, name: str, query: str) -> None:
    User.objects.filter(pk=town.chen.pk).update(name=name)
    assert name in Visitor(town.tang).text(f"/staff/people/?q={query}")


@pytest.mark.article(20)
def test_a_person_page_shows_masked_private_data_to_the_manager_and_the_person(town: Town) -> None:
    sealed_records(town, "chen")
    for name in ("tang", "wu", "chen"):
        page = Visitor(getattr(town, name)).text(f"/staff/people/{town.chen.pk}/")
        assert "199****1234" in page
        assert not any(secret in page for secret in (PHONE, HOME, NUMBER))


@pytest.mark.article(20)
def test_who_left_is_seen_by_the_last_manager_for_a_year(town: Town) -> None:
    path, today = f"/staff/people/{town.chen.pk}/", clock.now().date()
    for days, status in ((300, 200), (400, 404)):
        GridPosting.objects.filter(user=town.chen).update(ends_on=today - timedelta(days=days))
        assert Visitor(town.tang).get(path).status_code == status
        assert Visitor(town.chen).get(path).status_code == 200


def test_a_transfer_says_where_to_and_keeps_what_was_typed(town: Town) -> None:
    post = GridPosting.objects.get(user=town.chen)
    tang, path = Visitor(town.tang), f"/staff/posts/{post.pk}/transfer/"
    fields = {
        "code": "410902001002001",
        "on": "2027-01-04",
        "source": "社会招聘",
        "document": "街办〔2026〕9号",
    }
    # Another township's, none, a code with something behind it, and where she is already.
    codes = ("410902002001001", "999", "410902001002;DROP", town.grid.code)
    for wrong in (*({"code": code} for code in codes), {"source": "亲戚"}, {"on": "2024-01-01"}):
        answer = tang.post(path, {**fields, **wrong})
        assert answer.status_code == 422, wrong
        assert "街办〔2026〕9号" in answer.content.decode()
    assert tang.post(path, fields).status_code == 302
    now = GridPosting.objects.get(user=town.chen, ends_on=None)
    assert (now.grid.code, now.source, now.document) == ("410902001002001", "社会招聘", "街办〔2026〕9号")


def test_from_enrolment_to_appointment_on_three_pages(town: Town) -> None:
    tang = Visitor(town.tang)
    appoint = f"/staff/appoint/part_time/{town.grid.code}/"
    fields: Sent = {"name": "演示新人", "phone": "19900003333"}
    wrong = tang.post(
        f"/staff/enrol/?then={appoint}&place=410902001001", {**fields, "id_number": "410999199001010000"}
    )
    assert wrong.status_code == 422
    assert "校验位不对" in wrong.content.decode() and "演示新人" in wrong.content.decode()
    answer = tang.post(f"/staff/enrol/?then={appoint}&place=410902001001", fields)
    assert answer["Location"] == f"{appoint}?user=19900003333"
    form = {"user": "19900003333", "source": "志愿者", "starts_on": "2026-11-20"}
    assert tang.post(appoint, {**form, "user": "nobody-there"}).status_code == 422
    assert tang.post(appoint, {**form, "starts_on": "never"}).status_code == 422
    assert tang.post(appoint, form).status_code == 302
    assert "演示新人" in tang.text("/staff/")


def test_enrolment_names_every_fault_at_once_and_keeps_what_was_typed(town: Town) -> None:
    fields = {
        "name": "演示<b>新人</b>",
        "phone": "123",
        "username": "有 空格",
        "private_phone": "abc",
        "home_address": "路" * 101,
        "id_number": "410999199001010000",
    }
    answer = Visitor(town.tang).post("/staff/enrol/?place=410902001001", fields)
    page = answer.content.decode()
    assert answer.status_code == 422 and "有 5 处需要改" in page
    for sentence in ("手机号应为 11 位数字。", "只能用文字、数字", "您写了 101 字", "校验位不对"):
        assert sentence in page, sentence
    assert "演示&lt;b&gt;新人&lt;/b&gt;" in page and "<b>新人" not in page and fields["home_address"] in page
    assert not User.objects.filter(name__contains="新人").exists()


def test_a_second_leader_is_refused_in_a_sentence(town: Town) -> None:
    form = {"user": "nobody", "source": "村（居）民委员会主要负责人", "starts_on": "2026-11-20"}
    answer = Visitor(town.tang).post("/staff/appoint/leader/410902001001/", form)
    assert answer.status_code == 422 and "已有在任网格长" in answer.content.decode()
    assert Visitor(town.tang).post("/staff/appoint/leader/410902001002/", form).status_code == 302


@pytest.mark.article(10)
def test_relieving_asks_who_takes_over_and_then_hands_over(town: Town) -> None:
    case = reported(town)
    post = GridPosting.objects.get(user=town.chen)
    tang, path = Visitor(town.tang), f"/staff/posts/{post.pk}/relieve/"
    assert "1 件在办事项" in tang.text(path)
    late = tang.post(path, {"on": "2024-01-01", "successor": town.lin.pk})
    assert late.status_code == 422 and 'id="id_on_error"' in late.content.decode()  # beside its field
    on = (clock.now() + timedelta(days=1)).date().isoformat()
    assert tang.post(path, {"on": on}).status_code == 422
    assert tang.post(path, {"on": on, "successor": town.sun.pk}).status_code == 422
    assert tang.post(path, {"on": on, "successor": town.lin.pk}).status_code == 302
    assert Case.objects.get(pk=case.pk).caretaker == town.lin


def test_a_stand_in_is_confirmed_with_a_plain_day(town: Town) -> None:
    post = GridPosting.objects.get(user=town.chen)
    fields = {"user": "lin", "starts_on": "2026-11-20", "until": "2026-12-03"}
    tang = Visitor(town.tang)
    assert tang.post(f"/staff/posts/{post.pk}/stand-in/", fields).status_code == 302
    assert "Lin替岗到12月3日。" in tang.text("/staff/")


def test_bodies_are_listed_opened_founded_and_renamed(town: Town) -> None:
    wu = Visitor(town.wu)
    assert "华龙区城市管理" in wu.text("/organizations/")
    page = f"/organizations/{town.chengguan.pk}/"
    assert "Sun" in wu.text(page)
    assert Visitor(town.gu).get(page).status_code == 404
    assert Visitor(town.sun).get(page).status_code == 200
    assert Visitor(town.sun).get(f"{page}change/").status_code == 403
    fields = {"version": 1, "name": "华龙区城市管理局", "duty_phone": "0393-0000005"}
    assert wu.post(f"{page}change/", {**fields, "name": ""}).status_code == 422
    assert wu.post(f"{page}change/", fields).status_code == 302
    assert wu.post(f"{page}change/", fields).status_code == 409
    body = {"name": "华龙区供水公司", "kind": "service_unit", "founded_on": "2026-01-01"}
    assert wu.post("/organizations/found/", {**body, "kind": "nonsense"}).status_code == 422
    assert wu.post("/organizations/found/", body).status_code == 302
    assert Organization.objects.get(name="华龙区供水公司").division.name == "华龙区"


@pytest.mark.article(20)
@pytest.mark.parametrize(
    ("begins", "ends", "status"), [(-9, 9, 200), (-9, 0, 200), (-9, None, 200), (-9, -1, 404), (1, None, 404)]
)
def test_a_body_is_seen_on_the_days_of_ones_post_there(
    town: Town, begins: int, ends: int | None, status: int
) -> None:
    today = clock.now().astimezone(SHANGHAI).date()
    OfficePosting.objects.create(
        user=town.nobody,
        role="dispatcher",
        organization=town.chengguan,
        starts_on=today + timedelta(days=begins),
        ends_on=None if ends is None else today + timedelta(days=ends),
    )
    assert Visitor(town.nobody).get(f"/organizations/{town.chengguan.pk}/").status_code == status


@pytest.mark.article(20)
def test_a_bodys_open_cases_are_listed_as_far_as_one_may_see_them(town: Town) -> None:
    case = case_in("in_hand", town)
    path = f"/organizations/{town.chengguan.pk}/"
    assert f"{path}cases/" in Visitor(town.wu).text(path)
    for name in ("wu", "sun"):
        assert case.number in Visitor(getattr(town, name)).text(f"{path}cases/")
    nothing = Visitor(town.qian).text(f"/organizations/{town.gongan.pk}/cases/")
    assert "交给这个机构的事项都已结案" in nothing and "换一个时间段" not in nothing
    for name in ("gu", "qian", "chen", "tang"):
        assert Visitor(getattr(town, name)).get(f"{path}cases/").status_code == 404


def test_lists_cost_the_same_for_few_and_for_many(town: Town) -> None:
    tang, street = Visitor(town.tang), town.division("中原路街道")
    before = tang.statements("/staff/"), tang.statements("/staff/people/"), tang.statements("/organizations/")
    for number in range(12):
        person = User.objects.create(username=f"extra{number}", name=f"多人{number}")
        GridPosting.objects.create(
            user=person,
            role="part_time",
            village=town.grid.village,
            grid=town.grid,
            starts_on="2026-01-01",
        )
        Organization.objects.create(
            code=f"x{number}",
            name=f"队{number}",
            kind="service_team",
            function="",
            division=street,
        )
    after = tang.statements("/staff/"), tang.statements("/staff/people/"), tang.statements("/organizations/")
    assert before == after
