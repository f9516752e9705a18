"""Applications to post somebody who serves elsewhere: whose turn it is, and the verbs (Art. 10, 11, 20)."""

from __future__ import annotations

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse

from accounts.requests import signed_in
from common.errors import NotPermitted
from common.keyset import keyset_page
from common.saying import given, say
from personnel import states
from personnel.actions import confirm_post, refuse_post, withdraw_post
from personnel.forms import RequestForm
from personnel.models import PostRequest
from personnel.request_rules import WHO_MAY, asked_today, verbs_of_rows
from personnel.scopes import authority_of
from personnel.sight import post_requests_in_sight
from personnel.staffing import posts_in_words
from personnel.views.frame import now_and_today, tabs_for

PAGE_SIZE = 50
HERE = "personnel:post_requests"
CONSEQUENCES = {
    "confirm": "确认后岗位生效，{name}原来的岗位不变；身份证号、密码和手机仍由管理其全部岗位的机构管。",
    "refuse": "不同意的，{name}的岗位不变；申请人和本人都会收到理由。",
    "withdraw": "收回后不再等上级确认，需要时可以再申请。",
}


def post_requests(request: HttpRequest) -> HttpResponse:
    """The applications one has made, those about oneself, and those about people whom one manages; waiting first."""
    user = signed_in(request)
    _, today = now_and_today()
    found = post_requests_in_sight(user, day=today).select_related(
        "user", "asked_by", "decided_by", "village", "grid", "organization", "covers__user"
    )
    found = found.defer("grid__boundary", "village__outline")
    page = keyset_page(found, order=("-pk",), cursor=request.GET.get("cursor", ""), size=PAGE_SIZE)
    manages = authority_of(user).holds("manage_staff")
    context = {
        "title": "岗位申请",
        "tabs": tabs_for(HERE) if manages else [],
        "rows": [
            {"request": row, "verbs": [(verb, states.VERBS[verb]) for verb in verbs]}
            for row, verbs in verbs_of_rows(user, page.rows, day=today)
        ],
        "next_url": f"?cursor={page.next_cursor}" if page.next_cursor else "",
        "first_url": "?" if request.GET.get("cursor") else "",
    }
    return render(request, "personnel/post_requests.html", context)


def say_verb(request: HttpRequest, pk: int, verb: str) -> HttpResponse:
    """The form of one verb; out of sight is as missing, and a verb of somebody else is refused with its sentence."""
    user = signed_in(request)
    at, today = now_and_today()
    row = post_requests_in_sight(user, day=today).select_related("user", "asked_by").filter(pk=pk).first()
    if row is None or verb not in WHO_MAY:
        raise Http404
    form = RequestForm(given(request), verb=verb, initial={"version": row.version})

    def act() -> PostRequest:
        row.version = form.cleaned_data["version"]
        if verb == "withdraw":
            return withdraw_post(row, by=user, at=at)
        return (confirm_post if verb == "confirm" else refuse_post)(
            row, note=form.cleaned_data["note"], by=user, at=at
        )

    if (
        request.method != "POST"
        and row.status == "waiting"
        and verb not in WHO_MAY.open_to(user, asked_today(row, day=today))
    ):
        raise NotPermitted(WHO_MAY[verb].sentence)
    serves_as = "、".join(posts_in_words([row.user_id], day=today)[row.user_id]) or "无"
    context = {
        "title": f"{states.VERBS[verb]} {row.number}",
        "consequence": CONSEQUENCES[verb].format(name=row.user.name),
        "notice": f"{row.asked_by.name}申请任命{row.user.name}（现任{serves_as}）"
        f"为{row.where}{row.get_role_display()}。",
        "back": reverse(HERE),
        "word": states.VERBS[verb],
        "is_dangerous": verb == "refuse",
    }
    return say(
        request,
        form,
        act,
        done=lambda done: (f"{done.number} {done.get_status_display()}。", reverse(HERE)),
        template="personnel/form.html",
        context=context,
    )
