"""Filing with the city: send, receive with a number, return for completion; effect never depends on it (Art. 7)."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.db import transaction

from accounts.models import User
from common.errors import IllegalMove, RuleViolation
from common.privacy.publishing import permitted_in, to_publish
from common.shapes import Json
from filing import life as filings
from filing.life import REMARKS_LIMIT, sound_receipt, sound_remarks
from personnel.life import write_step
from plans import notices, policies
from plans.history import LIFE
from plans.models import GridFiling, GridPlan
from plans.norms import norm_of
from plans.states import STATUSES, filing_allows
from sweeps.reminders import remind_daily
from worktime.calendars import current_calendar
from worktime.clocks import Clock, Limit, day_of, due

WITHDRAWN = "方案在生效以前已撤回，没有改动可备案。"


def owe_filing(plan: GridPlan, *, at: datetime) -> GridFiling:
    """Open the filing of a plan just published; its deadline counts the county's working days."""
    norm = norm_of(plan.county_id, day=day_of(at))
    limit = Limit(Clock.WORKING_DAYS, norm.filing_working_days)
    deadline = due(at, limit, calendar=current_calendar(plan.county.code))
    return GridFiling.objects.create(plan=plan, due_at=deadline.due_at, explanation=deadline.explain())


@transaction.atomic
def send_filing(plan: GridPlan, *, note: str = "", by: User, at: datetime) -> GridFiling:
    """Send the package, also again after a return."""
    plan, filing = _begin(plan, "send_filing", by=by)
    words = to_publish(note).strip()[:REMARKS_LIMIT]
    filing.package, filing.sent_at, filing.note = package_of(plan), at, words
    _move(plan, filing, "send_filing", by=by, at=at, note=words, record=permitted_in(note=note))
    notices.tell_city(plan, f"{plan.county.name}报送网格备案", topic="filing_sent", at=at)
    return filing


@transaction.atomic
def receive_filing(plan: GridPlan, *, receipt: str, by: User, at: datetime) -> GridFiling:
    """The city receives the filing and gives it a number of its own."""
    plan, filing = _begin(plan, "receive_filing", by=by)
    number = sound_receipt(receipt)
    if GridFiling.objects.filter(receipt=number).exists():
        raise RuleViolation(f"备案号 {number} 已用于另一个方案。", field="receipt")
    filing.receipt, filing.answered_at, filing.remarks = number, at, ""
    _move(plan, filing, "receive_filing", by=by, at=at, note=number)
    notices.tell_county(plan, f"网格备案已收，备案号 {number}", topic="filing_received", at=at)
    return filing


@transaction.atomic
def return_filing(plan: GridPlan, *, remarks: str, by: User, at: datetime) -> GridFiling:
    """The city returns the filing for completion; the county's time to send it again starts now."""
    plan, filing = _begin(plan, "return_filing", by=by)
    words = sound_remarks(remarks)
    norm = norm_of(plan.county_id, day=day_of(at))
    deadline = due(
        at, Limit(Clock.WORKING_DAYS, norm.filing_working_days), calendar=current_calendar(plan.county.code)
    )
    filing.remarks, filing.answered_at = words, at
    filing.due_at, filing.explanation, filing.reminded_at = deadline.due_at, deadline.explain(), None
    _move(plan, filing, "return_filing", by=by, at=at, note=words)
    notices.tell_county(plan, f"网格备案退回补正（{words[:60]}）", topic="filing_returned", at=at)
    return filing


def _begin(plan: GridPlan, verb: str, *, by: User) -> tuple[GridPlan, GridFiling]:
    locked = LIFE.lock(plan)
    policies.WHO_MAY.require(verb, by, locked)
    filing = GridFiling.objects.select_for_update().filter(plan=locked).first()
    if filing is None:
        raise IllegalMove("方案公布以后才有备案。")
    filings.MOVES.require(verb, status=filing.status)
    if not filing_allows(verb, filing=filing.status, plan=locked.status):
        raise IllegalMove(WITHDRAWN)
    return locked, filing


def _move(
    plan: GridPlan,
    filing: GridFiling,
    verb: str,
    *,
    by: User,
    at: datetime,
    note: str,
    record: Mapping[str, Any] | None = None,
) -> None:
    filing.status = filings.MOVES.target_of(verb, status=filing.status)
    filing.save()
    post = "市主管部门" if verb in ("receive_filing", "return_filing") else f"{plan.county.name}主管部门"
    write_step(
        plan,
        verb,
        by=by,
        at=at,
        post=post,
        note=note.strip(),
        record={"filing": filing.status, **(record or {})},
    )


def package_of(plan: GridPlan) -> Json:
    """Return what is filed: the plan, what it does to each grid, who agreed and when it was published."""
    rows = plan.grids.select_related("village__parent", "base", "department").order_by("key")
    return {
        "number": plan.number,
        "title": plan.title,
        "kind": plan.get_kind_display(),
        "county": plan.county.name,
        "reason": plan.reason,
        "status": STATUSES[plan.status],
        "effective_on": plan.effective_on.isoformat(),
        "published_at": plan.published_at and plan.published_at.isoformat(),
        "consents": [
            {
                "party": str(each.township or each.department),
                "answer": each.answer,
                "at": each.at and each.at.isoformat(),
            }
            for each in plan.consents.select_related("township", "department")
        ],
        "grids": [
            {
                "code": row.code or (row.base.code if row.base else ""),
                "name": row.name,
                "village": row.village.name,
                "township": row.village.parent and row.village.parent.name,
                "what": "停用" if row.is_retired else "新设" if row.is_new else "调整",
                "name_before": row.base.name if row.base else "",
                "households": row.households,
                "department": row.department and row.department.name,
            }
            for row in rows
        ],
    }


def remind_overdue(*, at: datetime) -> int:
    """Remind counties of overdue filings once a day and show them to the city; return the number of reminders."""
    overdue = GridFiling.objects.overdue(at).select_related("plan__county")
    return remind_daily("plans.filings", overdue, notices.remind, at=at)
