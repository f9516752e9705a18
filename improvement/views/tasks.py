"""Improvement tasks: the list, and one with its cases and its verbs (Art. 19)."""

from __future__ import annotations

from django.db.models import Q
from django.http import HttpResponse
from django.shortcuts import render

from accounts.requests import SignedInRequest
from common import clock
from common.web.listing import Empty, Listing, Pile
from common.web.shapes import event_steps
from improvement import states
from improvement.models import ImprovementTask
from improvement.policies import TASKS, WHO_MAY
from improvement.querysets import TaskQuerySet
from improvement.visibility import task_in_sight
from workflow.models import Case

NONE = Empty("没有治理任务", "同一个地方、同一件事 90 天内发生三次，会自动立项，显示在这里。")
LISTING = Listing(
    label="治理任务",
    columns=("编号", "治理什么", "事项", "由谁治理", "状态", "期限"),
    piles_label="治理任务的状态",
    piles={
        "open": Pile("没有办完", Q(status__in=states.OPEN), NONE),
        "accepted": Pile("已完成", Q(status="accepted"), NONE),
        "dropped": Pile("已撤销", Q(status="dropped"), NONE),
    },
)


def tasks(request: SignedInRequest) -> HttpResponse:
    """One pile of the improvement tasks that the user sees."""
    user, at = request.user, clock.now()
    TASKS.require(user)
    context = {
        "title": "治理任务",
        "now": at,
        **LISTING.context(request, ImprovementTask.objects.visible_to(user), named=TaskQuerySet.with_names),
    }
    return render(request, "improvement/tasks.html", context)


def task(request: SignedInRequest, pk: int) -> HttpResponse:
    """One task: what keeps coming back, who mends it until when, what can be done."""
    user, at = request.user, clock.now()
    found = task_in_sight(user, pk)
    seen = set(Case.objects.visible_to(user).filter(improvement__task=found).values_list("pk", flat=True))
    members = found.members.select_related("case").order_by("case")
    context = {
        "title": found.number,
        "task": found,
        "is_late": found.status in states.OPEN and found.due_at < at,
        "members": [(member.case, member.case_id in seen) for member in members],
        "events": event_steps(found.events.select_related("actor").order_by("seq"), states.VERBS),
        "verbs": [(verb, states.VERBS[verb]) for verb in WHO_MAY.open_to(user, found)],
    }
    return render(request, "improvement/task.html", context)
