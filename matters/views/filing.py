"""One filing: the package, what was answered, and its verbs (Art. 14, 16)."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse

from accounts.models import User
from accounts.requests import signed_in
from common import clock, filing
from common.errors import IllegalMove, StaleVersion
from common.filing import filing_words
from common.filing_forms import ReceiptForm, RemarksForm
from common.saying import given, say
from common.versions import VersionedForm
from matters import actions
from matters.actions.filing import package_of
from matters.forms.editions import SendForm
from matters.models import ListFiling
from matters.policies import FILING
from matters.views.frame import KEEPERS, counties_within, tabs_for, today_now
from personnel.scopes import authority_of

FORMS: dict[str, type[VersionedForm]] = {
    "send_filing": SendForm,
    "receive_filing": ReceiptForm,
    "return_filing": RemarksForm,
}
ACTS: dict[str, Callable[..., ListFiling]] = {
    "send_filing": actions.send_filing,
    "receive_filing": actions.receive_filing,
    "return_filing": actions.return_filing,
}
TEMPLATE = "matters/filing_verb.html"
DONE = {"send_filing": "报送备案", "receive_filing": "备案", "return_filing": "退回补正"}
CONSEQUENCES = {
    "send_filing": "报送后市主管部门会收到下面的全部材料；备案不影响清单按日施行。",
    "receive_filing": "给出备案号后这件备案办结，县区会收到通知。",
    "return_filing": "退回后县区补正再报，报送时限从退回起重新计算；清单照常施行。",
}


def filing_in_sight(user: User, pk: int) -> ListFiling:
    """A filing of a county that one watches over; any other is as missing."""
    counties = counties_within(authority_of(user), *KEEPERS)
    rows = ListFiling.objects.filter(edition__county__in=counties.values("pk"))
    found = rows.select_related("edition__county").defer("edition__county__outline").filter(pk=pk).first()
    if found is None:
        raise Http404
    return found


def filing_page(request: HttpRequest, pk: int) -> HttpResponse:
    """One filing with its package; before it is sent, with what would be sent now."""
    user, (at, _) = signed_in(request), today_now()
    found = filing_in_sight(user, pk)
    verbs = FILING.open_to(user, found)
    context = {
        "title": f"{found.edition.county.name}第{found.edition.edition}版备案",
        "tabs": tabs_for(user, "matters:filings"),
        "filing": found,
        "edition": found.edition,
        **filing_words(found, at=at),
        "package": _package(found),
        "buttons": [
            {
                "url": reverse("matters:filing_verb", args=[found.pk, verb]),
                "word": filing.VERBS[verb],
                "kind": "" if verb == "return_filing" else "primary",
            }
            for verb in verbs
        ],
    }
    return render(request, "matters/filing.html", context)


def _package(found: ListFiling) -> dict[str, Any]:
    """The package as it was sent; what the county owes now is made afresh."""
    is_kept = found.status in ("sent", "received") and found.package
    package = found.package if is_kept else package_of(found.edition)
    changes = package.get("changes", [])
    return {
        "is_kept": bool(is_kept),
        "count": len(package.get("matters", [])),
        "changes": changes,
        "counts": {word: sum(each["what"] == word for each in changes) for word in ("新增", "调整", "退出")},
        "proposals": package.get("proposals", []),
    }


def act(request: HttpRequest, pk: int, verb: str) -> HttpResponse:
    """One verb of a filing."""
    if verb not in FORMS:
        raise Http404
    user = signed_in(request)
    found = filing_in_sight(user, pk)
    FILING.require(verb, user, found)
    form, context = FORMS[verb](given(request), version=found.version), _context(found, verb)

    def said() -> ListFiling:
        asked: dict[str, Any] = dict(form.cleaned_data)
        seen, found.version = found.version, asked.pop("version")
        try:
            return ACTS[verb](found, by=user, at=clock.now(), **asked)
        except StaleVersion:
            form.carry(seen)  # the page below is the newest, so that sending again is a decision
            raise

    try:
        filing.MOVES.require(verb, status=found.status)  # at the wrong moment there is nothing to fill in
    except IllegalMove as refusal:
        context |= {"form": form, "refusal": refusal.sentence}
        return render(request, TEMPLATE, context, status=refusal.status)
    return say(
        request,
        form,
        said,
        done=lambda _: (f"{found.edition}已{DONE[verb]}。", context["back"]),
        template=TEMPLATE,
        context=context,
    )


def _context(found: ListFiling, verb: str) -> dict[str, Any]:
    at, _ = today_now()
    return {
        "title": filing.VERBS[verb],
        "word": filing.VERBS[verb],
        "consequence": CONSEQUENCES[verb],
        "back": reverse("matters:filing", args=[found.pk]),
        "filing": found,
        "edition": found.edition,
        **filing_words(found, at=at),
        "package": _package(found),
    }
