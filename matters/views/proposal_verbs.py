"""One page for each verb of a proposal, and the reply to public comments (Art. 14, 16)."""

from __future__ import annotations

from django.http import Http404, HttpResponse
from django.urls import reverse

from accounts.requests import SignedInRequest
from common import clock
from common.shapes import Context, FormArguments
from common.web.verb_page import Verb, VerbPage, form_page, given
from matters import actions, policies, states
from matters.forms.proposal_verbs import FORMS, ReplyForm
from matters.history import LIFE
from matters.models import NoticeComment, Proposal
from matters.norms import norm_of
from matters.reviewers import reviewers_in, why_recused
from matters.views import proposal_words as words
from matters.views.frame import today_now
from matters.views.proposal_findings import findings_of
from matters.views.proposals import DANGEROUS, address_of, missing_for
from matters.visibility import proposal_in_sight

CONSEQUENCES = {
    "submit": "提交后由县区主管部门作形式审查，内容不能再改；退回补充后可以再改。",
    "return_proposal": "退回申请单位补充；补好后重新提交，从形式审查开始。",
    "pass_check": "材料齐全，转下一步办理。",
    "clear": "依据条例第十四条第二款审查通过。准入和调整转会审，您选的人会收到通知；临时准入直接由主管部门决定。",
    "bar": "这件申请到此为止，不得纳入清单；申请单位会看到理由。",
    "vote": "每人一次，提交后不能改；人人答复以后转主管部门决定。",
    "recuse": "回避以后您不再表决；回避和原因记入经过。",
    "close_review": "会审期限已过，不再等没有表决的人，转主管部门决定。",
    "consent": "准入和调整从今天起公示，期满后列入下一版清单；退出和临时准入直接待列入。",
    "refuse": "这件申请到此为止；申请单位会看到理由，可以重新申请。",
    "reconsider": "撤下公示，回到待主管部门决定；已收到的意见保留。",
    "withdraw": "撤回以后这件申请到此为止，要再办须重新申请。",
}
# Verbs for which the findings of the negative check are useful.
READS_FINDINGS = ("submit", "pass_check", "clear", "bar", "vote", "consent", "refuse")


class ProposalVerb(VerbPage):
    """A verb of a proposal that the user may see."""

    life = LIFE
    verbs = {
        verb: Verb(
            getattr(actions, verb),
            states.VERBS[verb],
            CONSEQUENCES[verb],
            form,
            is_dangerous=verb in DANGEROUS,
        )
        for verb, form in FORMS.items()
    }

    def find(self, pk: int) -> Proposal:
        """Returns a proposal that the user may see."""
        return proposal_in_sight(self.user, pk)

    def form_options(self) -> FormArguments:
        """Returns the possible reviewers, for the verb that names them."""
        if self.verb != "clear":
            return {}
        _, today = today_now()
        has_review = "joint_review" in states.PATHS[self.row.kind]
        return {
            "people": reviewers_in(self.row.county, day=today) if has_review else None,
            "recused": frozenset({self.row.applicant_id}),
            "fewest": norm_of(self.row.county_id, day=today).fewest_reviewers,
        }

    def sentence(self, result: Proposal) -> str:
        """Returns what was done, and the present status."""
        return f"{result.number} 已办：{self.declaration.word}。现在是{result.get_status_display()}。"

    def back(self) -> str:
        """Returns the address of the proposal."""
        return reverse("matters:proposal", args=[self.row.pk])

    def after(self, result: Proposal) -> str:
        """Returns the address of the proposal, or of the list if the user may no longer see the proposal."""
        is_seen = Proposal.objects.visible_to(self.user).filter(pk=result.pk).exists()
        return self.back() if is_seen else reverse("matters:proposals")

    def context(self) -> Context:
        """Returns what is missing, what speaks against the verb, and the proposal in brief."""
        found, verb = self.row, self.verb
        missing = missing_for(self.user, found) if verb == "submit" else []
        recusal = self.recusal()
        return {
            **frame_of(found),
            "title": f"{self.declaration.word} {found.title} {found.number}",
            "heading": self.declaration.word,
            "above": "matters/before_proposal_verb.html",
            "lines": words.lines_of(found) if verb in READS_FINDINGS else [],
            "missing": missing,
            "edit_url": address_of("revise", found) if verb == "submit" else "",
            "not_now": bool(missing or recusal),
            "recusal": recusal,
            "recuse_url": address_of("recuse", found) if recusal else "",
            **(findings_of(found) if verb in READS_FINDINGS else {}),
        }

    def recusal(self) -> str:
        """Returns why the user may not vote; empty if they may."""
        mine = next((each for each in self.row.votes.all() if each.reviewer_id == self.user.pk), None)
        if self.verb != "vote" or mine is None:
            return ""
        _, today = today_now()
        return why_recused(self.row, self.user, mine.organization, today=today)


def frame_of(found: Proposal) -> Context:
    """Returns what is shown around a form about a proposal."""
    return {
        "proposal": found,
        "under": f"{found.title} · {found.number}",
        "holder": words.holder_of(found),
        "back": reverse("matters:proposal", args=[found.pk]),
        "back_word": "返回申请",
        "styles": ["css/desk.css", "css/plans.css", "css/lists.css"],
        "aside": "matters/proposal_facts.html",
    }


def reply(request: SignedInRequest, pk: int) -> HttpResponse:
    """Answers one comment. Both are then public."""
    user = request.user
    remark = NoticeComment.objects.select_related("proposal__county").filter(pk=pk).first()
    if remark is None:
        raise Http404
    found = proposal_in_sight(user, remark.proposal_id)
    policies.REMARKS.require("reply", user, found)
    form = ReplyForm(given(request), initial={"text": remark.reply})
    back = reverse("matters:proposal", args=[found.pk])
    return form_page(
        request,
        form,
        lambda: actions.reply(remark, text=form.cleaned_data["text"], by=user, at=clock.now()),
        done=lambda row: ("已答复，意见和答复一起公开。", f"{back}#comments"),
        context={
            **frame_of(found),
            "title": "答复意见",
            "word": "答复",
            "consequence": "答复以后，这条意见和答复在公示页一起公开。意见里有个人信息的，不要在这里答复。",
            "quote": remark.text,
        },
    )
