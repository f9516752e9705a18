"""Who may use which verb (Art. 5, 11, 18). The same rule refuses the action and shows the button."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta

from accounts.models import User
from common.errors import NotPermitted
from grids.models import Grid
from personnel.models import Organization
from personnel.posting_history import worked_in_grid
from personnel.rules import Entrance, Rule, Rules, holding
from personnel.scopes import Authority, authority_of
from workflow import states
from workflow.merged_cases import goes_on_in
from workflow.models import Case
from workflow.writing import CLOCKS_DIFFER, KEPT_FOR, moment_of_writing
from worktime.clocks import day_of


def is_reporter(authority: Authority, case: Case) -> bool:
    """Whether the account takes care of the report (reported it or took it over) and holds any post."""
    return case.caretaker_id == authority.user_id and bool(authority.grants)


def who_handled(case: Case) -> tuple[int | None]:
    """Returns the handler, who may neither verify nor rate the case."""
    return (case.handler_id,)


def works_in_grid(authority: Authority, case: Case) -> bool:
    """Whether the account is a worker of the case's grid."""
    return authority.may("report", "grid", case.grid_id)


def leads_village(authority: Authority, case: Case) -> bool:
    """Whether the account leads the village; never true for a confidential case."""
    return not case.confidential and authority.may("coordinate", "division", case.village_id)


def guides_village(authority: Authority, case: Case) -> bool:
    """Whether the account is the instructor of the village; never true for a confidential case."""
    return not case.confidential and authority.may("guide", "division", case.village_id)


def may_read(authority: Authority, case: Case) -> bool:
    """Whether the case is no clue, or the account is named to read clues in its territory (Art. 20)."""
    if not case.confidential:
        return True
    places = (case.township_id, case.county_id, case.city_id)
    return any(authority.may("view_clues", "division", place) for place in places)


def at_desk(authority: Authority, case: Case) -> bool:
    """Whether the account dispatches at the case's level; for a clue it must also be named to read clues."""
    return authority.may("dispatch", "division", case.stage_division_id) and may_read(authority, case)


def in_unit(authority: Authority, case: Case) -> bool:
    """Whether the account works in the responsible unit; for a clue it must also be named to read clues."""
    return case.unit_id is not None and works_for(authority, case.unit_id, case)


def works_for(authority: Authority, unit_id: int, case: Case) -> bool:
    """Whether the account works in a unit with a part in the case; for a clue it must also be named to read clues."""
    if not authority.may("handle", "organization", unit_id):
        return False
    return not case.confidential or authority.may("view_clues", "organization", unit_id)


def in_unit_or_at_desk(authority: Authority, case: Case) -> bool:
    """Whether the account works in the responsible unit, or dispatches at the case's level."""
    return in_unit(authority, case) or at_desk(authority, case)


def presses(authority: Authority, case: Case) -> bool:
    """Whether the account dispatches or supervises at the case's level or above it, and somebody else has the case."""
    return stands_over(authority, case) and not (case.is_open and holds_now(authority, case))


def takes_charge(authority: Authority, case: Case) -> bool:
    """Whether the account is among those who are called about an urgent case: whose turn it is, and who stands over."""
    return case.is_urgent and (holds_now(authority, case) or stands_over(authority, case))


def stands_over(authority: Authority, case: Case) -> bool:
    """Whether the account dispatches or supervises at the case's level or above it; a clue only if named to read it."""
    return may_read(authority, case) and level_over(authority, case) is not None


def level_over(authority: Authority, case: Case) -> str | None:
    """Returns the lowest level at or above the case's at which the account dispatches or supervises, if any."""
    above = states.LEVELS[states.LEVELS.index(case.level) :]
    return next((level for level in above if _commands(authority, getattr(case, f"{level}_id"))), None)


def _commands(authority: Authority, place: int) -> bool:
    return any(authority.may(verb, "division", place) for verb in ("dispatch", "supervise"))


def leads_or_guides(authority: Authority, case: Case) -> bool:
    """Whether the account is the leader or the instructor of the village, who report what they see there (Art. 9)."""
    return any(authority.may(verb, "division", case.village_id) for verb in ("coordinate", "guide"))


def may_take_in(authority: Authority, case: Case) -> bool:
    """Whether the account serves in the grid or its village, or at a desk that registers reports (Art. 9, 18, 19)."""
    in_field = works_in_grid(authority, case) or leads_or_guides(authority, case)
    return in_field or authority.may("dispatch", "division", case.township_id)


def handles_now(authority: Authority, case: Case) -> bool:
    """Whether the account handles the case now: the worker during self-handling, otherwise the leader."""
    if case.status == "self_handling":
        return is_reporter(authority, case) and works_in_grid(authority, case)
    return leads_village(authority, case)


def finishes_on_the_spot(authority: Authority, case: Case) -> bool:
    """Whether the account handles the case now and the list allows finishing it on the spot (Art. 14, 18)."""
    allowed = case.matter.closes_on_spot if case.matter else "worker"
    in_hand = "worker" if case.status == "self_handling" else "leader"
    return handles_now(authority, case) and allowed in (in_hand, "worker")


def holds_before_assignment(authority: Authority, case: Case) -> bool:
    """Whether the account has the case before it is assigned: the leader or the desk."""
    return leads_village(authority, case) if _with_leader(case) else at_desk(authority, case)


def _with_leader(case: Case) -> bool:
    return case.status in ("awaiting_leader", "coordinating")


def verifies(authority: Authority, case: Case) -> bool:
    """Whether the account may verify: the instructor for self-handled cases, otherwise a worker or the instructor.

    In a village without an instructor it is the person whom the township names meanwhile (``NAMED_WHILE_VACANT`` in
    ``personnel/posts.py``). The grid's people do not see a confidential case, so its reporter or the desk verifies it.
    """
    if case.confidential:
        return is_reporter(authority, case) or at_desk(authority, case)
    if case.handled_by == Case.HandledBy.WORKER:
        return guides_village(authority, case)
    return works_in_grid(authority, case) or guides_village(authority, case)


def may_have_acted(authority: Authority, case: Case) -> bool:
    """Whether the account may have run a verb that can be undone and that leads to the present status, if any does.

    Who did run it is in the events; the action asks them.
    """
    leading = [verb for verb in WITH_UNDO if case.status in states.CASE_MOVES.moves[verb].targets]
    return any(HOLDS[WITH_UNDO[verb]](authority, case) for verb in leading or WITH_UNDO)


def holds_now(authority: Authority, case: Case) -> bool:
    """Whether the account is among those who have the case now."""
    return case.is_open and HOLDS[states.HOLDERS[case.status]](authority, case)


def supplements(authority: Authority, case: Case) -> bool:
    """Whether the account may add to the report: its reporter, and whoever has the case now."""
    return is_reporter(authority, case) or holds_now(authority, case)


HOLDS: dict[str, Callable[[Authority, Case], bool]] = {
    "worker": handles_now,
    "leader": leads_village,
    "desk": at_desk,
    "reporter": is_reporter,
    "unit": in_unit,
    "verifier": verifies,
    "resident": is_reporter,
}
"""For each holder of ``states.HOLDERS``, whether the account is one of these people."""
WITH_UNDO = {verb: states.HOLDERS[states.CASE_MOVES.moves[verb].sources[0]] for verb in states.UNDOABLE}
"""Who runs each verb that can be undone: whoever holds the case where it starts."""
BY_ANOTHER = (
    "办理人不能核查自己办的事；由网格员核查，网格员自办的由网格指导员核查，"
    "没有网格指导员的由乡镇街道指定的替岗人员核查。"
)
RATED_BY_ANOTHER = "由反映人评价，或由上报人代为记录；自己办的事不能自己评价。"


def is_time(verb: str, case: Case) -> bool:
    """Whether the case is where the verb can be run: no return after a binding decision, no level above the city, no
    extension of what is overdue, nobody is called about what is not urgent.
    """
    if verb == "ask_extension" and case.light == Case.Light.LATE:
        return False
    if verb == "take_charge" and not case.is_urgent:
        return False
    if verb == "hand_back" and case.return_count >= states.BINDING_RETURN:
        return False
    if verb == "escalate" and states.level_above(case.level) is None:
        return False
    if verb == "unlink" and case.earlier_id is None:
        return False
    if verb == "rate" and case.status == "merged":
        return not case.confidential and goes_on_in(case).status == "awaiting_rating"
    return states.CASE_MOVES.allows(verb, status=case.status)


WHO_MAY: Rules[Case] = Rules(
    {
        "report": Rule(may_take_in, "只有本网格的网格员、网格长、指导员和本乡镇街道的调度员可以上报。"),
        "settle": Rule(
            finishes_on_the_spot, "由正在办理的网格员或网格长办结；清单写明不得当场办结的，请上报。"
        ),
        "pass_to_leader": Rule(handles_now, "由正在自办的网格员转给网格长。"),
        "take_up": Rule(leads_village, "由所在村（社区）的网格长接办。"),
        "send_up": Rule(leads_village, "由网格长上报乡镇街道（条例第十八条：逐级上报）。"),
        "return_for_correction": Rule(holds_before_assignment, "由当前持有此事的网格长或调度员退回补正。"),
        "resubmit": Rule(is_reporter, "由上报人补正后重报。"),
        "withdraw": Rule(is_reporter, "只有上报人可以撤回。"),
        "accept": Rule(at_desk, "由当前层级的网格化服务管理机构受理。"),
        "refuse": Rule(at_desk, "由当前层级的网格化服务管理机构决定不予受理。"),
        "escalate": Rule(at_desk, "由当前层级的网格化服务管理机构升级。"),
        "assign": Rule(at_desk, "由当前层级的网格化服务管理机构交办。"),
        "undo": Rule(may_have_acted, "由刚才办这一步的人撤销。"),
        "sign": Rule(in_unit, "由责任单位的经办人签收。"),
        "hand_back": Rule(in_unit, "由责任单位的经办人申请退单。"),
        "uphold_return": Rule(at_desk, "由交办层级的机构审核退单。"),
        "reject_return": Rule(at_desk, "由交办层级的机构审核退单。"),
        "convene": Rule(at_desk, "由召集会商的上级机构邀请单位。"),
        "name_lead": Rule(at_desk, "由召集会商的上级机构裁定主办单位。"),
        "reassign": Rule(at_desk, "由交办层级的机构改派。"),
        "ask_extension": Rule(in_unit, "由责任单位的经办人申请延期。"),
        "grant_extension": Rule(at_desk, "由交办层级的机构审批延期。"),
        "refuse_extension": Rule(at_desk, "由交办层级的机构审批延期。"),
        "ask_shelving": Rule(in_unit, "由责任单位的经办人申请挂账。"),
        "grant_shelving": Rule(at_desk, "挂账由县区以上机构审批。"),
        "refuse_shelving": Rule(at_desk, "挂账由县区以上机构审批。"),
        "resume": Rule(in_unit_or_at_desk, "由责任单位或同意挂账的机构恢复办理。"),
        "press": Rule(presses, "由当前层级的机构或其上级催办正在办理的人；轮到自己办的不用催办。"),
        "take_charge": Rule(takes_charge, "紧急事项由正在等它的机构、单位或其上级的人接。"),
        "feed_back": Rule(in_unit, "由责任单位的经办人反馈办理结果。"),
        "pass_check": Rule(verifies, BY_ANOTHER, who_handled, BY_ANOTHER),
        "fail_check": Rule(verifies, BY_ANOTHER, who_handled, BY_ANOTHER),
        "rate": Rule(is_reporter, RATED_BY_ANOTHER, who_handled, RATED_BY_ANOTHER),
        "supplement": Rule(supplements, "由上报人或正在办这件事的人补充。"),
        "join": Rule(at_desk, "由交办层级的机构增加协办单位。"),
        "ask_join": Rule(in_unit, "由主办单位的经办人申请增减协办单位。"),
        "unlink": Rule(at_desk, "由当前层级的网格化服务管理机构解除复发关联。"),
        "void": Rule(at_desk, "由当前层级的网格化服务管理机构作废。"),
        "merge": Rule(holds_before_assignment, "由当前持有此事的网格长或调度员并案。"),
    },
    is_time=is_time,
    without_button=("report", "undo"),
)  # undo is offered beside the action that it undoes


def my_units(user: User) -> list[Organization]:
    """Returns the units that the user works for, in one statement."""
    held = authority_of(user).places("organization", "handle", "oversee")
    return list(Organization.objects.filter(pk__in=held).order_by("code"))


AFTER_CLOSING = "这份上报是账号停用以后写的，不能再交。写的内容还在手机上，请转告现任网格员。"
REPORTERS = Entrance(
    holding("report", "coordinate", "guide", "dispatch"),
    "只有网格员、网格长、指导员和乡镇街道的调度员可以上报。您现在的岗位没有可以上报的网格。",
)
DESK = Entrance(holding("dispatch"), "调度台供网格化服务管理机构的调度员使用。您的工作从首页进入。")
REPLANNERS = Entrance(holding("administer_system"), "在办事项的期限由市里的系统管理员重新推算。")
TRAY = Entrance(my_units, "本单位页面供责任单位的经办人和负责人使用。您的工作从首页进入。")


def worked_lately(user: User, *, at: datetime) -> bool:
    """Whether the user worked in a grid so lately that what was written there is still taken in (Art. 10, 18)."""
    return worked_in_grid(user.pk, since=day_of(at - KEPT_FOR), until=day_of(at))


def require_reporter(user: User, *, at: datetime) -> None:
    """Raises :class:`NotPermitted` for an account that cannot report and could not lately either."""
    if not (REPORTERS.admits(user) or worked_lately(user, at=at)):
        raise NotPermitted(REPORTERS.sentence)


def needs_earlier_post(
    by: User, case: Case, *, ended: Grid | None, written_at: datetime | None, at: datetime
) -> bool:
    """Whether only the post that ``by`` held when the report was written allows it; False if a present post does.

    ``ended`` is the grid in which it was written, if another continues it. The time of writing is what the phone says;
    that ``by`` worked in the grid on that day is what the postings say.
    Raises :class:`NotPermitted` if neither post allows it, and for what was written after the account was closed.
    """
    if written_at is None or WHO_MAY.may("report", by, case):
        WHO_MAY.require("report", by, case)
        return False
    moment = moment_of_writing(written_at, at=at)
    if by.closed_at is not None and moment > by.closed_at + CLOCKS_DIFFER:
        raise NotPermitted(AFTER_CLOSING, verb="report")
    day = day_of(moment)
    # Who is relieved from today on, and whose account closes with it, worked until that hour.
    is_last_day = by.closed_at is not None and day_of(by.closed_at) == day
    since = day - timedelta(days=1) if is_last_day else day
    grid_id = ended.pk if ended else case.grid_id
    if not worked_in_grid(by.pk, grid_id=grid_id, since=since, until=day):
        raise NotPermitted(f"您写这份上报时不是本网格的网格员。{WHO_MAY['report'].sentence}", verb="report")
    return True


def require_photographer(user: User, *, at: datetime) -> None:
    """Raises :class:`NotPermitted` for an account that can neither report nor handle anything, nor could lately."""
    authority = authority_of(user)
    if authority.sees_all or authority.holds("report", "coordinate", "guide", "dispatch", "handle"):
        return
    if not worked_lately(user, at=at):
        raise NotPermitted("您的岗位不上报也不办理事项，不能上传照片。")
