"""What is published shows no personal number, unless its author was shown it and said that it may (Art. 20, 26)."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest

from audit.models import Entry
from common import clock
from common.errors import RuleViolation
from common.privacy.publishing import Permitted, permitted_in, to_publish
from conduct import actions as conduct
from conduct.forms import DecideForm, DismissForm
from conduct.models import Complaint
from conduct.views import public
from matters import actions as matters
from matters.forms.content import ContentForm
from matters.forms.editions import EditionForm, SendForm
from matters.forms.proposal_verbs import DecideForm as ConsentForm
from matters.forms.proposal_verbs import ReplyForm
from matters.forms.proposals import ApplicationForm
from matters.models import MatterList, NoticeComment, Proposal
from personnel.actions import PersonDraft, enrol
from personnel.actions.organizations import change_organization
from plans.actions.filing import send_filing
from plans.actions.plans import PlanDraft, draft_plan, revise_plan
from plans.actions.steps import draw
from plans.drawing_input import DrawingInput
from plans.forms.plans import FORMS as PLAN_FORMS
from plans.forms.plans import PlanForm
from plans.models import GridPlan
from tests.cases import refused
from tests.doors import Visitor
from tests.matters.conftest import draft_of, proposal_in
from tests.plans.drafts import EFFECT, drafted, published, with_split
from tests.shapes import Sent
from tests.town import MONDAY, Town

PHONE, MASKED = "13800001234", "138****1234"
REASON = f"户数过多，居民代表１３８－０００1－２３４５ 和 {PHONE} 都同意。"


@pytest.fixture(autouse=True)
def monday(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(clock, "now", lambda: MONDAY)
    monkeypatch.setattr(public, "seconds_to_wait", lambda name, **options: 0)


def plan_form(**more: Any) -> Sent:
    fields = {
        "title": "京东社区调整",
        "kind": "adjustment",
        "effective_on": EFFECT.isoformat(),
        "reason": REASON,
    }
    return {**fields, "key": str(uuid4()), **more}


def shown_in(page: str, name: str) -> dict[str, str]:
    found = re.search(rf'name="{name}_shown" value="([0-9a-f]+)"', page)
    assert found, page
    return {f"{name}_shown": found[1]}


def last_record(subject: str) -> Any:
    return Entry.objects.filter(subject=subject).order_by("seq").last().record  # type: ignore[union-attr]


# --- The author is shown it first, and decides --------------------------------------------------------------------


@pytest.mark.article(20)
def test_the_author_is_shown_what_was_found_and_everything_typed_is_kept(town: Town) -> None:
    answer = Visitor(town.wu).post("/plans/new/", plan_form())
    page = answer.content.decode()
    assert answer.status_code == 422 and not GridPlan.objects.exists()
    assert f"有手机号 138****2345、手机号 {MASKED}" in page and "可以公布（记入痕迹）" in page
    assert REASON in page and "京东社区调整" in page
    assert f"第 {REASON.index(PHONE) + 1}–{REASON.index(PHONE) + 11} 字" in page


@pytest.mark.article(20)
def test_sent_again_without_the_tick_it_is_masked_everywhere_society_reads_it(town: Town) -> None:
    wu = Visitor(town.wu)
    shown = shown_in(wu.post("/plans/new/", plan_form()).content.decode(), "reason")
    assert wu.post("/plans/new/", plan_form(**shown)).status_code == 302
    plan = GridPlan.objects.get()
    assert plan.reason == f"户数过多，居民代表138****2345 和 {MASKED} 都同意。"
    assert "may_publish" not in last_record(f"grid_plan:{plan.pk}")
    plan.title = "改"
    draw(
        plan,
        "split",
        DrawingInput(key=f"g{town.grid.pk}", line="115.004,35.69\n115.004,35.72"),
        by=town.wu,
        at=MONDAY,
    )
    in_public = published(town, GridPlan.objects.get(pk=plan.pk))
    page = Visitor().text(f"/public/plans/{in_public.number}/")
    assert MASKED in page and PHONE not in page


@pytest.mark.article(20)
def test_with_the_tick_it_is_published_as_written_and_the_trace_says_so(town: Town) -> None:
    wu = Visitor(town.wu)
    shown = shown_in(wu.post("/plans/new/", plan_form()).content.decode(), "reason")
    assert wu.post("/plans/new/", plan_form(**shown, reason_may_publish="on")).status_code == 302
    plan = GridPlan.objects.get()
    assert plan.reason == REASON
    assert last_record(f"grid_plan:{plan.pk}")["may_publish"] == {"reason": {"mobile": 2}}
    page = wu.text(f"/plans/{plan.pk}/edit/")
    assert REASON in page and "_may_publish" not in page


@pytest.mark.article(20)
def test_a_tick_counts_for_the_numbers_that_were_shown_and_no_others(town: Town) -> None:
    wu = Visitor(town.wu)
    shown = shown_in(wu.post("/plans/new/", plan_form()).content.decode(), "reason")
    other = plan_form(**shown, reason_may_publish="on", reason=f"{REASON}还有 13900005678。")
    assert wu.post("/plans/new/", other).status_code == 422
    assert wu.post("/plans/new/", plan_form(reason_may_publish="on")).status_code == 422
    assert not GridPlan.objects.exists()


@pytest.mark.article(20)
def test_a_refusal_for_another_reason_keeps_text_and_tick(town: Town) -> None:
    wu = Visitor(town.wu)
    shown = shown_in(wu.post("/plans/new/", plan_form()).content.decode(), "reason")
    late = (EFFECT + timedelta(days=1000)).isoformat()
    answer = wu.post("/plans/new/", plan_form(**shown, reason_may_publish="on", effective_on=late))
    page = answer.content.decode()
    assert answer.status_code == 422 and "请核对年份" in page and REASON in page
    assert shown_in(page, "reason") == shown and re.search(r'reason_may_publish"[^>]*checked', page)


@pytest.mark.article(20)
@pytest.mark.parametrize(
    ("form", "name"),
    [
        (PlanForm, "title"),
        (PlanForm, "reason"),
        (PLAN_FORMS["send_filing"], "note"),
        (EditionForm, "document"),
        (EditionForm, "note"),
        (SendForm, "note"),
        (ApplicationForm, "reason"),
        (ConsentForm, "decision"),
        (ReplyForm, "text"),
        *((ContentForm, name) for name in ("description", "handling_post", "support", "note")),
        (DecideForm, "answer"),
        (DismissForm, "answer"),
    ],
)
def test_every_field_whose_text_is_published_asks(form: Any, name: str) -> None:
    field = form.base_fields[name]
    assert field.__class__.__name__ == "PublishedField", "its author is shown what was found"


# --- By whatever door ---------------------------------------------------------------------------------------------


def test_an_action_masks_by_itself_what_nobody_permitted(town: Town) -> None:
    draft = PlanDraft(title=f"调整（{PHONE}）", reason=REASON, effective_on=EFFECT)
    plan = draft_plan(draft, county=town.division("华龙区"), by=town.wu, at=MONDAY)
    assert (plan.title, PHONE in plan.reason, PHONE in plan.events.get().note) == (
        f"调整（{MASKED}）",
        False,
        False,
    )
    plan = revise_plan(plan, replace(draft, reason=Permitted(REASON)), by=town.wu, at=MONDAY)
    assert plan.reason == REASON
    assert last_record(f"grid_plan:{plan.pk}")["may_publish"] == {"reason": {"mobile": 2}}


def test_permission_does_not_stick_to_what_is_made_of_a_text() -> None:
    text = Permitted(f" {PHONE} ")
    assert (to_publish(text), to_publish(text.strip()), permitted_in(a=text.strip())) == (
        f" {PHONE} ",
        MASKED,
        {},
    )


@pytest.mark.article(20)
def test_filings_carry_no_number(town: Town) -> None:
    plan = published(town, with_split(town))
    filing = send_filing(plan, note=f"联系人 {PHONE}", by=town.wu, at=MONDAY)
    assert filing.note == f"联系人 {MASKED}"
    edition = published_edition(town, note=f"经办人 {PHONE}")
    assert edition.note == f"经办人 {MASKED}"
    sent = matters.send_filing(edition.filing, note=f"电话 {PHONE}", by=town.wu, at=MONDAY)
    assert sent.note == f"电话 {MASKED}"
    assert PHONE not in str(sent.package) + str(filing.package)


def published_edition(town: Town, **fields: Any) -> MatterList:
    proposal_in("adopted", town, description=f"能挪的挪开，打 {PHONE}。")
    county, on = town.division("华龙区"), MONDAY.date() + timedelta(days=20)
    edition = matters.draft_edition(
        county, in_force_on=on, document="华网格〔2026〕2号", by=town.wu, at=MONDAY, **fields
    )
    return matters.publish_edition(edition, by=town.wu, at=MONDAY)


@pytest.mark.article(14)
def test_a_proposal_under_notice_and_the_list_show_it_masked(town: Town) -> None:
    edition = published_edition(town)
    proposal = Proposal.objects.get(edition=edition)
    for page in (f"/public/lists/notices/{proposal.number}/", f"/public/lists/410902/{edition.edition}/"):
        text = Visitor().text(page)
        assert MASKED in text and PHONE not in text, page


@pytest.mark.article(20)
def test_the_trace_of_a_permitted_draft_counts_its_numbers(town: Town) -> None:
    draft = draft_of(description=Permitted(f"打 {PHONE}。"))
    found = matters.propose(replace(draft, reason=Permitted(REASON)), by=town.sun, at=MONDAY)
    permitted = {"reason": {"mobile": 2}, "description": {"mobile": 1}}
    assert last_record(f"proposal:{found.pk}")["may_publish"] == permitted
    assert PHONE in found.content["description"]
    note = Permitted(f"经办人 {PHONE}")
    edition = matters.draft_edition(
        town.division("华龙区"), in_force_on=EFFECT, document="", note=note, by=town.wu, at=MONDAY
    )
    assert last_record(f"matter_list:{edition.pk}")["may_publish"] == {"note": {"mobile": 1}}


@pytest.mark.article(16)
def test_a_strangers_comment_is_masked_without_a_choice_and_he_sees_what(town: Town) -> None:
    found = proposal_in("noticed", town)
    page = f"/public/lists/notices/{found.number}/"
    answer = Visitor().post(
        page, {"text": f"我是 {PHONE}，身份证11010519491231002X", "text_may_publish": "on"}
    )
    text = answer.content.decode()
    assert answer.status_code == 200 and f"手机号 {MASKED}、身份证号 110***********002X" in text
    remark = NoticeComment.objects.get()
    assert remark.text == f"我是 {MASKED}，身份证110***********002X"
    reply = {"text": "请打 13911112222"}
    wu, address = Visitor(town.wu), f"/lists/comments/{remark.pk}/reply/"
    first = wu.post(address, reply)
    assert first.status_code == 422 and "有手机号 139****2222" in first.content.decode()
    assert wu.post(address, {**reply, **shown_in(first.content.decode(), "text")}).status_code == 302
    assert "请打 139****2222" in Visitor().text(page)
    assert [
        link.verb for link in Entry.objects.filter(subject=f"notice_comment:{remark.pk}").order_by("seq")
    ] == [
        "comment",
        "reply",
    ]


@pytest.mark.article(12)
def test_the_answer_to_a_complaint_is_masked_for_whoever_holds_the_code(town: Town) -> None:
    draft = conduct.ComplaintDraft(grid=town.grid, kind="rude", text="说话不耐烦")
    complaint, code = conduct.complain(draft, source="public", at=MONDAY)
    conduct.dismiss(Complaint.objects.get(), answer=f"请找王师傅 {PHONE}", by=town.tang, at=MONDAY)
    page = Visitor().post("/complain/progress/", {"code": code}).content.decode()
    assert MASKED in page and PHONE not in page
    assert "may_publish" not in last_record(f"complaint:{complaint.pk}")


# --- Names have no room for one -----------------------------------------------------------------------------------


def name_of_a_grid(town: Town) -> object:
    return draw(
        drafted(town),
        "rename",
        DrawingInput(key=f"g{town.grid.pk}", name=f"王网格 {PHONE}"),
        by=town.wu,
        at=MONDAY,
    )


def name_of_a_body(town: Town) -> object:
    fields = {"name": f"城管 {PHONE}", "duty_phone": PHONE, "office_hours": ""}
    return change_organization(town.chengguan, **fields, on=MONDAY.date(), at=MONDAY, by=None)


def name_of_a_person(town: Town) -> object:
    draft = PersonDraft(name=f"张三{PHONE}", phone="19900003333")
    place = town.division("中原路街道")
    return enrol(draft, place=place, today=MONDAY.date(), at=MONDAY, by=town.tang)


def name_of_a_matter(town: Town) -> object:
    return matters.propose(draft_of(name=f"打 {PHONE}"), by=town.sun, at=MONDAY)


@pytest.mark.article(20)
@pytest.mark.parametrize("act", [name_of_a_grid, name_of_a_body, name_of_a_person, name_of_a_matter])
def test_a_published_name_with_a_number_is_refused_and_the_number_is_not_repeated(
    town: Town, act: Callable[[Town], object]
) -> None:
    with refused(RuleViolation) as caught:
        act(town)
    assert MASKED in caught.value.sentence and PHONE not in caught.value.sentence


def test_the_phones_that_are_to_be_published_stay(town: Town) -> None:
    fields = {"name": town.chengguan.name, "duty_phone": "0393-4412345", "office_hours": ""}
    body = change_organization(town.chengguan, **fields, on=MONDAY.date(), at=MONDAY, by=None)
    assert body.duty_phone == "0393-4412345"
    draft = PlanDraft(title="调整", reason="咨询电话0393-4412345，热线12345。", effective_on=EFFECT)
    plan = draft_plan(draft, county=town.division("华龙区"), by=town.wu, at=MONDAY)
    assert plan.reason == draft.reason
