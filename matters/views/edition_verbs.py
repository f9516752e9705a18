"""Pages to draft an edition, change it, publish it or discard it, each with its consequence (Art. 14)."""

from __future__ import annotations

from datetime import date, timedelta

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.urls import reverse

from accounts.requests import SignedInRequest
from common import clock
from common.errors import IllegalMove
from common.shapes import Context, FormArguments
from common.templatetags.when import day as in_words
from common.web.verb_page import Verb, VerbPage, form_page, given
from grids.models import Division
from matters import actions, policies
from matters.actions.editions import CLOSED
from matters.actions.soundness import faults_in
from matters.entrances import DRAFTING
from matters.forms.editions import EditionForm, RevisionForm
from matters.models import MatterList
from matters.views import edition_words as words
from matters.views.editions import differences_of, matters_of
from matters.views.frame import today_now
from matters.visibility import edition_in_sight

STYLES = ["css/plans.css", "css/editions.css"]


def new(request: SignedInRequest) -> HttpResponse:
    """Opens the next edition of the list of the user's county."""
    user, (_, today) = request.user, today_now()
    counties = DRAFTING.require(user)
    waiting = MatterList.objects.drafts().filter(county__in=counties).first()
    if request.method == "GET" and waiting is not None and len(counties) == 1:
        messages.info(request, f"{counties[0].name}已有一版在编，请先公布或放弃它。")
        return redirect("matters:edition", waiting.pk)
    earliest = earliest_day(counties[0], today=today) if len(counties) == 1 else today
    form = EditionForm(given(request), counties=counties, earliest=earliest)

    def act() -> MatterList:
        fields = {name: form.cleaned_data[name] for name in ("in_force_on", "document", "note")}
        return actions.draft_edition(form.chosen_county(), **fields, by=user, at=clock.now())

    return form_page(
        request,
        form,
        act,
        done=lambda made: (f"已开始编制第{made.edition}版。请核对改动，再公布。", _page(made)),
        context={
            "title": "编制下一版",
            "under": counties[0].name if len(counties) == 1 else "",
            "word": "开始编制",
            "consequence": "以最近公布的一版为底，编入所有已同意、待列入的申请；公布以前只有本县区看得到，可以改。",
            "back": reverse("matters:lists"),
            "back_word": "返回清单",
            "styles": STYLES,
        },
    )


def earliest_day(county: Division, *, today: date) -> date:
    """Returns the first day on which another edition of the county could come into force."""
    last = MatterList.objects.published().filter(county=county).order_by("-in_force_on").first()
    return max(today, last.in_force_on + timedelta(days=1)) if last else today


class EditionVerb(VerbPage):
    """A verb of a draft that the user keeps."""

    verbs = {
        "revise_edition": Verb(
            actions.revise_edition,
            "修改施行日期和文号",
            "保存时，这段时间新同意的申请也一并编入。",
            RevisionForm,
            button="保存",
            done="已保存。",
        ),
        "publish_edition": Verb(
            actions.publish_edition,
            "公布",
            "公布后谁也不能再改这一版，要改只能编制下一版。到施行日期自动生效，退出的事项不能再上报，"
            "在办的照办到底；同时开始计算向市里报备的时限。",
            is_dangerous=True,
            done="第{row.edition}版已公布，请按时向市主管部门报备。",
        ),
        "discard_edition": Verb(
            actions.discard_edition,
            "放弃这一版",
            "在编的内容（包括导入的事项）全部删除，不能恢复；已编入的申请退回“待列入”，等下一版。",
            is_dangerous=True,
            done="在编的第{page.row.edition}版已放弃。",
        ),
    }

    def find(self, pk: int) -> MatterList:
        """Returns an edition that the user may see."""
        return edition_in_sight(self.user, pk)

    def require(self) -> None:
        """Checks that the user keeps the county's list and that the edition is a draft."""
        policies.require_publisher(self.user, self.row.county, verb=self.verb)
        if self.row.published_at is not None:
            raise IllegalMove(CLOSED)

    def form_options(self) -> FormArguments:
        """Returns what the draft says, and the first free day."""
        if self.verb != "revise_edition":
            return {}
        _, today = today_now()
        return {
            "counties": [self.row.county],
            "earliest": earliest_day(self.row.county, today=today),
            "initial": {name: getattr(self.row, name) for name in ("in_force_on", "document", "note")},
        }

    def back(self) -> str:
        """Returns the address of the edition."""
        return _page(self.row)

    def after(self, result: MatterList | None) -> str:
        """Returns the address of the edition, or of the lists if it is gone."""
        return self.back() if result is not None else reverse("matters:lists")

    def context(self) -> Context:
        """Returns which edition it is; before publication also its faults and its changes."""
        found = self.row
        since = f"{'' if found.published_at else '拟自'}{in_words(found.in_force_on)}起施行"
        return {
            "edition": found,
            "under": f"{found.county.name} 第{found.edition}版 · {since}",
            "back_word": f"返回第{found.edition}版",
            "styles": STYLES,
            "above": "matters/before_edition_verb.html",
            **(self.changes() if self.verb == "publish_edition" and self.closed() is None else {}),
        }

    def changes(self) -> Context:
        """Returns what prevents the draft from being published, and its changes to the edition before."""
        _, today = today_now()
        before = MatterList.objects.published().filter(county=self.row.county).order_by("-edition").first()
        faults = list(faults_in(self.row, today=today))
        counts = words.counts_of(differences_of(matters_of(before), matters_of(self.row)))
        return {"faults": faults, "counts": counts, "not_now": bool(faults)}


def _page(found: MatterList) -> str:
    return reverse("matters:edition", args=[found.pk])
