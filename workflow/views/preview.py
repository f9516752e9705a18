"""A case beside the list: enough to decide, and the buttons for it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta

from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse

from accounts.models import User
from accounts.requests import SignedInRequest
from common.shapes import Shown
from workflow.called import called_words
from workflow.last_words import last_words
from workflow.limit_words import matter_limits
from workflow.models import Case
from workflow.policies import WHO_MAY
from workflow.presence import others_at
from workflow.presentation import Timing, clock_of, row_of
from workflow.recurrences import recurrence_of
from workflow.returns import ground_of
from workflow.sentences import NEXT_STEPS, USUAL_VERB
from workflow.states import VERBS
from workflow.suggestions import suggest_unit
from workflow.verbs import CASE_VERBS
from workflow.views.briefs import photos_of
from workflow.views.fetching import timing_now, visible_case
from workflow.views.shares import share_lines

# The shortcut letters of desk and tray. Two verbs that are never open together may share a letter.
KEYS = {
    "accept": "a",
    "assign": "d",
    "uphold_return": "d",
    "return_for_correction": "r",
    "reject_return": "r",
    "escalate": "e",
    "merge": "m",
    "sign": "a",
    "feed_back": "f",
    "hand_back": "r",
    **dict.fromkeys(("name_lead", "reassign"), "d"),
    **dict.fromkeys(("grant_extension", "grant_shelving", "resume"), "a"),
    **dict.fromkeys(("refuse_extension", "refuse_shelving"), "r"),
    "press": "p",
    "take_charge": "t",
    "ask_extension": "e",
    "ask_shelving": "h",
}
DESK_VERBS = ("accept", "assign", "take_charge", "return_for_correction", "escalate", "merge", "press")
TRAY_VERBS = ("sign", "take_charge", "feed_back", "resume", "ask_extension", "ask_shelving", "hand_back")
ONE_PRESS = ("accept", "sign", "take_charge")
DESK_ORDER = (
    "accept",
    "assign",
    "take_charge",
    "uphold_return",
    "reject_return",
    "return_for_correction",
    "escalate",
    "merge",
    "name_lead",
    "convene",
    "grant_extension",
    "refuse_extension",
    "grant_shelving",
    "refuse_shelving",
    "sign",
    "feed_back",
    "resume",
    "ask_extension",
    "ask_shelving",
    "hand_back",
    "reassign",
    "join",
    "ask_join",
    "press",
)
SIMILAR_WITHIN = timedelta(days=7)
SIMILAR_SHOWN = 5


def preview(request: SignedInRequest, pk: int) -> HttpResponse:
    """Shows the pane of one case. The number of statements does not depend on the case's history."""
    case = visible_case(request.user, pk)
    user, timing = request.user, timing_now()
    buttons = desk_buttons(user, case)
    may_assign = any(button.verb in ("assign", "uphold_return") for button in buttons)
    context = {
        "case": case,
        "url": reverse("workflow:case", args=[case.pk]),
        "presence": others_at(case, user, at=timing.at),
        "last_words": last_words(case),
        "clock": clock_of(case, case.stages.of_case().running().first(), timing),
        "next_step": NEXT_STEPS.get(case.status, ""),
        "shares": share_lines(user, case, at=timing.at),
        "recurrence": recurrence_of(user, case),
        "facts": brief_facts(case),
        "photos": photos_of(case),
        "similar": [row_of(other, timing) for other in similar_to(case, user, timing)],
        "suggestion": suggest_unit(case) if may_assign else None,
        "buttons": buttons,
    }
    return render(request, "workflow/preview.html", context)


def desk_buttons(user: User, case: Case) -> list[DeskButton]:
    """Returns the open verbs in the desk's order. A case that may be accepted may be assigned in the same step."""
    verbs = WHO_MAY.open_to(user, case)
    if "accept" in verbs:
        verbs.insert(verbs.index("accept") + 1, "assign")
    ranked = sorted(verbs, key=lambda verb: DESK_ORDER.index(verb) if verb in DESK_ORDER else len(DESK_ORDER))
    return [desk_button(case, verb) for verb in ranked]


@dataclass(frozen=True, slots=True)
class DeskButton(Shown):
    """A verb of the desk: one press, or a form that opens in the pane."""

    verb: str
    word: str
    url: str
    page_url: str
    key: str
    one_press: bool
    kind: str


def desk_button(case: Case, verb: str) -> DeskButton:
    """Returns one verb as a button: one press if no text is needed, otherwise a form that opens in the pane."""
    return DeskButton(
        verb=verb,
        word=VERBS[verb],
        url=reverse(f"workflow:desk_{verb}", args=[case.pk]),
        page_url=reverse(f"workflow:{verb}", args=[case.pk]),
        key=KEYS.get(verb, ""),
        one_press=verb in ONE_PRESS,
        kind="danger"
        if CASE_VERBS[verb].is_dangerous
        else "primary"
        if verb == USUAL_VERB.get(case.status)
        else "",
    )


def letters_of(verbs: Sequence[str]) -> list[tuple[str, str]]:
    """Returns the letters of verbs with their words, for the sheet of keys."""
    return [(KEYS[verb].upper(), VERBS[verb]) for verb in verbs]


def brief_facts(case: Case) -> list[tuple[str, str]]:
    """Returns where it is, who reported it, what it is and how long it may take."""
    matter = case.matter
    facts = [
        ("地点", f"{case.township.name} {case.grid.name}{f' · {case.place}' if case.place else ''}"),
        ("上报", f"{case.reporter.name} · {case.get_source_display()}"),
        ("已拨打", called_words(case.called)),
        ("事项", f"{matter.code} {matter.name}" if matter else "不在清单"),
        ("时限", matter_limits(matter) if matter else "按一般事项默认时限"),
        ("单位", case.unit.name if case.unit else ""),
        ("依据", ground_of(case) if case.unit else ""),
        ("结果", case.result),
    ]
    return [(name, words) for name, words in facts if words]


def similar_to(case: Case, user: User, timing: Timing) -> list[Case]:
    """Returns cases of the same matter in the same grid within seven days, newest first: they may be the same thing."""
    same = Case.objects.visible_to(user).filter(
        grid_id=case.grid_id, reported_at__gte=timing.at - SIMILAR_WITHIN
    )
    same = same.filter(matter_id=case.matter_id) if case.matter_id else same.filter(title=case.title)
    return list(same.exclude(pk=case.pk).with_names().order_by("-reported_at", "-pk")[:SIMILAR_SHOWN])
