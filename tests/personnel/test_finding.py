"""People are found by words, pinyin and initials wherever one is chosen, and only those in sight (Art. 10, 20)."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.forms import ValidationError

from access.models import GrantRequest
from accounts.models import User
from common import clock
from personnel.actions import appoint_to_grid
from personnel.finding import MOST_OFFERED, PersonField, PersonSelect, offer_people, offered
from personnel.forms import StandInForm
from personnel.models import GridPosting
from tests.cases import reported
from tests.doors import Visitor
from tests.town import FOUNDED, MONDAY, Town
from worktime.clocks import day_of

pytestmark = pytest.mark.usefixtures("monday")
FIND = "/staff/people/find/"
TODAY = MONDAY.date()


@pytest.fixture
def monday(monkeypatch: pytest.MonkeyPatch) -> None:
    """The clock of the platform stands on the town's Monday."""
    monkeypatch.setattr(clock, "now", lambda: MONDAY)


def worker(town: Town, username: str, name: str, *, grid: str = "1001001") -> User:
    """One more worker of a grid."""
    person = User.objects.create(username=username, name=name)
    there = town.grid_of(grid)
    appoint_to_grid(
        person, role="part_time", village=there.village, grid=there, on=FOUNDED, at=MONDAY, by=None
    )
    return person


def accounts(answer: Any) -> list[str]:
    assert answer.status_code == 200
    return [each["account"] for each in answer.json()["people"]]


@pytest.mark.parametrize("words", ["单红", "红", "sh", "dh", "shanh", "SHAN HONG", "danhong", "shanhong01"])
def test_a_person_is_found_by_words_by_each_reading_and_by_account(town: Town, words: str) -> None:
    worker(town, "shanhong01", "单红")
    found = Visitor(town.tang).get(FIND, q=words)
    assert "shanhong01" in accounts(found)
    words_shown = next(each["words"] for each in found.json()["people"] if each["account"] == "shanhong01")
    assert words_shown.startswith("单红 · ")
    assert "京东社区" in words_shown


@pytest.mark.article(20)
def test_only_people_in_sight_who_can_take_something_are_offered(town: Town) -> None:
    worker(town, "shanhong01", "单红")
    worker(town, "shanhe02", "单河", grid="2001001")
    closed = worker(town, "shanhu03", "单湖")
    User.objects.filter(pk=closed.pk).update(is_active=False)
    assert accounts(Visitor(town.tang).get(FIND, q="sh")) == ["shanhong01"]
    assert accounts(Visitor(town.xu).get(FIND, q="sh")) == ["shanhe02"]
    assert set(accounts(Visitor(town.wu).get(FIND, q="单"))) == {"shanhong01", "shanhe02"}
    assert accounts(Visitor(town.tang).get(FIND, q="tang")) == [], "nobody chooses oneself"
    assert accounts(Visitor(town.tang).get(FIND, q="")) == []
    assert Visitor(town.chen).get(FIND, q="sh").status_code == 403


@pytest.mark.parametrize("words", ["%", "_", "\\", "x" * 500, "' OR 1=1"])
def test_odd_words_find_nobody_and_break_nothing(town: Town, words: str) -> None:
    assert accounts(Visitor(town.tang).get(FIND, q=words)) == []


def test_ever_so_many_cost_the_same_and_a_few_are_offered(town: Town) -> None:
    worker(town, "shan00", "单零")
    tang = Visitor(town.tang)
    few = tang.statements(f"{FIND}?q=shan")
    for number in range(1, MOST_OFFERED + 5):
        worker(town, f"shan{number:02}", f"单{number}")
    assert tang.statements(f"{FIND}?q=shan") == few
    assert len(accounts(tang.get(FIND, q="shan"))) == MOST_OFFERED


def among(town: Town) -> PersonField:
    field = PersonField()
    field.among, field.day = User.objects.filter(username__startswith="shan"), TODAY
    return field


def test_one_who_is_meant_is_taken_and_several_are_named_with_their_accounts(town: Town) -> None:
    red = worker(town, "shanhong01", "单红")
    assert among(town).clean("sh") == red
    assert among(town).clean(" 单红 ") == red
    worker(town, "shanhe02", "单河")
    with pytest.raises(ValidationError) as caught:
        among(town).clean("sh")
    (sentence,) = caught.value.messages
    assert "“sh”不止一人，请填账号" in sentence
    assert "单红" in sentence and "（账号 shanhong01）" in sentence
    assert "（账号 shanhe02）" in sentence
    assert among(town).clean("shanhe02").name == "单河"
    with pytest.raises(ValidationError, match="没有这个人"):
        among(town).clean("wf")


def test_a_whole_account_may_be_of_another_place_but_a_name_may_not(town: Town) -> None:
    assert among(town).clean("shi") == town.shi
    User.objects.filter(pk=town.shi.pk).update(name="石青")
    with pytest.raises(ValidationError, match="没有这个人"):
        among(town).clean("石青")
    own = PersonField(anybody=False)
    own.among = User.objects.exclude(pk=town.shi.pk)
    with pytest.raises(ValidationError):
        own.clean("shi")


@pytest.mark.article(10)
def test_an_appointment_takes_a_name_or_initials(town: Town) -> None:
    person = User.objects.create(username="shanhong01", name="单红")
    appoint_to_grid(
        person, role="part_time", village=town.grid.village, grid=town.grid, on=FOUNDED, at=MONDAY, by=None
    )
    there = town.grid_of("001002")
    address = f"/staff/appoint/part_time/{there.code}/"
    tang = Visitor(town.tang)
    page = tang.text(address)
    assert f'data-find-person="{FIND}"' in page
    assert "js/find_person" in page
    source = GridPosting.objects.get(user=person).source or "社会招聘"
    sent = {
        "user": "shan hong",
        "starts_on": f"{TODAY}",
        "source": source,
        "appointed_by": "",
        "document": "",
    }
    answer = tang.post(address, sent)
    assert answer.status_code in (302, 422)
    if answer.status_code == 422:
        assert "没有这个人" not in answer.content.decode()


def test_a_stand_in_is_nobody_but_whom_the_form_offers(town: Town) -> None:
    form = StandInForm(
        {"user": "lin", "starts_on": f"{TODAY}", "until": f"{TODAY + timedelta(days=3)}"},
        people=User.objects.filter(username="lin"),
        today=TODAY,
    )
    assert form.is_valid(), form.errors
    assert form.cleaned_data["user"] == town.lin


def test_a_successor_is_found_by_every_reading(town: Town) -> None:
    worker(town, "shanhong01", "单红")
    reported(town)
    post = GridPosting.objects.get(user=town.chen)
    page = Visitor(town.tang).text(f"/staff/posts/{post.pk}/relieve/")
    assert "js/find_option" in page
    assert 'data-find-option=""' in page
    assert "|shan hong|sh|dan hong|dh" in page
    assert PersonSelect().found_by("曾勇（网格长）")[:3] == ["曾勇（网格长）", "zeng yong", "zy"]


@pytest.mark.article(20)
def test_a_grant_and_a_binding_code_are_given_by_name(town: Town) -> None:
    worker(town, "shanhong01", "单红")
    tang = Visitor(town.tang)
    sent = {
        "grantee": "单红", "verb": "view_personal", "place": f"division:{town.division('中原路街道').pk}",
        "purpose": "处置需要联系本人", "expires_on": f"{TODAY + timedelta(days=30)}",
    }  # fmt: skip
    assert tang.post("/access/grants/new/", sent).status_code == 302
    assert GrantRequest.objects.get().grantee.username == "shanhong01"
    answer = tang.post("/staff/devices/", {"account": "shanhong"})
    assert "单红的绑定码" in answer.content.decode()
    other = tang.post("/staff/devices/", {"account": "shi"})
    assert "您管理的人员里没有这个人" in other.content.decode()


def test_posts_are_told_beside_the_name(town: Town) -> None:
    worker(town, "shanhong01", "单红")
    (found,) = offered(User.objects.filter(username="shanhong01"), "sh", day=day_of(MONDAY))
    assert found.account == "shanhong01"
    form = StandInForm(people=User.objects.none(), today=TODAY)
    offer_people(form, "user", User.objects.all(), day=TODAY)
    assert form.fields["user"].among.count() == User.objects.count()  # type: ignore[attr-defined]
