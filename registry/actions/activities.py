"""A matter of kind 任务 or 采集 is begun, carried out and finished in a grid (Art. 14, 15)."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from django.db import transaction

from accounts.models import User
from audit.versions import append_link
from common.errors import IllegalMove, RuleViolation
from common.privacy.redaction import redacted
from grids.models import Grid
from matters.models import Matter
from personnel.life import Life, write_step
from registry import policies, states
from registry.actions.records import LIFE as RECORD_LIFE
from registry.actions.values import Given, link_of, put_values
from registry.fields import fields_for
from registry.models import Activity, Record

LIFE = Life(Activity.objects.with_names, policies.ACTIVITY_MAY, states.ACTIVITY_MOVES)
begin, move = LIFE.begin, LIFE.move
NOT_ASKED = "这件事项的清单里没有“{label}”，不能采集（条例第十四条）。"
MOST_REACHED = 10_000


@transaction.atomic
def begin_activity(
    matter: Matter, grid: Grid, *, record: Record | None = None, by: User, at: datetime
) -> Activity:
    """Begins a matter in a grid, for one record where it collects. An open one of the same record is gone on with.

    Raises :class:`NotPermitted` where the matter asks for sensitive data and the user is not named for them, and
    :class:`IllegalMove` for a matter that is a case: it is reported instead.
    """
    task = policies.Task(matter, grid)
    for verb in ("begin", "begin_named"):
        policies.CARRY_OUT.require(verb, by, task)
    if matter.kind not in policies.COLLECTED_KINDS:
        raise IllegalMove("这件事项是要上报办理的，请用“上报”。")
    if matter.kind == "collection" and record is None:
        raise RuleViolation("请选择在哪一户、哪个单位或者哪个场所采集。", field="record")
    if record is not None:
        going_on = Activity.objects.open().filter(record=record, matter=matter, by=by).first()
        if going_on is not None:
            return going_on
        if Activity.objects.open().filter(record=record, matter=matter).exists():
            raise IllegalMove("同事正在这里采集同一件事项，等完成以后再来，免得重复问。")
    township = grid.village.parent
    assert township is not None  # a village lies in a township
    activity = Activity.objects.create(
        matter=matter, grid=grid, township=township, record=record, by=by, begun_at=at
    )
    link = {"matter": matter.pk, "grid": grid.pk, "record": record.pk if record else None}
    append_link(activity, "begin", by=by, at=at, record=link, first=True)
    return activity


@transaction.atomic
def collect(
    activity: Activity,
    record: Record,
    *,
    values: Mapping[str, str],
    confirmed: tuple[str, ...] = (),
    source: str = "asked",
    by: User,
    at: datetime,
) -> dict[str, str]:
    """Writes what a matter collects of a record; ``confirmed`` are fields whose held value is still true.

    Returns what became of each field. Raises :class:`RuleViolation` for a field that the matter's edition does not
    collect (Art. 14), and where a value cannot be read; then nothing of it is saved.
    """
    activity = begin(activity, "collect", by=by)
    policies.CARRY_OUT.require("begin_named", by, policies.Task(activity.matter, activity.grid))
    record = RECORD_LIFE.begin(record, "collect", by=by)
    allowed = {each.key: each for each in fields_for(activity.matter.collects, record.kind)}
    typed = {key: text for key, text in values.items() if text.strip()}
    for key in (*typed, *confirmed):
        if key not in allowed:
            raise RuleViolation(NOT_ASKED.format(label=key), field=key)
    held = {value.field: value for value in record.values.present().filter(field__in=confirmed)}
    still = {key: held[key].plain() for key in confirmed if key in held and key not in typed}
    given = Given(source=source, matter=activity.matter, activity=activity)
    outcome = put_values(record, {**still, **typed}, given, by=by, at=at)
    write_step(
        record,
        "collect",
        by=by,
        at=at,
        record={"activity": activity.pk, "values": link_of({**still, **typed}, outcome)},
    )
    return outcome


@transaction.atomic
def finish_activity(
    activity: Activity, *, reached: int | None = None, note: str = "", by: User, at: datetime
) -> Activity:
    """Finishes an activity. ``reached`` counts the households of a task; a collection reaches one.

    Raises :class:`RuleViolation` for a collection in which nothing was collected or confirmed.
    """
    activity = begin(activity, "finish", by=by)
    if activity.record_id is not None:
        activity.reached = 1
    elif reached is None or not 1 <= reached <= MOST_REACHED:
        raise RuleViolation(f"请填写涉及多少户，1 到 {MOST_REACHED}。", field="reached")
    else:
        activity.reached = reached
    activity.note, activity.ended_at = redacted(note.strip()), at
    return move(activity, "finish", by=by, at=at, note=activity.note)


@transaction.atomic
def give_up_activity(activity: Activity, *, note: str, by: User, at: datetime) -> Activity:
    """Ends an activity that could not be done, with the reason; what was collected stays."""
    activity = begin(activity, "give_up", by=by)
    if not note.strip():
        raise RuleViolation("请写明没有办成的原因，如：没有人在家。", field="note")
    activity.note, activity.ended_at = redacted(note.strip()), at
    return move(activity, "give_up", by=by, at=at, note=activity.note)
