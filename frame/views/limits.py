"""How long each step of a case may take: what holds now, from when and by which document, and a new limit (Art. 18)."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse

from accounts.requests import SignedInRequest
from common import clock
from common.shapes import Shown
from common.web.verb_page import form_page, given
from frame.entrances import CALENDAR, CALENDAR_KEEPERS
from frame.forms import StepLimitForm, typed_limit
from workflow.actions.limits import LimitDraft, publish_step_limit
from workflow.models import StepLimit
from workflow.step_names import length_of_limit, name_of_limit, order_of
from worktime.clocks import Clock, Limit, day_of


@dataclass(frozen=True, slots=True)
class LimitRow(Shown):
    """A limit with those that held before it and those that are to come, newest last (frame/limits.html)."""

    name: str
    words: str
    since: date
    document: str
    change_url: str
    coming: list[tuple[date, str, str]]
    past: list[tuple[date, str, str]]


def limits(request: SignedInRequest) -> HttpResponse:
    """Show the limits in force, with their history and what is registered for later."""
    CALENDAR.require(request.user)
    context = {
        "title": "环节时限",
        "rows": list(_rows(day_of(clock.now()))),
        "may_enter": CALENDAR_KEEPERS.admits(request.user),
    }
    return render(request, "frame/limits.html", context)


def _rows(today: date) -> Iterator[LimitRow]:
    found: dict[tuple[str, str, bool], list[StepLimit]] = defaultdict(list)
    for limit in StepLimit.objects.order_by("effective_on"):
        found[limit.step, limit.purpose, limit.urgent].append(limit)
    for held in sorted(found.values(), key=lambda rows: order_of(rows[0])):
        begun = [limit for limit in held if limit.effective_on <= today]
        now = begun[-1] if begun else held[0]
        shown = [(limit.effective_on, length_of_limit(limit), limit.document) for limit in held]
        place = held.index(now)
        yield LimitRow(
            name=name_of_limit(now),
            words=length_of_limit(now),
            since=now.effective_on,
            document=now.document,
            change_url=reverse("frame:change_limit", args=[now.pk]),
            coming=shown[place + 1 :],
            past=shown[:place],
        )


def change(request: SignedInRequest, pk: int) -> HttpResponse:
    """Register a limit that replaces the one in the address from a later day on."""
    user = request.user
    CALENDAR_KEEPERS.require(user)
    held = get_object_or_404(StepLimit, pk=pk)
    form = StepLimitForm(given(request), initial=typed_limit(Limit(Clock(held.clock), held.amount)))
    return form_page(
        request,
        form,
        lambda: publish_step_limit(_draft(held, form), by_id=user.pk, at=clock.now()),
        done=lambda limit: (
            f"已登记：{name_of_limit(limit)} {length_of_limit(limit)}，{limit.effective_on} 起。"
            "到那天请到“重新推算在办期限”看看在办的怎样变化。",
            reverse("frame:limits"),
        ),
        context={
            "title": f"改时限：{name_of_limit(held)}",
            "notice": f"现行 {length_of_limit(held)}，依据 {held.document}。",
            "consequence": "到开始那天起，新进入这一环节的事项按它计算。已在走的期限到那天由您预览后重新推算；"
            "原来的时限保留在记录里。",
            "word": "登记",
            "back": reverse("frame:limits"),
        },
    )


def _draft(held: StepLimit, form: StepLimitForm) -> LimitDraft:
    limit = form.limit()
    return LimitDraft(
        step=held.step,
        purpose=held.purpose,
        urgent=held.urgent,
        clock=limit.clock,
        amount=limit.amount,
        effective_on=form.cleaned_data["effective_on"],
        document=form.cleaned_data["document"],
    )
