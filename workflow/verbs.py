"""What a verb of a case needs, one declaration each: action, form, API input, what it will do. Pages and API read this.

The word and the moves stand in ``states``, who may run it in ``policies``. Addresses, doors, buttons and the schema of
the API follow from this table.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from accounts.models import User
from common.errors import RuleViolation
from common.web.verb_page import Verb
from personnel.models import Organization
from workflow import actions, forms, inputs, share_forms, unit_forms
from workflow.actions.correction import Correction
from workflow.actions.recurrence import unlink_case
from workflow.actions.supplement import supplement_case
from workflow.models import Case
from workflow.states import VERBS
from workflow.suggestions import suggest_unit


@dataclass(frozen=True)
class CaseVerb(Verb):
    """A verb with a page for people and an address for other systems. A dangerous one ends something for good."""

    input: type[inputs.VerbIn] = inputs.VerbIn


def resubmit(
    case: Case,
    *,
    by: User,
    at: datetime,
    matter: int | None = None,
    description: str | None = None,
    place: str | None = None,
    answers: Mapping[str, str] | None = None,
    photos: Sequence[UUID] = (),
    note: str = "",
) -> Case:
    """Resubmit a returned report; what is None stays as it was."""
    correction = Correction(matter, description, place, answers, photos, note)
    return actions.resubmit_case(case, correction=correction, by=by, at=at)


def assign(case: Case, *, unit: Organization | None = None, reason: str = "", by: User, at: datetime) -> Case:
    """Assign a case, and accept it first if it still waits for that; without a unit, to the suggested one.

    Raises :class:`RuleViolation` if no unit is given and none can be suggested.
    """
    if unit is None:
        suggestion = suggest_unit(case)
        if suggestion is None:
            raise RuleViolation("清单没有列明主办部门，也没有同类事项可参照，请选责任单位", field="unit")
        unit, reason = suggestion.unit, reason or suggestion.reason
    act = actions.accept_and_assign if case.status == "awaiting_acceptance" else actions.assign_case
    return act(case, unit=unit, reason=reason, by=by, at=at)


def verb(
    name: str,
    act: Callable[..., Case],
    consequence: str,
    form: type[forms.VerbForm] = forms.VerbForm,
    input: type[inputs.VerbIn] = inputs.VerbIn,
    *,
    is_dangerous: bool = False,
) -> tuple[str, CaseVerb]:
    """Return the row of a verb under its name; the word comes from ``states``."""
    return name, CaseVerb(act, VERBS[name], consequence, form, input=input, is_dangerous=is_dangerous)


CASE_VERBS: dict[str, CaseVerb] = dict(
    (
        verb(
            "settle",
            actions.settle_case,
            "写明怎么解决的，随后由另一个人到现场核查，核查通过才结案。",
            forms.ResultForm,
            inputs.ResultIn,
        ),
        verb(
            "pass_to_leader",
            actions.pass_to_leader,
            "这件事转给本村（社区）网格长接办，您仍能看到进展。",
            forms.NoteForm,
            inputs.NoteIn,
        ),
        verb("take_up", actions.take_up_case, "由您接办并协调，计时从现在开始；上报人会收到通知。"),
        verb(
            "send_up",
            actions.send_up_case,
            "网格内解决不了的，上报乡镇街道受理；上报人会收到通知。",
            forms.ReasonForm,
            inputs.NoteIn,
        ),
        verb(
            "return_for_correction",
            actions.return_for_correction,
            "退给上报人补正，补正期间原时限不计；逾期不补正自动撤回。",
            forms.ReasonForm,
            inputs.NoteIn,
        ),
        verb(
            "resubmit",
            resubmit,
            "补正后回到退回的人手里继续办理。",
            forms.CorrectionForm,
            inputs.CorrectionIn,
        ),
        verb(
            "withdraw",
            actions.withdraw_case,
            "撤回后这件事结束，不能恢复；需要时请重新上报。",
            forms.ReasonForm,
            inputs.NoteIn,
            is_dangerous=True,
        ),
        verb("accept", actions.accept_case, "受理后开始计算办理时限，下一步交办责任单位；10 秒内可以撤销。"),
        verb(
            "refuse",
            actions.refuse_case,
            "这件事结束，不再办理；理由会告知上报人。",
            forms.ReasonForm,
            inputs.NoteIn,
            is_dangerous=True,
        ),
        verb(
            "escalate",
            actions.escalate_case,
            "转给上一级网格化服务管理机构受理；上报人会收到通知。",
            forms.ReasonForm,
            inputs.NoteIn,
        ),
        verb(
            "assign",
            assign,
            "交给责任单位签收办理；10 秒内可以撤销，之后对方收到通知。",
            forms.UnitForm,
            inputs.UnitIn,
        ),
        verb("undo", actions.undo_last, "撤销自己刚才的一步（10 秒内），对方还没有收到通知。"),
        verb("sign", actions.sign_case, "确认由本单位办理；办理时限从受理时起算。"),
        verb(
            "hand_back",
            actions.hand_back_case,
            "交办机构会审核；第二次退单由上一级裁定，裁定后不能再退。",
            forms.HandBackForm,
            inputs.NoteIn,
        ),
        verb(
            "uphold_return",
            actions.uphold_return,
            "改派给另一个单位，新单位的时限重新计算。",
            forms.UnitForm,
            inputs.UnitIn,
        ),
        verb(
            "reject_return",
            actions.reject_return,
            "仍由原单位办理，时限不延长。",
            forms.ReasonForm,
            inputs.NoteIn,
        ),
        verb(
            "convene",
            actions.convene_conference,
            "所选单位收到邀请，裁定以前都能看到这件事；不影响会商时限。",
            unit_forms.ConferenceForm,
            inputs.ConferenceIn,
        ),
        verb(
            "name_lead",
            actions.name_lead,
            "裁定由哪个单位主办；它不能再退单，会商纪要记入经过。",
            unit_forms.RulingForm,
            inputs.RulingIn,
        ),
        verb(
            "reassign",
            actions.reassign_case,
            "原单位不再办理，新单位的时限重新计算；两个单位都会收到通知。",
            forms.UnitForm,
            inputs.UnitIn,
        ),
        verb(
            "ask_extension",
            actions.ask_extension,
            "由交办机构审批；第二次转到县区审批，以后也由县区交办。审批期间时限暂停，仍可以直接反馈办结。",
            unit_forms.ExtensionForm,
            inputs.ExtensionIn,
        ),
        verb(
            "grant_extension",
            actions.grant_extension,
            "责任单位接着剩下的时间再加延长的时间办理，原定到期日仍会显示。",
            forms.NoteForm,
            inputs.NoteIn,
        ),
        verb(
            "refuse_extension",
            actions.refuse_extension,
            "责任单位接着剩下的时间办理。",
            forms.ReasonForm,
            inputs.NoteIn,
        ),
        verb(
            "ask_shelving",
            actions.ask_shelving,
            "转到县区审批，以后也由县区交办；同意后时限暂停，到复核日期自动恢复办理。",
            unit_forms.ShelvingForm,
            inputs.ShelvingIn,
        ),
        verb(
            "grant_shelving",
            actions.grant_shelving,
            "时限暂停，到复核日期自动恢复，接着剩下的时间办理；上报人会收到通知。",
            forms.NoteForm,
            inputs.NoteIn,
        ),
        verb(
            "refuse_shelving",
            actions.refuse_shelving,
            "责任单位接着剩下的时间办理。",
            forms.ReasonForm,
            inputs.NoteIn,
        ),
        verb(
            "resume",
            actions.resume_case,
            "现在就恢复办理，接着挂账前剩下的时间。",
            forms.NoteForm,
            inputs.NoteIn,
        ),
        verb(
            "press",
            actions.press_case,
            "正在办这件事的人马上收到这句话；不改变轮到谁办，也不改变时限。",
            forms.ReasonForm,
            inputs.NoteIn,
        ),
        verb(
            "take_charge",
            actions.take_charge,
            "说明由您接这件紧急事项：不再叫别人；受理、签收和办理时限照旧。",
        ),
        verb(
            "feed_back",
            actions.feed_back_case,
            "提交办理结果，随后由网格员到现场核查，核查通过才结案。",
            forms.ResultForm,
            inputs.ResultIn,
        ),
        verb(
            "pass_check",
            actions.pass_check,
            "确认现场已经解决；群众反映的再请反映人评价，其余直接结案；10 秒内可以撤销。",
            forms.NoteForm,
            inputs.NoteIn,
        ),
        verb(
            "fail_check",
            actions.fail_check,
            "退回原办理方返工；第三次不通过升一级并列入督办；10 秒内可以撤销。",
            forms.ReasonForm,
            inputs.NoteIn,
        ),
        verb(
            "rate",
            actions.rate_case,
            "满意或基本满意即结案；不满意返工一次，再办结后结案；10 秒内可以撤销。",
            forms.RateForm,
            inputs.RateIn,
        ),
        verb(
            "supplement",
            supplement_case,
            "补充的情况和照片记入经过，正在办这件事的人会收到消息；不改变轮到谁办，也不改变时限。",
            forms.SupplementForm,
            inputs.SupplementIn,
        ),
        verb(
            "join",
            actions.join_units,
            "所选单位马上收到，签收后协办；整件事要等它们都反馈才能办结。主办和时限不变。",
            share_forms.JoinForm,
            inputs.JoinIn,
        ),
        verb(
            "ask_join",
            actions.ask_join,
            "交办机构马上收到，由它增加或解除协办单位；不影响办理时限。",
            forms.ReasonForm,
            inputs.NoteIn,
        ),
        verb(
            "unlink",
            unlink_case,
            "解除与前一件的复发关联，理由记入经过；不改变轮到谁办，也不改变时限。",
            forms.ReasonForm,
            inputs.NoteIn,
        ),
        verb(
            "void",
            actions.void_case,
            "这件事作废，不再办理，也不能恢复；理由会告知上报人。",
            forms.ReasonForm,
            inputs.NoteIn,
            is_dangerous=True,
        ),
        verb(
            "merge",
            actions.merge_case,
            "这件事结束并入另一件，两件的上报人都会收到后续进展。",
            forms.MergeForm,
            inputs.MergeIn,
            is_dangerous=True,
        ),
    )
)
WITH_PHOTOS = tuple(name for name, declared in CASE_VERBS.items() if "photos" in declared.form.base_fields)
"""The verbs that take photos: a larger body, and photos that stay if the verb is refused."""
