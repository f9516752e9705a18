"""The names of the steps that have limits, as the city's keepers of the settings read them (Art. 18)."""

from __future__ import annotations

from workflow.deadlines import CALL_STEP
from workflow.models import StepLimit
from workflow.states import CLOCKS, STATUSES
from worktime.clocks import Clock, Limit

ANY, MATTER = "any", "matter"
_names: dict[str, str] = {
    **{step: STATUSES[status] for status, step in CLOCKS.items() if step and step != MATTER},
    MATTER: "办理（清单没有定时限的事项）",
    ANY: "任何环节",
    CALL_STEP: "紧急叫人，",
}


def name_step(step: str, name: str) -> None:
    """Registers the name of a step that another app gives a limit."""
    _names[step] = name


def name_of_step(step: str) -> str:
    """Returns the name of a step: ``待签收``. Raises KeyError for a step that nobody has named."""
    return _names[step]


def name_of_limit(limit: StepLimit) -> str:
    """Returns what a limit is for: ``待签收``, ``待签收（紧急）``, ``任何环节：超期多久升级``."""
    purpose = "" if limit.purpose == StepLimit.Purpose.DUE else f"：{limit.get_purpose_display()}"
    return f"{name_of_step(limit.step)}{purpose}{'（紧急）' if limit.urgent else ''}"


def length_of_limit(limit: StepLimit) -> str:
    """Returns how long it is: ``4 工时``, ``3 个工作日``."""
    return Limit(Clock(limit.clock), limit.amount).words()


def order_of(limit: StepLimit) -> tuple[int, bool, bool]:
    """The place of a limit in a list: by step as a case runs through them, the due time and the ordinary one first."""
    return list(_names).index(limit.step), limit.purpose != StepLimit.Purpose.DUE, limit.urgent
