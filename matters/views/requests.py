"""What departments ask of grids: handed, noted, done, turned down; and who keeps asking for what is not listed."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django.contrib import messages
from django.db import transaction
from django.db.models import Count, Q, QuerySet
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_POST

from accounts.idempotency import form_once
from accounts.requests import SignedInRequest
from common import clock
from common.errors import Refusal
from common.numbers import whole_number
from common.web.listing import Empty, Listing, Pile
from common.web.verb_page import form_page, given
from grids.models import Division, Grid
from matters import actions
from matters.actions import RequestDraft
from matters.entrances import BURDEN, HANDING, RECORDING, own_grids
from matters.forms.requests import HandForm, RecordForm
from matters.models import GridRequest, Matter
from matters.policies import ANSWERS
from matters.states import REQUEST_VERBS
from matters.views.frame import tabs_for, today_now
from personnel.models import Organization

COUNTED_DAYS = 90
NONE = Empty("没有这样的任务", "部门派给网格的任务、网格员登记的口头任务显示在这里。")
LISTING = Listing(
    label="任务",
    columns=("任务", "清单", "派出单位", "网格", "状态"),
    piles_label="任务状态",
    piles={
        "open": Pile("待办", Q(status="handed"), NONE),
        "refused": Pile("已拒绝", Q(status="refused"), NONE),
        "done": Pile("已办", Q(status="done"), NONE),
    },
)
ACTS = {"do": actions.do, "turn_down": actions.turn_down}


def requests(request: SignedInRequest) -> HttpResponse:
    """What has been handed to grids in sight, and for a county who keeps asking for what is not listed."""
    user, (at, _) = request.user, today_now()
    if not BURDEN.admits(user):
        return redirect("matters:my_requests")
    seen = GridRequest.objects.visible_to(user)
    context = {
        "title": "派给网格的任务",
        "tabs": tabs_for(user, "matters:requests"),
        "can_hand": HANDING.admits(user),
        "askers": _askers(seen, since=at - timedelta(days=COUNTED_DAYS)),
        "days": COUNTED_DAYS,
        **LISTING.context(request, seen, named=_with_names),
    }
    return render(request, "matters/requests.html", context)


def _askers(seen: QuerySet[GridRequest], *, since: Any) -> list[dict[str, Any]]:
    """Bodies by how often they asked for what is not listed; one statement."""
    counted = (
        seen.filter(at__gte=since)
        .order_by()
        .values("organization__name")
        .annotate(
            total=Count("pk"),
            unlisted=Count("pk", filter=Q(matter=None)),
            refused=Count("pk", filter=Q(status="refused")),
        )
        .filter(unlisted__gt=0)
    )
    return [{**row} for row in counted.order_by("-unlisted", "organization__name")[:20]]


def _with_names(rows: Any) -> Any:
    return rows.select_related("organization", "grid__village__parent", "matter", "by", "answered_by").defer(
        "grid__boundary", "grid__village__outline", "grid__village__parent__outline"
    )


def hand(request: SignedInRequest) -> HttpResponse:
    """A department hands a task to grids of one township."""
    user, (_, today) = request.user, today_now()
    asking = HANDING.require(user)
    townships = (
        Division.objects.filter(parent=asking.county, level="township").defer("outline").order_by("code")
    )
    asked = request.POST.get("township") or request.GET.get("township", "")
    township = townships.filter(code=asked[:12]).first()
    grids = Grid.objects.in_force().with_place().filter(village__parent=township).defer("boundary")
    form = HandForm(
        given(request),
        bodies=asking.bodies,
        matters=Matter.objects.in_force(asking.county.pk, today).order_by("category", "code"),
        grids=grids.order_by("code"),
    )

    def act() -> tuple[str, str]:
        made = actions.hand(_draft_of(form), list(form.cleaned_data["grids"]), by=user, at=clock.now())
        return f"已派给 {len(made)} 个网格。", reverse("matters:requests")

    return form_page(
        request,
        form,
        lambda: form_once(form, user, act, at=clock.now()),
        done=lambda result: result,
        template="matters/request_hand.html",
        context={"title": "派给网格", "townships": townships, "township": township},
    )


def _draft_of(form: Any) -> RequestDraft:
    cleaned = form.cleaned_data
    return RequestDraft(
        cleaned["organization"], cleaned["text"], matter=cleaned["matter"], due_on=cleaned["due_on"]
    )


def my_requests(request: SignedInRequest) -> HttpResponse:
    """What waits for a worker's own grids, each with its one tap, and the last answers."""
    user = request.user
    grids = own_grids(user)
    seen = _with_names(GridRequest.objects.filter(grid__in=grids))
    context = {
        "title": "部门派来的任务",
        "waiting": seen.open().order_by("-pk")[: LISTING.size],
        "answered": seen.exclude(status="handed").order_by("-answered_at", "-pk")[:10],
        "may_record": grids.exists(),
    }
    return render(request, "matters/my_requests.html", context)


def record(request: SignedInRequest) -> HttpResponse:
    """A worker notes what was asked of him by word of mouth, by telephone or in a group."""
    user, (_, today) = request.user, today_now()
    grids, county = RECORDING.require(user)
    around = Q(division=county) | Q(division__parent=county) | Q(division=county.parent_id)
    bodies = Organization.objects.filter(around, is_active=True).exclude(kind="authority").order_by("code")
    form = RecordForm(
        given(request),
        bodies=bodies,
        matters=Matter.objects.in_force(county.pk, today).order_by("category", "code"),
        grids=grids,
    )

    def act() -> tuple[str, str]:
        actions.record(_draft_of(form), form.cleaned_data["grid"], by=user, at=clock.now())
        return "已登记，不在清单的可以拒绝。", reverse("matters:my_requests")

    return form_page(
        request,
        form,
        lambda: form_once(form, user, act, at=clock.now()),
        done=lambda result: result,
        template="matters/request_record.html",
        context={"title": "登记别处派来的任务"},
    )


@require_POST
def answer(request: SignedInRequest, pk: int, verb: str) -> HttpResponse:
    """One tap: done, or turned down because the list does not ask for it."""
    user = request.user
    found = GridRequest.objects.visible_to(user).select_related("grid").filter(pk=pk).first()
    if found is None or verb not in ACTS or not ANSWERS.may(verb, user, found):
        raise Http404
    found.version = whole_number(request.POST.get("version", "")) or 0
    try:
        with transaction.atomic():
            ACTS[verb](found, by=user, at=clock.now())
        messages.success(request, f"{REQUEST_VERBS[verb]}：{found.text[:40]}")
    except Refusal as refusal:
        messages.error(request, refusal.sentence)
    return redirect("matters:my_requests")
