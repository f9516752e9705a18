"""The actions on supervision orders: issue, receive, answer, accept, send back, lift; and what happens by itself.

An order of the red light is issued once for each time the clock lit it; an unanswered one climbs to the next level.
"""

from __future__ import annotations

from datetime import datetime

from django.db import transaction
from django.db.models import Max, QuerySet

from accounts.models import User
from audit.actions import hold
from common.errors import IllegalMove, RuleViolation
from common.privacy.redaction import redacted
from grids.models import Division
from personnel.life import Life, write_step
from personnel.scopes import authority_of
from supervision import notices, policies, states
from supervision.models import SupervisionOrder
from sweeps.actions import sweep_rows
from workflow.actions.grid import required_text
from workflow.actions.verification import ESCALATING_FAILURE
from workflow.addressees import Addressee, addressees_of, holder_of
from workflow.deadlines import SUPERVISE
from workflow.models import Case, StageEffect
from workflow.policies import level_over
from workflow.rulebook import current_rulebook
from workflow.states import level_above
from worktime.clocks import Deadline, day_of, due

LIFE = Life(SupervisionOrder.objects.to_change, policies.WHO_MAY, states.ORDER_MOVES)
begin, move = LIFE.begin, LIFE.move
QUESTIONS_OF_CLOCK = "请说明：一、为什么没有按时办结；二、现在办到哪一步；三、什么时候办结，由谁负责。"
NEW, CLIMBING, MOOT = "supervision.raise", "supervision.climb", "supervision.moot"


@transaction.atomic
def issue_order(case: Case, *, to: str, questions: str, by: User, at: datetime) -> SupervisionOrder:
    """Issues an order by hand about an open case to ``to``, a key of :func:`addressees_of`.

    Raises :class:`RuleViolation` without questions, for somebody who has no part in the case, and for an order to
    oneself or to one's own unit.
    """
    case = Case.objects.locked().get(pk=case.pk)
    policies.ISSUE.require("issue", by, case)
    if not case.is_open:
        raise IllegalMove("这件事已经结束，不用再督办。")
    text = _text(questions, "请写明要对方答复什么。", field="questions")
    addressee = next((one for one in addressees_of(case, day=day_of(at)) if one.key == to), None)
    if addressee is None:
        raise RuleViolation("请选择督办谁：只能督办与这件事有关的单位和人员。", field="to")
    _require_other(addressee, by)
    seat = _seat_of(case, by)
    return _issue(case, addressee, ground="by_hand", questions=text, seat=seat, by=by, at=at)


def _require_other(addressee: Addressee, by: User) -> None:
    own_unit = addressee.unit and authority_of(by).may("handle", "organization", addressee.unit.pk)
    if own_unit or (addressee.person and addressee.person.pk == by.pk):
        raise RuleViolation(policies.OWN, field="to")


def _seat_of(case: Case, by: User) -> Division:
    """The place of the issuer: the lowest at or above the case's level where the user dispatches or supervises."""
    seat: Division = getattr(case, level_over(authority_of(by), case) or case.level)
    return seat


def _issue(
    case: Case,
    addressee: Addressee,
    *,
    ground: str,
    questions: str,
    seat: Division,
    by: User | None,
    at: datetime,
    effect_of: StageEffect | None = None,
) -> SupervisionOrder:
    deadline, year = answer_deadline(case, at=at), day_of(at).year
    order = SupervisionOrder(
        case=case,
        ground=ground,
        effect_of=effect_of,
        seat=seat,
        year=year,
        serial=_next_serial(seat, year),
        level=seat.level,
        division=seat,
        unit=addressee.unit,
        person=addressee.person,
        post=addressee.post,
        questions=questions,
        issued_by=by,
        issued_at=at,
        answer_due_at=deadline.due_at,
        explanation=deadline.explain(),
        climb_at=deadline.due_at,
        version=0,
    )
    write_step(order, "issue", by=by, at=at, post=seat.name, note=questions)
    notices.tell_addressee(order, "收到督办单", at=at)
    return order


def _next_serial(seat: Division, year: int) -> int:
    """The next number of the year; numbers of a place are given one after the other."""
    hold(f"supervision orders {seat.pk} {year}")
    last = SupervisionOrder.objects.filter(seat=seat, year=year).aggregate(last=Max("serial"))["last"]
    return (last or 0) + 1


def answer_deadline(case: Case, *, at: datetime) -> Deadline:
    """Returns until when an order must be answered, by the limit in force."""
    rulebook = current_rulebook()
    limit = rulebook.book.find(states.ANSWER_STEP, "due", urgent=case.is_urgent)
    if limit is None:
        raise LookupError("no limit is set for the answer to a supervision order")
    return due(at, limit, calendar=rulebook.calendar)


@transaction.atomic
def receive_order(order: SupervisionOrder, *, by: User, at: datetime) -> SupervisionOrder:
    """Signs for an order."""
    order = begin(order, "receive", by=by)
    order.received_by, order.received_at = by, at
    return move(order, "receive", by=by, at=at, post=order.addressee)


@transaction.atomic
def answer_order(order: SupervisionOrder, *, answer: str, by: User, at: datetime) -> SupervisionOrder:
    """Answers the questions of an order; who answers has signed for it as well."""
    order = begin(order, "answer", by=by)
    order.answer = _text(answer, "请逐条答复督办单上的问题。", field="answer")
    order.answered_by, order.answered_at, order.climb_at = by, at, None
    if order.received_at is None:
        order.received_by, order.received_at = by, at
    move(order, "answer", by=by, at=at, post=order.addressee, note=order.answer)
    notices.tell_deciders(order, "督办单已答复，请审核", at=at)
    return order


@transaction.atomic
def accept_answer(
    order: SupervisionOrder, *, effect: str, note: str = "", by: User, at: datetime
) -> SupervisionOrder:
    """Accepts the answer and says what follows from it."""
    order = begin(order, "accept", by=by)
    if effect not in states.EFFECTS:
        raise RuleViolation("请选择怎么处理。", field="effect")
    order.effect, order.decided_by, order.ended_at = effect, by, at
    words = "：".join(filter(None, (states.EFFECTS[effect], redacted(note.strip()))))
    move(order, "accept", by=by, at=at, post=order.division.name, note=words)
    notices.tell_addressee(order, f"督办答复已通过（{states.EFFECTS[effect]}）", at=at)
    return order


@transaction.atomic
def send_back_answer(order: SupervisionOrder, *, note: str, by: User, at: datetime) -> SupervisionOrder:
    """Sends an answer back; the time for the next answer begins now."""
    order = begin(order, "send_back", by=by)
    reason = _text(note, "请写明哪里没有答清楚。", field="note")
    _give_time(order, at=at)
    move(order, "send_back", by=by, at=at, post=order.division.name, note=reason)
    notices.tell_addressee(order, "督办答复被退回，请重答", at=at)
    return order


@transaction.atomic
def lift_order(order: SupervisionOrder, *, note: str, by: User, at: datetime) -> SupervisionOrder:
    """Lifts an order and says why."""
    order = begin(order, "lift", by=by)
    reason = _text(note, "请写明为什么撤销督办。", field="note")
    order.decided_by, order.ended_at, order.climb_at = by, at, None
    move(order, "lift", by=by, at=at, post=order.division.name, note=reason)
    notices.tell_addressee(order, "督办已撤销", at=at)
    return order


def _give_time(order: SupervisionOrder, *, at: datetime) -> None:
    deadline = answer_deadline(order.case, at=at)
    order.answer_due_at, order.explanation, order.climb_at = (
        deadline.due_at,
        deadline.explain(),
        deadline.due_at,
    )


def _text(text: str, missing: str, *, field: str) -> str:
    """The text that was demanded, without the numbers of persons."""
    return redacted(required_text(text, missing, field=field))


# --- What happens by itself ----------------------------------------------------------------------------------------


def follow_cases(*, at: datetime) -> int:
    """Issues orders that are due, lets unanswered ones climb, lifts those whose case has ended. Returns how many."""
    done = sweep_rows(NEW, _lit_without_order(), lambda pk: _order_red_light(pk, at=at), at=at).done
    done += sweep_rows(
        f"{NEW}.checks", _failed_without_order(), lambda pk: _order_failed_checks(pk, at=at), at=at
    ).done
    moot = SupervisionOrder.objects.open().filter(case__ended_at__isnull=False).order_by("pk")
    done += sweep_rows(MOOT, moot, lambda pk: _lift_moot(pk, at=at), at=at).done
    late = SupervisionOrder.objects.unanswered(at)
    return done + sweep_rows(CLIMBING, late, lambda pk: _climb(pk, at=at), at=at).done


def _lit_without_order() -> QuerySet[StageEffect]:
    """The red lights of running stays that have no order yet."""
    lit = StageEffect.objects.filter(
        rule=SUPERVISE, stage__ended_at__isnull=True, stage__share__isnull=True, supervision_order=None
    )
    return lit.order_by("pk")


def _failed_without_order() -> QuerySet[Case]:
    return (
        Case.objects.open()
        .filter(failed_checks__gte=ESCALATING_FAILURE)
        .exclude(supervision_orders__ground="failed_checks")
        .order_by("pk")
    )


def _order_red_light(pk: int, *, at: datetime) -> bool:
    effect = StageEffect.objects.select_related("stage").get(pk=pk)
    case = _locked_case(effect.stage.case_id)
    if case is None or SupervisionOrder.objects.filter(effect_of=effect).exists():
        return False
    return _order_by_itself(case, ground="red_light", effect_of=effect, at=at)


def _order_failed_checks(pk: int, *, at: datetime) -> bool:
    case = _locked_case(pk)
    return case is not None and _order_by_itself(case, ground="failed_checks", effect_of=None, at=at)


def _locked_case(pk: int) -> Case | None:
    return Case.objects.to_change().select_for_update(of=("self",), skip_locked=True).filter(pk=pk).first()


def _order_by_itself(case: Case, *, ground: str, effect_of: StageEffect | None, at: datetime) -> bool:
    """Issues an order of the level above the case to whose turn it is; a vacant post is answered for by its desk."""
    seat = getattr(case, level_above(case.level) or case.level)
    day = day_of(at)
    addressee = holder_of(case, day=day) or next(iter(addressees_of(case, day=day)))
    _issue(
        case,
        addressee,
        ground=ground,
        questions=QUESTIONS_OF_CLOCK,
        seat=seat,
        by=None,
        at=at,
        effect_of=effect_of,
    )
    return True


def _lift_moot(pk: int, *, at: datetime) -> bool:
    order = _locked_order(pk)
    if order is None or not order.is_open or order.case.is_open:
        return False
    order.ended_at, order.climb_at = at, None
    move(order, "lift_with_case", by=None, at=at, note="督办的事项已经结束")
    notices.tell_addressee(order, "事项已结束，督办自动撤销", at=at)
    return True


def _climb(pk: int, *, at: datetime) -> bool:
    """Passes an unanswered order to the level above, with new time; at the city it stays and climbs no more."""
    order = _locked_order(pk)
    if order is None or order.status not in states.WAITING or order.climb_at is None or order.climb_at > at:
        return False
    above = level_above(order.level)
    order.climbs += 1
    if above is None:
        order.climb_at = None
    else:
        order.level, order.division = above, getattr(order.case, above)
        _give_time(order, at=at)
    move(order, "climb", by=None, at=at, to=order.status, note="到期没有答复")
    notices.tell_deciders(order, "督办单逾期没有答复", at=at)
    notices.tell_addressee(order, "督办单逾期没有答复，已报上一级", at=at)
    return True


def _locked_order(pk: int) -> SupervisionOrder | None:
    rows = SupervisionOrder.objects.to_change().select_for_update(of=("self",), skip_locked=True)
    return rows.filter(pk=pk).first()
