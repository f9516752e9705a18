"""What a body has in hand now, as far as one may see it; and its end, when it has nothing any more (Art. 5, 6)."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse

from accounts.requests import signed_in
from common.records.keyset import keyset_page
from common.web.saying import given, say
from personnel import policies
from personnel.forms import CloseBodyForm
from personnel.models import Organization
from personnel.views.frame import now_and_today
from personnel.visibility import body_in_sight
from workflow.actions.reorganization import close_body
from workflow.models import Case
from workflow.presentation import row_of
from workflow.queues import BY_DUE
from workflow.views.fetching import telling_now
from worktime.clocks import day_of

PAGE_SIZE = 50


def body_cases(request: HttpRequest, pk: int) -> HttpResponse:
    """The open cases for which a body is responsible, the most urgent first."""
    user, telling = signed_in(request), telling_now()
    body = body_in_sight(user, pk, day=day_of(telling.at))
    cases = Case.objects.visible_to(user).open().filter(unit=body)
    page = keyset_page(cases.with_names(), order=BY_DUE, cursor=request.GET.get("cursor", ""), size=PAGE_SIZE)
    here = reverse("workflow:body_cases", args=[body.pk])
    context = {
        "title": f"{body.name} · 在办",
        "measure": {"definition": "交给这个机构、还没有结案的事项；只列您看得到的。"},
        "total": cases.count(),
        "period_words": "此刻",
        "empty": "交给这个机构的事项都已结案，或者您看不到。",
        "at": telling.at,
        "rows": [row_of(case, telling) for case in page.rows],
        "back_url": reverse("personnel:organization", args=[body.pk]),
        "back_word": "回机构",
        "next_url": f"{here}?cursor={page.next_cursor}" if page.next_cursor else "",
        "first_url": here if request.GET.get("cursor") else "",
    }
    return render(request, "workflow/list.html", context)


def close(request: HttpRequest, pk: int) -> HttpResponse:
    """Close a body without people and without open cases."""
    user = signed_in(request)
    at, today = now_and_today()
    body = body_in_sight(user, pk, day=today)
    policies.require("close", user, body.division)
    form = CloseBodyForm(given(request), initial={"version": body.version})

    def act() -> Organization:
        body.version = form.cleaned_data["version"]
        return close_body(body, on=today, at=at, by=user)

    back = reverse("personnel:organization", args=[body.pk])
    context = {
        "title": f"撤销{body.name}",
        "consequence": "撤销后不再接收交办，不能再任命；还有人员或在办事项的，请先并入别的机构。",
        "back": back,
        "is_dangerous": True,
        "word": "撤销",
    }
    return say(
        request,
        form,
        act,
        done=lambda one: (f"{one.name}已撤销。", back),
        template="personnel/form.html",
        context=context,
    )
