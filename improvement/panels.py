"""The improvement task of a case on its page, and the names of its steps among the limits."""

from __future__ import annotations

from django.urls import reverse

from accounts.models import User
from common.shapes import Context
from improvement.models import ImprovementTask
from improvement.states import MENDING, NAMING
from workflow.models import Case
from workflow.panels import register_panel
from workflow.recurrences import may_recur
from workflow.step_names import name_step


def task_of_case(user: User, case: Case) -> Context:
    """Returns the task that a case belongs to, with a link where the user sees it; empty if there is none."""
    if not may_recur(case):
        return {}
    found = ImprovementTask.objects.filter(members__case=case).select_related("division", "unit", "person")
    task = found.first()
    if task is None:
        return {}
    is_seen = ImprovementTask.objects.visible_to(user).filter(pk=task.pk).exists()
    return {"task": task, "url": reverse("improvement:task", args=[task.pk]) if is_seen else ""}


register_panel("improvement/of_case.html", task_of_case)
name_step(NAMING, "治理任务定责任、验收")
name_step(MENDING, "治理任务办完")
