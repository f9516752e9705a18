"""To draft an edition, change it, publish it or give it up: each a page with its consequence (Art. 14)."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date, timedelta
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse

from accounts.models import User
from accounts.requests import signed_in
from common import clock
from common.errors import IllegalMove, NotPermitted, StaleVersion
from common.web.saying import given, say
from common.web.versions import VersionedForm
from grids.models import Division
from matters import actions, policies
from matters.actions.editions import CLOSED
from matters.actions.soundness import faults_in
from matters.forms.editions import EditionForm, RevisionForm
from matters.models import MatterList
from matters.views import edition_words as words
from matters.views.editions import differences_of, edition_in_sight, matters_of
from matters.views.frame import today_now
from personnel.scopes import authority_of

WORDS = {
    "draft_edition": "编制下一版",
    "revise_edition": "修改施行日期和文号",
    "publish_edition": "公布",
    "discard_edition": "放弃这一版",
}
CONSEQUENCES = {
    "draft_edition": "以最近公布的一版为底，编入所有已同意、待列入的申请；公布以前只有本县区看得到，可以改。",
    "revise_edition": "保存时，这段时间新同意的申请也一并编入。",
    "publish_edition": "公布后谁也不能再改这一版，要改只能编制下一版。到施行日期自动生效，退出的事项不能再上报，"
    "在办的照办到底；同时开始计算向市里报备的时限。",
    "discard_edition": "在编的内容（包括导入的事项）全部删除，不能恢复；已编入的申请退回“待列入”，等下一版。",
}


def new(request: HttpRequest) -> HttpResponse:
    """Open the next edition of one's county's list."""
    user, (_, today) = signed_in(request), today_now()
    held = authority_of(user).places("division", "publish_matters")
    counties = list(Division.objects.of_level("county").filter(pk__in=held).defer("outline"))
    if not counties:
        raise NotPermitted("清单由县区主管部门编制、公布（条例第十四条）。", verb="draft_edition")
    waiting = MatterList.objects.drafts().filter(county__in=counties).first()
    if request.method == "GET" and waiting is not None and len(counties) == 1:
        messages.info(request, f"{counties[0].name}已有一版在编，请先公布或放弃它。")
        return redirect("matters:edition", waiting.pk)
    earliest = earliest_day(counties[0], today=today) if len(counties) == 1 else today
    form = EditionForm(given(request), counties=counties, earliest=earliest)

    def act() -> MatterList:
        said = {name: form.cleaned_data[name] for name in ("in_force_on", "document", "note")}
        return actions.draft_edition(form.chosen_county(), **said, by=user, at=clock.now())

    return say(
        request,
        form,
        act,
        done=lambda made: (f"已开始编制第{made.edition}版。请核对改动，再公布。", _page(made)),
        template="matters/edition_verb.html",
        context=_frame("draft_edition", back=reverse("matters:lists"), place=counties),
    )


def earliest_day(county: Division, *, today: date) -> date:
    """The first day on which another edition of the county could come into force."""
    last = MatterList.objects.published().filter(county=county).order_by("-in_force_on").first()
    return max(today, last.in_force_on + timedelta(days=1)) if last else today


def edit(request: HttpRequest, pk: int) -> HttpResponse:
    """Change the day, the document and the note of a draft; what was adopted meanwhile comes in."""
    user, found = _kept(request, pk, "revise_edition")
    if found.published_at is not None:
        return _closed(request, found, "revise_edition")
    said = {name: getattr(found, name) for name in ("in_force_on", "document", "note")}
    _, today = today_now()
    form = RevisionForm(
        given(request),
        counties=[found.county],
        earliest=earliest_day(found.county, today=today),
        version=found.version,
        initial=said,
    )

    def act() -> MatterList:
        asked = {name: form.cleaned_data[name] for name in said}
        return actions.revise_edition(found, **asked, by=user, at=clock.now())

    return _say(
        request, form, found, act, verb="revise_edition", done=lambda made: ("已保存。", _page(found))
    )


def publish(request: HttpRequest, pk: int) -> HttpResponse:
    """Publish a draft; its faults stand here before anybody presses."""
    user, found = _kept(request, pk, "publish_edition")
    if found.published_at is not None:
        return _closed(request, found, "publish_edition")
    _, today = today_now()
    before = MatterList.objects.published().filter(county=found.county).order_by("-edition").first()
    faults = list(faults_in(found, today=today))
    form = VersionedForm(given(request), version=found.version)
    return _say(
        request,
        form,
        found,
        lambda: actions.publish_edition(found, by=user, at=clock.now()),
        verb="publish_edition",
        done=lambda made: (f"第{made.edition}版已公布，请按时向市主管部门报备。", _page(made)),
        more={
            "faults": faults,
            "counts": words.counts_of(differences_of(matters_of(before), matters_of(found))),
            "is_closed": bool(faults),
        },
    )


def discard(request: HttpRequest, pk: int) -> HttpResponse:
    """Give a draft up."""
    user, found = _kept(request, pk, "discard_edition")
    if found.published_at is not None:
        return _closed(request, found, "discard_edition")
    form = VersionedForm(given(request), version=found.version)
    return _say(
        request,
        form,
        found,
        lambda: actions.discard_edition(found, by=user, at=clock.now()),
        verb="discard_edition",
        done=lambda _: (f"在编的第{found.edition}版已放弃。", reverse("matters:lists")),
    )


def _kept(request: HttpRequest, pk: int, verb: str) -> tuple[User, MatterList]:
    """The edition, for whoever keeps the county's list."""
    user = signed_in(request)
    found = edition_in_sight(user, pk)
    policies.require_publisher(user, found.county, verb=verb)
    return user, found


def _closed(request: HttpRequest, found: MatterList, verb: str) -> HttpResponse:
    """What is published already: why there is nothing to do, and the way back."""
    context = {**_frame(verb, back=_page(found), place=[found.county]), "edition": found, "refusal": CLOSED}
    return render(request, "matters/edition_verb.html", context, status=IllegalMove.status)


def _say(
    request: HttpRequest,
    form: VersionedForm,
    found: MatterList,
    act: Callable[[], Any],
    *,
    verb: str,
    done: Callable[[Any], tuple[str, str]],
    more: Mapping[str, Any] | None = None,
) -> HttpResponse:
    def as_read() -> Any:
        seen, found.version = found.version, form.cleaned_data["version"]
        try:
            return act()
        except StaleVersion:
            form.carry(seen)  # the page below is the newest, so that sending again is a decision
            raise

    context = {**_frame(verb, back=_page(found), place=[found.county]), "edition": found, **(more or {})}
    return say(request, form, as_read, done=done, template="matters/edition_verb.html", context=context)


def _page(found: MatterList) -> str:
    return reverse("matters:edition", args=[found.pk])


def _frame(verb: str, *, back: str, place: list[Division]) -> dict[str, Any]:
    return {
        "title": WORDS[verb],
        "word": {"draft_edition": "开始编制", "revise_edition": "保存"}.get(verb, WORDS[verb]),
        "consequence": CONSEQUENCES[verb],
        "is_dangerous": verb in ("publish_edition", "discard_edition"),
        "place": place[0].name if len(place) == 1 else "",
        "back": back,
    }
