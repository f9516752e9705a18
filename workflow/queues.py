"""The named lists of cases. A queue is a condition on what a user may see, with a name and an order."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from functools import lru_cache

from django.db.models import Count, F, Q, Value

from accounts.models import User
from common.records.statements import Statement, compiled, rows_of
from common.web.listing import Empty
from grids.levels import level_of
from personnel.scopes import Authority, authority_of
from workflow import states
from workflow.models import Case
from workflow.querysets import CaseQuerySet, IsAnyOf, assisted_by, in_divisions, led_by
from workflow.share_states import OF_UNIT as OF_UNIT_SHARE

Condition = Callable[[Authority], Q]
BY_DUE = ("due_at", "pk")
URGENT_FIRST = ("-is_pinned", *BY_DUE)
BY_RECENCY = ("-reported_at", "-pk")
WITH_UNIT = tuple(status for status, holder in states.HOLDERS.items() if holder == "unit")


@dataclass(frozen=True)
class Queue:
    """A named list. ``holds`` are the grants: a user needs one of them to be offered the list.

    ``counted`` queues hold open cases only, so that their number is worth asking for every few seconds. ``waits`` says
    that the number stands in the heading of its page, ``go`` is the letter that opens the queue after g, ``light`` is
    the colour of a number that is not 0, ``many`` are the verbs that can be run on many of its cases at once.
    ``has_former`` lists also hold what has moved on to other institutions and is only read.
    """

    key: str
    label: str
    holds: tuple[str, ...]
    condition: Condition
    empty: Empty
    order: tuple[str, ...] = URGENT_FIRST
    counted: bool = True
    waits: bool = False
    go: str = ""
    light: str = ""
    many: tuple[str, ...] = ()
    has_former: bool = False


def _at_my_desk(*statuses: str) -> Condition:
    def condition(authority: Authority) -> Q:
        """Returns what the user's institution must move: its own level only, by equality for the usual single desk."""
        held = Q(pk__in=[])
        for division_id in sorted(authority.places("division", "dispatch")):
            held |= Q(level=level_of(division_id)) & in_divisions(frozenset({division_id}))
        return held & _status_in(statuses)

    return condition


def _status_in(statuses: tuple[str, ...]) -> Q:
    return Q(status=statuses[0]) if len(statuses) == 1 else Q(status__in=statuses)


def of_my_units(authority: Authority) -> Q:
    """Returns the condition for cases for which one of the user's units is responsible."""
    return led_by(authority.places("organization", "handle", "oversee"))


def _in_my_unit(*statuses: str) -> Condition:
    return lambda authority: of_my_units(authority) & _status_in(statuses)


def _waits_for_my_share(authority: Authority) -> Q:
    """Returns where one of the user's units must sign for a share, report its result, or take part in a conference."""
    units = authority.places("organization", "handle", "oversee")
    return Q(IsAnyOf(F("pk"), assisted_by(units, (*OF_UNIT_SHARE, "invited")))) if units else Q(pk__in=[])


def _late_in_my_unit(authority: Authority) -> Q:
    return of_my_units(authority) & Q(status__in=WITH_UNIT) & _late(authority)


def _in_my_village(*statuses: str) -> Condition:
    return lambda authority: Q(
        village_id__in=sorted(authority.places("division", "coordinate")),
        status__in=statuses,
        confidential=False,
    )


def _to_verify(authority: Authority) -> Q:
    """Returns what the user may verify: cases of their grid handled by others, and as instructor of their village."""
    grids, villages = authority.places("grid", "report"), authority.places("division", "guide")
    mine = Q(grid_id__in=sorted(grids), confidential=False) & ~Q(handled_by=Case.HandledBy.WORKER)
    guided = Q(village_id__in=sorted(villages), confidential=False)
    secret = Q(caretaker_id=authority.user_id, confidential=True)
    mine_to_judge = ~Q(handler_id=authority.user_id)
    return (mine | guided | secret) & Q(status="awaiting_verification") & mine_to_judge


def _reported_by_me(authority: Authority) -> Q:
    return Q(caretaker_id=authority.user_id)


def _mine_to_move(*statuses: str) -> Condition:
    return lambda authority: Q(caretaker_id=authority.user_id, status__in=statuses)


def _supervised(authority: Authority) -> Q:
    return Q(status__in=states.OPEN, light=Case.Light.SUPERVISED)


def _shelved(authority: Authority) -> Q:
    return Q(status="shelved")


def _near(authority: Authority) -> Q:
    return Q(status__in=states.OPEN, light=Case.Light.NEAR)


def _late(authority: Authority) -> Q:
    return Q(status__in=states.OPEN, light__in=[Case.Light.LATE, Case.Light.SUPERVISED])


def _everything(authority: Authority) -> Q:
    return Q()


WITHOUT_PLACE = (
    _near,
    _late,
    _supervised,
    _shelved,
)  # what has moved on to others is left out of these by asking again
ANYBODY = ("dispatch", "supervise", "coordinate", "guide", "handle")
AT_DESK = Empty("这个队列是空的", "新到的事项会显示在这里，数字每 15 秒更新。")
IN_FIELD = Empty("没有事项", "轮到您办的事项会自动出现在这里，也会发消息提醒。")
OF_UNIT = ("handle", "oversee")
WATCHED = ("dispatch", "supervise")
# The tabs of the dispatch desk, of a department's tray and of the page of the field, each in its order.
DESK_QUEUES = (
    Queue(
        "acceptance",
        "待受理",
        ("dispatch",),
        _at_my_desk("awaiting_acceptance"),
        AT_DESK,
        go="a",
        many=("accept", "assign", "escalate"),
    ),
    Queue(
        "assignment",
        "待交办",
        ("dispatch",),
        _at_my_desk("awaiting_assignment"),
        AT_DESK,
        go="d",
        many=("assign", "escalate"),
    ),
    Queue("returns", "退单审核", ("dispatch",), _at_my_desk("return_review", "conference"), AT_DESK, go="r"),
    Queue("time", "延期挂账", ("dispatch",), _at_my_desk(*states.REVIEWS), AT_DESK, go="t"),
    Queue(
        "signature",
        "待签收",
        ("dispatch",),
        _at_my_desk("awaiting_signature"),
        AT_DESK,
        go="s",
        many=("press",),
    ),
    Queue(
        "working",
        "办理中",
        ("dispatch",),
        _at_my_desk(*states.AT_WORK),
        AT_DESK,
        go="w",
        many=("press",),
    ),
    Queue("shelved", "挂账", WATCHED, _shelved, AT_DESK, go="h"),
    Queue("verification", "待核查", ("dispatch",), _at_my_desk("awaiting_verification"), AT_DESK, go="v"),
    Queue("near", "临期", WATCHED, _near, AT_DESK, go="n", light="near"),
    Queue("late", "超期", (*WATCHED, *OF_UNIT), _late, AT_DESK, go="o", light="late"),
    Queue("supervised", "督办", WATCHED, _supervised, AT_DESK, go="u", light="supervised"),
    Queue(
        "mine",
        "我上报的",
        ("report", "dispatch"),
        _reported_by_me,
        AT_DESK,
        BY_RECENCY,
        counted=False,
        go="m",
    ),
    Queue(
        "all",
        "全部",
        ANYBODY,
        _everything,
        AT_DESK,
        BY_RECENCY,
        counted=False,
        go="l",
        has_former=True,
    ),
)
TRAY_QUEUES = (
    Queue(
        "to_sign",
        "待签收",
        OF_UNIT,
        _in_my_unit("awaiting_signature"),
        Empty("没有待签收的事项", "交办给本单位的事项会显示在这里。"),
        waits=True,
        many=("sign",),
        go="s",
    ),
    Queue(
        "in_hand",
        "办理中",
        OF_UNIT,
        _in_my_unit(*states.AT_WORK, *states.REVIEWS),
        Empty("没有在办的事项", "签收后的事项会显示在这里，直到反馈办理结果。"),
        waits=True,
        go="w",
    ),
    Queue(
        "assisting",
        "协办",
        OF_UNIT,
        _waits_for_my_share,
        Empty("没有要协办的事项", "请本单位协办或参加会商的事项会显示在这里，直到反馈协办结果。"),
        waits=True,
        go="x",
    ),
    Queue(
        "unit_shelved",
        "挂账",
        OF_UNIT,
        _in_my_unit("shelved"),
        Empty("没有挂账的事项", "县区同意挂账的事项会显示在这里，到复核日期自动恢复办理。"),
        go="h",
    ),
    Queue(
        "fed_back",
        "待核查",
        OF_UNIT,
        _in_my_unit("awaiting_verification"),
        Empty("没有待核查的事项", "反馈结果后由网格员到现场核查，核查通过才结案。"),
        go="v",
    ),
    Queue(
        "unit_late",
        "超期",
        OF_UNIT,
        _late_in_my_unit,
        Empty("没有超期的事项", "超过本环节时限的事项会显示在这里。"),
        light="late",
        go="o",
    ),
    Queue(
        "done",
        "已办结",
        OF_UNIT,
        _in_my_unit("closed"),
        Empty("没有已办结的事项", "核查通过、结了案的事项会显示在这里。"),
        ("-ended_at", "-pk"),
        counted=False,
        go="l",
    ),
)
FIELD_QUEUES = (
    Queue("to_take_up", "待接办", ("coordinate",), _in_my_village("awaiting_leader"), IN_FIELD),
    Queue("coordinating", "协调中", ("coordinate",), _in_my_village("coordinating"), IN_FIELD),
    Queue("to_verify", "待我核查", ("report", "guide"), _to_verify, IN_FIELD),
    Queue(
        "to_correct",
        "待补正",
        ("report", "coordinate", "guide"),
        _mine_to_move("returned_for_correction"),
        IN_FIELD,
    ),
    Queue("self_handling", "我在自办", ("report",), _mine_to_move("self_handling"), IN_FIELD),
)
QUEUES = {queue.key: queue for queue in (*DESK_QUEUES, *TRAY_QUEUES, *FIELD_QUEUES)}


def cases_in(queue: Queue, user: User) -> CaseQuerySet:
    """Returns the cases of a queue that ``user`` may see."""
    seen = Case.objects.visible_to(user) if queue.has_former else Case.objects.where_now(user)
    return seen.filter(queue.condition(authority_of(user))).pinned()


def queues_of(user: User, among: Iterable[Queue] = tuple(QUEUES.values())) -> list[Queue]:
    """The queues that ``user``'s grants give a reason to look at."""
    authority = authority_of(user)
    return [queue for queue in among if authority.sees_all or authority.holds(*queue.holds)]


def counts_of(user: User, queues: Iterable[Queue], more: Mapping[str, Q] | None = None) -> dict[str, int]:
    """Returns how many cases each counted queue holds, in one statement over the open cases of the user's posts.

    ``more`` are other conditions to count open cases by, such as those of saved views.
    """
    counted, authority = tuple(queue for queue in queues if queue.counted), authority_of(user)
    if not more:
        rows = rows_of(_counts(user, authority, counted)) if counted else []
        numbers = rows[0] if rows else [0] * len(counted)  # no row: the user sees no case at all
        return {queue.key: number for queue, number in zip(counted, numbers, strict=True)}
    wanted = {queue.key: queue.condition(authority) for queue in counted} | dict(more)
    counts = {key: Count("pk", filter=condition) for key, condition in wanted.items()}
    return Case.objects.where_now(user).open().aggregate(**counts)


@lru_cache(maxsize=1024)
def _counts(user: User, authority: Authority, queues: tuple[Queue, ...]) -> Statement:
    """Returns the statement that counts the queues, compiled once while the user's authority is the same."""
    assert authority_of(user) == authority
    counts = {queue.key: Count("pk", filter=queue.condition(authority)) for queue in queues}
    whole = Case.objects.where_now(user).open().order_by().values(whole=Value(1)).annotate(**counts)
    return compiled(whole.values_list(*counts))
