"""Applications to post somebody who serves elsewhere: whose turn it is, and the verbs (Art. 10, 11, 20)."""

from __future__ import annotations

from dataclasses import dataclass

from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.urls import reverse

from accounts.requests import SignedInRequest
from common.shapes import Context
from common.web.listing import Empty, Listing
from common.web.verb_page import Verb, VerbPage
from personnel import states
from personnel.actions import confirm_post, refuse_post, withdraw_post
from personnel.forms import OpinionForm, ReasonForm
from personnel.models import PostRequest
from personnel.request_rules import WHO_MAY, asked_today, verbs_of_rows
from personnel.staffing import posts_in_words
from personnel.views.frame import now_and_today, tabs_for
from personnel.visibility import post_requests_in_sight

HERE = "personnel:post_requests"
LISTING = Listing(
    label="岗位申请",
    columns=("人员", "岗位", "申请", "状态"),
    empty=Empty("还没有岗位申请", "任命在别处任职的人时，申请会出现在这里。"),
)


@dataclass(frozen=True, slots=True)
class RequestRow:
    """An application with what the user may do to it."""

    request: PostRequest
    verbs: list[tuple[str, str]]


def post_requests(request: SignedInRequest) -> HttpResponse:
    """The applications one has made, those about oneself, and those about people whom one manages; waiting first."""
    user = request.user
    _, today = now_and_today()
    found = post_requests_in_sight(user, day=today).select_related(
        "user", "asked_by", "decided_by", "village", "grid", "organization", "covers__user"
    )
    found = found.defer("grid__boundary", "village__outline")
    context = {
        "title": "岗位申请",
        "tabs": tabs_for(user, HERE),
        **LISTING.context(
            request,
            found,
            shown=lambda rows: [
                RequestRow(request=row, verbs=[(verb, states.VERBS[verb]) for verb in verbs])
                for row, verbs in verbs_of_rows(user, rows, day=today)
            ],
        ),
    }
    return render(request, "personnel/post_requests.html", context)


class PostRequestVerb(VerbPage):
    """A verb of an application in sight."""

    verbs = {
        "confirm": Verb(
            confirm_post,
            states.VERBS["confirm"],
            "确认后岗位生效，{row.user.name}原来的岗位不变；身份证号、密码和手机仍由管理其全部岗位的机构管。",
            OpinionForm,
        ),
        "refuse": Verb(
            refuse_post,
            states.VERBS["refuse"],
            "不同意的，{row.user.name}的岗位不变；申请人和本人都会收到理由。",
            ReasonForm,
            is_dangerous=True,
        ),
        "withdraw": Verb(withdraw_post, states.VERBS["withdraw"], "收回后不再等上级确认，需要时可以再申请。"),
    }

    def find(self, pk: int) -> PostRequest:
        """An application in sight."""
        _, self.today = now_and_today()
        rows = post_requests_in_sight(self.user, day=self.today).select_related("user", "asked_by")
        found = rows.filter(pk=pk).first()
        if found is None:
            raise Http404
        return found

    def require(self) -> None:
        """First the moment: who serves where is only asked while it waits."""
        states.POST_REQUEST_MOVES.require(self.verb, status=self.row.status)
        WHO_MAY.require(self.verb, self.user, asked_today(self.row, day=self.today))

    def sentence(self, result: PostRequest) -> str:
        """What became of it."""
        return f"{result.number} {result.get_status_display()}。"

    def back(self) -> str:
        """All of them."""
        return reverse(HERE)

    def context(self) -> Context:
        """Who is wanted where, and where he serves."""
        row = self.row
        serves_as = "、".join(posts_in_words([row.user_id], day=self.today)[row.user_id]) or "无"
        return {
            "title": f"{self.declaration.word} {row.number}",
            "notice": f"{row.asked_by.name}申请任命{row.user.name}（现任{serves_as}）"
            f"为{row.where}{row.get_role_display()}。",
        }
