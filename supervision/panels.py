"""The supervision orders of a case on its page, and the name of their step among the limits."""

from __future__ import annotations

from django.urls import reverse

from accounts.models import User
from common.shapes import Context
from supervision.models import SupervisionOrder
from supervision.policies import ISSUE
from supervision.states import ANSWER_STEP
from workflow.models import Case
from workflow.panels import register_panel
from workflow.step_names import name_step


def orders_of_case(user: User, case: Case) -> Context:
    """Returns the orders about a case that the user sees, and the address for a new one; empty if there is neither."""
    may_issue = "issue" in ISSUE.open_to(user, case)
    rows = SupervisionOrder.objects.about(case, user).select_related("seat").order_by("pk")
    found = list(rows)
    if not found and not may_issue:
        return {}
    return {
        "orders": [
            (reverse("supervision:order", args=[order.pk]), order.number, order.get_status_display())
            for order in found
        ],
        "issue_url": reverse("supervision:issue", args=[case.pk]) if may_issue else "",
    }


register_panel("supervision/of_case.html", orders_of_case)
name_step(ANSWER_STEP, "督办单回复")
