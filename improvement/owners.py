"""To whom an improvement task may be given: the units and people of its cases, who handled most of them first."""

from __future__ import annotations

from collections import Counter
from datetime import date

from improvement.models import ImprovementTask
from workflow.addressees import Addressee, addressees_of
from workflow.models import Case


def owners_of(task: ImprovementTask, *, day: date) -> list[Addressee]:
    """Returns whom a task may be given to, the unit that handled most of its cases first."""
    cases = list(
        Case.objects.filter(improvement__task=task)
        .select_related("unit", "caretaker", "village", "township", "county", "city")
        .order_by("-pk")
    )
    handled = Counter(case.unit_id for case in cases if case.unit is not None)
    found = {one.key: one for case in cases for one in addressees_of(case, day=day)}
    units = {case.unit_id: Addressee(unit=case.unit) for case in cases if case.unit is not None}
    most = [units[unit] for unit, _ in handled.most_common()]
    return list({one.key: one for one in (*most, *found.values())}.values())
