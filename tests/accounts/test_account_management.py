"""Who may manage an account: no user gets access to an account that may do more than their own (Art. 20)."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from accounts.models import Device, User
from common import clock
from common.errors import NotPermitted
from personnel.actions import (
    appoint_to_grid,
    appoint_to_office,
    give_device_code,
    give_first_password,
    relieve,
    reopen,
    reset_factor,
    sign_person_out,
)
from personnel.models import Organization
from tests.cases import refused
from tests.town import FOUNDED, Town


def status_of(user: User, person: User, verb: str) -> int:
    client = Client()
    client.force_login(User.objects.get(pk=user.pk))
    return client.post(f"/staff/people/{person.pk}/account/", {"verb": verb}).status_code


def also_works_in_the_grid(town: Town, person: User) -> None:
    """Give somebody of the county a small post in 中原路街道 as well."""
    village = town.grid.village
    appoint_to_grid(
        person, role="part_time", village=village, grid=town.grid, on=FOUNDED, at=clock.now(), by=None
    )


@pytest.mark.article(20)
@pytest.mark.parametrize("verb", ["password", "device"])
def test_a_township_does_not_open_an_account_that_reaches_beyond_it(town: Town, verb: str) -> None:
    also_works_in_the_grid(town, town.hua)
    assert status_of(town.tang, town.hua, verb) == 403
    assert status_of(town.tang, town.chen, verb) == 200
    assert status_of(town.wu, town.hua, verb) == 200  # the county manages both posts


def is_of_reach(sql: str) -> bool:
    """Whether it is the statement that reads all places of an authority, the villages of its grids included."""
    return 'FROM "grids_division"' in sql and 'FROM "grids_grid"' in sql


def test_where_somebody_has_authority_is_read_once_for_all_buttons(town: Town) -> None:
    client = Client()
    client.force_login(town.tang)
    with CaptureQueriesContext(connection) as asked_of_it:
        page = client.get(f"/staff/people/{town.chen.pk}/account/")
    assert "发初始密码" in page.content.decode()
    reach = [query["sql"] for query in asked_of_it if is_of_reach(query["sql"])]
    assert len(reach) == 1


@pytest.mark.article(20)
def test_nor_the_account_of_somebody_who_only_used_to_work_there(town: Town) -> None:
    also_works_in_the_grid(town, town.hua)
    post = town.hua.grid_postings.get()
    relieve(post, on=clock.now().date(), at=clock.now(), by=None)
    assert status_of(town.tang, User.objects.get(username="hua"), "password") == 403


@pytest.mark.article(20)
def test_an_administrator_is_opened_by_two_hands_only(town: Town) -> None:
    city = Organization.objects.get(code="auth-city")
    appoint_to_office(
        town.nobody, role="system_admin", organization=city, on=FOUNDED, at=clock.now(), by=None
    )
    assert status_of(town.nobody, town.wu, "password") == 200
    assert status_of(town.nobody, town.wu, "reset") == 403
    assert status_of(town.shen, town.wu, "reset") == 302
    assert status_of(town.shen, town.wu, "password") == 403
    assert status_of(town.tang, town.wu, "password") == 404


@pytest.mark.article(20)
@pytest.mark.parametrize("verb", ["sign_out", "reopen", "password", "device", "unbind"])
def test_who_manages_one_of_two_posts_does_nothing_with_the_account(town: Town, verb: str) -> None:
    """The manager of one small post may not sign the person out or reopen the account; the manager of both may."""
    also_works_in_the_grid(town, town.hua)
    phone = Device.objects.create(
        user=town.hua,
        name="手机",
        token_hash="x",
        bound_at=clock.now(),
        ends_at=clock.now() + timedelta(days=9),
    )
    if verb == "reopen":
        User.objects.filter(pk=town.hua.pk).update(is_active=False)
    for name, status in (("tang", 403), ("wu", 302 if verb in ("sign_out", "reopen", "unbind") else 200)):
        client = Client()
        client.force_login(getattr(town, name))
        path = (
            f"/staff/devices/{phone.pk}/unbind/"
            if verb == "unbind"
            else f"/staff/people/{town.hua.pk}/account/"
        )
        assert client.post(path, {"verb": verb}).status_code == status


@pytest.mark.article(20)
def test_the_acts_ask_themselves_and_not_only_the_page(town: Town) -> None:
    also_works_in_the_grid(town, town.hua)
    for act in (give_first_password, give_device_code, sign_person_out, reopen, reset_factor):
        with refused(NotPermitted):
            act(town.hua, at=clock.now(), by=town.tang)


@pytest.mark.article(20)
def test_the_guard_signs_out_and_resets_where_he_guards_every_place(town: Town) -> None:
    for act in (sign_person_out, reset_factor):
        act(town.chen, at=clock.now(), by=town.shen)
