"""A case in a message outside the platform: number, matter, step; never its title or its texts (Art. 20)."""

from __future__ import annotations

from collections.abc import Collection, Mapping

from django.urls import reverse

from channels.outside_words import Outside, register_outside
from workflow.models import Case

UNLISTED = "不在清单的事项"


def describe_cases(numbers: Collection[int]) -> Mapping[int, Outside]:
    """Returns cases in words for the outside, in one statement; of a clue nothing but its number."""
    cases = Case.objects.filter(pk__in=sorted(numbers)).select_related("matter")
    return {case.pk: _described(case) for case in cases.only(*NEEDED)}


NEEDED = ("reported_at", "status", "confidential", "matter__name")


def _described(case: Case) -> Outside:
    path = reverse("workflow:case", args=[case.pk])
    if case.confidential:
        return Outside(f"编号 {case.number}", path, is_secret=True)
    matter = case.matter.name if case.matter else UNLISTED
    return Outside(f"{matter}（{case.number}），{case.get_status_display()}", path)


register_outside("case", describe_cases)
