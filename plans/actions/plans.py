"""The plan's own verbs: draft, submit, consent, object, return, approve, publish, withdraw (Art. 7)."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.db import transaction

from accounts.models import User
from common.errors import IllegalMove, RuleViolation
from common.privacy.publishing import permitted_in, to_publish
from common.templatetags.when import day as in_words
from grids.actions.codes import Wish, allot_codes, rule_on
from grids.actions.register import Entry, draft_grids, reserve_codes, retire_grids
from grids.models import Division, Grid
from personnel.actions.succession import follow_grids
from personnel.life import write_step
from personnel.scopes import authority_of
from plans import notices, policies
from plans.actions.filing import owe_filing
from plans.examination import findings_of
from plans.history import LIFE, begin
from plans.layout import layout_of, lot_of
from plans.models import GridPlan, PlanConsent, PlannedGrid
from plans.norms import norm_of
from plans.states import PLAN_MOVES
from worktime.clocks import day_of

LATEST = timedelta(days=731)
TITLE_LIMIT, REASON_LIMIT, NOTE_LIMIT = 80, 2000, 500


@dataclass(frozen=True)
class PlanDraft:
    """The fields that a user fills in to draft a plan."""

    title: str
    reason: str
    effective_on: date
    kind: str = GridPlan.Kind.ADJUSTMENT


@transaction.atomic
def draft_plan(
    draft: PlanDraft, *, county: Division, by: User, at: datetime, reverses: GridPlan | None = None
) -> GridPlan:
    """Create a plan for a county; its number counts up per county and year."""
    county = Division.objects.select_for_update().get(pk=county.pk, level=Division.Level.COUNTY)
    title, reason = _content(draft, today=day_of(at))
    plan = GridPlan(
        county=county,
        kind=draft.kind,
        title=title,
        reason=reason,
        effective_on=draft.effective_on,
        drafted_by=by,
        drafted_at=at,
        reverses=reverses,
    )
    policies.WHO_MAY.require("draft", by, plan)
    plan.status = PLAN_MOVES.target_of("draft", status="")
    year = day_of(at).year
    plan.number = f"{county.code}-{year}-{_next_number(county, year):03d}"
    plan.version = 0
    record = {"title": title, **permitted_in(title=draft.title, reason=draft.reason)}
    write_step(plan, "draft", by=by, at=at, post=_post(plan, by), note=reason, record=record)
    return plan


def _next_number(county: Division, year: int) -> int:
    numbers = GridPlan.objects.filter(county=county, number__startswith=f"{county.code}-{year}-")
    return (
        max((int(number.rsplit("-", 1)[1]) for number in numbers.values_list("number", flat=True)), default=0)
        + 1
    )


@transaction.atomic
def revise_plan(plan: GridPlan, draft: PlanDraft, *, by: User, at: datetime) -> GridPlan:
    """Change title, reason, kind or day while the plan is being drafted."""
    plan = LIFE.lock(plan)
    policies.WHO_MAY.require("revise", by, plan)
    PLAN_MOVES.require("change", status=plan.status)
    plan.title, plan.reason = _content(draft, today=day_of(at))
    plan.kind, plan.effective_on = draft.kind, draft.effective_on
    record = {
        "title": plan.title,
        "on": plan.effective_on.isoformat(),
        **permitted_in(title=draft.title, reason=draft.reason),
    }
    return write_step(plan, "change", by=by, at=at, post=_post(plan, by), record=record)


def _content(draft: PlanDraft, *, today: date) -> tuple[str, str]:
    title = required_text(to_publish(draft.title), "请填写方案名称。", field="title", limit=TITLE_LIMIT)
    reason = required_text(
        to_publish(draft.reason), "请写明划分或调整的理由。", field="reason", limit=REASON_LIMIT
    )
    if draft.effective_on <= today:
        raise RuleViolation("生效日期须晚于今天。", field="effective_on")
    if draft.effective_on > today + LATEST:
        raise RuleViolation("生效日期在两年以后，请核对年份。", field="effective_on")
    return title, reason


def required_text(text: str, sentence: str, *, field: str, limit: int = NOTE_LIMIT) -> str:
    """Return the stripped text; raises :class:`RuleViolation` if it is empty (with ``sentence``) or too long."""
    plain = text.strip()
    if not plain:
        raise RuleViolation(sentence, field=field)
    if len(plain) > limit:
        raise RuleViolation(f"最多 {limit} 字，您写了 {len(plain)} 字。", field=field)
    return plain


@transaction.atomic
def submit_plan(plan: GridPlan, *, by: User, at: datetime) -> GridPlan:
    """Ask all townships the plan touches, and the departments of dedicated grids, for consent (Art. 7, 8).

    Raises :class:`RuleViolation` with the first blocking finding; the page lists them all.
    """
    plan = begin(plan, "submit", by=by)
    _require_passed(plan, at=at)
    plan.consents.all().delete()
    townships, departments = parties_of(plan)
    consents = [PlanConsent(plan=plan, township_id=pk) for pk in sorted(townships)]
    consents += [PlanConsent(plan=plan, department_id=pk) for pk in sorted(departments)]
    for consent in PlanConsent.objects.bulk_create(consents):
        notices.ask(consent, at=at)
    move(plan, "submit", by=by, at=at)
    return plan


def parties_of(plan: GridPlan) -> tuple[set[int], set[int]]:
    """Return the townships and departments whose grids the plan touches, before or after."""
    townships: set[int] = set()
    departments: set[int] = set()
    bases = {}
    for row in plan.grids.select_related("village", "base__village"):
        townships.add(row.village.parent_id or 0)
        if row.department_id:
            departments.add(row.department_id)
        if row.base is not None:
            townships.add(row.base.village.parent_id or 0)
            bases[row.base.grid_id] = row.base
    held = Grid.objects.filter(pk__in=bases, departments__ends_on__isnull=True).exclude(departments=None)
    departments |= set(held.values_list("departments__organization_id", flat=True))
    return townships, departments


@transaction.atomic
def consent_to_plan(plan: GridPlan, *, note: str = "", by: User, at: datetime) -> GridPlan:
    """Agree for the user's township or department; with the last consent the plan is agreed (会同, Art. 7)."""
    plan = begin(plan, "consent", by=by)
    consent = _answer(plan, PlanConsent.Answer.CONSENTED, note.strip()[:NOTE_LIMIT], by=by, at=at)
    waiting = plan.consents.filter(answer=PlanConsent.Answer.WAITING).exists()
    move(
        plan,
        "consent",
        by=by,
        at=at,
        to="consulting" if waiting else "agreed",
        post=_party(consent),
        note=note,
    )
    if not waiting:
        notices.tell_county(plan, "网格方案会签完成，请审批", topic="plan_agreed", at=at)
    return plan


@transaction.atomic
def object_to_plan(plan: GridPlan, *, note: str, by: User, at: datetime) -> GridPlan:
    """Refuse consent with a reason; the plan goes back to drafting."""
    plan = begin(plan, "object", by=by)
    reason = required_text(note, "请写明不同意的理由，起草人会看到。", field="note")
    consent = _answer(plan, PlanConsent.Answer.OBJECTED, reason, by=by, at=at)
    move(plan, "object", by=by, at=at, post=_party(consent), note=reason)
    notices.tell_county(
        plan, f"{_party(consent)}不同意网格方案（{reason[:60]}）", topic="plan_objected", at=at
    )
    return plan


def _answer(plan: GridPlan, answer: str, note: str, *, by: User, at: datetime) -> PlanConsent:
    """Answer the next open request for consent that ``by`` may answer, and return it."""
    authority = authority_of(by)
    waiting = plan.consents.filter(answer=PlanConsent.Answer.WAITING).select_related("township", "department")
    consent = next(each for each in waiting if policies.speaks_for(authority, each))
    consent.answer, consent.note, consent.by, consent.at = answer, note, by, at
    consent.save()
    return consent


def _party(consent: PlanConsent) -> str:
    return str(consent.township or consent.department)


@transaction.atomic
def return_to_draft(plan: GridPlan, *, note: str, by: User, at: datetime) -> GridPlan:
    """The county sends the plan back to drafting with a reason; consents given so far lapse."""
    plan = begin(plan, "return_to_draft", by=by)
    reason = required_text(note, "请写明退回的理由。", field="note")
    move(plan, "return_to_draft", by=by, at=at, note=reason)
    notices.tell_townships(plan, f"网格方案退回起草（{reason[:60]}）", topic="plan_returned", at=at)
    return plan


@transaction.atomic
def approve_plan(plan: GridPlan, *, note: str = "", by: User, at: datetime) -> GridPlan:
    """The county approves; codes are given now, so that the public sees them and people can be appointed."""
    plan = begin(plan, "approve", by=by)
    one_at_a_time(plan)
    _require_notice(plan, at=at)
    _require_passed(plan, at=at)
    _give_codes(plan, at=at)
    move(plan, "approve", by=by, at=at, note=note.strip()[:NOTE_LIMIT])
    return plan


def one_at_a_time(plan: GridPlan) -> None:
    """Lock the city, so that of two plans decided at the same time the second is checked against the first."""
    Division.objects.select_for_update(no_key=True).get(
        level=Division.Level.CITY, pk=plan.county.parent_id or 0
    )


def _give_codes(plan: GridPlan, *, at: datetime) -> None:
    """Give codes to new grids and to those that move to another village; new grids enter the register as drafts."""
    rule = rule_on(plan.effective_on)
    rows = list(plan.grids.select_related("village__parent__parent", "base").order_by("pk"))
    nameless = [
        row
        for row in rows
        if not row.is_retired and (row.base is None or row.base.village_id != row.village_id)
    ]
    # A grid that moves does not ask for its old village's code in the new village.
    asked = ["" if row.base and row.code == row.base.code else row.code for row in nameless]
    wishes = [Wish(row.village, row.kind, code) for row, code in zip(nameless, asked, strict=True)]
    codes = allot_codes(wishes, rule=rule)
    shown_only = demonstration_villages(rows)
    new = []
    for row, code in zip(nameless, codes, strict=True):
        row.code = code
        if row.is_new:
            grid = Grid(is_demonstration=row.village_id in shown_only)
            new.append(Entry(grid, lot_of(row).facts, code))
    draft_grids(new, rule=rule, on=plan.effective_on, at=at)
    for row, entry in zip((row for row in nameless if row.is_new), new, strict=True):
        row.grid = entry.grid
    plan.grids.bulk_update(nameless, ["code", "grid"], batch_size=500)
    # The new code of a grid that moves is reserved now, though it is first used on the day of effect.
    moved = {row.code: row.grid for row in nameless if row.base and row.grid}
    reserve_codes(moved, rule=rule, on=plan.effective_on, at=at)


def demonstration_villages(rows: Iterable[PlannedGrid]) -> set[int]:
    """Return the villages whose grids are demonstration data: grids cut from those are demonstration data too."""
    villages = {row.village_id for row in rows}
    grids = Grid.objects.filter(village__in=villages, is_demonstration=True)
    return set(grids.values_list("village_id", flat=True))


@transaction.atomic
def publish_plan(plan: GridPlan, *, by: User, at: datetime) -> GridPlan:
    """Publish the plan; its filing is now due, and it comes into force on its day by itself (Art. 7)."""
    plan = begin(plan, "publish", by=by)
    one_at_a_time(plan)
    _require_notice(plan, at=at)
    _require_passed(plan, at=at)
    plan.published_at = at
    owe_filing(plan, at=at)
    move(plan, "publish", by=by, at=at)
    notices.tell_townships(
        plan, f"网格方案已公布，{in_words(plan.effective_on)}生效", topic="plan_published", at=at
    )
    return plan


@transaction.atomic
def withdraw_plan(plan: GridPlan, *, note: str, by: User, at: datetime) -> GridPlan:
    """Stop a plan before its day. Its codes are not used again (Art. 7)."""
    plan = begin(plan, "withdraw", by=by)
    reason = required_text(note, "请写明撤回的理由。", field="note")
    if plan.status == "published" and plan.effective_on <= day_of(at):
        raise IllegalMove("生效日已到，不能再撤回；请等它生效，再起草恢复方案。")
    drafted = [row.grid for row in plan.grids.select_related("grid") if row.is_new and row.grid]
    retire_grids(dict.fromkeys(drafted), on=day_of(at), at=at)
    follow_grids(dict.fromkeys(drafted), on=day_of(at), at=at)
    was_public = plan.published_at is not None
    move(plan, "withdraw", by=by, at=at, note=reason)
    if was_public:
        notices.tell_townships(plan, f"已公布的网格方案撤回（{reason[:60]}）", topic="plan_withdrawn", at=at)
        notices.tell_city(plan, f"已公布的网格方案撤回（{reason[:60]}）", topic="plan_withdrawn", at=at)
    return plan


def move(
    plan: GridPlan,
    verb: str,
    *,
    by: User | None,
    at: datetime,
    to: str | None = None,
    post: str = "",
    note: str = "",
) -> None:
    """Move a locked plan along the state table and write the event."""
    LIFE.move(plan, verb, by=by, at=at, to=to, post=post or _post(plan, by), note=note)


def _require_notice(plan: GridPlan, *, at: datetime) -> None:
    """Require the norm's days of public notice before the day of effect."""
    days = norm_of(plan.county_id, day=day_of(at)).notice_days
    earliest = day_of(at) + timedelta(days=days)
    if plan.effective_on < earliest:
        raise RuleViolation(
            f"公布后至少 {days} 天才能生效，最早 {earliest:%Y-%m-%d}；生效日期须先改好，再重新会签。",
            field="effective_on",
        )


def _require_passed(plan: GridPlan, *, at: datetime) -> None:
    """Raise :class:`RuleViolation` if there are blocking findings; its sentence is the first of them."""
    blocking = [
        finding
        for finding in findings_of(plan, today=day_of(at), layout=layout_of(plan))
        if finding.severity == "blocking"
    ]
    if blocking:
        more = f"另有 {len(blocking) - 1} 处，" if len(blocking) > 1 else ""
        raise RuleViolation(
            f"检查未通过：{blocking[0].sentence}{more}请改好后再提交。",
            findings=[finding.sentence for finding in blocking],
        )


def _post(plan: GridPlan, by: User | None) -> str:
    if by is None:
        return "系统"
    authority = authority_of(by)
    if policies.of_county(authority, plan):
        return f"{plan.county.name}主管部门"
    held = policies.townships_of(authority, plan.county_id)
    names = Division.objects.filter(pk__in=held).values_list("name", flat=True)
    return "、".join(names)[:120]
