"""What a drawing verb does to the lots: the geometry behind the map editor and the plain forms. Pure.

Every verb takes the layout and the cleaned input, returns the lots that change, and raises RuleViolation with the
field to correct. Nothing here knows a user, a clock or a database.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import replace

import shapely
from shapely import Geometry, LineString

from common.errors import RuleViolation
from common.privacy.publishing import require_no_number
from geometry.areas import area_m2
from geometry.coverage import SMALLEST_FAULT, crossings
from geometry.cutting import fit_in, join, snap_to, split
from grids.facts import Facts, Unit
from plans.lots import Layout, Lot

LONGEST_NAME = 80
UNNAMED = "未命名网格"  # a grid that was drawn before it had a name
MOST_PEOPLE = 1_000_000


def create(
    layout: Layout, *, key: str, facts: Facts, shape: Geometry | None, department_id: int | None
) -> list[Lot]:
    """Create a grid, fitted to its neighbours within half a metre; name and boundary may follow later."""
    if facts.kind != "dedicated":
        facts, department_id = replace(facts, premises=""), None
    facts = replace(facts, name=facts.name.strip() or unnamed(layout, facts.village_id))
    checked(facts)
    if shape is None:
        return [Lot(key, facts, None, state="new", department_id=department_id)]
    fitted = sound(snap_to(sound(shape), [lot.shape for lot in layout.live() if lot.shape is not None]))
    facts = replace(facts, boundary=shapely.to_wkb(fitted))
    return [Lot(key, facts, fitted, state="new", department_id=department_id)]


def redraw(layout: Layout, *, shapes: Mapping[str, Geometry]) -> list[Lot]:
    """Redraw one or several grids at once, because a dragged border changes the grids on both sides."""
    if not shapes:
        raise RuleViolation("没有收到任何边界。", field="geometry")
    lots = [living(layout, key) for key in shapes]
    others = [lot.shape for lot in layout.live() if lot.shape is not None and lot.key not in shapes]
    fitted, _ = fit_in([sound(shape) for shape in shapes.values()], others)
    return [lot.reshaped(sound(shape)) for lot, shape in zip(lots, fitted, strict=True)]


def cut(layout: Layout, *, key: str, line: LineString, new_keys: Sequence[str], name: str) -> list[Lot]:
    """Split a grid along a line: its largest piece keeps its code, the others are new grids.

    Households and people are divided by area, so that the user only has to correct them.
    """
    lot = living(layout, key)
    if lot.shape is None:
        raise RuleViolation(f"{lot.facts.name}还没有边界，不能切分。", field="key")
    pieces = split(lot.shape, line)
    if len(pieces) - 1 > len(new_keys):
        raise RuleViolation(f"一次最多切成 {len(new_keys) + 1} 块。", field="line")
    keeps = max(range(len(pieces)), key=lambda i: pieces[i].area)
    rest = [piece for i, piece in enumerate(pieces) if i != keeps]
    shares = [piece.area / lot.shape.area for piece in rest]
    households = [int(lot.facts.households * share) for share in shares]
    people = [int(lot.facts.population * share) for share in shares]
    kept = lot.with_facts(
        households=lot.facts.households - sum(households), population=lot.facts.population - sum(people)
    ).reshaped(pieces[keeps])
    new = [
        Lot(
            new_key,
            replace(
                lot.facts,
                name=name if name and len(rest) == 1 else next_name(layout, lot, after=position),
                boundary=shapely.to_wkb(piece),
                households=households[position],
                population=people[position],
                units=(),
            ),
            piece,
            state="new",
            department_id=lot.department_id,
        )
        for position, (new_key, piece) in enumerate(zip(new_keys, rest, strict=False))
    ]
    for each in new:
        checked(each.facts)
    return [kept, *new]


def merge(layout: Layout, *, keys: Sequence[str], survivor: str) -> list[Lot]:
    """Join neighbouring grids of one village: the survivor stays, the others end in it."""
    lots = [living(layout, key) for key in dict.fromkeys(keys)]
    if survivor not in keys:
        raise RuleViolation("请选择合并后保留哪个网格的编码。", field="survivor")
    if len({lot.facts.village_id for lot in lots}) > 1:
        raise RuleViolation("只能合并同一个村（社区）的网格；跨村的请先移村。", field="keys")
    if any(lot.shape is None for lot in lots):
        raise RuleViolation("有的网格还没有边界，不能合并。", field="keys")
    whole = join([lot.shape for lot in lots if lot.shape is not None])
    stays = next(lot for lot in lots if lot.key == survivor)
    ends = [lot for lot in lots if lot.key != survivor]
    joined = stays.with_facts(
        households=sum(lot.facts.households for lot in lots),
        population=sum(lot.facts.population for lot in lots),
        units=tuple(unit for lot in lots for unit in lot.facts.units),
    ).reshaped(whole)
    ended = [replace(lot, state="retired", successor_key=survivor) for lot in ends]
    return [joined, *ended, *followers(layout, {lot.key for lot in ends}, to=survivor)]


def retire(layout: Layout, *, key: str, successor: str) -> list[Lot]:
    """End a grid; other grids must take its land before the plan passes the checks."""
    lot = living(layout, key)
    if successor == key:
        raise RuleViolation("接续的网格须是另一个在用或拟划的网格。", field="successor")
    if successor and living(layout, successor).facts.village_id != lot.facts.village_id:
        raise RuleViolation("接续的网格须在同一个村（社区）；跨村的请先移村。", field="successor")
    ended = replace(lot, state="retired", successor_key=successor)
    return [ended, *followers(layout, {key}, to=successor)]


def followers(layout: Layout, ended: set[str], *, to: str) -> list[Lot]:
    """Return the lots that ended in one of ``ended``, which now end in ``to``."""
    return [replace(lot, successor_key=to) for lot in layout.lots.values() if lot.successor_key in ended]


def rename(layout: Layout, *, key: str, name: str) -> list[Lot]:
    """Give a grid another name."""
    lot = living(layout, key).with_facts(name=name.strip())
    if not lot.facts.name:
        raise RuleViolation("请填写网格名称。", field="name")
    checked(lot.facts)
    return [lot]


def describe(
    layout: Layout,
    *,
    key: str,
    kind: str,
    premises: str,
    households: int,
    population: int,
    units: Sequence[Unit],
    department_id: int | None,
) -> list[Lot]:
    """Change a grid's kind, premises, size figures, units or department."""
    lot = living(layout, key).with_facts(
        kind=kind, premises=premises, households=households, population=population, units=tuple(units)
    )
    if kind != "dedicated":
        lot, department_id = lot.with_facts(premises=""), None
    checked(lot.facts)
    return [replace(lot, department_id=department_id)]


def move(layout: Layout, *, key: str, village_id: int) -> list[Lot]:
    """Move a grid to another village; it gets a code of that village."""
    lot = living(layout, key)
    if lot.facts.village_id == village_id:
        raise RuleViolation("网格已在这个村（社区）。", field="village")
    return [replace(lot.with_facts(village_id=village_id), code="")]


def living(layout: Layout, key: str) -> Lot:
    """Return the lot of a key; raises RuleViolation if it does not exist or ends with the plan."""
    lot = layout.lots.get(key)
    if lot is None or not lot.is_live:
        raise RuleViolation("没有这个网格，或它已停用。请在地图或列表上重新选择。", field="key")
    return lot


def sound(shape: Geometry) -> Geometry:
    """Return the shape; raises RuleViolation with the place unless it is one polygon that does not cross itself."""
    fault = crossings(shape)
    if fault is not None:
        lon, lat, reason = fault
        raise RuleViolation(f"{reason}（{lon:.6f}, {lat:.6f} 附近）。请改好后再保存。", field="geometry")
    if shape.geom_type != "Polygon":
        raise RuleViolation("一个网格应是连成一片的一块。", field="geometry")
    if area_m2(shape) < SMALLEST_FAULT:
        raise RuleViolation("画的区域不到 1 平方米，请重新绘制。", field="geometry")
    return shape


def checked(facts: Facts) -> None:
    """Raise RuleViolation with the field if the facts are wrong. What is missing is no fault here: see ``missing``."""
    if not is_legible(facts.name):
        raise RuleViolation("网格名称里有看不见的字符，请重新输入。", field="name")
    if not all(is_legible(unit.name) and is_legible(unit.address) for unit in facts.units):
        raise RuleViolation("基本单元的名称或地址里有看不见的字符，请重新输入。", field="units")
    if any(bar in unit.name + unit.address for unit in facts.units for bar in "|｜"):
        raise RuleViolation("基本单元的名称和地址里不能有竖线，它用来分隔各项。", field="units")
    if len(facts.name) > LONGEST_NAME:
        raise RuleViolation(f"网格名称最多 {LONGEST_NAME} 字，您写了 {len(facts.name)} 字。", field="name")
    require_no_number(facts.name, field="name")
    require_no_number("\n".join(f"{unit.name} {unit.address}" for unit in facts.units), field="units")
    if max(facts.households, facts.population) > MOST_PEOPLE:
        raise RuleViolation("户数或人口超过一百万，请核对。", field="households")


def missing(facts: Facts, *, department_id: int | None) -> list[tuple[str, str]]:
    """Return what a grid lacks until its plan may be submitted, as field and sentence; drawing goes on without it."""
    found = []
    if not facts.name.strip() or UNNAMED in facts.name:
        found.append(("name", "请填写网格名称。"))
    if facts.kind == "dedicated" and not facts.premises:
        sentence = "专属网格请选择类别：商务楼宇、园区、商圈市场、学校、医院或企事业单位。"
        found.append(("premises", sentence))
    if facts.kind == "dedicated" and department_id is None:
        sentence = "专属网格由职能部门和属地双重管理，请选择职能部门（条例第八条）。"
        found.append(("department", sentence))
    return found


def unnamed(layout: Layout, village_id: int) -> str:
    """Return a free name for a grid of a village that has none yet; ``missing`` asks for a real one."""
    first = f"{layout.names.get(village_id, '')}{UNNAMED}"
    taken = {lot.facts.name for lot in layout.lots.values()}
    names = (first, *(f"{first}{numeral(number)}" for number in range(2, 100)))
    return next((name for name in names if name not in taken), first)


def is_legible(text: str) -> bool:
    """Whether a text has no control, format or broken characters, which readers cannot see or distinguish."""
    return not any(unicodedata.category(character) in ("Cc", "Cf", "Cs", "Co") for character in text)


def next_name(layout: Layout, lot: Lot, *, after: int = 0) -> str:
    """Return a name for a new grid beside ``lot``: the village's name and the first free ordinal number."""
    village = layout.names.get(lot.facts.village_id, lot.facts.name)
    taken = {other.facts.name for other in layout.lots.values()}
    free = (f"{village}第{numeral(number)}网格" for number in range(1, 100))
    unused = [name for name in free if name not in taken]
    return unused[after] if after < len(unused) else f"{village}新网格"


def numeral(number: int) -> str:
    """Return the Chinese numeral: 1 → 一, 12 → 十二, 20 → 二十; up to 99."""
    digits = "零一二三四五六七八九"
    tens, ones = divmod(number, 10)
    head = {0: "", 1: "十"}.get(tens, f"{digits[tens % 10]}十")
    return head + (digits[ones] if ones or not tens else "")
