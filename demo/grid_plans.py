"""Plans at every step for the demo: in force, returned by the city, waiting for a signature, faulty, overdue."""

from __future__ import annotations

from datetime import date, datetime, timedelta

import shapely

from accounts.models import User
from audit.actions import append_entry
from demo.personas import stored_password
from grids.models import Division, Grid
from personnel.actions import appoint_to_grid, appoint_to_office
from personnel.models import Organization
from plans.actions.effect import bring_into_force
from plans.actions.filing import receive_filing, return_filing, send_filing
from plans.actions.plans import (
    PlanDraft,
    approve_plan,
    consent_to_plan,
    draft_plan,
    publish_plan,
    submit_plan,
)
from plans.actions.sectors import Law, SectorDraft, keep_sector_grid, merge_sector_grid, register_sector_grid
from plans.actions.steps import draw
from plans.drawing_input import DrawingInput
from plans.models import GridPlan
from worktime.clocks import day_of

COUNTY, TOWNSHIP = "410902", "410902001"
LATE_COUNTY, LATE_TOWNSHIP = "410922", "410922100"
DAY = timedelta(days=1)


def play_demonstration_plans(*, at: datetime) -> int:
    """Create five plans and three sector grids and move them on; returns the number of plans."""
    admin, desk = User.objects.get(username="county_admin"), User.objects.get(username="dispatcher")
    city = User.objects.get(username="city")
    county = Division.objects.get(code=COUNTY)
    communities = _communities()
    _in_force(county, communities[1], admin=admin, desk=desk, city=city, at=at)
    _returned(county, communities[2], admin=admin, desk=desk, city=city, at=at)
    _to_sign(county, communities[3], admin=admin, at=at)
    _with_a_fault(county, communities[4], desk=desk, at=at)
    _overdue(at=at)
    _sector_grids(admin=admin, at=at)
    return GridPlan.objects.count()


def _communities() -> list[list[Grid]]:
    """The grids of each community of the demo township that has at least two."""
    grids = Grid.objects.in_force().with_place().filter(village__parent__code=TOWNSHIP).order_by("code")
    by_village: dict[int, list[Grid]] = {}
    for grid in grids:
        by_village.setdefault(grid.village_id, []).append(grid)
    return [several for several in by_village.values() if len(several) > 1]


def _draft(county: Division, title: str, reason: str, *, on: date, by: User, at: datetime) -> GridPlan:
    return draft_plan(PlanDraft(title=title, reason=reason, effective_on=on), county=county, by=by, at=at)


def _step(plan: GridPlan, verb: str, drawing_input: DrawingInput, *, by: User, at: datetime) -> GridPlan:
    draw(plan, verb, drawing_input, by=by, at=at)
    return GridPlan.objects.select_related("county").get(pk=plan.pk)


def _publish(plan: GridPlan, *, admin: User, desk: User, at: datetime) -> GridPlan:
    plan = submit_plan(plan, by=admin, at=at)
    plan = consent_to_plan(plan, note="已征求社区意见。", by=desk, at=at)
    plan = approve_plan(plan, by=admin, at=at)
    return publish_plan(plan, by=admin, at=at)


def _halves(grid: Grid) -> DrawingInput:
    """The input that cuts a grid in two from north to south."""
    west, south, east, north = shapely.from_wkb(bytes(Grid.objects.get(pk=grid.pk).boundary or b"")).bounds
    middle = (west + east) / 2
    line = f"{middle:.6f},{south - 0.001:.6f}\n{middle:.6f},{north + 0.001:.6f}"
    return DrawingInput(key=f"g{grid.pk}", line=line)


def _in_force(
    county: Division, grids: list[Grid], *, admin: User, desk: User, city: User, at: datetime
) -> None:
    """Create a plan that halves a grid: drafted 45 days ago, in force for twenty days, filed with a number."""
    drafted_at, day = at - 45 * DAY, day_of(at - 20 * DAY)
    village = grids[0].village
    plan = _draft(
        county,
        f"{village.name}网格调整",
        "新楼入住后户数翻番，一名网格员走访不过来。",
        on=day,
        by=admin,
        at=drafted_at,
    )
    plan = _step(plan, "split", _halves(grids[0]), by=admin, at=drafted_at)
    plan = _publish(plan, admin=admin, desk=desk, at=drafted_at)
    new = plan.grids.get(base=None).grid
    worker = _person("demo9001", "石示庚", "19900009001")
    appoint_to_grid(worker, role="full_time", village=village, grid=new, on=day, at=drafted_at, by=None)
    send_filing(plan, note="调整一处，附会签和公布情况。", by=admin, at=at - 40 * DAY)
    receive_filing(_again(plan), receipt="演示备〔2026〕1号", by=city, at=at - 38 * DAY)
    bring_into_force(today=day, at=at - 20 * DAY)


def _returned(
    county: Division, grids: list[Grid], *, admin: User, desk: User, city: User, at: datetime
) -> None:
    """Create a plan published for a future day, whose filing the city has returned."""
    plan = _draft(
        county,
        f"{grids[0].village.name}网格更名",
        "居民习惯叫小区名，序号名容易混。",
        on=day_of(at + 12 * DAY),
        by=admin,
        at=at - 6 * DAY,
    )
    drawing_input = DrawingInput(key=f"g{grids[0].pk}", name=f"{grids[0].village.name}示范苑网格")
    plan = _step(plan, "rename", drawing_input, by=admin, at=at - 6 * DAY)
    plan = _publish(plan, admin=admin, desk=desk, at=at - 5 * DAY)
    send_filing(plan, by=admin, at=at - 3 * DAY)
    return_filing(_again(plan), remarks="请补充社区征求意见的情况。", by=city, at=at - 2 * DAY)


def _to_sign(county: Division, grids: list[Grid], *, admin: User, at: datetime) -> None:
    """Create a plan that joins two small grids and waits for the township's signature."""
    plan = _draft(
        county,
        f"{grids[0].village.name}网格合并",
        "两个网格同属一个院落，共用大门和物业，合并后便于服务。",
        on=day_of(at + 20 * DAY),
        by=admin,
        at=at - DAY,
    )
    keys = [f"g{grid.pk}" for grid in _neighbours(grids)]
    plan = _step(plan, "merge", DrawingInput(keys=keys, survivor=keys[0]), by=admin, at=at - DAY)
    submit_plan(plan, by=admin, at=at - DAY)


def _neighbours(grids: list[Grid]) -> tuple[Grid, Grid]:
    shapes = [shapely.from_wkb(bytes(Grid.objects.get(pk=grid.pk).boundary or b"")) for grid in grids]
    touching = (
        (grids[i], grids[j])
        for i in range(len(grids))
        for j in range(i + 1, len(grids))
        if shapely.length(shapely.intersection(shapes[i], shapes[j])) > 1e-4
    )
    return next(touching)


def _with_a_fault(county: Division, grids: list[Grid], *, desk: User, at: datetime) -> None:
    """Create a plan of the township with a border drawn over the neighbour's; the checks show where."""
    plan = _draft(
        county,
        f"{grids[0].village.name}边界核对",
        "按小区围墙核对边界。",
        on=day_of(at + 30 * DAY),
        by=desk,
        at=at - timedelta(hours=3),
    )
    first, second = _neighbours(grids)
    one, two = (
        shapely.from_wkb(bytes(Grid.objects.get(pk=grid.pk).boundary or b"")) for grid in (first, second)
    )
    strip = shapely.intersection(two, shapely.buffer(one, 0.0008))
    wider = max(shapely.get_parts(shapely.union_all([one, strip])), key=lambda part: part.area)
    shape = shapely.to_geojson(shapely.Polygon(wider.exterior))
    _step(
        plan, "redraw", DrawingInput(key=f"g{first.pk}", geometry=shape), by=desk, at=at - timedelta(hours=2)
    )


def _overdue(*, at: datetime) -> None:
    """Create a plan of another county that is in force but not filed: the city sees it and reminders are sent."""
    county = Division.objects.get(code=LATE_COUNTY)
    village = Division.objects.filter(parent__code=LATE_TOWNSHIP).order_by("code")[0]
    grid = Grid.objects.in_force().filter(village=village).order_by("code")[0]
    founded = date(2025, 1, 1)
    admin, desk = _person("demo9002", "钱示庚", "19900009002"), _person("demo9003", "孔示庚", "19900009003")
    bodies = {
        body.code: body
        for body in Organization.objects.filter(division__code__in=[LATE_COUNTY, LATE_TOWNSHIP])
    }
    appoint_to_office(
        admin, role="county_admin", organization=bodies[f"{LATE_COUNTY}-A"], on=founded, at=at, by=None
    )
    appoint_to_office(
        desk, role="dispatcher", organization=bodies[f"{LATE_TOWNSHIP}-I"], on=founded, at=at, by=None
    )
    leader = _person("demo9004", "卫示庚", "19900009004")
    appoint_to_grid(leader, role="leader", village=village, grid=None, on=founded, at=at, by=None)
    for number, place in enumerate(
        Grid.objects.in_force().filter(village=village).order_by("code"), start=9005
    ):
        worker = _person(f"demo{number}", "蒋示庚", f"1990000{number}")
        appoint_to_grid(worker, role="full_time", village=village, grid=place, on=founded, at=at, by=None)
    plan = _draft(
        county,
        f"{village.name}网格更名",
        "按地名普查结果更名。",
        on=day_of(at - 15 * DAY),
        by=admin,
        at=at - 32 * DAY,
    )
    plan = _step(
        plan,
        "rename",
        DrawingInput(key=f"g{grid.pk}", name=f"{village.name}示范网格"),
        by=admin,
        at=at - 31 * DAY,
    )
    _publish(plan, admin=admin, desk=desk, at=at - 30 * DAY)
    bring_into_force(today=day_of(at - 15 * DAY), at=at - 15 * DAY)


def _sector_grids(*, admin: User, at: datetime) -> None:
    """Create three sector grids: one merged, one kept under a law marked as invented, one still waiting."""
    township = Division.objects.get(code=TOWNSHIP)
    bodies = {body.function: body for body in Organization.objects.filter(division__code=COUNTY)}
    grids = list(Grid.objects.in_force().with_place().filter(village__parent=township).order_by("code")[:2])
    before = date(2023, 5, 1)
    drafts = {
        sector: SectorDraft(sector, bodies[function], township, f"{township.name}{words}示范网格", before)
        for sector, function, words in (
            ("fire", "消防救援", "消防"),
            ("city_management", "城市管理", "城管"),
            ("market", "市场监管", "市场监管"),
        )
    }
    register_sector_grid(drafts["fire"], by=admin, at=at)
    merged = register_sector_grid(drafts["city_management"], by=admin, at=at)
    merge_sector_grid(merged, grids=grids, by=admin, at=at)
    kept = register_sector_grid(drafts["market"], by=admin, at=at)
    law = Law("示范规定（演示用，非真实法规）", "第一条", "演示〔2024〕1号")
    keep_sector_grid(kept, law=law, by=admin, at=at)


def _again(plan: GridPlan) -> GridPlan:
    return GridPlan.objects.select_related("county").get(pk=plan.pk)


def _person(username: str, name: str, phone: str) -> User:
    """An invented person who can sign in in demo mode."""
    user = User.objects.create(
        username=username, password=stored_password(), name=name, phone=phone, is_demonstration=True
    )
    append_entry(
        f"account:{user.pk}", verb="enrol", at=user.date_joined, actor_id=None, record={}, first=True
    )
    return user
