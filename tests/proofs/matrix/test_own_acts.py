"""The second axis of the permission matrix: rights that a user tries to gain by their own act (Art. 11, 20).

A desk head and two administrators try to come by a person of another place: they apply for a post for him, his
superior confirms, they enter a person of their own making. After each act every way in is tried, and compared with an
oracle that knows nothing of the product's policies: who serves elsewhere too is opened by whoever manages all of it.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

import pytest
from django.db import transaction
from django.test import Client

from access.actions import GrantDraft, ask_for_grant
from accounts.models import Device, User
from audit.models import Entry
from common import clock
from grids.models import Division
from personnel.actions import PersonDraft, PostDraft, appoint_to_grid, ask_for_post, confirm_post, enrol
from personnel.models import GridPosting, OfficePosting, Organization, PostRequest
from tests.access.conftest import sealed_records
from tests.proofs.matrix.oracle import HIDDEN, IN, LATE, NO, over
from tests.proofs.matrix.test_permission_matrix import outcome
from tests.shapes import Sent
from tests.town import FOUNDED, Town

ROAD_GRID = "410902001001001"


@dataclass(frozen=True)
class Reach:
    """Who tries to reach whom, where that person serves, and who manages them there."""

    actor: str
    person: str
    home: str
    superior: str


REACHES = (
    Reach("tang", "duan", "city/hualong/victory", "xu"),  # a desk head for the desk of another township
    Reach("tang", "hua", "city/hualong", "wu"),  # and for the desk of the county above him
    Reach("tang", "shi", "city/qingfeng/gate/village", "gu"),  # and for a worker of another county
    Reach("wu", "shi", "city/qingfeng/gate/village", "gu"),  # a county's administrator for that worker
    Reach("shen", "shi", "city/qingfeng/gate/village", "gu"),  # an administrator who manages no staff
    Reach("xia", "duan", "city/hualong/victory", "xu"),
    Reach("wu", "mei", "city/hualong/road/yubei", "wu"),  # for comparison: both places are his
)
NEW_POST = "city/hualong/road/jingdong"
PHASES = ("before", "asked for", "confirmed")
ACCOUNT = ("password", "device", "sign_out", "reopen", "reset")


def manages_all(actor: str, reach: Reach, phase: str, verb: str = "staff") -> bool:
    places = [reach.home, *([NEW_POST] if phase == "confirmed" else [])]
    return all(over(actor, verb, place) for place in places)


def manages_one(actor: str, reach: Reach, phase: str, verb: str = "staff") -> bool:
    places = [reach.home, *([NEW_POST] if phase == "confirmed" else [])]
    return any(over(actor, verb, place) for place in places)


def wanted(reach: Reach, phase: str, what: str) -> str:
    """The law: a manager of one post sees the page; access and private data need the manager of all posts."""
    seen, guarded = (manages_one(reach.actor, reach, phase, verb) for verb in ("staff", "guard"))
    if what == "page":
        return IN if seen else HIDDEN
    if what == "account":
        return IN if seen or guarded else HIDDEN
    if what in ACCOUNT or what == "unbind":
        if not (seen or guarded):
            return HIDDEN
        guards = manages_all(reach.actor, reach, phase, "guard")
        if what in ("sign_out", "unbind") and guards:
            return IN
        if what == "reset":
            return IN if guards else NO
        return IN if manages_all(reach.actor, reach, phase) else NO
    if what in ("contact", "identity"):
        if not seen:
            return HIDDEN
        return IN if what == "contact" and manages_all(reach.actor, reach, phase) else NO
    if what == "confirm own request":
        asks = over(reach.actor, "staff", NEW_POST) and not over(reach.actor, "staff", reach.home)
        return {"before": HIDDEN, "asked for": NO, "confirmed": LATE}[phase] if asks else HIDDEN
    assert what == "foreign post"
    return IN if over(reach.actor, "staff", reach.home) else HIDDEN


WHAT = (
    *("page", "account", *ACCOUNT, "unbind", "contact", "identity", "foreign post", "confirm own request"),
)


def try_it(client: Client, town: Town, reach: Reach, what: str, phone: Device, request: Any) -> str:
    person: User = getattr(town, reach.person)
    base = f"/staff/people/{person.pk}/"
    grid_post = GridPosting.objects.filter(user=person, starts_on=FOUNDED).first()
    office = OfficePosting.objects.filter(user=person).first()
    ways: dict[str, tuple[str, str, Sent]] = {
        "page": ("get", base, {}),
        "account": ("get", f"{base}account/", {}),
        **{verb: ("post", f"{base}account/", {"verb": verb}) for verb in ACCOUNT},
        "unbind": ("post", f"/staff/devices/{phone.pk}/unbind/", {}),
        "contact": (
            "post",
            f"/access/reveal/contact:{person.contact.pk}/private_phone/",
            {"reason": "核对权限矩阵"},
        ),
        "identity": (
            "post",
            f"/access/reveal/identity:{person.identity.pk}/id_number/",
            {"reason": "核对权限矩阵"},
        ),
        "foreign post": (
            "get",
            f"/staff/posts/{grid_post.pk}/relieve/"
            if grid_post
            else f"/staff/office-posts/{office.pk}/relieve/",
            {},
        ),
        "confirm own request": (
            "post",
            f"/staff/requests/{request.pk if request else 10**9}/confirm/",
            {"version": 1},
        ),
    }
    method, path, body = ways[what]
    if what == "reopen":
        User.objects.filter(pk=person.pk).update(is_active=False)
    try:
        return outcome(client, method, path, body)[0]
    finally:
        User.objects.filter(pk=person.pk).update(is_active=True)


def wanted_post(town: Town, reach: Reach) -> PostDraft:
    grid = town.grid
    return PostDraft(
        getattr(town, reach.person),
        "part_time",
        clock.now().date(),
        village=grid.village,
        grid=grid,
        source="志愿者",
    )


def bring(town: Town, reach: Reach, phase: str) -> PostRequest | None:
    """Run the actor's acts up to the phase; an actor who may not apply changes nothing."""
    at, actor = clock.now(), getattr(town, reach.actor)
    if phase == "before" or not over(reach.actor, "staff", NEW_POST):
        return None
    if over(reach.actor, "staff", reach.home):
        if phase == "confirmed":
            post = wanted_post(town, reach)
            appoint_to_grid(
                post.user, role=post.role, village=post.village, grid=post.grid, source=post.source, on=post.on,
                at=at, by=actor,
            )  # fmt: skip
        return None
    request = ask_for_post(wanted_post(town, reach), by=actor, at=at)
    if phase == "confirmed":
        confirm_post(request, by=getattr(town, reach.superior), at=at)
    return request


@pytest.mark.article(11)
@pytest.mark.article(20)
@pytest.mark.parametrize("phase", PHASES)
@pytest.mark.parametrize("reach", REACHES, ids=lambda reach: f"{reach.actor}-{reach.person}")
def test_nobody_comes_by_another_by_an_act_of_his_own(
    town: Town, reach: Reach, phase: str, record_property: Callable[[str, object], None]
) -> None:
    person, at = getattr(town, reach.person), clock.now()
    sealed_records(town, reach.person, phone="19900001234", number="410999199001010018")
    phone = Device.objects.create(
        user=person, name="手机", token_hash="x", bound_at=at, ends_at=at + timedelta(days=9)
    )
    request = bring(town, reach, phase)
    client = Client()
    client.force_login(User.objects.get(username=reach.actor))
    differences, cells = [], Counter[str]()
    for what in WHAT:
        got = try_it(client, Town(), reach, what, phone, request)
        expected = wanted(reach, phase, what)
        cells[expected] += 1
        if got != expected:
            differences.append(f"{what}: {got}, the oracle says {expected}")
    assert not differences, "\n".join(differences)
    record_property("cells", sum(cells.values()))
    assert sum(cells.values()) == len(WHAT)


@pytest.mark.article(20)
@pytest.mark.parametrize("phase", PHASES)
def test_the_oracle_notices_a_way_in(town: Town, phase: str) -> None:
    """The test can fail: the manager of all posts gets in, in every phase."""
    ways = {what: wanted(REACHES[-1], phase, what) for what in WHAT}
    assert {what for what, expected in ways.items() if expected == IN} == {
        *("page", "account", "password", "device", "sign_out", "reopen", "unbind", "contact", "foreign post"),
    }


# --- a person of one's own making ------------------------------------------------------------------------------------


def made_up(town: Town, by: str) -> User:
    """A person whom a manager enrolled, without a post elsewhere."""
    draft = PersonDraft(name="示例新人", phone="19900004321")
    return enrol(draft, place=town.grid.village, today=date.today(), at=clock.now(), by=getattr(town, by))


@pytest.mark.article(20)
@pytest.mark.parametrize(("by", "role", "body"), [
    ("tang", "county_admin", "auth-hlq"), ("tang", "security_admin", "auth-city"),
    ("wu", "security_admin", "auth-city"), ("wu", "system_admin", "auth-city"), ("wu", "city_supervisor", "auth-city"),
    ("shen", "county_admin", "auth-hlq"), ("shen", "desk_head", "desk-zyl"), ("xia", "security_admin", "auth-city"),
])  # fmt: skip
def test_a_person_of_ones_own_making_gets_no_post_above_ones_own(
    town: Town, by: str, role: str, body: str
) -> None:
    person = made_up(town, "wu")
    client = Client()
    client.force_login(getattr(town, by))
    place = Organization.objects.get(code=body)
    fields = {"user": person.username, "role": role, "starts_on": str(clock.now().date())}
    answer = client.post(f"/organizations/{place.pk}/appoint/", fields)
    assert answer.status_code in (403, 422), answer.status_code
    assert not OfficePosting.objects.filter(user=person).exists()


@pytest.mark.article(20)
def test_a_grant_to_a_person_of_ones_own_making_still_needs_a_second_person(town: Town) -> None:
    person = made_up(town, "tang")
    street = Division.objects.get(name="中原路街道")
    until = clock.now() + timedelta(days=30)
    request = ask_for_grant(
        GrantDraft(person, "view_personal", street, "核对身份材料", until), by=town.tang, at=clock.now()
    )
    for name in ("tang", "wu", "zhao", "xia"):
        client = Client()
        client.force_login(getattr(town, name))
        with transaction.atomic():
            answer = client.post(f"/access/grants/{request.pk}/approve/", {"version": 1, "note": "同意"})
        assert answer.status_code in (403, 404)
    refused = Entry.objects.filter(verb="refused", actor_id=town.tang.pk)
    assert [link.record["what"] for link in refused] == ["approve"]  # the attempt stands in the trace
