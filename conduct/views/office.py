"""The complaints of a place, one with its verbs, what one is asked to answer, and a person's record (Art. 12)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.db.models import Q
from django.http import Http404, HttpResponse, HttpResponseBase
from django.shortcuts import render
from django.urls import reverse

from accounts.requests import SignedInRequest
from common import clock
from common.privacy.masking import mask
from common.web.files import jpeg_answer
from common.web.listing import Empty, Listing, Pile
from common.web.shapes import MaskedPiece
from common.web.verb_page import form_page, given
from conduct import actions, states
from conduct.forms import ComplaintForm
from conduct.models import Complaint, ComplaintPhoto
from conduct.policies import OFFICE, WHO_MAY
from conduct.querysets import ComplaintQuerySet
from conduct.views.public import complained
from conduct.visibility import complaint_in_sight, grid_to_register
from personnel.visibility import person_in_sight
from worktime.clocks import day_of

NONE = Empty("这里没有投诉", "群众扫公示牌的二维码，或打监督电话登记的投诉显示在这里。")
LISTING = Listing(
    label="行为投诉",
    columns=("编号", "类别", "网格", "状态", "期限"),
    piles_label="投诉的状态",
    piles={
        "open": Pile("在办", Q(status__in=states.OPEN), NONE),
        "decided": Pile("已有结论", Q(status="decided"), NONE),
        "dismissed": Pile("不予受理", Q(status="dismissed"), NONE),
    },
)


@dataclass(frozen=True, slots=True)
class ComplaintRow:
    """A complaint as a row of the list."""

    complaint: Complaint
    is_late: bool


def complaints(request: SignedInRequest) -> HttpResponse:
    """One pile of the complaints that one handles."""
    user, at = request.user, clock.now()
    OFFICE.require(user)
    context = {
        "title": "行为投诉",
        **LISTING.context(
            request,
            Complaint.objects.visible_to(user),
            named=ComplaintQuerySet.with_names,
            shown=lambda rows: [
                ComplaintRow(complaint=each, is_late=each.status in states.OPEN and each.due_at < at)
                for each in rows
            ],
        ),
    }
    return render(request, "conduct/complaints.html", context)


def complaint(request: SignedInRequest, pk: int) -> HttpResponse:
    """One complaint: what is said, by whom (masked), what the person says, what can be done."""
    user = request.user
    found = complaint_in_sight(user, pk)
    context = {
        "title": f"投诉 {found.number}",
        "complaint": found,
        "is_late": found.status in states.OPEN and found.due_at < clock.now(),
        "verbs": [
            (verb, states.VERBS[verb]) for verb in WHO_MAY.open_to(user, found) if _is_sayable(verb, found)
        ],
        "photos": found.photos.order_by("pk"),
        "contact": [
            MaskedPiece(
                label=label,
                name=name,
                key=f"complaint:{found.pk}",
                masked=mask(found.unseal(name), kind=kind),
            )
            for name, label, kind in (("contact_name", "姓名", "name"), ("contact_phone", "电话", "phone"))
        ],
    }
    return render(request, "conduct/complaint.html", context)


def _is_sayable(verb: str, found: Complaint) -> bool:
    """Nobody can be heard before it is known who is meant."""
    return verb != "hear" or found.person_id is not None


def mine(request: SignedInRequest) -> HttpResponse:
    """What one is asked to answer, and what was found about oneself."""
    user = request.user
    context = {
        "title": "关于我的投诉",
        "waiting": Complaint.objects.to_answer(user).with_names().order_by("pk"),
        "decided": Complaint.objects.filter(person=user, status="decided").order_by("-decided_at"),
    }
    return render(request, "conduct/mine.html", context)


def register(request: SignedInRequest, code: str) -> HttpResponse:
    """Enter at the desk what came by telephone or at the counter."""
    user, at = request.user, clock.now()
    grid = grid_to_register(user, code)
    form = ComplaintForm(
        given(request), request.FILES or None, people=actions.accounts_of(grid, day=day_of(at))
    )
    context = {
        "title": f"登记对{grid.name}人员的投诉",
        "consequence": "登记后给来电来访的人一个查询码；投诉人姓名、电话加密保存。",
        "back": reverse("register:grid", args=[grid.code]),
        "word": "登记",
    }
    return form_page(
        request,
        form,
        lambda: complained(form, grid, source=Complaint.Source.DESK, at=at, by=user),
        done=lambda made: (f"已登记 {made[0].number}，查询码 {made[1]}，请告诉投诉人。", context["back"]),
        context=context,
    )


def person(request: SignedInRequest, pk: int) -> HttpResponse:
    """What was found about a person: for oneself and whoever manages the person."""
    today = day_of(clock.now())
    found = person_in_sight(request.user, pk, day=today)
    rows = Complaint.objects.on_record().filter(person=found).select_related("grid").order_by("-decided_at")
    context = {"title": f"{found.name}的行为记录", "person": found, "rows": rows.defer("grid__boundary")}
    return render(request, "conduct/person.html", context)


def photo(request: SignedInRequest, uid: Any) -> HttpResponseBase:
    """Evidence of a complaint that one handles."""
    seen = Complaint.objects.visible_to(request.user)
    drawn = ComplaintPhoto.objects.filter(state=ComplaintPhoto.State.READY)
    found = drawn.filter(uid=uid, complaint__in=seen.values("pk")).first()
    if found is None:
        raise Http404
    return jpeg_answer(found.file)
