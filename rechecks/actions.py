"""The actions on re-checks: draw by lot, record what was found (Art. 12, 23)."""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from uuid import UUID, uuid5

from django.db import transaction

from accounts.models import User
from audit.actions import append_entry, hold
from audit.versions import append_link
from common.errors import IllegalMove, RuleViolation
from common.privacy.redaction import redacted
from conduct.actions import ComplaintDraft, complain, people_of
from conduct.models import Complaint
from grids.models import Division
from personnel.life import Life
from rechecks import policies, states
from rechecks.models import Draw, Recheck, drawn_from
from workflow.actions.grid import required_text
from workflow.models import Case, CaseEvent
from workflow.querysets import CaseQuerySet
from worktime.clocks import SHANGHAI, day_of

MOST, LONGEST_SPAN = 50, 366  # cases in a draw; days
FORMS = UUID("0f0f5f5e-9f1c-4f0e-8f6c-2b1d6f6f7a10")
LIFE = Life(Recheck.objects.to_change, policies.WHO_MAY, states.RECHECK_MOVES)
begin, move = LIFE.begin, LIFE.move


@dataclass(frozen=True)
class DrawPlan:
    """From which closed cases to draw, by the days on which they were closed, and how many."""

    division: Division
    kind: str
    since: date
    until: date
    size: int


def closed_cases(plan: DrawPlan) -> CaseQuerySet:
    """Return the closed cases from which a draw takes; without clues, and without those drawn before."""
    first = datetime.combine(plan.since, datetime.min.time(), SHANGHAI)
    end = datetime.combine(plan.until + timedelta(days=1), datetime.min.time(), SHANGHAI)
    by_unit = Case.HandledBy.UNIT
    found = Case.objects.filter(status="closed", confidential=False, ended_at__gte=first, ended_at__lt=end)
    found = found.filter(**{plan.division.level: plan.division}, recheck=None)
    return found.filter(handled_by=by_unit) if plan.kind == "verified" else found.exclude(handled_by=by_unit)


@transaction.atomic
def draw_cases(plan: DrawPlan, *, by: User, at: datetime) -> Draw:
    """Draw by lot. The seed is made here and kept, so that nobody can choose it and everybody can draw again.

    Raises :class:`IllegalMove` while an earlier draw of the place and kind is not finished, so that nobody draws until
    the lot pleases, and :class:`RuleViolation` for a wrong period or where there is nothing to draw.
    """
    policies.DRAW.require("draw", by, plan.division)
    _require_sense(plan, today=day_of(at))
    hold(f"draws {plan.division.pk} {plan.kind}")
    waiting = Recheck.objects.open().filter(draw__division=plan.division, draw__kind=plan.kind).count()
    if waiting:
        raise IllegalMove(f"上一批还有 {waiting} 件没有查完，查完再抽。")
    population = sorted(closed_cases(plan).values_list("pk", flat=True))
    if not population:
        raise RuleViolation("这段时间没有可以抽的事项：没有结案的，或者都抽过了。", field="since")
    seed = secrets.token_hex(8)
    draw = Draw.objects.create(
        division=plan.division,
        kind=plan.kind,
        since=plan.since,
        until=plan.until,
        size=min(plan.size, len(population)),
        seed=seed,
        population=population,
        drawn_by=by,
        drawn_at=at,
    )
    record = {"seed": seed, "size": draw.size, "of": len(population), "kind": draw.kind}
    append_entry(f"recheck_draw:{draw.pk}", verb="draw", at=at, actor_id=by.pk, record=record, first=True)
    _begin_rechecks(draw, by=by, at=at)
    return draw


def _require_sense(plan: DrawPlan, *, today: date) -> None:
    if plan.division.level not in ("township", "county"):
        raise RuleViolation("按乡镇街道或者县区抽查。", field="division")
    if plan.kind not in states.KINDS:
        raise RuleViolation("请选择抽哪些事项。", field="kind")
    if not plan.since <= plan.until <= today:
        raise RuleViolation("开始日期不晚于结束日期，结束日期不晚于今天。", field="until")
    if (plan.until - plan.since).days > LONGEST_SPAN:
        raise RuleViolation("一次最多抽一年以内的。", field="since")
    if not 1 <= plan.size <= MOST:
        raise RuleViolation(f"一次抽 1–{MOST} 件。", field="size")


def _begin_rechecks(draw: Draw, *, by: User, at: datetime) -> None:
    chosen = drawn_from(draw.population, seed=draw.seed, size=draw.size)
    checks = CaseEvent.objects.filter(case__in=chosen, verb="pass_check").order_by("case_id", "seq")
    verifiers = dict(checks.values_list("case_id", "actor"))  # the last check wins
    for pk in chosen:
        recheck = Recheck(draw=draw, case_id=pk, verifier_id=verifiers.get(pk))
        recheck.save()
        append_link(recheck, "draw", by=by, at=at, record={"draw": draw.pk, "case": pk}, first=True)


@transaction.atomic
def find(recheck: Recheck, *, finding: str, note: str = "", by: User, at: datetime) -> Recheck:
    """Record what was found on the spot. Work that was faked is handed to the examination of conduct (Art. 12).

    Raises :class:`RuleViolation` without a finding, or without words for one that is not ``genuine``.
    """
    recheck = begin(recheck, "find", by=by)
    if finding not in states.FINDINGS:
        raise RuleViolation("请选择抽查结果。", field="finding")
    words = redacted(note.strip())
    if finding != "genuine":
        words = redacted(required_text(note, "请写明现场看到的情况。", field="note"))
    recheck.note, recheck.checked_by, recheck.checked_at = words, by, at
    if finding == "sham":
        recheck.complaint = _hand_over(recheck, by=by, at=at)
    return move(recheck, "find", by=by, at=at, to=finding, note=words)


def _hand_over(recheck: Recheck, *, by: User, at: datetime) -> Complaint:
    """Return the examination of conduct that the finding begins, once: about whoever said that the work was done."""
    case = recheck.case
    author = recheck.verifier if recheck.draw.kind == "verified" else case.handler
    is_posted = author is not None and people_of(case.grid, day=day_of(at)).filter(user=author).exists()
    name = f"（{author.name}）" if author is not None and not is_posted else ""
    draft = ComplaintDraft(
        grid=case.grid,
        kind="sham",
        text=f"抽查事项 {case.number}“{case.title}”，结案情况与现场不符{name}：{recheck.note}",
        person=author if is_posted else None,
        key=uuid5(FORMS, f"recheck:{recheck.pk}"),
    )
    complaint, _ = complain(draft, source=Complaint.Source.RECHECK, at=at, by=by)
    return complaint
