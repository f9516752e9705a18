"""What a unit that hands a case back should know: why the case came to it, and who decides (Art. 17)."""

from __future__ import annotations

from collections.abc import Collection

from workflow.models import Assignment, Case
from workflow.states import BINDING_RETURN, LEVEL_NAMES, level_above
from workflow.suggestions import ground_by_list
from worktime.clocks import day_of


def ground_of(case: Case) -> str:
    """Returns why the case came to the unit: what the desk wrote, else ``事项清单 6-12 主办：城市管理``."""
    return grounds_of([case])[case.pk]


def grounds_of(cases: Collection[Case]) -> dict[int, str]:
    """Returns the ground of each case by its number; one statement."""
    parts = Assignment.objects.filter(case__in=[case.pk for case in cases], is_lead=True)
    written = dict(parts.order_by("pk").values_list("case_id", "reason"))  # the latest part wins
    return {case.pk: written.get(case.pk) or _by_list(case) for case in cases}


def _by_list(case: Case) -> str:
    """The ground that the list gives, if it names the unit's function."""
    if case.matter is None:
        return "不在清单，由调度台交办"
    function = case.unit.function if case.unit else ""
    if function and function not in case.matter.lead_functions:
        return "由调度台交办，没有写依据"
    return ground_by_list(case.matter, case.matter.lead_function)


def words_of_ruling(case: Case) -> str:
    """Returns who ruled when that the unit must handle the case, and why: ``…华龙区11月20日裁定由城管局主办（…）``."""
    ruling = (
        case.events.filter(verb__in=("name_lead", "uphold_return", "reject_return")).order_by("-seq").first()
    )
    if ruling is None or case.unit is None:
        return "这件事已由上级裁定责任单位"
    day, desk = day_of(ruling.at), getattr(case, ruling.level)
    return f"这件事已由{desk.name}{day.month}月{day.day}日裁定由{case.unit.name}主办（{ruling.note[:80]}）"


def decider_of(case: Case) -> str:
    """Returns who decides about a return made now. The second one goes one level up and is binding (Art. 17)."""
    level = case.level
    binds = case.return_count + 1 >= BINDING_RETURN
    if binds:
        level = level_above(level) or level
    desk = f"{getattr(case, level).name}网格化服务管理机构"
    return f"由{desk}（{LEVEL_NAMES[level]}）{'召集会商裁定，裁定后不能再退单' if binds else '审核'}。"
