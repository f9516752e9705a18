"""Downloads of grids: a county as a plan changes it, and the register of a place on a day (Art. 7)."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import IO, cast

from django.http import FileResponse, Http404, HttpRequest
from django.views.decorators.http import require_safe

from accounts.requests import SignedInRequest
from common.errors import RuleViolation
from common.web.asked_day import asked_day
from common.web.files import XLSX, download
from exchange.rows import Form
from grids.models import Division
from plans.entrances import EXPORT
from plans.export_rows import WRITERS, Gathering, plan_after, register_on, write
from plans.views.frame import today_now
from plans.views.sentences import day_words
from plans.visibility import plan_in_sight

ENDINGS = {
    "geojson": (".geojson", "application/geo+json"),
    "workbook": (".xlsx", XLSX),
    "shapefile": (".zip", "application/zip"),
}
LATER = "只能导出今天和以前的网格册；以后的划分请从方案里导出。"


@require_safe
def plan(request: SignedInRequest, pk: int) -> FileResponse:
    """Send the county's grids as the plan changes them; with ``only=drawn`` only those it creates or changes."""
    user, (_, today) = request.user, today_now()
    seen = plan_in_sight(user, pk)
    EXPORT.require(user)
    only_drawn = request.GET.get("only") == "drawn"
    found = plan_after(seen, today=today, only_drawn=only_drawn)
    if not found.count:
        raise RuleViolation("方案里还没有新设或调整的网格，没有可以导出的。")
    words = "改动的网格" if only_drawn else "生效后的网格"
    return _grids(found, form=asked_form(request), name=f"{seen.title}（{seen.number}）{words}")


@require_safe
def register(request: SignedInRequest) -> FileResponse:
    """Send the grids of a county or township as they were on a day; without a day as they are today."""
    user, (_, today) = request.user, today_now()
    EXPORT.require(user)
    place = Division.objects.filter(code=request.GET.get("division", "")[:12]).defer("outline").first()
    if place is None or place.level not in ("county", "township"):
        raise Http404
    day = asked_day(request, today=today, ahead=LATER)
    found = register_on(place, day=day)
    if not found.count:
        raise RuleViolation(f"{day_words(day)}，{place.name}没有在用的网格，没有可以导出的。请换一个日期。")
    return _grids(found, form=asked_form(request), name=f"{place.name}网格册 {day.isoformat()}")


def asked_form(request: HttpRequest) -> Form:
    """Return the file format named in the address; raises :class:`Http404` for any other."""
    form = request.GET.get("form", "")
    if form not in WRITERS:
        raise Http404
    return cast(Form, form)


def _grids(found: Gathering, *, form: Form, name: str) -> FileResponse:
    return sent_file(partial(write, found.rows, form=form), form=form, name=name)


def sent_file(fill: Callable[[IO[bytes]], None], *, form: Form, name: str) -> FileResponse:
    """Send what ``fill`` writes as a download, from a file on disk so that it needs no memory."""
    ending, kind = ENDINGS[form]
    return download(fill, name=name, ending=ending, kind=kind)
