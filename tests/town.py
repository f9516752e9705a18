"""The cast: a small piece of Puyang that the tests are about.

Two counties. In 华龙区: 中原路街道 with 京东社区 (two grids) and 玉北社区 (one), and 胜利路街道 with 胜利社区.
In 清丰县: 城关镇 with 城关村. Everybody has one post:

chen, lin    workers of 京东社区's first and second grid      wang   leader of 京东社区
zhao         dispatcher of 中原路街道                          li     instructor of 京东社区
hua, feng    dispatchers of 华龙区 and 濮阳市                  mei    worker in 玉北社区
sun, qian    handlers of 华龙区城市管理 and 华龙区公安         wu     county administrator of 华龙区
zheng        city supervisor                                  duan   dispatcher of 胜利路街道
tang         desk head of 中原路街道                           xu     desk head of 胜利路街道
shen, xia    security and audit administrator of the city     gu     county administrator of 清丰县
jiang        legal reviewer of 华龙区
shi          a stranger: worker in 清丰县                     nobody an account without a post
"""

from __future__ import annotations

from datetime import UTC, date, datetime
from functools import cached_property
from pathlib import Path
from typing import Any

import shapely
from django.contrib.contenttypes.models import ContentType

from accounts.models import User
from grids.actions.codes import rule_on
from grids.actions.register import Entry, put_in_force
from grids.facts import Facts, Unit
from grids.models import Division, Grid
from matters.actions import publish_first_edition
from matters.models import Matter
from matters.seed_rows import read_matters
from personnel.actions import appoint_to_grid, appoint_to_office
from personnel.actions.grants import permission_ids
from personnel.models import Grant, Organization
from tests.shapes import Sent
from workflow.contacts import CONTACT_NAMES
from worktime.actions import publish_calendar, publish_office_hours, read_special_days
from worktime.clocks import SHANGHAI

ROOT = Path(__file__).resolve().parents[1]
FOUNDED = date(2025, 1, 1)
# A Monday in office hours, far from any holiday.
MONDAY = datetime(2026, 11, 16, 9, 0, tzinfo=SHANGHAI)

DIVISIONS = (
    ("4109", "濮阳市", "city", None),
    ("410902", "华龙区", "county", "4109"),
    ("410922", "清丰县", "county", "4109"),
    ("410902001", "中原路街道", "township", "410902"),
    ("410902002", "胜利路街道", "township", "410902"),
    ("410922100", "城关镇", "township", "410922"),
    ("410902001001", "京东社区", "village", "410902001"),
    ("410902001002", "玉北社区", "village", "410902001"),
    ("410902002001", "胜利社区", "village", "410902002"),
    ("410922100201", "城关村", "village", "410922100"),
)
# Unit squares side by side: every grid one, so that borders are easy to name.
GRIDS = {
    "410902001001001": (115.00, 35.70),
    "410902001001002": (115.01, 35.70),
    "410902001002001": (115.02, 35.70),
    "410902002001001": (115.03, 35.70),
    "410922100201001": (115.04, 35.70),
}
SIDE = 0.01
ORGANIZATIONS = (
    ("desk-zyl", "institution", "乡镇街道网格化服务管理机构", "410902001"),
    ("desk-sll", "institution", "乡镇街道网格化服务管理机构", "410902002"),
    ("desk-hlq", "institution", "网格化服务管理机构", "410902"),
    ("desk-city", "institution", "网格化服务管理机构", "4109"),
    ("auth-hlq", "authority", "主管部门", "410902"),
    ("auth-city", "authority", "主管部门", "4109"),
    ("auth-qf", "authority", "主管部门", "410922"),
    ("hlq-chengguan", "linkage_department", "城市管理", "410902"),
    ("hlq-gongan", "linkage_department", "公安", "410902"),
    ("hlq-sifa", "linkage_department", "司法行政", "410902"),
    ("qf-chengguan", "linkage_department", "城市管理", "410922"),
)
GRID_POSTS = (
    ("chen", "full_time", "410902001001", "410902001001001"),
    ("lin", "full_time", "410902001001", "410902001001002"),
    ("mei", "full_time", "410902001002", "410902001002001"),
    ("shi", "full_time", "410922100201", "410922100201001"),
    ("wang", "leader", "410902001001", None),
    ("li", "instructor", "410902001001", None),
)
OFFICE_POSTS = (
    ("zhao", "dispatcher", "desk-zyl"),
    ("duan", "dispatcher", "desk-sll"),
    ("hua", "dispatcher", "desk-hlq"),
    ("feng", "dispatcher", "desk-city"),
    ("sun", "handler", "hlq-chengguan"),
    ("qian", "handler", "hlq-gongan"),
    ("wu", "county_admin", "auth-hlq"),
    ("zheng", "city_supervisor", "auth-city"),
    ("tang", "desk_head", "desk-zyl"),
    ("xu", "desk_head", "desk-sll"),
    ("shen", "security_admin", "auth-city"),
    ("xia", "audit_admin", "auth-city"),
    ("gu", "county_admin", "auth-qf"),
    ("jiang", "legal_reviewer", "hlq-sifa"),
)
# Who is named to read clues.
CLUE_READERS = (
    ("zhao", "division", "410902001"),
    ("hua", "division", "410902"),
    ("feng", "division", "4109"),
    ("sun", "organization", "hlq-chengguan"),
    ("qian", "organization", "hlq-gongan"),
)
PEOPLE = (*(post[0] for post in GRID_POSTS), *(post[0] for post in OFFICE_POSTS), "nobody")


def build_town() -> None:
    """Write the town into an empty, migrated database."""
    at = datetime(2025, 1, 1, 1, tzinfo=UTC)
    divisions: dict[str, Division] = {}
    for code, name, level, parent in DIVISIONS:
        divisions[code] = Division.objects.create(
            code=code, name=name, level=level, parent=divisions.get(parent or ""), sort_key=name, initials=""
        )
    entries = [_entry(code, corner, divisions[code[:12]]) for code, corner in GRIDS.items()]
    put_in_force(entries, rule=rule_on(FOUNDED), on=FOUNDED, source="建城", at=MONDAY)
    grids = {entry.code: entry.grid for entry in entries}
    bodies = {
        code: Organization.objects.create(
            code=code,
            name=f"{divisions[place].name}{function}",
            kind=kind,
            function=function,
            division=divisions[place],
        )
        for code, kind, function, place in ORGANIZATIONS
    }
    people = {name: User.objects.create(username=name, name=name.title()) for name in PEOPLE}
    for name, role, village, grid in GRID_POSTS:
        appoint_to_grid(
            people[name],
            role=role,
            village=divisions[village],
            grid=grids.get(grid or ""),
            on=FOUNDED,
            at=at,
            by=None,
        )
    for name, role, body in OFFICE_POSTS:
        appoint_to_office(people[name], role=role, organization=bodies[body], on=FOUNDED, at=at, by=None)
    for name, kind, place in CLUE_READERS:
        found = divisions[place] if kind == "division" else bodies[place]
        name_clue_reader(people[name], kind=kind, place_id=found.pk)
    _lists_and_calendar(divisions, at)


def name_clue_reader(user: User, *, kind: str, place_id: int) -> Grant:
    """Name somebody to read clues in a division or a body, as an approved request would."""
    return name_for("view_clues", user, kind=kind, place_id=place_id, purpose="受理保密线索")


def name_for(verb: str, user: User, *, kind: str, place_id: int, purpose: str) -> Grant:
    """Give somebody a special grant on a division or a body, as an approved request would."""
    model = Division if kind == "division" else Organization
    return Grant.objects.create(
        user=user,
        permission_id=permission_ids()[kind, verb],
        content_type=ContentType.objects.get_for_model(model),
        object_pk=str(place_id),
        purpose=purpose,
        is_special=True,
        expires_at=datetime(2099, 1, 1, tzinfo=UTC),
    )


def _entry(code: str, corner: tuple[float, float], village: Division) -> Entry:
    west, south = corner
    box = shapely.box(west, south, west + SIDE, south + SIDE)
    facts = Facts(
        name=f"{village.name}第{code[-1]}网格",
        kind="community" if village.name.endswith("社区") else "village",
        village_id=village.pk,
        boundary=shapely.to_wkb(box),
        households=400,
        population=1100,
        units=(Unit("estate", f"示范小区{code[-1]}号院", "", 400),),
    )
    return Entry(Grid(), facts, code)


def _lists_and_calendar(divisions: dict[str, Division], at: datetime) -> None:
    with (ROOT / "matters/seed/matters.csv").open(encoding="utf-8", newline="") as lines:
        seeds = list(read_matters(lines))
    for county in ("410902", "410922"):
        publish_first_edition(divisions[county], seeds, on=FOUNDED, at=at, demonstration=True)
    days = read_special_days(ROOT / "worktime/seed/calendar_days.csv")
    for year in (2024, 2025, 2026):
        publish_calendar(year, [day for day in days if day.day.year == year], document="通知", at=at)
    hours = "08:30-12:00,14:30-18:00"
    publish_office_hours(hours, effective_on=date(2024, 1, 1), document="默认", at=at)


class Town:
    """The cast, read again for each test, so that no authority is kept from an earlier one."""

    def __getattr__(self, name: str) -> User:
        if name in PEOPLE:
            person = User.objects.get(username=name)
            setattr(self, name, person)
            return person
        raise AttributeError(name)

    @cached_property
    def grid(self) -> Grid:
        """Chen's grid."""
        return Grid.objects.with_place().get(code="410902001001001")

    def grid_of(self, ending: str) -> Grid:
        """A grid by the last digits of its code, such as ``001002``."""
        return Grid.objects.with_place().get(code__endswith=ending)

    @cached_property
    def chengguan(self) -> Organization:
        """城市管理 of 华龙区, where Sun works."""
        return Organization.objects.get(code="hlq-chengguan")

    @cached_property
    def gongan(self) -> Organization:
        """公安 of 华龙区, where Qian works."""
        return Organization.objects.get(code="hlq-gongan")

    def matter(self, name: str, *, county: str = "410902") -> Matter:
        """A matter of a county's newest list by name."""
        found = Matter.objects.filter(edition__county__code=county, name=name).order_by("-edition__edition")
        return found[0]

    def division(self, name: str) -> Division:
        """A division by name."""
        return Division.objects.get(name=name)

    def report_payload(self, **fields: Any) -> Sent:
        """The fields of an ordinary report from Chen's grid."""
        contact = {
            name: fields.pop(f"contact_{name}") for name in CONTACT_NAMES if f"contact_{name}" in fields
        }
        return {
            "grid_id": self.grid.pk,
            "matter_id": self.matter("邻里纠纷").pk,
            "description": "楼道杂物",
            **({"contact": contact} if contact else {}),
            **fields,
        }
