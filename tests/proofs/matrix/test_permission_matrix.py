"""The permission matrix: roles × addresses × methods × locations, compared with an oracle of its own (Art. 20).

The short run says each verb through one door and leaves out those who differ from another only by their place;
``PERMISSION_MATRIX=full`` tries everybody at every door. Beside the oracle stand two rules for every address at once: a
stranger is sent to sign in by whatever method, and to a wanderer a case out of sight is exactly as missing.
"""

from __future__ import annotations

import os
import re
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
from django.db import transaction
from django.test import Client
from django.urls import reverse

from accounts.models import User
from common import clock
from common.web.doors import addresses
from personnel.models import Organization
from public import cache as public_cache
from tests.cases import case_in, photo
from tests.faults import assert_none
from tests.proofs.canaries import found_in_answer, seed, text_of
from tests.proofs.matrix.addresses import PAGES, Row
from tests.proofs.matrix.oracle import ALIKE, AWAY, HIDDEN, IN, LATE, NO, PEOPLE, Thing, expected
from tests.proofs.matrix.world import CONTACT, things_of
from tests.shapes import Names, Sent
from tests.town import Town
from workflow.models import Case
from worktime.clocks import day_of

FULL = os.environ.get("PERMISSION_MATRIX") == "full"
# Everything that any form or verb might ask for, so that nothing is refused for its content before its person.
BODY: Sent = {
    "version": 1,
    "note": "核对权限矩阵",
    "reason": "核对权限矩阵",
    "result": "核对权限矩阵",
    "rating": "satisfied",
    "answer": "核对权限矩阵",
    "description": "核对权限矩阵",
}
ANYBODY = ("stranger", "disabled", "chen", "shen")  # to whom public pages are shown, alike
TRIED = [person for person in PEOPLE if FULL or person not in ALIKE]
OF_THE_WORLD = (*CONTACT, "19900007650", "19900007651", "19900007652", "示范路一号院三单元", "41099919900101")


@pytest.fixture
def world(town: Town, monkeypatch: pytest.MonkeyPatch) -> dict[str, list[tuple[Names, Thing]]]:
    """Rows of every kind, and a member of staff whose sealed data no page may show.

    The limit for public pages is off, because it is not tested here.
    """
    monkeypatch.setattr(public_cache, "DRAWN_A_MINUTE", 100_000)
    things = things_of(town)
    things["enrolled"] = [({"pk": seed(town).pk}, things["person"][0][1])]
    return things


def cells(
    row: Row, name: str, things: dict[str, list[tuple[Names, Thing]]]
) -> Iterator[tuple[str, str, Names, Thing]]:
    """Every (method, path, names in the path, thing) of an address."""
    if row.is_second_door and not FULL:
        return
    for known, thing in things[row.about]:
        names = {hole: known[hole] for hole in holes_of(name) if hole in known}
        for method in row.methods:
            yield method, reverse(name, kwargs=names), known, thing


ROUTES = dict(addresses())


def holes_of(name: str) -> list[str]:
    return [part.split(">")[0].split(":")[-1] for part in ROUTES[name].split("<")[1:]]


def body_for(case: Case | None) -> Sent:
    """Values for the fields of any verb: the version, a unit of the place, a day, the case itself to merge into."""
    if case is None:
        return BODY
    unit = Organization.objects.get(function="城市管理", division=case.county_id)
    month = {"ground": "season", "review_on": (day_of(clock.now()) + timedelta(days=30)).isoformat()}
    named = {"unit": unit.pk, "units": [unit.pk], "into": case.pk}
    return {**BODY, "version": case.version, "amount": 1, **named, **month}


def answer_of(client: Client, method: str, path: str, body: dict[str, Any]) -> Any:
    """The answer of an address, without a rollback."""
    if not path.startswith("/api/"):
        return getattr(client, method)(path, body)
    more: dict[str, Any] = {"headers": {"Idempotency-Key": str(uuid4())}}
    if method == "post":
        return client.post(path, body, content_type="application/json", **more)
    return getattr(client, method)(path, body, **more)


def outcome(client: Client, method: str, path: str, body: dict[str, Any]) -> tuple[str, list[str]]:
    """The answer of an address in the oracle's words, and the sealed texts in it; rolled back."""
    with transaction.atomic():
        answer = answer_of(client, method, path, body if method == "post" else {})
        text = text_of(answer)
        transaction.set_rollback(True)
    shown = [word for word in OF_THE_WORLD if word in text] + found_in_answer(answer, text)
    if answer.status_code == 302 and "/sign-in/" in answer["Location"]:
        return AWAY, shown
    return {401: AWAY, 403: NO, 404: HIDDEN, 409: LATE}.get(answer.status_code, IN), shown


def client_of(town: Town, name: str) -> Client:
    """A client whose session has begun: else each request would begin it anew, because it is rolled back."""
    client = Client()
    if name == "disabled":
        user = User.objects.create(username="disabled", name="Disabled")
        client.force_login(user)
        User.objects.filter(pk=user.pk).update(is_active=False)
    elif name != "stranger":
        client.force_login(getattr(town, name))
        client.get(reverse("livez"))
    return client


def test_every_address_has_a_row_and_every_row_an_address() -> None:
    assert set(PAGES) == set(ROUTES)


def bodies_for(world: dict[str, list[tuple[Names, Thing]]]) -> dict[int, Sent]:
    """Values for the fields of any verb, by case."""
    cases = Case.objects.in_bulk([names["pk"] for names, _ in world["case"]])
    return {names["pk"]: body_for(cases.get(names["pk"])) for names, _ in world["case"]}


@pytest.mark.article(20)
@pytest.mark.article(26)
@pytest.mark.slow
@pytest.mark.parametrize("person", TRIED)
def test_what_each_may_enter_is_what_the_oracle_says_and_shows_nothing_sealed(
    town: Town,
    world: dict[str, list[tuple[Names, Thing]]],
    person: str,
    record_property: Callable[[str, object], None],
) -> None:
    client, differences, cells_tried = client_of(town, person), [], Counter[str]()
    bodies = bodies_for(world)
    for name, row in PAGES.items():
        for method, path, names, thing in cells(row, name, world):
            if row.is_public and person not in ANYBODY and method != "get":
                continue
            body = bodies.get(names.get("pk", 0), BODY) if row.about == "case" else BODY
            got, shown = outcome(client, method, path, body)
            wanted = expected(person, row.rule, thing, is_public=row.is_public)
            cells_tried[wanted] += 1
            if got != wanted and not (wanted == IN and got == LATE and row.about != "case"):
                differences.append(f"{method} {path} ({name}): {got}, the oracle says {wanted}")
            if shown:
                differences.append(f"{method} {path} ({name}) shows {shown}")
        for method, path, _, _ in (
            cells(replace(row, about="enrolled"), name, world) if row.about == "person" else ()
        ):
            if method == "get" and (shown := outcome(client, method, path, BODY)[1]):
                differences.append(f"{method} {path} ({name}) shows {shown}")
    assert_none(differences)
    record_property("cells", sum(cells_tried.values()))
    assert sum(cells_tried.values()) > 400


# --- every address, whatever the oracle is asked ------------------------------------------------------------

METHODS = ("get", "post", "put", "patch", "delete")
HOLE = re.compile(r"<(\w+):(\w+)>")
NEUTRAL = {"slug": "settle", "str": "410902001", "uuid": "6f1d6a52-9a67-4a8b-8b2f-0f6d7a3f2b11"}


def path_at(route: str, names: Names, pk: int) -> str:
    """An address of a route: what ``names`` does not name is a number, a code or a word that fits."""
    if "(?P" in route:
        return "/lists/7/1-7/"  # the only one that no hole of Django's describes
    return "/" + HOLE.sub(lambda hole: str(names.get(hole[2], {**NEUTRAL, "int": pk}[hole[1]])), route)


def answer_to(client: Client, method: str, path: str) -> Any:
    """The answer of an address; rolled back."""
    with transaction.atomic():
        answer = getattr(client, method)(path, headers={"Idempotency-Key": str(uuid4())})
        transaction.set_rollback(True)
    return answer


def is_turned_away(answer: Any) -> bool:
    if answer.status_code == 302:
        return "/sign-in/" in answer["Location"]
    return answer.status_code in (401, 403, 404, 405)


@pytest.mark.article(20)
def test_a_stranger_is_sent_to_sign_in(town: Town, world: dict[str, list[tuple[Names, Thing]]]) -> None:
    pk, tried, faults = case_in("in_hand", town).pk, 0, []
    for name, route in ROUTES.items():
        row = PAGES[name]
        path = path_at(route, world[row.about][0][0], pk)
        for method in () if row.is_public else METHODS:
            answer = answer_to(Client(), method, path)
            tried += 1
            if not is_turned_away(answer):
                faults.append(f"{method} {path} ({name}): {answer.status_code}")
    assert_none(faults)
    assert tried > 1000


@pytest.mark.article(20)
@pytest.mark.parametrize("wanderer", ["duan", "shi", "nobody"])
def test_a_case_out_of_sight_answers_as_if_it_did_not_exist(town: Town, wanderer: str) -> None:
    case, client, faults = case_in("in_hand", town), client_of(town, wanderer), []
    routes = [route for route in ROUTES.values() if "<int:pk>" in route and "cases" in route]
    assert len(routes) > 50
    for route in routes:
        for method in ("get", "post"):
            found, missing = (
                answer_to(client, method, path_at(route, {"pk": pk}, pk)) for pk in (case.pk, 999_999_999)
            )
            status = (found.status_code, missing.status_code)
            if status not in ((404, 404), (405, 405)) or len(found.content) != len(missing.content):
                faults.append(
                    f"{method} {route}: {status}, {len(found.content)} and {len(missing.content)} bytes"
                )
    assert_none(faults)


@pytest.mark.article(20)
def test_a_photo_out_of_sight_answers_as_if_it_did_not_exist(town: Town) -> None:
    uid, client = photo(town.chen), client_of(town, "duan")
    answers = [client.get(f"/photos/{one}/") for one in (uid, uuid4())]
    assert [answer.status_code for answer in answers] == [404, 404]
    assert len(answers[0].content) == len(answers[1].content)
