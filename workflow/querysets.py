"""Which cases a user may see, and the filters that lists are made of."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from datetime import date, datetime
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from django.apps import apps
from django.db import models
from django.db.models import Case as Choice
from django.db.models import Exists, F, Func, OuterRef, Q, Subquery, Value, When
from django.db.models.expressions import RawSQL
from django.db.models.functions import Cast, JSONObject

from grids.levels import level_of
from grids.models import Division
from personnel.models import Grant, GridPosting, OfficePosting
from personnel.scopes import authority_of
from workflow import states
from workflow.share_states import AWAITED

if TYPE_CHECKING:
    from django.contrib.auth.models import AnonymousUser

    from accounts.models import User
    from workflow.models import Assignment, Attachment, Case, Stage


URGENT = 3  # Matter.Severity.URGENT
PINNED = Choice(
    When(urgency=URGENT, then=Value(1)), default=Value(0), output_field=models.SmallIntegerField()
)
PLACES = ("village", "township", "county", "city", "reported_township", "reported_county")
OPEN_TO = ("dispatch", "coordinate", "guide", "supervise")  # these see everything that is not confidential
AS_REPORTED = {"township": "reported_township", "county": "reported_county"}

GOING_ON = """ARRAY(
    WITH RECURSIVE going(id) AS (
        SELECT m.id FROM workflow_case m JOIN workflow_case t ON t.id = m.merged_into_id
        WHERE m.merged_into_id IS NOT NULL AND m.status = 'merged' AND NOT m.confidential AND t.status = ANY(%s)
        UNION
        SELECT m.id FROM workflow_case m JOIN going ON going.id = m.merged_into_id
        WHERE m.status = 'merged' AND NOT m.confidential
    ) SELECT id FROM going)"""


def may_see(user: User | AnonymousUser) -> Q:
    """Returns the condition under which ``user`` sees a case: those of now, and those that were their desk's before.

    A township or county whose village has moved goes on reading what was its own, but for clues: the new institutions
    alone answer for them (Art. 5, 20).
    """
    seen = sees_now(user)
    authority = authority_of(user)
    once = frozenset(
        place for place in authority.places("division", *OPEN_TO) if level_of(place) in AS_REPORTED
    )
    if once and not authority.sees_all:
        seen |= Q(IsAnyOf(F("pk"), formerly_of(once)), confidential=False)
    return seen


def sees_now(user: User | AnonymousUser) -> Q:
    """Returns the condition under which a case lies where ``user`` has a post now (Art. 20; decision 0009).

    Workers see their grid; leaders and instructors their village; institutions and authorities their territory;
    departments what is assigned to them and their dedicated grids. Everybody in a post sees the cases they take care
    of. A confidential case is seen only by its caretaker, if they work there, and by persons named to read clues in the
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
    if clues := in_divisions(authority.places("division", "view_clues")):
        seen |= Q(confidential=True) & clues
    return seen | in_units(
        authority.places("organization", "handle", "oversee"), authority.places("organization", "view_clues")
    )


def in_units(units: frozenset[int], readers: frozenset[int]) -> Q:
    """Returns the condition for what these units have a part in, and for clues what ``readers`` have a part in.

    A unit whose clues the user may read as well is asked for once: the condition is in every statement.
    """
    seen = Q()
    if both := units & readers:
        seen |= concerning(both)
    if units - both:
        seen |= Q(confidential=False) & concerning(units - both)
    if readers - both:
        seen |= Q(confidential=True) & concerning(readers - both)
    return seen


class IsAnyOf(Func):
    """``column = ANY(array)``. Unlike ``IN (SELECT …)``, it can use an index beside another condition."""

    template = "%(expressions)s)"
    arg_joiner = " = ANY("
    output_field = models.BooleanField()


def led_by(unit_ids: frozenset[int]) -> Q:
    """Returns the condition for cases for which one of these units is responsible."""
    return Q(unit_id__in=sorted(unit_ids))


def concerning(unit_ids: frozenset[int]) -> Q:
    """Returns the condition for cases in which one of these units has a part, leading or assisting (Art. 17)."""
    return led_by(unit_ids) | Q(IsAnyOf(F("pk"), assisted_by(unit_ids)))


@lru_cache(maxsize=1024)
def assisted_by(unit_ids: frozenset[int], statuses: tuple[str, ...] = ()) -> RawSQL:
    """Returns the array of the cases in which one of these units assists, compiled once for the same units.

    It stands in every statement of a unit's pages, where compiling it anew took longer than running it. ``statuses``
    are those of the shares, if not all count.
    """
    parts = apps.get_model("workflow", "Assignment").objects.assisting(unit_ids)
    if statuses:
        parts = parts.filter(status__in=statuses)
    sql, params = parts.values("case_id").query.sql_with_params()
    return RawSQL(f"ARRAY({sql})", params)


@lru_cache(maxsize=1024)
def formerly_of(division_ids: frozenset[int]) -> RawSQL:
    """Returns the array of the cases for which these townships and counties answered before, compiled once."""
    places = sorted(division_ids)
    left = apps.get_model("workflow", "FormerDesk").objects.filter(
        Q(township_id__in=places) | Q(county_id__in=places)
    )
    sql, params = left.values("case_id").query.sql_with_params()
    return RawSQL(f"ARRAY({sql})", params)


def going_on() -> RawSQL:
    """Returns the array of the merged reports that go on in an open case, after however many mergers.

    Clues are left out: nothing follows them (Art. 20).
    """
    return RawSQL(GOING_ON, [list(states.OPEN)])


def in_grids(grid_ids: frozenset[int]) -> Q:
    """Returns the condition for cases of these grids; an empty condition for no grids."""
    return Q(grid_id__in=sorted(grid_ids)) if grid_ids else Q()


def in_divisions(division_ids: frozenset[int]) -> Q:
    """Returns the condition for cases of these divisions, each by its level's column, so that an index can be used."""
    by_level: dict[str, list[int]] = defaultdict(list)
    for division_id in sorted(division_ids):
        by_level[level_of(division_id)].append(division_id)
    condition = Q()
    for level, places in sorted(by_level.items()):
        condition |= Q(**{f"{level}_id": places[0]} if len(places) == 1 else {f"{level}_id__in": places})
    return condition


def give_places(cases: Iterable[Case]) -> None:
    """Sets the divisions of all ``cases`` with one statement, without their outlines."""
    rows = list(cases)
    ids = {getattr(case, f"{level}_id") for case in rows for level in PLACES}
    places = Division.objects.defer("outline").in_bulk(ids)
    for case in rows:
        for level in PLACES:
            setattr(case, level, places[getattr(case, f"{level}_id")])


class CaseQuerySet(models.QuerySet["Case"]):
    """Cases, with filters that can be chained."""

    _has_places = False

    def visible_to(self, user: User | AnonymousUser) -> CaseQuerySet:
        """Returns what ``user`` may see. Every page, API, export, count, map and file goes through this filter."""
        return self.filter(may_see(user))

    def where_now(self, user: User | AnonymousUser) -> CaseQuerySet:
        """Returns what ``user`` may see without the cases that have moved on to other institutions."""
        return self.filter(sees_now(user))

    def open(self) -> CaseQuerySet:
        """Returns the cases that have not ended."""
        return self.filter(status__in=states.OPEN)

    def taken_care_of(self) -> CaseQuerySet:
        """Returns the cases of which somebody takes care: the open ones, and reports that go on in one (Art. 17)."""
        return self.filter(Q(status__in=states.OPEN) | Q(IsAnyOf(F("pk"), going_on())))

    def left_behind(self, day: date) -> CaseQuerySet:
        """Returns such cases whose caretaker no longer holds a post that reaches them, there or in a body."""
        here = Q(permission__codename="report", object_pk=Cast(OuterRef("grid_id"), models.CharField()))
        here |= Q(
            permission__codename__in=("coordinate", "guide"),
            object_pk=Cast(OuterRef("village_id"), models.CharField()),
        )
        grants = Grant.objects.in_effect().filter(here, user=OuterRef("caretaker"))
        offices = OfficePosting.objects.current(day).filter(user=OuterRef("caretaker"))
        # A colleague of the village may have been chosen to take it over (personnel/actions/leaving.py).
        colleagues = GridPosting.objects.current(day).filter(
            user=OuterRef("caretaker"), village=OuterRef("village")
        )
        in_post = Exists(grants) | Exists(offices) | Exists(colleagues)
        return self.taken_care_of().filter(Q(caretaker__is_active=False) | ~in_post)

    def in_division(self, level: str, division_id: int) -> CaseQuerySet:
        """Returns the cases that lay in a division when they were reported: what its numbers count."""
        return self.filter(**{f"{AS_REPORTED.get(level, level)}_id": division_id})

    def answered_for_by(self, level: str, division_id: int) -> CaseQuerySet:
        """Returns the cases for which the institutions of a division answer now, wherever they lay before."""
        return self.filter(**{f"{level}_id": division_id})

    def held_at(self, level: str, division_id: int) -> CaseQuerySet:
        """Returns the cases of a division that are at the level of its own institution."""
        return self.answered_for_by(level, division_id).filter(level=level)

    def misplaced(self) -> CaseQuerySet:
        """Returns open cases whose township or county is no longer the one above their village."""
        here = Q(township=F("village__parent"), county=F("village__parent__parent"))
        return self.open().exclude(here)

    def reported_between(self, start: datetime, end: datetime) -> CaseQuerySet:
        """Returns the cases reported in a half-open span of time."""
        return self.filter(reported_at__gte=start, reported_at__lt=end)

    def finished_in_time(self) -> CaseQuerySet:
        """Returns the cases whose work was done by the promised time."""
        return self.filter(finished_at__isnull=False, finished_at__lte=F("finish_due_at"))

    def overdue(self, at: datetime) -> CaseQuerySet:
        """Returns the open cases whose present step is overdue."""
        return self.open().filter(due_at__lt=at)

    def with_names(self) -> CaseQuerySet:
        """Adds everything that a list row shows, in two statements: the cases, and the places they share.

        ``step`` has the beginning and the clock of the present step; None if the case has ended.
        """
        stages = apps.get_model("workflow", "Stage").objects.of_case().running().filter(case=OuterRef("pk"))
        steps = stages.values(steps=JSONObject(started_at="started_at", clock="clock"))
        rows = self.select_related("grid", "unit", "matter", "caretaker").defer("grid__boundary")
        rows = rows.annotate(step=Subquery(steps[:1]))
        rows._has_places = True
        return rows

    def with_shares(self) -> CaseQuerySet:
        """Adds ``has_shares``: whether units assist or assisted in the case (Art. 17)."""
        shares = apps.get_model("workflow", "Assignment").objects.shares()
        return self.annotate(has_shares=Exists(shares.filter(case=OuterRef("pk"))))

    def pinned(self) -> CaseQuerySet:
        """Adds ``is_pinned``: 1 for what is urgent, which stands above the rest of a queue."""
        return self.annotate(is_pinned=PINNED)

    def with_repeats(self) -> CaseQuerySet:
        """Adds whether a later case repeats each one (``is_repeated``)."""
        return self.annotate(is_repeated=Exists(self.model.objects.filter(earlier=OuterRef("pk"))))

    def with_return_reason(self) -> CaseQuerySet:
        """Adds why a report was returned to its writer, as ``return_reason``; empty for every other case."""
        events = apps.get_model("workflow", "CaseEvent")
        last = events.objects.filter(case=OuterRef("pk"), verb="return_for_correction").order_by("-seq")
        reason = Choice(
            When(status="returned_for_correction", then=Subquery(last.values("note")[:1])),
            default=Value(""),
            output_field=events._meta.get_field("note"),
        )
        return self.annotate(return_reason=reason)

    def _clone(self) -> CaseQuerySet:
        rows: CaseQuerySet = super()._clone()  # type: ignore[misc]
        rows._has_places = self._has_places
        return rows

    def _fetch_all(self) -> None:
        """Fetches the rows and gives them shared divisions: five joins fewer, and no place is built twice."""
        is_new = self._result_cache is None
        super()._fetch_all()
        if is_new and self._has_places and self._result_cache:
            give_places(self._result_cache)

    def to_change(self) -> CaseQuerySet:
        """Adds the rows that every verb reads."""
        return self.select_related("matter", "unit")

    def locked(self) -> CaseQuerySet:
        """Locks the cases until the transaction ends, with the rows that every verb reads."""
        return self.to_change().select_for_update(of=("self",))


class AssignmentQuerySet(models.QuerySet["Assignment"]):
    """The parts of units in cases."""

    def current(self) -> AssignmentQuerySet:
        """Returns the parts that have not ended."""
        return self.filter(ended_at__isnull=True)

    def assisting(self, unit_ids: Iterable[int]) -> AssignmentQuerySet:
        """Returns the current parts in which one of these units assists."""
        return self.current().filter(is_lead=False, unit_id__in=sorted(unit_ids))

    def shares(self) -> AssignmentQuerySet:
        """Returns the shares of assisting units, without those that are invited to a conference."""
        return self.filter(is_lead=False).exclude(status="invited")

    def awaited(self) -> AssignmentQuerySet:
        """Returns the shares for which the result of the case waits (Art. 17)."""
        return self.filter(status__in=AWAITED)

    def to_change(self) -> AssignmentQuerySet:
        """Adds the rows that every verb reads."""
        return self.select_related("unit", "case__matter", "case__unit")


class StageQuerySet(models.QuerySet["Stage"]):
    """Stages: stays of cases in statuses, and of units that assist in cases."""

    def of_case(self) -> StageQuerySet:
        """Returns the stays of the cases themselves."""
        return self.filter(share__isnull=True)

    def of_shares(self) -> StageQuerySet:
        """Returns the stays of the shares of assisting units."""
        return self.filter(share__isnull=False)

    def running(self) -> StageQuerySet:
        """Returns the stages that have not ended."""
        return self.filter(ended_at__isnull=True)

    def ringing(self, at: datetime) -> StageQuerySet:
        """Returns the stages whose clock must act by ``at``, most urgent first."""
        return self.running().filter(next_action_at__lte=at).order_by("next_action_at", "pk")


class AttachmentQuerySet(models.QuerySet["Attachment"]):
    """Photos."""

    def visible_to(self, user: User | AnonymousUser) -> AttachmentQuerySet:
        """Returns the photos of visible cases, and the user's own photos that are not attached yet."""
        cases: Any = self.model._meta.get_field("case").related_model
        visible = Exists(cases.objects.visible_to(user).filter(pk=OuterRef("case_id")))
        return self.filter(visible | Q(case__isnull=True, uploader_id=user.pk))

    def unattached(self, user: User) -> AttachmentQuerySet:
        """Returns the photos that ``user`` uploaded and has not used yet."""
        return self.filter(case__isnull=True, uploader=user)
