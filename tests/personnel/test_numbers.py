"""Numbers of people and bodies are read as they are typed, kept in one spelling, found in every one (Art. 10, 20)."""

from __future__ import annotations

import pytest

from accounts.models import User
from common.errors import RuleViolation
from personnel.actions import PersonDraft, change_organization, enrol
from personnel.models import ContactRecord, IdentityRecord, Organization
from tests.cases import refused
from tests.doors import Visitor
from tests.personnel.rosters import number_of
from tests.shapes import Sent
from tests.town import MONDAY, Town

WIDE = {48 + digit: 0xFF10 + digit for digit in range(10)}
ENROL = "/staff/enrol/?place=410902001001"
NEW: Sent = {"name": "演示新人", "phone": "199 0000 3333", "private_phone": "+86 198-0000-3333"}


def wide(text: str) -> str:
    """The text in full-width digits."""
    return text.translate(WIDE)


@pytest.mark.article(20)
def test_a_person_is_enrolled_in_one_spelling_and_once(town: Town) -> None:
    tang, spaced = Visitor(town.tang), f"{number_of(1)[:6]} {number_of(1)[6:14]} {number_of(1)[14:]}"
    answer = tang.post(ENROL, {**NEW, "id_number": wide(spaced)})
    assert answer.status_code == 302, answer.content.decode()
    user = User.objects.get(name="演示新人")
    assert (user.phone, user.username) == ("19900003333", "19900003333")
    assert ContactRecord.objects.get(user=user).unseal("private_phone") == "19800003333"
    assert IdentityRecord.objects.get(user=user).unseal("id_number") == number_of(1)
    again = tang.post(ENROL, {"name": "演示又一人", "phone": "19900003334", "id_number": number_of(1)})
    assert again.status_code == 422 and "这个身份证号已经登记" in again.content.decode()
    same = tang.post(ENROL, {"name": "演示又一人", "phone": wide("19900003333")})
    assert same.status_code == 422 and "这个工作电话已有人用" in same.content.decode()


@pytest.mark.article(20)
def test_an_action_keeps_what_the_pages_keep(town: Town) -> None:
    draft = PersonDraft("演示新人", "199-0000-3333", id_number=wide(number_of(1)))
    user = enrol(draft, place=town.division("中原路街道"), today=MONDAY.date(), at=MONDAY, by=town.tang)
    record = IdentityRecord.objects.get(user=user)
    assert (user.phone, record.unseal("id_number")) == ("19900003333", number_of(1))
    assert record.id_number_index == IdentityRecord.indexes_of("id_number", wide(number_of(1)))[0]


def test_a_landline_instead_of_a_mobile_number_is_refused_in_one_sentence(town: Town) -> None:
    answer = Visitor(town.tang).post(ENROL, {**NEW, "phone": "0393-6666666"})
    page = answer.content.decode()
    assert answer.status_code == 422 and "有 1 处需要改" in page
    assert "这是座机号码，这里要填 11 位手机号。" in page and 'value="0393-6666666"' in page


def test_the_boxes_have_room_for_the_spaces_of_a_copied_number(town: Town) -> None:
    page = Visitor(town.tang).text(ENROL)
    assert 'maxlength="11"' not in page and 'maxlength="18"' not in page


@pytest.mark.parametrize(
    "typed", ["19900001111", "199 0000 1111", "+86 19900001111", wide("19900001111"), "chen"]
)
def test_a_person_is_found_by_the_telephone_in_every_spelling(town: Town, typed: str) -> None:
    User.objects.filter(pk=town.chen.pk).update(phone="19900001111")
    tang = Visitor(town.tang)
    assert f"/staff/people/{town.chen.pk}/" in tang.get("/staff/people/", q=typed).content.decode()
    fields = {"user": typed, "source": "志愿者", "starts_on": "2026-11-20"}
    answer = tang.post("/staff/appoint/part_time/410902001002001/", fields)
    assert "没有这个人" not in answer.content.decode()
    code = tang.post("/staff/devices/", {"account": typed})
    assert code.status_code == 200 and "没有这个账号或电话" not in code.content.decode()


def changed(town: Town, phone: str) -> str:
    fields = {"name": town.chengguan.name, "duty_phone": phone, "office_hours": ""}
    body = Organization.objects.get(pk=town.chengguan.pk)
    return change_organization(body, **fields, on=MONDAY.date(), at=MONDAY, by=town.wu).duty_phone


def test_the_telephone_of_a_body_is_kept_in_one_spelling(town: Town) -> None:
    assert changed(town, "（0393）4412345") == "0393-4412345"
    assert changed(town, "0393 4412345 转 8") == "0393-4412345-8"
    assert changed(town, "１２３４５") == "12345"
    assert changed(town, "") == ""
    with refused(RuleViolation) as caught:
        changed(town, "找王主任")
    assert caught.value.field == "duty_phone"


def test_a_stored_telephone_stays_even_if_it_is_not_a_valid_number(town: Town) -> None:
    Organization.objects.filter(pk=town.chengguan.pk).update(duty_phone="值班室")
    assert changed(town, "值班室") == "值班室"
