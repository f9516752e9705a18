"""Two lists side by side: two editions of a county, or the lists of two counties (Art. 16)."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from django.http import FileResponse, Http404, HttpResponseBase
from django.shortcuts import render

from accounts.requests import SignedInRequest
from common.shapes import Context
from common.web.files import download
from matters.comparison import WHAT, compare
from matters.content import MatterContent, content_of
from matters.export_rows import write_comparison
from matters.forms.editions import CompareForm
from matters.models import Matter, MatterList
from matters.views import edition_words as words
from matters.views.editions import visible_editions
from matters.views.frame import tabs_for, today_now


def compare_lists(request: SignedInRequest) -> HttpResponseBase:
    """Lets the user choose two editions and shows the differences on screen, in print and as a workbook."""
    user, (at, today) = request.user, today_now()
    editions = list(visible_editions(user))
    is_asked = "before" in request.GET or "after" in request.GET
    form = CompareForm(request.GET if is_asked else None, editions=editions)
    context: Context = {
        "title": "两版清单对照",
        "tabs": tabs_for(user, "matters:lists"),
        "form": form,
        "at": at,
    }
    if not is_asked or not form.is_valid():
        return render(request, "matters/compare.html", context, status=422 if is_asked else 200)
    before, after = form.chosen()
    found = differences_between(before, after)
    if (kind := request.GET.get("form", "")) == "xlsx":
        return _file(found, before, after)
    if kind:
        raise Http404
    siblings = {
        each.pk: [one for one in editions if one.county_id == each.county_id] for each in (before, after)
    }
    context |= {
        "before": before,
        "after": after,
        "before_state": words.state_of(before, editions=siblings[before.pk], today=today),
        "after_state": words.state_of(after, editions=siblings[after.pk], today=today),
        "is_across": before.county_id != after.county_id,
        "words": words_between(before, after),
        "differences": found,
        "counts": words.counts_of([each.difference for each in found]),
        "file_url": f"?before={before.pk}&after={after.pk}&form=xlsx",
        "swap_url": f"?before={after.pk}&after={before.pk}",
    }
    return render(request, "matters/compare.html", context)


def words_between(before: MatterList, after: MatterList) -> dict[str, str]:
    """Returns the words for added, changed and ended: between two editions in time, or between two counties."""
    if before.county_id == after.county_id:
        return WHAT
    return {
        "added": f"只有{after.county.name}有",
        "changed": "内容不同",
        "ended": f"只有{before.county.name}有",
    }


def differences_between(before: MatterList, after: MatterList) -> list[words.WordedDifference]:
    """Returns every difference with its word; a new matter with its whole content.

    Within a county a matter is found by its code. Counties number separately, so between them it is found by its name.
    """
    rows = Matter.objects.filter(edition__in=[before, after]).order_by("code")
    is_across = before.county_id != after.county_id
    sides: dict[int, dict[str, Matter]] = {before.pk: {}, after.pk: {}}
    for row in rows:
        sides[row.edition_id][row.name if is_across else row.code] = row
    old, new = (_contents(sides[each.pk]) for each in (before, after))
    wordings, found = words_between(before, after), []
    for each in compare(old, new):
        row = sides[after.pk].get(each.code) or sides[before.pk][each.code]
        found.append(words.worded(replace(each, code=row.code), wordings[each.what], row))
    return sorted(found, key=lambda each: (list(WHAT).index(each.what), each.difference.code))


def _contents(rows: dict[str, Matter]) -> dict[str, MatterContent]:
    return {key: content_of(row) for key, row in rows.items()}


def _file(found: Iterable[words.WordedDifference], before: MatterList, after: MatterList) -> FileResponse:
    lines = [(each.word, each.difference) for each in found]
    name = f"清单对照 {before.county.name}第{before.edition}版 {after.county.name}第{after.edition}版"
    return download(lambda file: write_comparison(file, lines), name=name)
