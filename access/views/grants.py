"""Special grants: what waits, what is in effect and until when, what has ended; and each verb's form (Art. 20)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.db.models import Q
from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.urls import reverse

from access import actions, states
from access.actions.requests import LIFE
from access.authority_words import WORDS
from access.entrances import ASKING
from access.forms import GrantForm, NoteForm
from access.models import GrantRequest
from access.policies import WHO_MAY
from access.querysets import GrantRequestQuerySet
from access.views.frame import tabs_for
from accounts.idempotency import form_once
from accounts.models import User
from accounts.requests import SignedInRequest
from common import clock
from common.shapes import Context
from common.web.listing import Empty, Listing, Pile
from common.web.verb_page import Verb, VerbPage, form_page, given
from personnel.visibility import people_managed
from worktime.clocks import day_of

SOON_DAYS = 30
LISTING = Listing(
    label="专项授权",
    columns=("给谁", "能做什么", "用途", "期限", "状态"),
    piles_label="专项授权的状态",
    piles={
        "waiting": Pile("待审批", Q(status="waiting"), Empty("这里还没有", "等待审批的申请显示在这里。")),
        "in_effect": Pile(
            "生效中", Q(status="in_effect"), Empty("这里还没有", "批准以后、到期以前的授权显示在这里。")
        ),
        "ended": Pile(
            "已结束",
            Q(status__in=("refused", "cancelled", "revoked", "expired")),
            Empty("这里还没有", "没有批准、收回和到期的显示在这里。"),
        ),
    },
)


def grants(request: SignedInRequest) -> HttpResponse:
    """One pile of special grants in sight."""
    user, today = request.user, day_of(clock.now())
    context = {
        "title": "专项授权",
        "tabs": tabs_for(user, "access:grants"),
        "can_ask": ASKING.admits(user),
        **LISTING.context(
            request,
            GrantRequest.objects.visible_to(user),
            named=GrantRequestQuerySet.with_names,
            shown=lambda rows: [_row(each, user=user, today=today) for each in rows],
        ),
    }
    return render(request, "access/grants.html", context)


@dataclass(frozen=True, slots=True)
class GrantRow:
    """One application for a special grant as a row of the list."""

    request: GrantRequest
    may: str
    is_soon: bool
    is_review_due: bool
    verbs: list[tuple[str, str]]


def _row(request: GrantRequest, *, user: User, today: Any) -> GrantRow:
    ends_on = day_of(request.expires_at)
    return GrantRow(
        request=request,
        may=WORDS[request.verb].format(place=request.place),
        is_soon=request.status == "in_effect" and (ends_on - today).days <= SOON_DAYS,
        is_review_due=bool(request.review_due_on and request.review_due_on <= today),
        verbs=[(verb, states.VERBS[verb]) for verb in WHO_MAY.open_to(user, request)],
    )


def ask(request: SignedInRequest) -> HttpResponse:
    """Apply for a special grant."""
    user = request.user
    places = ASKING.require(user)
    at = clock.now()
    today = day_of(at)
    people = User.objects.filter(people_managed(user, day=today), is_active=True)
    form = GrantForm(given(request), places=places, people=people, today=today)

    def act() -> tuple[str, str]:
        asked = actions.ask_for_grant(form.draft(), by=user, at=at)
        return f"已提交申请 {asked.number}，等待第二个人审批。", reverse("access:grants")

    return form_page(
        request,
        form,
        lambda: form_once(form, user, act, at=at),
        done=lambda result: result,
        context={
            "title": "申请专项授权",
            "consequence": "提交后由市级安全管理员审批；批准后对方下一次打开页面就生效，到期自动收回。",
            "back": reverse("access:grants"),
            "back_word": "返回专项授权",
            "modules": ["js/find_person.js"],
            "word": "提交申请",
            "quit_word": "不申请了",
        },
    )


class GrantVerb(VerbPage):
    """A verb of a special grant in sight."""

    life = LIFE
    verbs = {
        "approve": Verb(actions.approve_grant, states.VERBS["approve"], form=NoteForm),
        "refuse": Verb(actions.refuse_grant, states.VERBS["refuse"], form=NoteForm, is_dangerous=True),
        "cancel": Verb(actions.cancel_request, states.VERBS["cancel"]),
        "review": Verb(actions.review_grant, states.VERBS["review"], form=NoteForm),
        "revoke": Verb(actions.revoke_grant, states.VERBS["revoke"], form=NoteForm, is_dangerous=True),
    }

    def find(self, pk: int) -> GrantRequest:
        """An application in sight."""
        found = GrantRequest.objects.visible_to(self.user).with_names().filter(pk=pk).first()
        if found is None:
            raise Http404
        return found

    def sentence(self, result: GrantRequest) -> str:
        """What was done."""
        return f"{result.number} 已{self.declaration.word}。"

    def back(self) -> str:
        """All of them."""
        return reverse("access:grants")

    def context(self) -> Context:
        """What is asked for, beside the form."""
        return {
            "title": f"{self.declaration.word}专项授权",
            "back_word": "返回专项授权",
            "may": WORDS[self.row.verb].format(place=self.row.place),
            "aside": "access/grant_facts.html",
        }
