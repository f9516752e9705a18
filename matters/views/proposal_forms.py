"""Writing a proposal: applicant, matter, content. Nothing that was typed is lost (Art. 14, 16)."""

from __future__ import annotations

from typing import Any

from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse

from accounts.requests import SignedInRequest
from common import clock
from common.shapes import Cleaned, Context, FormArguments
from common.web.listing import address_with
from common.web.shapes import Link
from common.web.verb_page import Verb, VerbPage, form_page, given
from grids.models import Division
from matters import actions, policies, states
from matters.content import MatterContent, content_of, read
from matters.entrances import PROPOSING
from matters.forms.proposals import ApplicationForm, ExitForm, ProposalForm
from matters.history import LIFE
from matters.models import Matter, MatterList, Proposal
from matters.norms import norm_of
from matters.receivers import functions_of
from matters.views.beginning import AT_A_MATTER
from matters.views.frame import today_now
from matters.visibility import proposal_in_sight
from personnel.models import Organization

ABOUT = {
    "admit": "一件新事项要进清单：形式审查、合法性审查、会审、主管部门同意、公示，再列入下一版。",
    "adjust": "清单里已有的事项要改：走和准入一样的审查。",
    "exit": "清单里的事项不再需要：形式审查后由主管部门决定，列入下一版时退出；在办的照办到底。",
    "temporary": "应急、阶段性的事项：审查后由主管部门决定，到期自行退出。",
}
TEMPLATE = "matters/proposal_form.html"


def propose(request: SignedInRequest) -> HttpResponse:
    """Opens a new proposal of one kind, at the matter that the address names. An adjustment needs one first.

    Only bodies of that matter's county are offered, because each county has its own list.
    """
    user, kind = request.user, request.GET.get("kind", "admit")
    bodies = PROPOSING.require(user)
    if kind not in states.KINDS:
        raise Http404
    counties = {body.pk: place for body in bodies if (place := policies.county_of(body))}
    matters = _matters_of(list(counties.values()))
    base = _base(request, matters, list(counties.values())) if kind in AT_A_MATTER else None
    if base is not None and "matter" in request.GET:
        county_id = base.edition.county_id
        counties = {pk: place for pk, place in counties.items() if place.pk == county_id}
        bodies = [body for body in bodies if body.pk in counties]
        matters = matters.filter(edition__county=county_id)
    if kind == "adjust" and base is None:
        context = {**_frame(kind, counties), "matters": matters, "steps": "first"}
        return render(request, TEMPLATE, {**context, "title": "提出申请：调整"})
    made, asked = form_for(kind, bodies, counties, matters, base=base)
    form = made(given(request), version=0, **asked)
    return form_page(
        request,
        form,
        lambda: actions.propose(form.draft(), by=user, at=clock.now()),
        done=lambda made: (f"{made.number} 已保存为草稿。请看下面的提示，再提交。", _page(made)),
        template=TEMPLATE,
        context={**_frame(kind, counties, base), "title": f"提出申请：{states.KINDS[kind]}"},
    )


def _page(proposal: Proposal) -> str:
    return reverse("matters:proposal", args=[proposal.pk])


def _frame(kind: str, counties: dict[int, Division], base: Matter | None = None) -> Context:
    """Returns what the page shows around the form. The kinds that begin at a matter keep the chosen one."""
    address = reverse("matters:proposal_new")
    _, today = today_now()
    county = next(iter(counties.values()))
    chosen = str(base.pk) if base else ""
    return {
        "kind": kind,
        "base": base,
        "taken": _taken(base),
        "about": ABOUT[kind],
        "kinds": [
            Link(
                url=address_with(address, kind=key, matter=chosen if key in AT_A_MATTER else ""),
                name=word,
                is_current=key == kind,
            )
            for key, word in states.KINDS.items()
        ],
        "longest": norm_of(county.pk, day=today).temporary_days,
        "back": reverse("matters:matter", args=[base.edition_id, base.code])
        if base
        else reverse("matters:proposals"),
    }


def _taken(base: Matter | None) -> str:
    """Returns the number of the open proposal about the matter, which another one has to wait for; else empty."""
    if base is None:
        return ""
    other = Proposal.objects.open().filter(county=base.edition.county_id, code=base.code).first()
    return other.number if other else ""


def _matters_of(counties: list[Division]) -> QuerySet[Matter]:
    """Returns the matters of the newest published edition of each county."""
    newest = (
        MatterList.objects.published()
        .filter(county__in=counties)
        .order_by("county", "-edition")
        .distinct("county")
    )
    return Matter.objects.filter(edition__in=newest.values("pk")).order_by("edition", "code")


def _base(request: HttpRequest, matters: QuerySet[Matter], counties: list[Division]) -> Matter | None:
    """Returns the matter that the address or the form names. Raises Http404 if it is not on the list.

    A form that was begun before a new edition came out keeps what was typed. The user must then choose the matter
    again.
    """
    typed = request.POST.get("matter") or request.GET.get("matter") or ""
    if not typed.isdecimal() or len(typed) > 18:
        return None
    offered = matters
    if request.method == "POST":
        offered = Matter.objects.filter(edition__county__in=counties, edition__published_at__isnull=False)
    found = offered.select_related("edition").filter(pk=int(typed)).first()
    if found is None:
        raise Http404
    return found


def form_for(
    kind: str,
    bodies: list[Organization],
    counties: dict[int, Division],
    matters: QuerySet[Matter],
    *,
    base: Matter | None,
    written: Proposal | None = None,
) -> tuple[type[ApplicationForm], FormArguments]:
    """Returns the form of this kind and its input: empty, from the matter that it changes, or as it was written."""
    initial: Cleaned = {"matter": base and base.pk}
    if written is not None:
        for name in ("reason", "funding", "training", "held_elsewhere"):
            initial[name] = getattr(written, name)
    asked: FormArguments = {"kind": kind, "bodies": bodies, "matters": matters, "initial": initial}
    if kind == "exit":
        return ExitForm, asked
    functions: set[str] = set().union(*(functions_of(county) for county in set(counties.values())))
    return ProposalForm, {**asked, "functions": functions, "base": _first_content(base, written)}


def _first_content(base: Matter | None, written: Proposal | None) -> MatterContent | None:
    """Returns the content of the form at first: the draft's, otherwise that of the matter it changes."""
    if written is not None and written.content:
        return read(written.content)
    return content_of(base) if base is not None else None


class Revision(VerbPage):
    """Changes a proposal that is being drafted. Kind, body and matter stay."""

    life = LIFE
    verb = "revise"
    verbs = {"revise": Verb(actions.revise, "修改申请", done="{row.number} 已保存。")}
    template = TEMPLATE

    def find(self, pk: int) -> Proposal:
        """Returns a proposal that the user may see."""
        return proposal_in_sight(self.user, pk)

    def made_form(self, *sent: Any) -> ApplicationForm:
        """Returns the form of the proposal's kind."""
        found = self.row
        self.counties, matters = {found.applicant_id: found.county}, _matters_of([found.county])
        self.base = matters.filter(code=found.code).first() or found.base if found.code else None
        made, asked = form_for(
            found.kind, [found.applicant], self.counties, matters, base=self.base, written=found
        )
        return made(*sent, version=found.version, **asked)

    def back(self) -> str:
        """Returns the address of the proposal."""
        return _page(self.row)

    def context(self) -> Context:
        """Returns the title and the matter that the proposal is about."""
        return {
            **_frame(self.row.kind, self.counties),
            "title": f"修改申请：{self.row.title}",
            "proposal": self.row,
            "base": self.base,
            "kinds": [],
            "back": _page(self.row),
        }
