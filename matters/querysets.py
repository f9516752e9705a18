"""Which lists, proposals, filings and requests a user may see, and the filters for reading them."""

from __future__ import annotations

from datetime import date, datetime
from typing import TYPE_CHECKING

from django.db import models
from django.db.models import Q

from filing import life as filing
from matters import states
from matters.content import REPORTABLE
from personnel.scopes import authority_of

if TYPE_CHECKING:
    from accounts.models import User
    from matters.models import GridRequest, ListFiling, Matter, MatterList, Proposal

WATCHING = ("publish_matters", "supervise", "dispatch", "review_law")
# Statuses that the public sees: from the public notice on.
PUBLIC = ("noticed", "adopted", "listed")


class MatterListQuerySet(models.QuerySet["MatterList"]):
    """Editions of the counties' lists."""

    def in_force(self, day: date) -> MatterListQuerySet:
        """Returns the newest published edition of each county that has begun by ``day``."""
        return (
            self.filter(published_at__isnull=False, in_force_on__lte=day)
            .order_by("county", "-in_force_on", "-edition")
            .distinct("county")
        )

    def published(self) -> MatterListQuerySet:
        """Returns the published editions."""
        return self.filter(published_at__isnull=False)

    def drafts(self) -> MatterListQuerySet:
        """Returns the editions that can still be changed."""
        return self.filter(published_at__isnull=True)

    def visible_to(self, user: User) -> MatterListQuerySet:
        """Returns what ``user`` may see: published editions are public, a draft is visible only to its own county."""
        held = authority_of(user).places("division", "publish_matters")
        own = Q(county__in=held) if held else Q(pk__in=())
        return self.filter(Q(published_at__isnull=False) | own)


class MatterQuerySet(models.QuerySet["Matter"]):
    """Matters in editions."""

    def in_force(self, county_id: int, day: date) -> MatterQuerySet:
        """Returns what grids in a county may be asked for on ``day``. A temporary matter ends by itself."""
        here = self.filter(edition__in=self.model.edition_in_force(county_id, day))
        return here.standing(day)

    def standing(self, day: date) -> MatterQuerySet:
        """Leaves out temporary matters that ended before ``day``."""
        return self.filter(Q(ends_on__isnull=True) | Q(ends_on__gte=day))

    def reportable(self) -> MatterQuerySet:
        """Returns the kinds that run the closed loop. Tasks and collections are done in rounds and not reported."""
        return self.filter(kind__in=REPORTABLE)


class ProposalQuerySet(models.QuerySet["Proposal"]):
    """Proposals of all counties."""

    def visible_to(self, user: User) -> ProposalQuerySet:
        """Returns the proposals of the user's body, those of their territory, and those that they draft or review.

        Everything under public notice or later is public.
        """
        authority = authority_of(user)
        if authority.sees_all:
            return self
        places = authority.places("division", *WATCHING)
        units = authority.places("organization", "handle", "oversee")
        seen = Q(status__in=PUBLIC) | Q(votes__reviewer=user) | Q(drafted_by=user)
        if places:
            county = Q(county__in=places) | Q(county__parent__in=places)
            township = Q(applicant__division__in=places)
            seen |= (county | township) & ~Q(status="drafting") | county & Q(applicant__kind="authority")
        if units:
            seen |= Q(applicant__in=units)
        return self.filter(pk__in=self.model.objects.filter(seen).values("pk"))

    def open(self) -> ProposalQuerySet:
        """Returns the proposals that have not ended."""
        return self.filter(status__in=states.OPEN)

    def overdue(self, at: datetime) -> ProposalQuerySet:
        """Returns the open proposals whose holder is late."""
        return self.open().filter(due_at__lt=at)


class ListFilingQuerySet(models.QuerySet["ListFiling"]):
    """Filings of all counties' lists."""

    def owed(self) -> ListFilingQuerySet:
        """Returns the filings that the county must still send or complete."""
        return self.filter(status__in=filing.OWED)

    def overdue(self, at: datetime) -> ListFilingQuerySet:
        """Returns the owed filings whose time has run out."""
        return self.owed().filter(due_at__lt=at)


class GridRequestQuerySet(models.QuerySet["GridRequest"]):
    """Tasks handed to grids."""

    def visible_to(self, user: User) -> GridRequestQuerySet:
        """Returns the tasks of the user's grid and department, and of the county or township of the user's posts."""
        authority = authority_of(user)
        grids = authority.places("grid", "report")
        units = authority.places("organization", "handle", "oversee")
        places = authority.places("division", "publish_matters", "supervise", "dispatch")
        seen = Q(grid__in=grids) | Q(organization__in=units)
        if places:
            inside = "grid__village__parent"
            seen |= Q(**{f"{inside}__in": places}) | Q(**{f"{inside}__parent__in": places})
            seen |= Q(**{f"{inside}__parent__parent__in": places})
        return self.filter(seen)

    def open(self) -> GridRequestQuerySet:
        """Returns the tasks that are not done or refused yet."""
        return self.filter(status="handed")

    def off_list(self) -> GridRequestQuerySet:
        """Returns the tasks that the list does not ask for."""
        return self.filter(matter__isnull=True)
