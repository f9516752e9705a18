"""Every address of the platform, from the URL map: strangers are sent to sign in, wanderers meet nothing (Art. 20)."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any
from uuid import uuid4

import pytest
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver

from tests.cases import case_in, photo
from tests.town import Town
from workflow.models import Case

# What anybody may open without signing in, and why.
PUBLIC = {
    "livez", "readyz",  # the proxy asks
    "accounts:sign_in", "accounts:persona",  # how one gets in; personas exist in demo mode only
    "frame:help", "frame:text_size",  # before signing in too
    "demo:components",  # the developers' page; only in demo mode or for staff
    "workflow:resident",  # the resident's own code is the key
    "public:home", "public:place", "public:grid", "public:text_size",  # Art. 13
    "conduct:complain", "conduct:progress",  # Art. 12: anybody, without a name
    "public:lists", "public:list", "public:edition",  # Art. 14
    "matters:notices", "matters:notice",  # Art. 16: what is under public notice
    "public:short", "public:plans", "public:plan",  # what stands on paper; Art. 7
}  # fmt: skip
METHODS = ("get", "post", "put", "patch", "delete")


def doors(patterns: list[Any] | None = None, prefix: str = "", names: str = "") -> Iterator[tuple[str, str]]:
    """Every (name, route) of the URL map, admin and schema included."""
    for pattern in get_resolver().url_patterns if patterns is None else patterns:
        route = prefix + str(pattern.pattern)
        if isinstance(pattern, URLResolver):
            space = f"{names}{pattern.namespace}:" if pattern.namespace else names
            yield from doors(pattern.url_patterns, route, space)
        elif isinstance(pattern, URLPattern):
            yield f"{names}{pattern.name or ''}", route


DOORS = sorted(set(doors()))


def address(route: str, case: Case, uid: object) -> str:
    """Fill a route with a case that exists."""
    filled = "/" + route
    for hole, value in (
        ("<int:pk>", str(case.pk)),
        ("<uuid:uid>", str(uid)),
        ("<str:code>", "410902001"),
        ("<str:rating_code>", case.rating_code),
    ):
        filled = filled.replace(hole, value)
    return filled


def test_the_map_has_doors_and_every_public_one_is_there() -> None:
    names = {name for name, _ in DOORS}
    assert len(DOORS) > 50
    assert PUBLIC - {"demo:components", "accounts:persona"} <= names


@pytest.mark.article(20)
@pytest.mark.parametrize(("name", "route"), [door for door in DOORS if door[0] not in PUBLIC])
def test_a_stranger_is_sent_to_sign_in(town: Town, name: str, route: str) -> None:
    path = address(route, case_in("in_hand", town), uuid4())
    for method in METHODS:
        answer = getattr(Client(), method)(path)
        turned_away = answer.status_code in (401, 403, 404, 405) or (
            answer.status_code == 302 and "/sign-in/" in answer["Location"]
        )
        assert turned_away, (method, path, answer.status_code)


@pytest.mark.article(20)
@pytest.mark.parametrize(
    ("name", "route"), [door for door in DOORS if "<int:pk>" in door[1] and "cases" in door[1]]
)
@pytest.mark.parametrize("method", ["get", "post"])
@pytest.mark.parametrize("wanderer", ["duan", "shi", "nobody"])
def test_a_case_out_of_sight_is_exactly_as_missing(
    town: Town, name: str, route: str, method: str, wanderer: str
) -> None:
    case = case_in("in_hand", town)
    client = Client()
    client.force_login(getattr(town, wanderer))
    answers = [
        getattr(client, method)(
            "/" + route.replace("<int:pk>", str(pk)), headers={"Idempotency-Key": str(uuid4())}
        )
        for pk in (case.pk, 999_999_999)
    ]
    assert answers[0].status_code == answers[1].status_code
    assert answers[0].status_code in (404, 405), name
    assert len(answers[0].content) == len(answers[1].content)


@pytest.mark.article(20)
def test_a_photo_out_of_sight_is_exactly_as_missing(town: Town) -> None:
    uid = photo(town.chen)
    client = Client()
    client.force_login(town.duan)
    answers = [client.get(f"/photos/{one}/") for one in (uid, uuid4())]
    assert [answer.status_code for answer in answers] == [404, 404]
    assert len(answers[0].content) == len(answers[1].content)
