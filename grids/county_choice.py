"""The county that a list is narrowed to: named in the address, else the person's own, else the whole city."""

from __future__ import annotations

from collections.abc import Callable

from django.http import Http404, HttpRequest

from common.shapes import Context
from grids.models import Division

EVERYWHERE = "all"


def county_of_code(code: str) -> Division:
    """A county by its code. Raises Http404 if there is no such county."""
    found = Division.objects.of_level("county").filter(code=code[:12]).defer("outline").first()
    if found is None:
        raise Http404
    return found


def chosen_county(request: HttpRequest, own: Callable[[], Division | None]) -> Division | None:
    """The county of the address, or None for all; ``own`` is asked only where the address names none."""
    code = request.GET.get("county", "")
    if code == EVERYWHERE:
        return None
    return county_of_code(code) if code else own()


def county_words(county: Division | None) -> dict[str, str]:
    """How the address of a list names the choice."""
    return {"county": county.code if county else EVERYWHERE}


def county_choice(county: Division | None) -> Context:
    """What templates/parts/county_choice.html shows; one statement."""
    counties = Division.objects.of_level("county").values_list("code", "name")
    return {"county": county, "counties": counties}
