"""What a unit may ask about its time, and what was decided: the rules for extensions and shelving (Art. 17, 18).

An extension is asked for before the case is due. The first is decided where the case was assigned, the second by the
county; a third there is not. It is at most as long as the matter's own limit. A case is shelved with the county's
consent until a day of review, at most 90 days ahead, and then goes on with what it had left.
"""

from __future__ import annotations

from datetime import date, datetime, timedelta

from accounts.models import User
from common.errors import IllegalMove, RuleViolation
from workflow.deadlines import limit_of
from workflow.models import Case, TimeRequest
from workflow.rulebook import current_rulebook, finish_limit
from workflow.states import AT_WORK, REVIEWS
from worktime.clocks import Clock, Limit, day_of

MOST_EXTENSIONS = 2
LONGEST_SHELVING = 90  # days
RESUMING = ("resume", "resume_when_due")
DAYS = (Clock.WORKING_DAYS, Clock.NATURAL_DAYS)
MINUTES_OF_HOUR = 60
TOO_LATE = "这件事已经超期，不能再申请延期。请抓紧办理并反馈，超期原因可以写在“补充”里。"
TWICE = "这件事已经延期两次，不能再延。确因季节、经费或工程办不了的，可以申请挂账。"


def limit_of_matter(case: Case) -> Limit:
    """Returns the whole time that the case's matter has: an extension is at most as long."""
    limit = limit_of(
        "matter",
        urgent=case.is_urgent,
        matter_limit=finish_limit(case.matter),
        book=current_rulebook().book,
    )
    return Limit(limit.clock, max(limit.amount, 1))


def unit_word(limit: Limit) -> str:
    """Returns in what an extension of this limit is counted: 个工作日, 天, 工时 or 小时."""
    return {
        Clock.WORKING_DAYS: "个工作日",
        Clock.NATURAL_DAYS: "天",
        Clock.WORKING_HOURS: "工时",
        Clock.AROUND_THE_CLOCK: "小时",
    }[limit.clock]


def most_of(limit: Limit) -> int:
    """Returns the longest extension in days or whole hours, at least one."""
    return limit.amount if limit.clock in DAYS else max(1, limit.amount // MINUTES_OF_HOUR)


def extensions_of(case: Case) -> int:
    """Returns how many extensions the case has been granted."""
    granted = TimeRequest.Decision.GRANTED
    return case.time_requests.filter(kind=TimeRequest.Kind.EXTENSION, decision=granted).count()


def checked_extension(case: Case, amount: int | None, *, at: datetime) -> Limit:
    """Returns the extension of ``amount`` days or hours as a limit.

    Raises :class:`IllegalMove` after the case was due, :class:`RuleViolation` for the length.
    """
    if case.due_at is None or at > case.due_at:
        raise IllegalMove(TOO_LATE)
    limit = limit_of_matter(case)
    most, unit = most_of(limit), unit_word(limit)
    if amount is None or not 1 <= amount <= most:
        raise RuleViolation(
            f"请填写 1 至 {most} {unit}：延期不能比原时限 {limit.words()} 更长。", field="amount"
        )
    return counted(limit.clock, amount)


def counted(clock: Clock, amount: int) -> Limit:
    """Returns ``amount`` days or hours of a clock as a limit."""
    return Limit(clock, amount if clock in DAYS else amount * MINUTES_OF_HOUR)


def require_extension_left(case: Case) -> None:
    """Raises :class:`IllegalMove` if the case has been extended as often as it may be."""
    if extensions_of(case) >= MOST_EXTENSIONS:
        raise IllegalMove(TWICE)


def checked_review_day(review_on: date | None, *, at: datetime) -> date:
    """Returns the day of review. Raises :class:`RuleViolation` if it is not within the next 90 days."""
    today = day_of(at)
    latest = today + timedelta(days=LONGEST_SHELVING)
    if review_on is None or not today < review_on <= latest:
        raise RuleViolation(
            f"请选择复核日期：最早明天，最迟{latest.year}年{latest.month}月{latest.day}日"
            f"（挂账一次最多 {LONGEST_SHELVING} 天）。",
            field="review_on",
        )
    return review_on


def waiting_request(case: Case) -> TimeRequest | None:
    """Returns the request that nobody has decided yet."""
    return case.time_requests.filter(decision=TimeRequest.Decision.WAITING).first()


def decide(case: Case, decision: str, *, by: User | None, at: datetime) -> TimeRequest:
    """Records what became of the waiting request. Raises :class:`IllegalMove` if there is none."""
    request = waiting_request(case)
    if request is None:
        raise IllegalMove("没有等待审批的申请。请刷新页面。")
    request.decision, request.decided_by, request.decided_at = decision, by, at
    request.save(update_fields=["decision", "decided_by", "decided_at"])
    return request


def follow_move(case: Case, verb: str, *, came_from: str, at: datetime) -> None:
    """Records what a move means for the case's requests: when it is due now, when it came off the shelf.

    A request is dropped if the case has left its review without a decision.
    """
    if verb in RESUMING:
        last = case.time_requests.filter(kind=TimeRequest.Kind.SHELVING).latest("pk")
        last.resumed_at, last.due_after = at, case.due_at
        last.save(update_fields=["resumed_at", "due_after"])
    elif came_from in REVIEWS and case.status in AT_WORK:
        last = case.time_requests.latest("pk")
        last.due_after = case.due_at
        last.save(update_fields=["due_after"])
    elif came_from in REVIEWS and case.status not in REVIEWS:
        case.time_requests.filter(decision=TimeRequest.Decision.WAITING).update(
            decision=TimeRequest.Decision.DROPPED, decided_at=at
        )


def granted_extension(case: Case) -> Limit | None:
    """Returns the extension that was granted last."""
    last = case.time_requests.filter(kind=TimeRequest.Kind.EXTENSION).order_by("-pk").first()
    return last.limit if last is not None and last.decision == TimeRequest.Decision.GRANTED else None


def time_of_shelving(case: Case, *, at: datetime) -> Limit:
    """Returns how long the case is shelved: until the day of review that was granted last begins."""
    last = case.time_requests.filter(kind=TimeRequest.Kind.SHELVING).latest("pk")
    days = (last.review_on - day_of(at)).days if last.review_on else 1
    return Limit(Clock.NATURAL_DAYS, max(days - 1, 0))  # the days after today that end before it
