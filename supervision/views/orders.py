"""Supervision orders: the list, one with its verbs, its print, and a new one about a case (Art. 5, 17, 18)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from django.db.models import Q
from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse

from accounts.requests import SignedInRequest
from common import clock
from common.shapes import Shown
from common.web.listing import Empty, Listing, Pile
from common.web.shapes import event_steps
from common.web.verb_page import form_page, given
from supervision import states
from supervision.actions import issue_order
from supervision.forms import IssueForm
from supervision.models import SupervisionOrder
from supervision.policies import ISSUE, ORDERS, WHO_MAY
from supervision.querysets import OrderQuerySet
from supervision.visibility import order_in_sight
from workflow.addressees import addressees_of
from workflow.visibility import case_in_sight
from worktime.clocks import day_of

NONE = Empty("没有督办单", "机构下达的和红灯自动下达的督办单显示在这里。")
LISTING = Listing(
    label="督办单",
    columns=("编号", "事项", "督办谁", "状态", "答复期限"),
    piles_label="督办单的状态",
    piles={
        "open": Pile("在办", Q(status__in=states.OPEN), NONE),
        "accepted": Pile("已通过", Q(status="accepted"), NONE),
        "lifted": Pile("已撤销", Q(status="lifted"), NONE),
    },
)


@dataclass(frozen=True, slots=True)
class OrderRow(Shown):
    """An order as a row of the list (supervision/orders.html)."""

    order: SupervisionOrder
    number: str
    addressee: str
    is_late: bool


def row_of(order: SupervisionOrder, at: datetime) -> OrderRow:
    """Returns an order as a row of a list."""
    return OrderRow(
        order=order, number=order.number, addressee=order.addressee, is_late=is_late(order, at=at)
    )


def is_late(order: SupervisionOrder, *, at: datetime) -> bool:
    """Whether its answer is overdue."""
    return order.status in states.WAITING and order.answer_due_at < at


def orders(request: SignedInRequest) -> HttpResponse:
    """One pile of the orders that the user sees."""
    user, at = request.user, clock.now()
    ORDERS.require(user)
    context = {
        "title": "督办单",
        **LISTING.context(
            request,
            SupervisionOrder.objects.visible_to(user),
            named=OrderQuerySet.with_names,
            shown=lambda rows: [row_of(each, at) for each in rows],
        ),
    }
    return render(request, "supervision/orders.html", context)


def order(request: SignedInRequest, pk: int) -> HttpResponse:
    """One order: what is asked, what was answered, what can be done."""
    found = order_in_sight(request.user, pk)
    verbs = WHO_MAY.open_to(request.user, found)
    context = {
        "title": found.number,
        "order": found,
        "is_late": is_late(found, at=clock.now()),
        "events": event_steps(found.events.select_related("actor").order_by("seq"), states.VERBS),
        "verbs": [(verb, states.VERBS[verb]) for verb in verbs],
    }
    return render(request, "supervision/order.html", context)


def print_order(request: SignedInRequest, pk: int) -> HttpResponse:
    """One order on A4, with its number and what was answered."""
    found = order_in_sight(request.user, pk)
    return render(
        request, "supervision/print.html", {"title": found.number, "order": found, "at": clock.now()}
    )


def issue(request: SignedInRequest, pk: int) -> HttpResponse:
    """Issue an order about a case in sight."""
    user, at = request.user, clock.now()
    case = case_in_sight(user, pk)
    ISSUE.require("issue", user, case)
    form = IssueForm(given(request), addressees=addressees_of(case, day=day_of(at)))
    return form_page(
        request,
        form,
        lambda: issue_order(case, **form.cleaned_data, by=user, at=at),
        done=lambda made: (
            f"已下达 {made.number}，对方马上收到。",
            reverse("supervision:order", args=[made.pk]),
        ),
        context={
            "title": f"下达督办 {case.title} {case.number}",
            "heading": "下达督办",
            "under": f"{case.title} · {case.number}",
            "consequence": "督办单编号、留档，对方须在期限内签收并答复；到期没有答复，自动报上一级。",
            "back": reverse("workflow:case", args=[case.pk]),
            "word": "下达督办",
        },
    )
