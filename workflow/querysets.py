"""Which cases one may see, and the words by which lists are made."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from datetime import date, datetime
from typing import TYPE_CHECKING, Any

from django.apps import apps
from django.contrib.postgres.expressions import ArraySubquery
from django.db import models
from django.db.models import Exists, F, Func, OuterRef, Q
from django.db.models.functions import Cast

from grids.levels import level_of
from grids.models import Division
from personnel.models import Grant, GridPosting, OfficePosting
from personnel.scopes import authority_of
from workflow import states

if TYPE_CHECKING:
    from django.contrib.auth.models import AnonymousUser

    from accounts.models import User
    from workflow.models import Assignment, Attachment, Case, Stage


PLACES = ("village", "township", "county", "city")
OPEN_TO = ("dispatch", "coordinate", "guide", "supervise")  # what is not confidential lies open to these


def may_see(user: User | AnonymousUser) -> Q:
    """Return the condition under which ``user`` sees a case (Art. 20; decision 0009).

    Workers see their grid, leaders and instructors their village, institutions and authorities their territory,
    departments what is assigned to them and their dedicated grids, everybody in a post what he takes care of. A
    confidential case is seen only by who takes care of it and works there, and by persons named to read clues in the
    territory or in the unit.
    """
    authority = authority_of(user)
    if authority.sees_all:
        return Q()
    if not authority.grants:
        return Q(pk__in=[])
    grids = in_grids(authority.places("grid", "report"))
    mine = Q(caretaker_id=authority.user_id)
    seen = mine & Q(confidential=False)
    if grids:
        seen |= mine & grids
    watched = in_grids(authority.places("grid", "watch"))
    if open_places := grids | watched | in_divisions(authority.places("division", *OPEN_TO)):
        seen |= Q(confidential=False) & open_places
    if units := authority.places("organization", "handle", "oversee"):
        seen |= Q(confidential=False) & concerning(units)
    if clues := in_divisions(authority.places("division", "view_clues")):
        seen |= Q(confidential=True) & clues
    if readers := authority.places("organization", "view_clues"):
        seen |= Q(confidential=True) & concerning(readers)
    return seen


class IsAnyOf(Func):
    """``column = ANY(array)``: unlike ``IN (SELECT …)`` an index can follow it beside another condition."""

    template = "%(expressions)s)"
    arg_joiner = " = ANY("
    output_field = models.BooleanField()


def led_by(unit_ids: frozenset[int]) -> Q:
    """Cases for which one of these units is responsible."""
    return Q(unit_id__in=sorted(unit_ids))


def concerning(unit_ids: frozenset[int]) -> Q:
    """Cases in which one of these units has a part, as the leading unit or as one that assists (Art. 17)."""
    parts = apps.get_model("workflow", "Assignment").objects.assisting(unit_ids)
    return led_by(unit_ids) | Q(IsAnyOf(F("pk"), ArraySubquery(parts.values("case_id"))))


def in_grids(grid_ids: frozenset[int]) -> Q:
    """Cases of these grids; an empty condition for none."""
    return Q(grid_id__in=sorted(grid_ids)) if grid_ids else Q()


def in_divisions(division_ids: frozenset[int]) -> Q:
    """Cases of these divisions, each by the column of its own level: equality that an index can follow."""
    by_level: dict[str, list[int]] = defaultdict(list)
    for division_id in sorted(division_ids):
        by_level[level_of(division_id)].append(division_id)
    condition = Q()
    for level, places in sorted(by_level.items()):
        condition |= Q(**{f"{level}_id": places[0]} if len(places) == 1 else {f"{level}_id__in": places})
    return condition


def give_places(cases: Iterable[Case]) -> None:
    """Put the divisions of all ``cases`` in place with one statement, without their outlines."""
    rows = list(cases)
    ids = {getattr(case, f"{level}_id") for case in rows for level in PLACES}
    places = Division.objects.defer("outline").in_bulk(ids)
    for case in rows:
        for level in PLACES:
            setattr(case, level, places[getattr(case, f"{level}_id")])


class CaseQuerySet(models.QuerySet["Case"]):
    """Cases, filtered by adjectives that may be chained."""

    _has_places = False

    def visible_to(self, user: User | AnonymousUser) -> CaseQuerySet:
        """What ``user`` may see: the one gate for page, API, export, count, map and file."""
        return self.filter(may_see(user))

    def open(self) -> CaseQuerySet:
        """Cases to which something can still happen."""
        return self.filter(status__in=states.OPEN)

    def left_behind(self, day: date) -> CaseQuerySet:
        """Open cases whose caretaker holds no post any more that reaches them: none there, and none in a body."""
        here = Q(permission__codename="report", object_pk=Cast(OuterRef("grid_id"), models.CharField()))
        here |= Q(
            permission__codename__in=("coordinate", "guide"),
            object_pk=Cast(OuterRef("village_id"), models.CharField()),
        )
        grants = Grant.objects.in_effect().filter(here, user=OuterRef("caretaker"))
        offices = OfficePosting.objects.current(day).filter(user=OuterRef("caretaker"))
        # A colleague of the village may have been chosen to go on with it (personnel/actions/leaving.py).
        colleagues = GridPosting.objects.current(day).filter(
            user=OuterRef("caretaker"), village=OuterRef("village")
        )
        in_post = Exists(grants) | Exists(offices) | Exists(colleagues)
        return self.open().filter(Q(caretaker__is_active=False) | ~in_post)

    def in_division(self, level: str, division_id: int) -> CaseQuerySet:
        """Cases that lay in a division when they were reported."""
        return self.filter(**{f"{level}_id": division_id})

    def held_at(self, level: str, division_id: int) -> CaseQuerySet:
        """Cases of a division that its own institution must move (its level, its statuses)."""
        return self.in_division(level, division_id).filter(level=level)

    def reported_between(self, start: datetime, end: datetime) -> CaseQuerySet:
        """Cases reported in a half-open span of time."""
        return self.filter(reported_at__gte=start, reported_at__lt=end)

    def finished_in_time(self) -> CaseQuerySet:
        """Cases whose work was done by the promised time."""
        return self.filter(finished_at__isnull=False, finished_at__lte=F("finish_due_at"))

    def overdue(self, at: datetime) -> CaseQuerySet:
        """Open cases whose present step has run out."""
        return self.open().filter(due_at__lt=at)

    def with_names(self) -> CaseQuerySet:
        """Everything a row of a list shows, in two statements: the cases, and the places they share."""
        rows = self.select_related("grid", "unit", "matter", "caretaker").defer("grid__boundary")
        rows._has_places = True
        return rows

    def _clone(self) -> CaseQuerySet:
        rows: CaseQuerySet = super()._clone()  # type: ignore[misc]
        rows._has_places = self._has_places
        return rows

    def _fetch_all(self) -> None:
        """Fetch, then give all rows the same few divisions: five joins fewer to plan, no place built twice."""
        is_new = self._result_cache is None
        super()._fetch_all()
        if is_new and self._has_places and self._result_cache:
            give_places(self._result_cache)

    def to_change(self) -> CaseQuerySet:
        """With what every verb reads."""
        return self.select_related("matter", "unit")

    def locked(self) -> CaseQuerySet:
        """Held until the transaction ends, with what every verb reads."""
        return self.to_change().select_for_update(of=("self",))


class AssignmentQuerySet(models.QuerySet["Assignment"]):
    """Parts of units in cases."""

    def current(self) -> AssignmentQuerySet:
        """Parts that have not ended."""
        return self.filter(ended_at__isnull=True)

    def assisting(self, unit_ids: Iterable[int]) -> AssignmentQuerySet:
        """Present parts in which one of these units assists."""
        return self.current().filter(is_lead=False, unit_id__in=sorted(unit_ids))


class StageQuerySet(models.QuerySet["Stage"]):
    """Stays of cases, and of units that assist in them, in statuses."""

    def of_case(self) -> StageQuerySet:
        """The stays of the cases themselves."""
        return self.filter(share__isnull=True)

    def running(self) -> StageQuerySet:
        """Stages that have not ended."""
        return self.filter(ended_at__isnull=True)

    def ringing(self, at: datetime) -> StageQuerySet:
        """Stages whose clock has something to do by ``at``, most urgent first."""
        return self.of_case().running().filter(next_action_at__lte=at).order_by("next_action_at", "pk")


class AttachmentQuerySet(models.QuerySet["Attachment"]):
    """Photos."""

    def visible_to(self, user: User | AnonymousUser) -> AttachmentQuerySet:
        """Photos of visible cases, and one's own that are not yet attached."""
        cases: Any = self.model._meta.get_field("case").related_model
        visible = Exists(cases.objects.visible_to(user).filter(pk=OuterRef("case_id")))
        return self.filter(visible | Q(case__isnull=True, uploader_id=user.pk))

    def unattached(self, user: User) -> AttachmentQuerySet:
        """Photos that ``user`` has uploaded and not yet used."""
        return self.filter(case__isnull=True, uploader=user)
