"""What a unit that hands a case back should know: why the case came to it, and who decides (Art. 17)."""

from __future__ import annotations

from workflow.actions.unit import BINDING_RETURN
from workflow.models import Case
from workflow.states import LEVEL_NAMES, level_above
from workflow.suggestions import ground_by_list


def ground_of(case: Case) -> str:
    """Returns why the case came to the unit: ``事项清单 6-12 主办：城市管理``."""
    if case.matter is None:
        return "不在清单，由调度台交办"
    return ground_by_list(case.matter, case.matter.lead_function)


def decider_of(case: Case) -> str:
    """Returns who decides about a return made now. The second one goes one level up and is binding (Art. 17)."""
    level = case.level
    binds = case.return_count + 1 >= BINDING_RETURN
    if binds:
        level = level_above(level) or level
    desk = f"{getattr(case, level).name}网格化服务管理机构"
    return f"由{desk}（{LEVEL_NAMES[level]}）{'裁定，裁定后不能再退单' if binds else '审核'}。"
