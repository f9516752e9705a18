"""Relations between records begin on a day and end on a day (Art. 9, 15)."""

from __future__ import annotations

from datetime import date, datetime

from django.db import transaction

from accounts.models import User
from common.errors import IllegalMove, RuleViolation
from personnel.life import write_step
from registry.actions.records import begin
from registry.cleaning import GROWN_UP, years_on
from registry.kinds import HEAD, KINDS, RELATIONS, ROLES
from registry.models import Record, Relation
from worktime.clocks import day_of

EARLIEST = date(1900, 1, 1)
MINOR_HEAD = (
    "户主应年满 18 周岁。{name}还没有满，请改选别的成年人为户主；全户都是未成年人的，请先报告网格长。"
)


@transaction.atomic
def relate(
    source: Record,
    target: Record,
    kind: str,
    *,
    role: str = "",
    since: date | None = None,
    by: User | None,
    at: datetime,
) -> Relation:
    """Begins a relation, by default today. A person may live in two households; a household lives at one address.

    Raises :class:`RuleViolation` for two records that cannot be so related, a day in the future, a minor as
    householder, and :class:`IllegalMove` where the relation stands already.
    """
    source = begin(source, "relate", by=by) if by else source
    declared, today = RELATIONS.get(kind), day_of(at)
    if declared is None or source.kind not in declared.sources or target.kind not in declared.targets:
        raise RuleViolation("这两条登记之间没有这种关系。", field="kind")
    since = since or today
    if not EARLIEST <= since <= today:
        raise RuleViolation("开始的日子不能在今天以后，也不早于 1900 年。", field="since")
    if declared.has_role and role not in ROLES:
        raise RuleViolation("请选择与户主的关系。", field="role")
    if target.status != "current":
        raise IllegalMove(f"{KINDS[target.kind]} {target.number} 已经不在册。")
    role = role if declared.has_role else ""
    present = Relation.objects.present()
    if present.filter(source=source, target=target, kind=kind).exists():
        raise IllegalMove("这个关系已经登记过了。")
    if declared.is_single and present.filter(source=source, kind=kind).exists():
        raise IllegalMove(f"已经登记了“{declared.word}”，搬了的请先结束原来的。")
    if role == HEAD:
        _require_grown_up(source, today=today)
        if present.filter(target=target, role=HEAD).exists():
            raise IllegalMove("这一户已经有户主。换户主请先改原户主的关系。")
    relation = Relation.objects.create(
        source=source, target=target, kind=kind, role=role, since=since, by=by, at=at
    )
    write_step(source, "relate", by=by, at=at, record={"kind": kind, "to": target.pk, "role": role})
    return relation


def _require_grown_up(person: Record, *, today: date) -> None:
    born = person.values.present().filter(field="born").first()
    if born is not None and years_on(today, born=date.fromisoformat(born.plain())) < GROWN_UP:
        raise RuleViolation(MINOR_HEAD.format(name="这个人"), field="role")


@transaction.atomic
def part(relation: Relation, *, until: date | None = None, by: User, at: datetime) -> Relation:
    """Ends a relation, by default today. Raises :class:`RuleViolation` for a day before it began or in the future."""
    source = begin(relation.source, "part", by=by)
    relation = Relation.objects.select_for_update().get(pk=relation.pk)
    if relation.until is not None:
        raise IllegalMove("这个关系已经结束了。")
    until = until or day_of(at)
    if not relation.since <= until <= day_of(at):
        raise RuleViolation("结束的日子应在开始以后、今天以前。", field="until")
    relation.until = until
    relation.save(update_fields=["until"])
    write_step(source, "part", by=by, at=at, record={"kind": relation.kind, "to": relation.target_id})
    return relation
