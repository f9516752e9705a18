"""Reading the lists, and which proposals, filings and requests one may see."""

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
# What society is told of: from the public notice on.
PUBLIC = ("noticed", "adopted", "listed")


class MatterListQuerySet(models.QuerySet["MatterList"]):
    """Editions of the counties' lists."""

    def in_force(self, day: date) -> MatterListQuerySet:
        """The newest published edition of each county that has begun by ``day``."""
        return (
            self.filter(published_at__isnull=False, in_force_on__lte=day)
            .order_by("county", "-in_force_on", "-edition")
            .distinct("county")
        )

    def published(self) -> MatterListQuerySet:
        """Editions that society has been told of."""
        return self.filter(published_at__isnull=False)

    def drafts(self) -> MatterListQuerySet:
        """Editions that can still be changed."""
        return self.filter(published_at__isnull=True)

    def visible_to(self, user: User) -> MatterListQuerySet:
        """Published editions are public; a draft is the county's own."""
        held = authority_of(user).places("division", "publish_matters")
        own = Q(county__in=held) if held else Q(pk__in=())
        return self.filter(Q(published_at__isnull=False) | own)


class MatterQuerySet(models.QuerySet["Matter"]):
    """Entries of editions."""

    def in_force(self, county_id: int, day: date) -> MatterQuerySet:
        """What may be asked of grids in a county on ``day``; a temporary matter ends by itself."""
        here = self.filter(edition__in=self.model.edition_in_force(county_id, day))
        return here.standing(day)

    def standing(self, day: date) -> MatterQuerySet:
        """Without temporary matters that have ended before ``day``."""
        return self.filter(Q(ends_on__isnull=True) | Q(ends_on__gte=day))

    def reportable(self) -> MatterQuerySet:
        """Kinds that run the closed loop; tasks and collections are done in rounds, not reported."""
        return self.filter(kind__in=REPORTABLE)


class ProposalQuerySet(models.QuerySet["Proposal"]):
    """Proposals of all counties."""

    def visible_to(self, user: User) -> ProposalQuerySet:
        """One's department's, the county's for whoever works for it or the city above, those one reviews.

        What is under public notice or later is public anyway.
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
        """Not yet at an end."""
        return self.filter(status__in=states.OPEN)

    def overdue(self, at: datetime) -> ProposalQuerySet:
        """Open, and the holder of the step is late."""
        return self.open().filter(due_at__lt=at)


class ListFilingQuerySet(models.QuerySet["ListFiling"]):
    """Filings of all counties' lists."""

    def owed(self) -> ListFilingQuerySet:
        """Filings that the county must still send or complete."""
        return self.filter(status__in=filing.OWED)

    def overdue(self, at: datetime) -> ListFilingQuerySet:
        """Owed filings whose time has run out."""
        return self.owed().filter(due_at__lt=at)


class GridRequestQuerySet(models.QuerySet["GridRequest"]):
    """Tasks handed to grids."""

    def visible_to(self, user: User) -> GridRequestQuerySet:
        """One's own grid's, one's department's, those of the county or township one works for."""
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
        """Not yet done or refused."""
        return self.filter(status="handed")

    def off_list(self) -> GridRequestQuerySet:
        """What the list does not ask for."""
        return self.filter(matter__isnull=True)
