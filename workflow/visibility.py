"""One case for one user: visible or not there at all. Opening a confidential case is recorded (Art. 12, 20, 26)."""

from __future__ import annotations

from django.http import Http404

from accounts.models import User
from audit.actions import record_access
from common import clock
from workflow.models import Assignment, Case

PURPOSE = "查看保密事项"


def case_in_sight(user: User, pk: int, *names: str) -> Case:
    """Returns a case with its names and the related ``names``, and records that it was opened.

    Raises :class:`Http404` if it does not exist or the user may not see it.
    """
    cases = Case.objects.visible_to(user).with_names().with_shares().with_repeats()
    case = cases.select_related("reporter", *names).filter(pk=pk).first()
    if case is None:
        raise Http404
    trace_look(case, user)
    return case


def share_in_sight(user: User, pk: int, share: int, *names: str) -> Assignment:
    """Returns an assisting unit's share with its case, as :func:`case_in_sight` reads that.

    Raises :class:`Http404` if it does not exist or the user may not see its case.
    """
    case = case_in_sight(user, pk, *names)
    found = Assignment.objects.shares().select_related("unit").filter(case=case, pk=share).first()
    if found is None:
        raise Http404
    found.case = case
    return found


def trace_look(case: Case, user: User, *, fields: tuple[str, ...] = ("case",)) -> None:
    """Records that ``user`` opened ``case`` if it is confidential. An ordinary case costs nothing."""
    if case.confidential:
        record_access(
            f"case:{case.pk}", at=clock.now(), actor_id=user.pk, fields=fields, purpose=PURPOSE, tier="T4"
        )
