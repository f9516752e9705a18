"""Drawing: one function per verb, each a step that can be undone (Art. 7, 8)."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime

from django.db import transaction
from django.db.models import Max

from accounts.models import User
from common.errors import IllegalMove, RuleViolation
from exchange.crs import SYSTEMS
from grids.locate import locate, nearest
from grids.models import Division, GridVersion
from personnel.models import Organization
from plans import drawing, policies
from plans.drawing_input import DrawingInput
from plans.history import begin
from plans.layout import layout_of, row_of
from plans.lots import Layout, Lot, StoredLot
from plans.models import GridPlan, PlanChange, PlannedGrid

Drawn = tuple[list[Lot], str]
MOST_PIECES = 9
COORDINATES = ("create", "redraw", "split")
STORED_CRS = "EPSG:4490"


@transaction.atomic
def draw(plan: GridPlan, verb: str, given: DrawingInput, *, by: User, at: datetime) -> PlanChange:
    """Run a drawing verb on a plan: lock, authorize, draw, save and record how to undo it.

    Raises :class:`RuleViolation` for invalid content, :class:`NotPermitted` outside the user's own township,
    :class:`IllegalMove` if the plan is no longer in drafting and :class:`StaleVersion` after another user's step.
    """
    plan = begin(plan, "change", by=by)
    given = _placed(plan, given) if verb == "create" else given
    layout = layout_of(plan, township_ids=_townships_of(plan, given))
    lots, sentence = VERBS[verb](plan, layout, given)
    lots = _on_present_ground(lots)
    if verb in COORDINATES:
        lots = [replace(lot, crs_source=given.crs) for lot in lots]
        sentence += "" if given.crs == STORED_CRS else f"（原坐标 {SYSTEMS[given.crs].name}，已换算）"
    _require_place(plan, layout, lots, by=by)
    return save_step(plan, layout, lots, verb=verb, sentence=sentence, by=by, at=at)


def _placed(plan: GridPlan, given: DrawingInput) -> DrawingInput:
    """Return the input with a village: the one in which the drawn shape lies, or the nearest, if it names none."""
    if given.village or not given.has_geometry:
        return given
    middle = given.shape().centroid
    grid = locate(middle.x, middle.y)
    if grid is None:
        grid, _ = nearest(middle.x, middle.y) or (None, 0)
    return replace(given, village=grid.village.code) if grid else given


def _on_present_ground(lots: Sequence[Lot]) -> list[Lot]:
    """Return the lots based on today's versions: a user who redraws a grid has seen its present state."""
    versions = GridVersion.objects.filter(
        grid__in=[lot.grid_id for lot in lots if lot.base_id], valid_to__isnull=True
    )
    present = dict(versions.values_list("grid_id", "pk"))
    return [
        replace(lot, base_id=present.get(lot.grid_id, lot.base_id)) if lot.base_id else lot for lot in lots
    ]


def save_step(
    plan: GridPlan,
    layout: Layout,
    lots: Iterable[Lot],
    *,
    verb: str,
    sentence: str,
    by: User,
    at: datetime,
) -> PlanChange:
    """Write the lots and the step; undone steps are deleted and cannot be redone."""
    plan.changes.filter(undone_at__isnull=False).delete()
    held = {row.key for row in plan.grids.only("key")}
    changed = list(lots)
    before = {lot.key: layout.lots[lot.key].stored() if lot.key in held else None for lot in changed}
    after = {lot.key: lot.stored() for lot in changed}
    write_lots(plan, after)
    last = plan.changes.aggregate(last=Max("seq"))["last"] or 0
    return touch(
        plan,
        PlanChange(
            plan=plan,
            seq=last + 1,
            verb=verb,
            sentence=sentence[:300],
            before=before,
            after=after,
            by=by,
            at=at,
        ),
        by=by,
        at=at,
    )


def write_lots(plan: GridPlan, states: Mapping[str, StoredLot | None]) -> None:
    """Write these states as the plan's rows; None removes a row. A new grid that ends again leaves no row."""
    plan.grids.filter(key__in=list(states)).delete()
    rows = [
        row_of(Lot.read(key, state), plan)
        for key, state in states.items()
        if state is not None and not (state["state"] == "retired" and state["base_id"] is None)
    ]
    PlannedGrid.objects.bulk_create(rows, batch_size=1000)


@transaction.atomic
def undo(plan: GridPlan, *, by: User, at: datetime) -> PlanChange:
    """Undo the last step; every step of the plan can be undone in turn."""
    plan = begin(plan, "change", by=by)
    step = plan.changes.filter(undone_at__isnull=True).order_by("-seq").first()
    if step is None:
        raise IllegalMove("没有可以撤销的步骤。")
    _require_reach(plan, step, by=by)
    plan.grids.filter(import_job=step.import_job_id, import_job__isnull=False).update(plan=None)
    write_lots(plan, step.before)
    step.undone_at = at
    return touch(plan, step, by=by, at=at)


@transaction.atomic
def redo(plan: GridPlan, *, by: User, at: datetime) -> PlanChange:
    """Redo the step that was undone last."""
    plan = begin(plan, "change", by=by)
    step = plan.changes.filter(undone_at__isnull=False).order_by("seq").first()
    if step is None:
        raise IllegalMove("没有可以重做的步骤。")
    _require_reach(plan, step, by=by)
    plan.grids.filter(key__in=list(step.before)).delete()
    PlannedGrid.objects.filter(import_job=step.import_job_id, import_job__isnull=False).update(plan=plan)
    write_lots(plan, step.after)
    step.undone_at = None
    return touch(plan, step, by=by, at=at)


def touch(plan: GridPlan, step: PlanChange, *, by: User, at: datetime) -> PlanChange:
    """Save a step that was done, undone or redone, and by whom; the plan gets a new version."""
    plan.version += 1
    plan.save(update_fields=["version"])
    step.touched_by, step.touched_at = by, at
    step.save()
    return step


def _require_reach(plan: GridPlan, step: PlanChange, *, by: User) -> None:
    """Require for undo and redo the same reach as for the step itself."""
    states = [state for state in (*step.before.values(), *step.after.values()) if state]
    villages = {state["village_id"] for state in states}
    bases = GridVersion.objects.filter(pk__in={state["base_id"] for state in states if state["base_id"]})
    villages |= set(bases.values_list("village_id", flat=True))
    if step.import_job_id is not None:
        imported = PlannedGrid.objects.filter(import_job=step.import_job_id)
        rows = imported.values_list("village_id", "base__village_id")
        villages |= {pk for row in rows for pk in row if pk}
    townships = set(Division.objects.filter(pk__in=villages).values_list("parent_id", flat=True))
    policies.require_place(by, plan, {pk for pk in townships if pk})


def _require_place(plan: GridPlan, layout: Layout, lots: Sequence[Lot], *, by: User) -> None:
    """Require that the lots are within the user's reach and the plan's county, both before and after."""
    were = {layout.lots[lot.key].facts.village_id for lot in lots if lot.key in layout.lots}
    villages = were | {lot.facts.village_id for lot in lots}
    rows = Division.objects.filter(pk__in=villages, level="village").values_list(
        "parent_id", "parent__parent_id"
    )
    found = list(rows)
    if not found or any(county != plan.county_id for _, county in found):
        raise RuleViolation(f"方案只能改动{plan.county.name}的网格。", field="village")
    policies.require_place(by, plan, {township for township, _ in found if township})


def _townships_of(plan: GridPlan, given: DrawingInput) -> set[int]:
    """Return the townships that the input concerns, in addition to those that the plan already touches."""
    rows = Division.objects.filter(level="village", parent__parent=plan.county_id)
    grids = [int(key[1:]) for key in given.all_keys() if key[:1] == "g" and key[1:].isdecimal()]
    ids = set(rows.filter(grids__in=grids).values_list("parent_id", flat=True)) if grids else set()
    if given.village:
        ids |= set(rows.filter(code=given.village).values_list("parent_id", flat=True))
    return ids


def _village(plan: GridPlan, code: str) -> Division:
    found = Division.objects.filter(code=code, level="village", parent__parent=plan.county_id).first()
    if found is None:
        raise RuleViolation(f"请选择{plan.county.name}的一个村（社区）。", field="village")
    return found


def _department(plan: GridPlan, pk: int | None) -> int | None:
    if pk is None:
        return None
    kinds = ("linkage_department", "service_unit")
    bodies = Organization.objects.filter(pk=pk, is_active=True, kind__in=kinds)
    if not bodies.filter(division__in=[plan.county_id, plan.county.parent_id]).exists():
        raise RuleViolation("请选择本县区或市的职能部门。", field="department")
    return pk


def new_keys(plan: GridPlan, count: int) -> list[str]:
    """Return keys for new grids that the plan has never used, so that undone steps can be redone."""
    used = {key for step in plan.changes.values_list("after", flat=True) for key in step}
    used |= set(plan.grids.values_list("key", flat=True))
    numbers = [int(key[1:]) for key in used if key.startswith("n")]
    first = max(numbers, default=0) + 1
    return [f"n{number}" for number in range(first, first + count)]


def _create(plan: GridPlan, layout: Layout, given: DrawingInput) -> Drawn:
    village = _village(plan, given.village)
    facts = given.facts(village.pk)
    department = _department(plan, given.department)
    (key,) = new_keys(plan, 1)
    shape = given.shape() if given.has_geometry else None
    lots = drawing.create(layout, key=key, facts=facts, shape=shape, department_id=department)
    return lots, f"在{village.name}新设{lots[0].facts.name}"


def _redraw(plan: GridPlan, layout: Layout, given: DrawingInput) -> Drawn:
    shapes = given.shapes()
    lots = drawing.redraw(layout, shapes=shapes)
    return lots, f"改画{'、'.join(lot.facts.name for lot in lots[:4])}{'等' if len(lots) > 4 else ''}的边界"


def _split(plan: GridPlan, layout: Layout, given: DrawingInput) -> Drawn:
    before = drawing.living(layout, given.key).facts.name
    keys = new_keys(plan, MOST_PIECES)
    lots = drawing.cut(layout, key=given.key, line=given.cut_line(), new_keys=keys, name=given.name)
    return lots, f"将{before}切分为 {len(lots)} 个网格"


def _merge(plan: GridPlan, layout: Layout, given: DrawingInput) -> Drawn:
    lots = drawing.merge(layout, keys=given.keys, survivor=given.survivor)
    ended = "、".join(lot.facts.name for lot in lots[1:])
    return lots, f"将{ended}并入{lots[0].facts.name}"


def _retire(plan: GridPlan, layout: Layout, given: DrawingInput) -> Drawn:
    lots = drawing.retire(layout, key=given.key, successor=given.successor)
    return lots, f"停用{lots[0].facts.name}"


def _rename(plan: GridPlan, layout: Layout, given: DrawingInput) -> Drawn:
    before = drawing.living(layout, given.key).facts.name
    lots = drawing.rename(layout, key=given.key, name=given.name)
    return lots, f"将{before}改名为{lots[0].facts.name}"


def _describe(plan: GridPlan, layout: Layout, given: DrawingInput) -> Drawn:
    lot = drawing.living(layout, given.key)
    facts = given.facts(lot.facts.village_id, known=lot.facts)
    lots = drawing.describe(
        layout,
        key=given.key,
        kind=facts.kind,
        premises=facts.premises,
        households=facts.households,
        population=facts.population,
        units=facts.units,
        department_id=_department(plan, given.department) or lot.department_id,
    )
    return lots, f"修改{lot.facts.name}的登记信息"


def _move(plan: GridPlan, layout: Layout, given: DrawingInput) -> Drawn:
    village = _village(plan, given.village)
    lots = drawing.move(layout, key=given.key, village_id=village.pk)
    return lots, f"将{lots[0].facts.name}移到{village.name}"


VERBS: dict[str, Callable[[GridPlan, Layout, DrawingInput], Drawn]] = {
    "create": _create,
    "redraw": _redraw,
    "split": _split,
    "merge": _merge,
    "retire": _retire,
    "rename": _rename,
    "describe": _describe,
    "move": _move,
}
