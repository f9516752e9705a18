"""What becomes of a merged report: it goes on in another case (Art. 17)."""

from __future__ import annotations

from collections.abc import Iterable

from workflow.models import Case


def merged_into(case: Case) -> list[Case]:
    """Returns the cases that were merged into this one, and those merged into them."""
    return merged_into_each([case])[case.pk]


def merged_into_each(cases: Iterable[Case]) -> dict[int, list[Case]]:
    """Returns by number of each case what was merged into it, and into those; one statement if there is none.

    Clues are left out: nothing tells of the case in which they go on (Art. 20).
    """
    found: dict[int, list[Case]] = {case.pk: [] for case in cases}
    ends_in = {pk: pk for pk in found}
    level = list(found)
    while level:
        merged = Case.objects.filter(merged_into__in=level, status="merged", confidential=False)
        level = []
        for one in merged.order_by("pk"):
            ends_in[one.pk] = ends_in[one.merged_into_id or 0]
            found[ends_in[one.pk]].append(one)
            level.append(one.pk)
    return found


def goes_on_in(case: Case) -> Case:
    """Returns the case in which a merged one goes on, with its names; the case itself if it was not merged.

    A clue is not followed: nothing else may tell of it (Art. 20).
    """
    names = ("unit", "matter", "township", "county", "city")
    while case.status == "merged" and case.merged_into_id is not None and not case.confidential:
        case = Case.objects.select_related(*names).get(pk=case.merged_into_id)
    return case
