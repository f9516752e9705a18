"""What becomes of a merged report: it goes on in another case (Art. 17)."""

from __future__ import annotations

from workflow.models import Case


def merged_into(case: Case) -> list[Case]:
    """Returns the cases that were merged into this one, and those merged into them; one statement if there is none.

    Clues are left out: nothing tells of the case in which they go on (Art. 20).
    """
    found: list[Case] = []
    level = [case.pk]
    while level:
        merged = list(
            Case.objects.filter(merged_into__in=level, status="merged", confidential=False).order_by("pk")
        )
        found += merged
        level = [one.pk for one in merged]
    return found


def goes_on_in(case: Case) -> Case:
    """Returns the case in which a merged one goes on, with its names; the case itself if it was not merged.

    A clue is not followed: nothing else may tell of it (Art. 20).
    """
    names = ("unit", "matter", "township", "county", "city")
    while case.status == "merged" and case.merged_into_id is not None and not case.confidential:
        case = Case.objects.select_related(*names).get(pk=case.merged_into_id)
    return case
