"""Invented people for the demo: every post of one township, desks and departments of one county and the city."""

from __future__ import annotations

import csv
from collections.abc import Iterable, Iterator
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

from django.db import transaction

from accounts.models import User
from audit.actions import append_entries
from demo.city.staff import further_grid_posts, further_office_posts
from demo.grid_plans import LATE_TOWNSHIP
from demo.personas import PERSONAS, stored_password
from grids.models import Division, Grid
from personnel.actions.grants import sync_grants
from personnel.identity import check_digit
from personnel.models import ContactRecord, GridPosting, IdentityRecord, OfficePosting, Organization

SEED = Path(__file__).resolve().parent / "seed" / "departments.csv"
TOWNSHIP, COUNTY, CITY = "410902001", "410902", "4109"
SURNAMES = "刘张杨黄徐马朱胡林何高罗梁宋唐许韩邓彭曹曾肖田董袁潘蒋蔡余杜叶程苏魏吕丁任沈姚卢"
STEMS = "甲乙丙丁戊己庚辛壬癸"
KINDS = {"mass_organisation": "mass_organization"}


@transaction.atomic
def found_organizations(*, at: datetime) -> int:
    """Create the bodies of Art. 5 and 6 for the city, every county and every township; may be run again."""
    with SEED.open(encoding="utf-8", newline="") as lines:
        rows = [row for row in csv.DictReader(lines) if row["code"][0] in "DUM"]
    known = set(Organization.objects.values_list("code", flat=True))
    wanted = [
        body
        for division in Division.objects.filter(level__in=["city", "county", "township"])
        for body in _bodies(division, rows)
        if body.code not in known
    ]
    made = Organization.objects.bulk_create(wanted, batch_size=1000)
    _trace_founding("organization", made, "found", at=at)
    return len(made)


def _trace_founding(kind: str, rows: Iterable[Any], verb: str, *, at: datetime) -> None:
    append_entries({f"{kind}:{row.pk}": {} for row in rows}, verb=verb, at=at, actor_id=None, first=True)


def _bodies(division: Division, rows: list[dict[str, str]]) -> Iterator[Organization]:
    level = division.level
    yield Organization(
        code=f"{division.code}-I",
        name=f"{division.name}网格化服务中心",
        kind=Organization.Kind.INSTITUTION,
        function="乡镇街道网格化服务管理机构" if level == "township" else "网格化服务管理机构",
        division=division,
        duty_phone="0393-0000000",
    )
    if level == "township":
        return
    yield Organization(
        code=f"{division.code}-A",
        name=f"{division.name}基层网格化服务管理主管部门",
        kind=Organization.Kind.AUTHORITY,
        function="主管部门",
        division=division,
    )
    for row in rows:
        yield Organization(
            code=f"{division.code}-{row['code']}",
            name=official_name(division, row),
            kind=KINDS.get(row["kind"], row["kind"]),
            function=row["name"],
            division=division,
        )


def official_name(division: Division, row: dict[str, str]) -> str:
    """Return the name that a department bears in a city or a county: 华龙区城市管理局, 共青团濮阳市委员会."""
    return row["city_name" if division.level == "city" else "county_name"].format(division.name)


class _Cast:
    """Creates invented people: a surname, 示 for demonstration, and a celestial stem."""

    def __init__(self) -> None:
        self.password = stored_password()
        self.count = 0
        self.users: list[User] = []

    def person(self, username: str = "", name: str = "") -> User:
        number = self.count = self.count + 1
        user = User(
            username=username or f"demo{number:04d}",
            name=name or _invented_name(number),
            phone=f"1990000{number:04d}",
            password=self.password,
            is_demonstration=True,
        )
        self.users.append(user)
        return user


def _invented_name(number: int) -> str:
    """Return the name of the n-th invented person; after 360 names a second stem is added."""
    again, stem = divmod(number // len(SURNAMES), len(STEMS))
    return f"{SURNAMES[number % len(SURNAMES)]}示{STEMS[stem]}{STEMS[again - 1] if again else ''}"


@transaction.atomic
def post_demonstration_people(*, on: date, at: datetime, whole: bool = False) -> int:
    """Create the demo people with their posts and grants; returns the number of people.

    ``whole`` also fills posts in all other counties and townships.
    """
    cast = _Cast()
    named = {persona.username: cast.person(persona.username, persona.name) for persona in PERSONAS}
    grid_posts = list(_grid_posts(cast, named, on=on))
    office_posts = list(_office_posts(cast, named, on=on))
    if whole:
        grid_posts += further_grid_posts(cast.person, but=TOWNSHIP, kept_free=LATE_TOWNSHIP, on=on)
        office_posts += further_office_posts(cast.person, but=(TOWNSHIP, COUNTY, CITY), on=on)
    User.objects.bulk_create(cast.users)
    for post in (*grid_posts, *office_posts):
        post.user_id = post.user.pk
    GridPosting.objects.bulk_create(grid_posts)
    OfficePosting.objects.bulk_create(office_posts)
    _cover_for(named["leader"], at=at)
    _keep_records(cast.users)
    sync_grants(cast.users, day=at.date())
    _trace_founding("account", cast.users, "enrol", at=at)
    _trace_founding("grid_posting", GridPosting.objects.all(), "appoint", at=at)
    _trace_founding("office_posting", OfficePosting.objects.all(), "appoint", at=at)
    return len(cast.users)


def _cover_for(leader: User, *, at: datetime) -> None:
    """Let an instructor stand in for another village's leader during leave."""
    covered = GridPosting.objects.filter(role="leader", stands_in_for=None).exclude(user=leader).first()
    cover = GridPosting.objects.filter(role="instructor").exclude(village=covered and covered.village).first()
    if covered is not None and cover is not None:
        GridPosting.objects.create(
            user=cover.user,
            role="leader",
            village=covered.village,
            starts_on=at.date() - timedelta(days=3),
            ends_on=at.date() + timedelta(days=11),
            stands_in_for=covered,
        )


def _keep_records(users: list[User]) -> None:
    """Create private records that are clearly invented: region 410999 does not exist."""
    contacts, identities = [], []
    for number, user in enumerate(users, start=1):
        contact, identity = ContactRecord(user=user), IdentityRecord(user=user)
        contact.seal(private_phone=f"1980000{number:04d}", home_address=f"演示路{number}号院一单元")
        born = date(1990, 1, 1) + timedelta(days=number // 1000)
        first = f"410999{born:%Y%m%d}{number % 1000:03d}"
        identity.seal(id_number=first + check_digit(first))
        contacts.append(contact)
        identities.append(identity)
    ContactRecord.objects.bulk_create(contacts)
    IdentityRecord.objects.bulk_create(identities)


def _grid_posts(cast: _Cast, named: dict[str, User], *, on: date) -> Iterator[GridPosting]:
    villages = Division.objects.filter(parent__code=TOWNSHIP).order_by("code")
    instructor = named["instructor"]
    for number, village in enumerate(villages):
        first = number == 0
        leader = named["leader"] if first else cast.person()
        if number % 4 == 0 and not first:
            instructor = cast.person()
        yield GridPosting(
            user=leader, role="leader", village=village, source="城乡社区党组织主要负责人", starts_on=on
        )
        yield GridPosting(
            user=instructor, role="instructor", village=village, source="街道办事处工作人员", starts_on=on
        )
        for place, grid in enumerate(Grid.objects.filter(village=village).order_by("code")):
            if first and place == 1:
                continue  # one post stays vacant and is filled in the demo
            worker = named["worker"] if first and place == 0 else cast.person()
            yield GridPosting(
                user=worker, role="full_time", village=village, grid=grid, source="社会招聘", starts_on=on
            )
            if place == 0:
                helper = cast.person()
                yield GridPosting(
                    user=helper,
                    role="part_time",
                    village=village,
                    grid=grid,
                    source="村（居）民代表",
                    starts_on=on,
                )


def _office_posts(cast: _Cast, named: dict[str, User], *, on: date) -> Iterator[OfficePosting]:
    bodies = {
        body.code: body for body in Organization.objects.filter(division__code__in=[TOWNSHIP, COUNTY, CITY])
    }
    for username, code, role in (
        ("dispatcher", f"{TOWNSHIP}-I", "dispatcher"),
        ("county", f"{COUNTY}-I", "dispatcher"),
        ("city_desk", f"{CITY}-I", "dispatcher"),
        ("handler", f"{COUNTY}-D08", "handler"),
        ("county_admin", f"{COUNTY}-A", "county_admin"),
        ("lawyer", f"{COUNTY}-D03", "legal_reviewer"),
        ("city", f"{CITY}-A", "city_supervisor"),
        ("desk_head", f"{TOWNSHIP}-I", "desk_head"),
        ("security", f"{CITY}-A", "security_admin"),
        ("system", f"{CITY}-A", "system_admin"),
        ("auditor", f"{CITY}-A", "audit_admin"),
    ):
        yield OfficePosting(user=named[username], organization=bodies[code], role=role, starts_on=on)
    for code, body in bodies.items():
        if body.kind == Organization.Kind.INSTITUTION:
            if code != f"{TOWNSHIP}-I":
                yield OfficePosting(user=cast.person(), organization=body, role="desk_head", starts_on=on)
        elif body.kind != Organization.Kind.AUTHORITY:
            if code != f"{COUNTY}-D08":
                yield OfficePosting(user=cast.person(), organization=body, role="handler", starts_on=on)
            yield OfficePosting(user=cast.person(), organization=body, role="department_head", starts_on=on)
