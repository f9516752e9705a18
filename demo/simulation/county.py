"""The county that is simulated: a city, one county with three townships, its grids, bodies and people (Art. 5, 11)."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, date, datetime

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
from puyang_grid.addresses import BASE_DIR
from worktime.actions import publish_calendar, publish_office_hours, read_special_days

FOUNDED = date(2025, 1, 1)
FOUNDED_AT = datetime(2025, 1, 1, 1, tzinfo=UTC)
HOURS = "08:30-12:00,14:30-18:00"
CITY, COUNTY, TOWNSHIPS = "4109", "410902", 3
VILLAGES, GRIDS = 2, 2  # of each township, of each village
FUNCTIONS = ("司法行政", "住房城乡建设", "农业农村", "市场监管", "公安", "生态环境")
STATION = "便民服务"
# Every clock of the list, urgent ones, clues, and matters that a worker may not finish on the spot.
MATTERS = (
    *("邻里纠纷", "物业纠纷", "消费纠纷", "农业生产、灌溉诉求", "政务服务帮办代办", "食品小作坊、小餐饮隐患"),
    *("噪声扰民", "意见建议登记", "走失、突发疾病求助", "防汛、滩区险情", "非法集资线索", "群体性事件苗头"),
)


@dataclass
class County:
    """Who holds which post, by the number of the grid, the village, the division or the body."""

    grids: list[Grid] = field(default_factory=list)
    matters: list[Matter] = field(default_factory=list)
    units: list[Organization] = field(default_factory=list)  # departments of the county
    stations: dict[int, Organization] = field(default_factory=dict)  # by township
    workers: dict[int, User] = field(default_factory=dict)
    leaders: dict[int, User] = field(default_factory=dict)
    instructors: dict[int, User] = field(default_factory=dict)
    dispatchers: dict[int, User] = field(default_factory=dict)
    handlers: dict[int, User] = field(default_factory=dict)
    desks: dict[int, Organization] = field(default_factory=dict)  # the institution of a division
    administrator: User = field(default_factory=User)


def build_county() -> County:
    """Write the county into an empty database with tables, through the real actions. Returns who is who."""
    built, divisions = County(), _divisions()
    _grids(built, divisions)
    _bodies(built, divisions)
    _people(built)
    city = divisions[CITY]
    authority = Organization.objects.create(
        code="authority", name="濮阳市主管部门", kind="authority", function="主管部门", division=city
    )
    built.administrator = _person("administrator")
    _office(built.administrator, "system_admin", authority)
    _list_and_calendar(built, divisions[COUNTY])
    return built


def _divisions() -> dict[str, Division]:
    rows = [(CITY, "濮阳市", "city", ""), (COUNTY, "华龙区", "county", CITY)]
    for township in range(1, TOWNSHIPS + 1):
        code = f"{COUNTY}{township:03}"
        rows.append((code, f"第{township}街道", "township", COUNTY))
        rows += [
            (f"{code}{village:03}", f"第{township}{village}社区", "village", code)
            for village in range(1, VILLAGES + 1)
        ]
    found: dict[str, Division] = {}
    for code, name, level, parent in rows:
        found[code] = Division.objects.create(
            code=code, name=name, level=level, parent=found.get(parent), sort_key=name, initials=""
        )
    return found


def _grids(built: County, divisions: dict[str, Division]) -> None:
    entries, place = [], 0
    for village in (one for one in divisions.values() if one.level == "village"):
        for number in range(1, GRIDS + 1):
            west, place = 115.0 + place * 0.01, place + 1
            facts = Facts(
                name=f"{village.name}第{number}网格",
                kind="community",
                village_id=village.pk,
                boundary=shapely.to_wkb(shapely.box(west, 35.7, west + 0.01, 35.71)),
                households=400,
                population=1100,
                units=(Unit("estate", f"{place}号院", "", 400),),
            )
            entries.append(Entry(Grid(), facts, f"{village.code}{number:03}"))
    put_in_force(entries, rule=rule_on(FOUNDED), on=FOUNDED, source="建库", at=FOUNDED_AT)
    codes = [entry.code for entry in entries]
    built.grids = list(Grid.objects.with_place().filter(code__in=codes).order_by("code"))


def _bodies(built: County, divisions: dict[str, Division]) -> None:
    county = divisions[COUNTY]
    for place in divisions.values():
        if place.level != "village":
            built.desks[place.pk] = Organization.objects.create(
                code=f"desk-{place.code}",
                name=f"{place.name}网格化服务管理机构",
                kind="institution",
                function="网格化服务管理机构",
                division=place,
            )
        if place.level == "township":
            built.stations[place.pk] = Organization.objects.create(
                code=f"station-{place.code}",
                name=f"{place.name}便民服务站",
                kind="service_unit",
                function=STATION,
                division=place,
            )
    built.units = [
        Organization.objects.create(
            code=f"unit-{number}",
            name=f"{county.name}{function}局",
            kind="linkage_department",
            function=function,
            division=county,
        )
        for number, function in enumerate(FUNCTIONS, start=1)
    ]


def _people(built: County) -> None:
    for grid in built.grids:
        village = grid.village
        worker = built.workers[grid.pk] = _person(f"worker-{grid.code}")
        appoint_to_grid(
            worker, role="full_time", village=village, grid=grid, on=FOUNDED, at=FOUNDED_AT, by=None
        )
        if village.pk not in built.leaders:
            for role, held in (("leader", built.leaders), ("instructor", built.instructors)):
                held[village.pk] = _person(f"{role}-{village.code}")
                appoint_to_grid(
                    held[village.pk],
                    role=role,
                    village=village,
                    grid=None,
                    on=FOUNDED,
                    at=FOUNDED_AT,
                    by=None,
                )
    for place, desk in built.desks.items():
        built.dispatchers[place] = _person(f"dispatcher-{desk.code}")
        _office(built.dispatchers[place], "dispatcher", desk)
        _may_read_clues(built.dispatchers[place], "division", place)
    for unit in (*built.units, *built.stations.values()):
        built.handlers[unit.pk] = _person(f"handler-{unit.code}")
        _office(built.handlers[unit.pk], "handler", unit)
        _may_read_clues(built.handlers[unit.pk], "organization", unit.pk)


def _person(name: str) -> User:
    return User.objects.create(username=name, name=name)


def _office(user: User, role: str, body: Organization) -> None:
    appoint_to_office(user, role=role, organization=body, on=FOUNDED, at=FOUNDED_AT, by=None)


def _may_read_clues(user: User, kind: str, place: int) -> None:
    """Name somebody to read clues, as an approved request would (Art. 20)."""
    model = Division if kind == "division" else Organization
    Grant.objects.create(
        user=user,
        permission_id=permission_ids()[kind, "view_clues"],
        content_type=ContentType.objects.get_for_model(model),
        object_pk=str(place),
        purpose="受理保密线索",
        is_special=True,
        expires_at=datetime(2099, 1, 1, tzinfo=UTC),
    )


def _list_and_calendar(built: County, county: Division) -> None:
    with (BASE_DIR / "matters/seed/matters.csv").open(encoding="utf-8", newline="") as lines:
        seeds = list(read_matters(lines))
    publish_first_edition(county, seeds, on=FOUNDED, at=FOUNDED_AT, demonstration=True)
    built.matters = [Matter.objects.get(name=name) for name in MATTERS]
    days = read_special_days(BASE_DIR / "worktime/seed/calendar_days.csv")
    for year in (2024, 2025, 2026):
        listed = [day for day in days if day.day.year == year]
        publish_calendar(year, listed, document="通知", at=FOUNDED_AT)
    publish_office_hours(HOURS, effective_on=date(2024, 1, 1), document="默认", at=FOUNDED_AT)
