"""Who may do what with an improvement task (Art. 5, 19). The same rule refuses and shows the button."""

from __future__ import annotations

from accounts.models import User
from improvement import states
from improvement.models import ImprovementTask
from personnel.rules import Entrance, Rule, Rules
from personnel.scopes import Authority, authority_of

BY_DESK = "由管这个地方的网格化服务管理机构办理。"
BY_OWNER = "由责任单位或者责任人办理。"
OWN = "自己报告完成的，由别人验收。"


def keeps(authority: Authority, task: ImprovementTask) -> bool:
    """Whether the account dispatches where the task is kept."""
    return authority.sees_all or authority.may("dispatch", "division", task.division_id)


def owns(authority: Authority, task: ImprovementTask) -> bool:
    """Whether the account, or a unit in which it works, is responsible."""
    if task.person_id is not None:
        return task.person_id == authority.user_id
    return task.unit_id is not None and authority.may("handle", "organization", task.unit_id)


def who_reported(task: ImprovementTask) -> tuple[int | None, ...]:
    """Returns the accounts that may not accept: who reported that it is done, and the person responsible."""
    return (task.reported_by_id, task.person_id)


WHO_MAY: Rules[ImprovementTask] = Rules(
    {
        "name_owner": Rule(keeps, BY_DESK),
        "plan": Rule(owns, BY_OWNER),
        "report": Rule(owns, BY_OWNER),
        "accept": Rule(keeps, BY_DESK, who_reported, OWN),
        "send_back": Rule(keeps, BY_DESK, who_reported, OWN),
        "extend": Rule(keeps, BY_DESK),
        "drop": Rule(keeps, BY_DESK),
    },
    moves=states.MOVES,
)


def _concerned(user: User) -> bool:
    authority = authority_of(user)
    return (
        authority.sees_all
        or authority.holds("dispatch", "supervise", "handle", "oversee")
        or ImprovementTask.objects.filter(person=user).exists()
    )


TASKS = Entrance(_concerned, "治理任务供机构、主管部门和责任单位、责任人使用。")
