"""The page of one plan: whose turn it is, findings, consents, changes and history (Art. 7)."""

from __future__ import annotations

from dataclasses import replace

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse

from accounts.models import User
from accounts.requests import SignedInRequest
from common.numbers import whole_number
from common.shapes import Context
from common.web.shapes import Button
from plans.actions.calls import verbs_open_to
from plans.models import GridPlan
from plans.norms import norm_of
from plans.pictures import MOST_DRAWN, pictures_of
from plans.policies import may_draw
from plans.views.changes import changes_page, counts_of
from plans.views.findings import findings_for
from plans.views.frame import tabs_for, today_now
from plans.views.presentation import consents_of, filing_of, hero_of, timeline_of
from plans.views.sentences import BACKWARD, DANGEROUS, WORDS, steps_of
from plans.visibility import plan_in_sight

MOST_STEPS = MOST_FINDINGS = 50
# A plan is examined until it is published, because its faults can still be corrected.
EXAMINED_WHILE = ("drafting", "consulting", "agreed", "approved")


def plan(request: SignedInRequest, pk: int) -> HttpResponse:
    """Show everything about one plan to users who may see it."""
    user, (at, today) = request.user, today_now()
    seen = plan_in_sight(user, pk)
    counts = counts_of(seen)
    findings = findings_for(seen, today=today) if seen.status in EXAMINED_WHILE else []
    page, changes = changes_page(seen, page=_page_number(request), today=today)
    consents = consents_of(
        seen.consents.select_related("township", "department", "by").defer("township__outline").order_by("pk")
    )
    pictures = pictures_of(seen, today=today) if 0 < counts["total"] <= MOST_DRAWN else None
    context = {
        "title": seen.title,
        "tabs": tabs_for(user, "plans:plans"),
        "plan": seen,
        "hero": hero_of(
            seen, consents, notice_days=norm_of(seen.county_id, day=today).notice_days, today=today
        ),
        "steps": steps_of(seen.status),
        "counts": counts,
        "findings": findings[:MOST_FINDINGS],
        "findings_total": len(findings),
        "blocking": sum(finding.is_blocking for finding in findings),
        "is_examined": seen.status in EXAMINED_WHILE,
        "consents": consents,
        "pictures": pictures,
        "most_drawn": MOST_DRAWN,
        "can_draw": may_draw(user, seen),
        "page": page,
        "changes": changes,
        "filing": filing_of(seen, at=at),
        "events": timeline_of(seen.events.select_related("actor").order_by("seq")),
        "reversals": seen.reversals.order_by("pk"),
        **_drawing_of(seen),
        **_buttons_of(user, seen, is_blocked=any(finding.is_blocking for finding in findings)),
    }
    return render(request, "plans/plan.html", context)


def _page_number(request: HttpRequest) -> int:
    return whole_number(request.GET.get("page", "1")) or 1


def _drawing_of(seen: GridPlan) -> Context:
    """Return the latest drawing steps, newest first, and their total number."""
    steps = seen.changes.select_related("by").defer("before", "after").order_by("-seq")
    return {"drawing": list(steps[:MOST_STEPS]), "drawing_total": steps.count()}


def _buttons_of(user: User, seen: GridPlan, *, is_blocked: bool) -> Context:
    """Return the buttons for the user's verbs: next steps first, backward ones after, final ones separately."""
    verbs = verbs_open_to(user, seen)
    draws = may_draw(user, seen)
    ready = not is_blocked
    forward = [verb for verb in verbs if verb not in (*DANGEROUS, *BACKWARD)]
    ordered = [*forward, *(verb for verb in verbs if verb in BACKWARD)]
    buttons = [Button(word=WORDS[verb], url=reverse(f"plans:{verb}", args=[seen.pk])) for verb in ordered]
    map_button = Button(
        word="在地图上改" if draws else "看地图",
        url=reverse("plans:map", args=[seen.pk]),
    )
    if draws and is_blocked:
        buttons.insert(0, map_button)
    else:
        buttons.append(map_button)
    if draws:
        buttons.append(Button(word="改名称和日期", url=reverse("plans:edit", args=[seen.pk])))
    if (draws and is_blocked) or (forward and ready):
        buttons[0] = replace(buttons[0], kind="primary")
    final = [
        Button(word=WORDS[verb], url=reverse(f"plans:{verb}", args=[seen.pk]))
        for verb in verbs
        if verb in DANGEROUS
    ]
    return {"buttons": buttons, "final_buttons": final}
