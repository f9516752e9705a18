"""One filing: the package, the answer, and its verbs (Art. 14, 16)."""

from __future__ import annotations

from dataclasses import asdict, dataclass

from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse

from accounts.requests import SignedInRequest
from common.shapes import Context
from common.web.shapes import Button
from common.web.verb_page import Verb, VerbPage
from filing import life as filing
from filing.forms import ReceiptForm, RemarksForm
from filing.life import filing_words
from matters import actions
from matters.actions.filing import FiledChange, FiledProposal, ListPackage, package_of
from matters.forms.editions import SendForm
from matters.history import FILING_LIFE
from matters.models import ListFiling
from matters.policies import FILING
from matters.views.frame import tabs_for, today_now
from matters.visibility import filing_in_sight


def filing_page(request: SignedInRequest, pk: int) -> HttpResponse:
    """Shows one filing with its package; before it is sent, with what would be sent now."""
    user, (at, _) = request.user, today_now()
    found = filing_in_sight(user, pk)
    verbs = FILING.open_to(user, found)
    context = {
        "title": f"{found.edition.county.name}第{found.edition.edition}版备案",
        "tabs": tabs_for(user, "matters:filings"),
        "filing": found,
        "edition": found.edition,
        **asdict(filing_words(found, at=at)),
        "package": _package(found),
        "buttons": [
            Button(
                url=reverse("matters:filing_verb", args=[found.pk, verb]),
                word=filing.VERBS[verb],
                kind="" if verb == "return_filing" else "primary",
            )
            for verb in verbs
        ],
    }
    return render(request, "matters/filing.html", context)


@dataclass(frozen=True, slots=True)
class FiledPackage:
    """The package of a filing (matters/filing_package.html)."""

    is_kept: bool
    count: int
    changes: list[FiledChange]
    counts: dict[str, int]
    proposals: list[FiledProposal]


def _package(found: ListFiling) -> FiledPackage:
    """Returns the package as it was sent. If the county still owes it, the package is made from the present data."""
    is_kept = found.status in ("sent", "received") and found.package
    package: ListPackage = (found.package if is_kept else None) or package_of(found.edition)
    changes = package.get("changes", [])
    return FiledPackage(
        is_kept=bool(is_kept),
        count=len(package.get("matters", [])),
        changes=changes,
        counts={word: sum(each["what"] == word for each in changes) for word in ("新增", "调整", "退出")},
        proposals=package.get("proposals", []),
    )


class FilingVerb(VerbPage):
    """A verb of a filing that the user may see."""

    life = FILING_LIFE
    verbs = {
        "send_filing": Verb(
            actions.send_filing,
            filing.VERBS["send_filing"],
            "报送后市主管部门会收到下面的全部材料；备案不影响清单按日施行。",
            SendForm,
            done="{row.edition}已报送备案。",
        ),
        "receive_filing": Verb(
            actions.receive_filing,
            filing.VERBS["receive_filing"],
            "给出备案号后这件备案办结，县区会收到通知。",
            ReceiptForm,
            done="{row.edition}已备案。",
        ),
        "return_filing": Verb(
            actions.return_filing,
            filing.VERBS["return_filing"],
            "退回后县区补正再报，报送时限从退回起重新计算；清单照常施行。",
            RemarksForm,
            done="{row.edition}已退回补正。",
        ),
    }

    def find(self, pk: int) -> ListFiling:
        """Returns a filing of a county that the user watches over."""
        return filing_in_sight(self.user, pk)

    def back(self) -> str:
        """Returns the address of the filing."""
        return reverse("matters:filing", args=[self.row.pk])

    def context(self) -> Context:
        """Returns the package and the facts that are shown around the form."""
        at, _ = today_now()
        edition = self.row.edition
        return {
            "under": f"{edition.county.name}第{edition.edition}版事项清单",
            "back_word": "返回备案",
            "styles": ["css/plans.css", "css/editions.css"],
            "below": "matters/filing_package.html",
            "aside": "matters/filing_facts.html",
            "filing": self.row,
            "edition": edition,
            **asdict(filing_words(self.row, at=at)),
            "package": _package(self.row),
        }
