"""One case: who has it, how much time is left, what happened, what can be done. Also its photos."""

from __future__ import annotations

import io
from dataclasses import dataclass
from uuid import UUID

from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from PIL import Image

from accounts.models import User
from accounts.requests import SignedInRequest
from common import clock
from common.drawing.qr import qr_path
from common.shapes import Shown
from common.web.files import jpeg_answer
from common.web.public_address import public_url
from grids.sketches import village_areas
from workflow import policies
from workflow.calls import on_duty_for
from workflow.merged_cases import goes_on_in
from workflow.models import Attachment, Case, Stage
from workflow.panels import panels_of
from workflow.presence import others_at
from workflow.presentation import clock_of, light_of, parcel_of, return_reason, time_facts, timeline_of
from workflow.recurrences import recurrence_of
from workflow.sentences import NEXT_STEPS
from workflow.views.briefs import contact_of, facts_of, grid_people_of, photos_of, stage_line
from workflow.views.fetching import buttons_for, timing_now, visible_case
from workflow.views.shares import share_lines
from workflow.visibility import trace_look
from worktime.clocks import day_of

SMALL_SIDE = 320
PHOTO_SECONDS = 60 * 60


def case_page(request: SignedInRequest, pk: int) -> HttpResponse:
    """Shows everything about a case that the user may see. The number of statements does not grow with its history."""
    case = visible_case(request.user, pk)
    user, timing = request.user, timing_now()
    stages = list(case.stages.select_related("organization", "taken_by").order_by("pk"))
    running = next((stage for stage in stages if stage.ended_at is None and stage.share_id is None), None)
    events = list(case.events.select_related("actor", "unit").order_by("seq"))
    buttons = buttons_for(user, case)
    people = grid_people_of(case, day_of(timing.at))
    context = {
        "title": case.title,
        "case": case,
        "presence": others_at(case, user, at=timing.at),
        "light": light_of(case, timing.at),
        "clock": clock_of(case, running, timing),
        "steps": parcel_of(case),
        "next_step": NEXT_STEPS.get(case.status, ""),
        "facts": [*facts_of(case), *duty_facts(case, running), *time_facts(case, events), *people.items()],
        "events": timeline_of(events),
        "return_reason": return_reason(case, events),
        "stages": [stage_line(stage) for stage in stages],
        "contact": contact_of(case),
        "photos": photos_of(case),
        "shares": share_lines(user, case, at=timing.at),
        "recurrence": recurrence_of(user, case),
        "panels": panels_of(user, case),
        "areas": village_areas(case.village_id, here=case.grid_id),
        "buttons": [button for button in buttons if button.kind != "danger"],
        "final_buttons": [button for button in buttons if button.kind == "danger"],
        "rating": rating_link(request, user, case),
        "just_reported": request.GET.get("done") == "report" and case.reporter_id == user.pk,
    }
    return render(request, "workflow/case.html", context)


def duty_facts(case: Case, running: Stage | None) -> list[tuple[str, str]]:
    """Returns of an urgent case who is on duty where it is, with telephones, and who has taken it."""
    words = on_duty_for(case, at=clock.now())
    taken = running.taken_by if running else None
    facts = [("值班", words), ("接手", f"{taken.name} {taken.phone}".strip() if taken else "")]
    return [(name, each) for name, each in facts if each]


@dataclass(frozen=True, slots=True)
class RatingLink(Shown):
    """The address at which the resident rates the case, as words and as a QR code."""

    code: str
    url: str
    path: str
    side: int


def rating_link(request: HttpRequest, user: User, case: Case) -> RatingLink | None:
    """Returns the resident's own address, shown only to the reporter: people who handle the case must not rate it."""
    if not case.for_resident or not policies.WHO_MAY.may("rate", user, case) or not goes_on_in(case).is_open:
        return None
    url = public_url(request, reverse("workflow:resident", args=[case.rating_code]))
    path, side = qr_path(url)
    return RatingLink(case.rating_code, url, path, side)


def photo(request: SignedInRequest, uid: UUID) -> HttpResponseBase:
    """Returns a photo of a case that the user may see. Raises Http404 for any other."""
    return jpeg_answer(_visible_photo(request, uid).file, keep_seconds=PHOTO_SECONDS)


def small_photo(request: SignedInRequest, uid: UUID) -> HttpResponseBase:
    """Returns the same photo in the size of a list."""
    found = _visible_photo(request, uid)
    written = io.BytesIO()
    with found.file.open("rb") as file, Image.open(file) as picture:
        picture.draft("RGB", (SMALL_SIDE, SMALL_SIDE))
        picture.thumbnail((SMALL_SIDE, SMALL_SIDE))
        picture.save(written, "JPEG", quality=75)
    return jpeg_answer(written.getvalue(), keep_seconds=PHOTO_SECONDS)


def _visible_photo(request: SignedInRequest, uid: UUID) -> Attachment:
    found = Attachment.objects.visible_to(request.user).select_related("case").filter(uid=uid).first()
    if found is None or not found.file.storage.exists(str(found.file.name)):
        raise Http404
    if found.case is not None:
        trace_look(found.case, request.user, fields=("photo",))
    return found
