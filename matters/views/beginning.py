"""Where an adjustment or an exit begins: at its matter, for whoever may write such a proposal (Art. 16)."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from django.urls import reverse

from accounts.models import User
from common.shapes import Shown
from common.web.listing import address_with
from common.web.shapes import Button
from grids.models import Division
from matters import policies
from matters.models import Matter, MatterList, Proposal

AT_A_MATTER = {
    "adjust": "提请调整",
    "exit": "提请退出",
}  # the kinds that begin at a matter, with the words of the link


@dataclass(frozen=True, slots=True)
class Beginning(Shown):
    """What the user can begin at one matter; nothing while another proposal about it is under way."""

    buttons: tuple[Button, ...] = ()
    is_taken: bool = False


def beginnings(user: User, county: Division, codes: Iterable[str]) -> dict[str, Beginning]:
    """Returns what the user can begin at each matter of the county, by its code; three statements for any number.

    A proposal changes the newest published edition, so a matter that this edition lacks is left out, whichever edition
    shows it. A user who cannot apply in the county gets nothing.
    """
    if not any(policies.county_of(body) == county for body in policies.applicants(user)):
        return {}
    newest = MatterList.objects.published().filter(county=county).order_by("-edition").values("pk")[:1]
    rows = Matter.objects.filter(edition=newest, code__in=set(codes))
    taken = set(Proposal.objects.open().filter(county=county).values_list("code", flat=True))
    return {
        code: Beginning(is_taken=True) if code in taken else Beginning(_buttons(pk))
        for code, pk in rows.values_list("code", "pk")
    }


def _buttons(pk: int) -> tuple[Button, ...]:
    page = reverse("matters:proposal_new")
    return tuple(
        Button(word, address_with(page, kind=kind, matter=str(pk))) for kind, word in AT_A_MATTER.items()
    )
