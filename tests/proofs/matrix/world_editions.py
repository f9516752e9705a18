"""Editions and filings of the two counties: published and in draft, one's own and another's, missing."""

from __future__ import annotations

from datetime import date

from accounts.models import User
from grids.models import Division
from matters.actions.editions import row_of
from matters.actions.filing import owe_filing
from matters.content import content_of
from matters.models import MatterList
from tests.proofs.matrix.oracle import MISSING, Thing
from tests.shapes import Names
from tests.town import MONDAY, Town

COUNTIES = (("华龙区", "city/hualong", "wu"), ("清丰县", "city/qingfeng", "gu"))
NOWHERE = 10**9


def editions_of(town: Town) -> dict[str, list[tuple[Names, Thing]]]:
    """What addresses of editions and filings are about."""
    editions: list[tuple[Names, Thing]] = []
    filings: list[tuple[Names, Thing]] = []
    for name, place, keeper in COUNTIES:
        county = town.division(name)
        first = MatterList.objects.get(county=county, edition=1)
        draft = _draft(county, first, by=getattr(town, keeper))
        for edition, status in ((first, "published"), (draft, "draft")):
            code = edition.matters.earliest("code").code
            editions.append(({"pk": edition.pk, "code": code}, Thing("edition", place, status=status)))
        filing = owe_filing(first, at=MONDAY)
        filings += [
            ({"pk": filing.pk, "verb": verb}, Thing("filing", place, about=verb))
            for verb in ("send_filing", "receive_filing")
        ]
    return {
        "edition": [*editions, ({"pk": NOWHERE, "code": "6-01"}, MISSING)],
        "filing": [*filings, ({"pk": NOWHERE, "verb": "send_filing"}, MISSING)],
    }


def _draft(county: Division, first: MatterList, *, by: User) -> MatterList:
    """A second edition with one matter, without the other proposals of the world."""
    draft = MatterList.objects.create(
        county=county, edition=2, in_force_on=date(2026, 12, 1), document="矩阵〔2026〕1号", drafted_by=by
    )
    matter = first.matters.earliest("code")
    row_of(draft, matter.code, content_of(matter)).save()
    return draft
