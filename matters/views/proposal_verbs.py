"""One page for each verb of a proposal, and the reply to what society said (Art. 14, 16)."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse

from accounts.models import User
from accounts.requests import signed_in
from common import clock
from common.errors import IllegalMove, NotPermitted, StaleVersion
from common.saying import given, say
from matters import actions, policies, states
from matters.forms.proposal_verbs import FORMS, ClearForm, ReplyForm
from matters.models import NoticeComment, Proposal
from matters.norms import norm_of
from matters.reviewers import reviewers_in, why_recused
from matters.views import proposal_words as words
from matters.views.frame import today_now
from matters.views.proposal_findings import findings_of
from matters.views.proposals import DANGEROUS, address_of, missing_for, proposal_in_sight
from personnel.scopes import authority_of

TEMPLATE = "matters/proposal_verb.html"
ACTS: dict[str, Callable[..., Proposal]] = {
    "submit": actions.submit,
    "return_proposal": actions.return_proposal,
    "pass_check": actions.pass_check,
    "clear": actions.clear,
    "bar": actions.bar,
    "vote": actions.vote,
    "recuse": actions.recuse,
    "close_review": actions.close_review,
    "consent": actions.consent,
    "refuse": actions.refuse,
    "reconsider": actions.reconsider,
    "withdraw": actions.withdraw,
}
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
# Where the findings of the negative check help to say the verb.
READS_FINDINGS = ("submit", "pass_check", "clear", "bar", "vote", "consent", "refuse")


def act(request: HttpRequest, pk: int, verb: str) -> HttpResponse:
    """Say one verb of a proposal in sight."""
    user = signed_in(request)
    if verb not in FORMS:
        raise Http404
    found = proposal_in_sight(user, pk)
    policies.WHO_MAY.require(verb, user, found)
    form: Any = _form(request, verb, found)
    context = _context(user, verb, found)

    def do() -> Proposal:
        said = form.said() if isinstance(form, ClearForm) else dict(form.cleaned_data)
        seen, found.version = found.version, said.pop("version")
        try:
            return ACTS[verb](found, by=user, at=clock.now(), **said)
        except StaleVersion:
            form.carry(seen)  # the page below is the newest, so that sending again is a decision
            raise

    try:
        states.PROPOSAL_MOVES.require(
            verb, status=found.status
        )  # at the wrong moment nothing can be filled in
    except IllegalMove as refusal:
        context |= {"form": form, "refusal": refusal.sentence}
        return render(request, TEMPLATE, context, status=refusal.status)
    return say(
        request,
        form,
        do,
        done=lambda row: (
            f"{row.number} 已办：{states.VERBS[verb]}。现在是{row.get_status_display()}。",
            _after(user, row),
        ),
        template=TEMPLATE,
        context=context,
    )


def _form(request: HttpRequest, verb: str, found: Proposal) -> Any:
    if verb != "clear":
        return FORMS[verb](given(request), version=found.version)
    _, today = today_now()
    has_review = "joint_review" in states.PATHS[found.kind]
    return ClearForm(
        given(request),
        version=found.version,
        people=reviewers_in(found.county, day=today) if has_review else None,
        recused=frozenset({found.applicant_id}),
        fewest=norm_of(found.county_id, day=today).fewest_reviewers,
    )


def _after(user: User, row: Proposal) -> str:
    """Back to the proposal; to the list where it is out of sight now."""
    if Proposal.objects.visible_to(user).filter(pk=row.pk).exists():
        return reverse("matters:proposal", args=[row.pk])
    return reverse("matters:proposals")


def _context(user: User, verb: str, found: Proposal) -> dict[str, Any]:
    return {
        "title": states.VERBS[verb],
        "proposal": found,
        "holder": words.holder_of(found),
        "lines": words.lines_of(found) if verb in READS_FINDINGS else [],
        "word": states.VERBS[verb],
        "consequence": CONSEQUENCES[verb],
        "is_dangerous": verb in DANGEROUS,
        "back": reverse("matters:proposal", args=[found.pk]),
        "missing": missing_for(user, found) if verb == "submit" else [],
        "edit_url": address_of("revise", found) if verb == "submit" else "",
        **_recusal(user, verb, found),
        **(findings_of(found) if verb in READS_FINDINGS else {}),
    }


def _recusal(user: User, verb: str, found: Proposal) -> dict[str, str]:
    """Why one may not vote, and where to stand back instead."""
    if verb != "vote":
        return {}
    _, today = today_now()
    mine = next(each for each in found.votes.all() if each.reviewer_id == user.pk)
    why = why_recused(found, user, mine.organization, today=today)
    return {"recusal": why, "recuse_url": address_of("recuse", found)} if why else {}


def reply(request: HttpRequest, pk: int) -> HttpResponse:
    """Answer one comment; both are then public."""
    user = signed_in(request)
    remark = NoticeComment.objects.select_related("proposal__county").filter(pk=pk).first()
    if remark is None:
        raise Http404
    found = proposal_in_sight(user, remark.proposal_id)
    if not policies.of_county(authority_of(user), found):
        raise NotPermitted(policies.BY_COUNTY, verb="reply")
    form = ReplyForm(given(request), initial={"text": remark.reply})
    back = reverse("matters:proposal", args=[found.pk])
    return say(
        request,
        form,
        lambda: actions.reply(remark, text=form.cleaned_data["text"], by=user, at=clock.now()),
        done=lambda row: ("已答复，意见和答复一起公开。", f"{back}#comments"),
        template=TEMPLATE,
        context={
            "title": "答复意见",
            "proposal": found,
            "holder": words.holder_of(found),
            "word": "答复",
            "consequence": "答复以后，这条意见和答复在公示页一起公开。意见里有个人信息的，不要在这里答复。",
            "remark": remark,
            "back": back,
        },
    )
