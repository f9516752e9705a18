"""Appoint, relieve, transfer, stand in; vacancies are reported the same day (Art. 10, 11)."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from django.db import IntegrityError, transaction

from accounts.actions import reopen_account
from accounts.models import User
from audit.models import Entry
from common.errors import NotPermitted, RuleViolation
from notifications.models import Outbox
from personnel.actions import (
    PersonDraft,
    appoint_to_grid,
    appoint_to_office,
    enrol,
    relieve,
    stand_in,
    transfer,
    watch_vacancies,
)
from personnel.identity import check_digit, why_not_identity
from personnel.invariants import grants_without_post, vacancies_without_record
from personnel.models import ContactRecord, GridPosting, IdentityRecord, OfficePosting, Organization, Vacancy
from personnel.scopes import authority_of
from tests.cases import refused
from tests.town import MONDAY, Town

TODAY = MONDAY.date()
NUMBER = "41099919900101001" + check_digit("41099919900101001")


def post_of(town: Town, name: str) -> GridPosting:
    return GridPosting.objects.get(user=getattr(town, name))


def appointed(town: Town, *, by: str = "tang", **fields: object) -> GridPosting:
    asked = {
        "role": "full_time",
        "village": town.grid.village,
        "grid": town.grid,
        "on": TODAY,
        "source": "社会招聘",
        **fields,
    }
    return appoint_to_grid(town.nobody, at=MONDAY, by=getattr(town, by), **asked)


@pytest.mark.article(11)
@pytest.mark.parametrize("name", ["tang", "wu"])
def test_the_township_and_its_county_manage_the_staff(town: Town, name: str) -> None:
    appointed(town, by=name)
    assert authority_of(User.objects.get(username="nobody")).may("report", "grid", town.grid.pk)


@pytest.mark.article(11)
@pytest.mark.parametrize("name", ["zhao", "xu", "gu", "zheng", "chen", "wang", "shen"])
def test_others_appoint_and_relieve_nobody(town: Town, name: str) -> None:
    with refused(NotPermitted):
        appointed(town, by=name)
    with refused(NotPermitted):
        relieve(post_of(town, "chen"), on=TODAY, at=MONDAY, by=getattr(town, name))


@pytest.mark.article(10)
@pytest.mark.parametrize(
    ("fields", "field"),
    [
        ({"source": "亲戚介绍"}, "source"),
        ({"source": ""}, "source"),
        ({"role": "leader", "grid": None, "source": "社会招聘"}, "source"),
        ({"grid": None}, "grid"),
        ({"on": date(2024, 12, 31)}, "starts_on"),
        ({"on": date(2099, 1, 1)}, "starts_on"),
    ],
)
def test_roles_and_sources_are_those_that_article_10_lists(
    town: Town, fields: dict[str, object], field: str
) -> None:
    with refused(RuleViolation) as caught:
        appointed(town, **fields)
    assert caught.value.field == field


@pytest.mark.article(10)
def test_the_database_knows_one_leader_per_day_even_when_his_end_is_known(town: Town) -> None:
    relieve(post_of(town, "wang"), on=TODAY + timedelta(days=30), at=MONDAY, by=None)
    leader = {"role": "leader", "village": town.grid.village, "user": town.nobody}
    with pytest.raises(IntegrityError, match="one_leader_per_village_and_day"), transaction.atomic():
        GridPosting.objects.create(**leader, starts_on=TODAY + timedelta(days=10))
    with refused(RuleViolation):
        appointed(town, role="leader", grid=None, source="村（居）民委员会主要负责人")
    GridPosting.objects.create(**leader, starts_on=TODAY + timedelta(days=30))


def test_a_post_that_begins_later_brings_nothing_before(town: Town) -> None:
    appointed(town, on=TODAY + timedelta(days=5))
    assert not authority_of(User.objects.get(username="nobody")).grants


def test_nobody_is_posted_twice_to_the_same_grid(town: Town) -> None:
    appointed(town)
    with refused(RuleViolation):
        appointed(town)
    with pytest.raises(IntegrityError, match="nobody_holds_the_same_grid_post_twice"), transaction.atomic():
        GridPosting.objects.create(
            user=town.nobody, role="full_time", village=town.grid.village, grid=town.grid, starts_on=TODAY
        )


@pytest.mark.article(20)
def test_with_the_last_post_the_account_closes(town: Town) -> None:
    relieve(post_of(town, "chen"), on=TODAY, at=MONDAY, by=town.tang)
    chen = User.objects.get(username="chen")
    assert not chen.is_active
    assert Entry.objects.filter(subject=f"account:{chen.pk}", verb="close", actor_id=town.tang.pk).exists()
    with refused(RuleViolation) as caught:
        appoint_to_grid(
            chen, role="full_time", village=town.grid.village, grid=town.grid, on=TODAY, at=MONDAY, by=None
        )
    assert "已停用" in caught.value.sentence
    reopen_account(chen, at=MONDAY, by=town.tang)
    appoint_to_grid(
        chen, role="full_time", village=town.grid.village, grid=town.grid, on=TODAY, at=MONDAY, by=None
    )


def test_somebody_with_another_post_stays(town: Town) -> None:
    appoint_to_grid(
        town.chen,
        role="part_time",
        village=town.grid.village,
        grid=town.grid_of("001002"),
        on=TODAY,
        at=MONDAY,
        by=None,
    )
    relieve(post_of_role(town, "full_time"), on=TODAY, at=MONDAY, by=town.tang)
    assert User.objects.get(username="chen").is_active


def post_of_role(town: Town, role: str) -> GridPosting:
    return GridPosting.objects.get(user=town.chen, role=role)


def test_who_was_relieved_is_not_relieved_again(town: Town) -> None:
    post = post_of(town, "chen")
    relieve(post, on=TODAY, at=MONDAY, by=town.tang)
    with refused(RuleViolation):
        relieve(post, on=TODAY + timedelta(days=3), at=MONDAY + timedelta(days=2), by=town.tang)
    with refused(RuleViolation):
        relieve(post_of(town, "lin"), on=date(2025, 1, 1), at=MONDAY, by=town.tang)


def test_a_transfer_leaves_nobody_without_a_post(town: Town) -> None:
    there = town.grid_of("002001")
    post = GridPosting.objects.filter(user=town.chen)
    post.update(source="社会招聘")
    transfer(post.get(), village=there.village, grid=there, on=TODAY, at=MONDAY, by=town.tang)
    chen = User.objects.get(username="chen")
    assert chen.is_active and authority_of(chen).places("grid", "report") == {there.pk}
    with refused(NotPermitted):
        elsewhere = town.grid_of("002001").village
        far = town.division("胜利社区")
        assert elsewhere != far
        appoint_to_grid(
            chen, role="part_time", village=far, grid=None, on=TODAY, at=MONDAY, by=town.tang, source="志愿者"
        )


@pytest.mark.article(10)
def test_a_stand_in_has_the_same_authority_and_a_last_day(town: Town) -> None:
    cover = stand_in(
        post_of(town, "wang"), town.lin, on=TODAY, until=TODAY + timedelta(days=9), at=MONDAY, by=town.tang
    )
    assert cover.ends_on == TODAY + timedelta(days=9)
    assert authority_of(User.objects.get(username="lin")).holds("coordinate")
    with pytest.raises(IntegrityError, match="a_stand_in_ends"), transaction.atomic():
        GridPosting.objects.filter(pk=cover.pk).update(ends_on=None)
    relieve(post_of(town, "wang"), on=TODAY + timedelta(days=2), at=MONDAY, by=town.tang)
    cover.refresh_from_db()
    assert cover.ends_on == TODAY + timedelta(days=1)


@pytest.mark.parametrize(
    ("who", "days", "words"),
    [("wang", 5, "自己"), ("lin", 91, "最长"), ("lin", -1, "早于")],
)
def test_a_stand_in_is_somebody_else_and_for_a_while(town: Town, who: str, days: int, words: str) -> None:
    with refused(RuleViolation) as caught:
        stand_in(
            post_of(town, "wang"),
            getattr(town, who),
            on=TODAY,
            until=TODAY + timedelta(days=days),
            at=MONDAY,
            by=town.tang,
        )
    assert words in caught.value.sentence


@pytest.mark.article(10)
def test_a_vacancy_is_reported_once_to_township_and_county_and_closed_when_filled(town: Town) -> None:
    watch_vacancies(at=MONDAY)
    before = Vacancy.objects.filter(closed_on=None).count()
    notices = Outbox.objects.filter(topic="vacancy").count()
    relieve(post_of(town, "chen"), on=TODAY, at=MONDAY, by=town.tang)  # told at once
    assert watch_vacancies(at=MONDAY) == 0
    assert Vacancy.objects.filter(closed_on=None).count() == before + 1
    assert Outbox.objects.filter(topic="vacancy").count() == notices + 2
    assert list(vacancies_without_record()) == []
    appointed(town)
    assert watch_vacancies(at=MONDAY) == 0
    assert Vacancy.objects.filter(closed_on=TODAY).count() == 1
    Vacancy.objects.filter(closed_on=None).update(closed_on=TODAY)
    assert list(vacancies_without_record())


@pytest.mark.article(10)
def test_a_post_left_on_a_later_day_is_vacant_from_that_day(town: Town) -> None:
    watch_vacancies(at=MONDAY)
    relieve(post_of(town, "chen"), on=TODAY + timedelta(days=3), at=MONDAY, by=town.tang)
    assert watch_vacancies(at=MONDAY + timedelta(days=2)) == 0
    assert watch_vacancies(at=MONDAY + timedelta(days=3)) == 1


@pytest.mark.article(10)
def test_who_leads_a_village_leads_no_other(town: Town) -> None:
    there = town.division("玉北社区")
    fields = {"role": "leader", "village": there, "grid": None, "source": "村（居）民委员会主要负责人"}
    with refused(RuleViolation) as caught:
        appoint_to_grid(town.wang, on=TODAY, at=MONDAY, by=town.tang, **fields)
    assert "已是京东社区网格长" in caught.value.sentence
    post = GridPosting.objects.filter(user=town.wang)
    post.update(source="城乡社区党组织主要负责人")
    assert transfer(post.get(), village=there, grid=None, on=TODAY, at=MONDAY, by=town.tang).village == there


# --- the three administrators -----------------------------------------------------------------------------------


@pytest.mark.article(20)
def test_no_account_is_two_administrators(town: Town) -> None:
    body = Organization.objects.get(code="auth-city")
    with refused(RuleViolation) as caught:
        appoint_to_office(
            town.xia, role="security_admin", organization=body, on=TODAY, at=MONDAY, by=town.shen
        )
    assert "同一个账号" in caught.value.sentence
    with pytest.raises(IntegrityError, match="no_account_holds_two"), transaction.atomic():
        OfficePosting.objects.create(user=town.xia, role="system_admin", organization=body, starts_on=TODAY)
    for name in ("wu", "tang", "zheng"):
        with refused(NotPermitted):
            appoint_to_office(
                town.nobody,
                role="audit_admin",
                organization=body,
                on=TODAY,
                at=MONDAY,
                by=getattr(town, name),
            )
    appoint_to_office(town.nobody, role="system_admin", organization=body, on=TODAY, at=MONDAY, by=town.shen)


# --- enrolling ---------------------------------------------------------------------------------------------------


def drafted(**fields: str) -> PersonDraft:
    return PersonDraft(
        **{
            "name": "演示新人",
            "phone": "19900003333",
            "private_phone": "19900004444",
            "home_address": "示范路二号",
            "id_number": NUMBER,
            **fields,
        }
    )


def enrolled(town: Town, *, by: str = "tang", **fields: str) -> User:
    return enrol(
        drafted(**fields), place=town.division("中原路街道"), today=TODAY, at=MONDAY, by=getattr(town, by)
    )


@pytest.mark.article(20)
def test_what_is_private_of_a_new_person_is_sealed(town: Town) -> None:
    user = enrolled(town)
    assert IdentityRecord.objects.get(user=user).unseal("id_number") == NUMBER
    assert ContactRecord.objects.get(user=user).unseal("private_phone") == "19900004444"
    assert not user.has_usable_password() and user.username == "19900003333"


@pytest.mark.parametrize(
    ("fields", "field"),
    [
        ({"id_number": NUMBER[:17] + ("0" if NUMBER[17] != "0" else "1")}, "id_number"),
        ({"id_number": "123"}, "id_number"),
        ({"id_number": "410999199013010017"}, "id_number"),
        ({"phone": "12345"}, "phone"),
        ({"phone": ""}, "phone"),
        ({"private_phone": "=1+1"}, "private_phone"),
        ({"name": "甲"}, "name"),
    ],
)
def test_what_cannot_be_is_refused_with_its_field(town: Town, fields: dict[str, str], field: str) -> None:
    with refused(RuleViolation) as caught:
        enrolled(town, **fields)
    assert caught.value.field == field


def test_who_is_known_is_not_enrolled_again(town: Town) -> None:
    enrolled(town)
    for fields in ({"phone": "19900005555"}, {"id_number": "", "name": "另一个人"}):
        with refused(RuleViolation):
            enrolled(town, **fields)
    with refused(NotPermitted):
        enrolled(town, by="xu", phone="19900006666", id_number="")


def test_the_check_digit_is_that_of_the_standard() -> None:
    assert check_digit("11010519491231002") == "X"
    assert why_not_identity("11010519491231002X", today=TODAY) == ""
    assert "校验位" in why_not_identity("110105194912310021", today=TODAY)
    assert "不合理" in why_not_identity("11010520991231002" + check_digit("11010520991231002"), today=TODAY)


def test_grants_still_equal_posts(town: Town) -> None:
    appointed(town)
    assert list(grants_without_post()) == []
