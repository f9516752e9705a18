"""Every verb of every noun on its page: typed text is kept, and a stale version names who made the newer one."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import pytest
from django import forms
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import URLPattern, URLResolver, get_resolver, reverse

from access.actions import GrantDraft, approve_grant, ask_for_grant
from access.views.grants import GrantVerb
from accounts.models import User
from audit.versions import Versioned, append_link
from boards.views.verbs import BoardVerb
from channels.actions import GatewayDraft, add_gateway, switch_on
from channels.views.gateways import GatewayVerb
from common import clock
from common.templatetags.when import short_moment
from common.web.verb_page import VerbPage
from conduct import actions as conduct
from conduct.views.verbs import ComplaintVerb, Statement
from duty.actions import Line, enter_roster, hand_over_duty
from duty.views.shifts import ShiftVerb
from improvement import actions as improvement
from improvement.views.verbs import TaskVerb
from matters import actions as matters
from matters.views.edition_verbs import EditionVerb
from matters.views.filing import FilingVerb
from matters.views.proposal_forms import Revision as ProposalRevision
from matters.views.proposal_verbs import ProposalVerb
from personnel.actions import PostDraft, ask_for_post, change_organization, refuse_post
from personnel.models import Organization
from personnel.views.leaving import CloseBody, MergeBody
from personnel.views.organizations import BodyVerb
from personnel.views.requests import PostRequestVerb
from plans.actions.plans import submit_plan
from plans.views.verbs import PlanVerb
from plans.views.verbs import Revision as PlanRevision
from rechecks import actions as rechecks
from rechecks.views.verbs import RecheckVerb
from registry.actions import begin_activity, end_record, restore_record
from registry.models import Relation
from registry.views.activities import ActivityVerb
from registry.views.verbs import RecordVerb, RelationVerb
from supervision import actions as supervision
from supervision.views.verbs import OrderVerb
from tests.boards.test_boards import picture, posted
from tests.cases import case_in
from tests.channels.conftest import administrator
from tests.doors import Visitor
from tests.improvement.lines import THIRD
from tests.improvement.lines import improvement as an_unowned_improvement
from tests.matters.conftest import draft_of, proposal_in
from tests.matters.test_editions import DAY, drafted
from tests.plans.drafts import step, with_split
from tests.registry.people import household, person
from tests.shapes import Names, Sent
from tests.town import MONDAY, PEOPLE, Town
from workflow.actions import join_units, pass_check
from workflow.actions.shares import sign_share
from workflow.views.desk_verbs import DeskVerb
from workflow.views.shares import ShareVerbPage
from workflow.views.verbs import CaseVerbPage

TYPED = "打了很久的字一个也不能丢"
ELSEWHERE = "https://elsewhere.example/"


@dataclass(frozen=True)
class Scene:
    """A row in sight, the user who made its present version, and its address."""

    row: Versioned
    reader: User
    changed_by: str
    names: Names


def a_case(town: Town) -> Scene:
    case = case_in("awaiting_acceptance", town)
    return Scene(case, town.zhao, "Wang", {"pk": case.pk})


def a_plan(town: Town) -> Scene:
    plan = step(with_split(town), "rename", by=town.zhao, key=f"g{town.grid.pk}", name="甲网格")
    return Scene(plan, town.wu, "Zhao", {"pk": plan.pk})


def a_proposal(town: Town) -> Scene:
    found = proposal_in("formal_check", town)
    return Scene(found, town.wu, "Sun", {"pk": found.pk})


def a_draft(town: Town) -> Scene:
    found = matters.propose(draft_of("exit"), by=town.sun, at=MONDAY)
    found = matters.revise(found, draft_of("exit"), by=town.sun, at=MONDAY)
    return Scene(found, town.sun, "Sun", {"pk": found.pk})


def an_edition(town: Town) -> Scene:
    made = matters.revise_edition(drafted(town), in_force_on=DAY, document="甲", by=town.wu, at=MONDAY)
    return Scene(made, town.wu, "Wu", {"pk": made.pk})


def a_filing(town: Town) -> Scene:
    edition = matters.publish_edition(drafted(town), by=town.wu, at=MONDAY)
    filing = matters.send_filing(edition.filing, by=town.wu, at=MONDAY)
    return Scene(filing, town.zheng, "Wu", {"pk": filing.pk})


def a_complaint(town: Town) -> Scene:
    made, _ = conduct.complain(
        conduct.ComplaintDraft(town.grid, "rude", "说话不耐烦", person=town.chen), source="public", at=MONDAY
    )
    made = conduct.take_up(made, by=town.tang, at=MONDAY)
    return Scene(made, town.tang, "Tang", {"pk": made.pk})


def a_statement(town: Town) -> Scene:
    made = conduct.hear(a_complaint(town).row, by=town.tang, at=MONDAY)
    return Scene(made, town.chen, "Tang", {"pk": made.pk})


def a_board(town: Town) -> Scene:
    board = posted(town)
    place = board.places.get()
    return Scene(board, town.tang, "Chen", {"code": town.grid.code, "pk": place.pk})


def a_grant(town: Town) -> Scene:
    until = MONDAY + timedelta(days=30)
    draft = GrantDraft(town.lin, "view_personal", town.division("中原路街道"), "核对人员材料", until)
    row = approve_grant(ask_for_grant(draft, by=town.tang, at=MONDAY), by=town.shen, at=MONDAY)
    return Scene(row, town.tang, "Shen", {"pk": row.pk})


def a_post_request(town: Town) -> Scene:
    draft = PostDraft(
        town.duan, "part_time", MONDAY.date(), village=town.grid.village, grid=town.grid, source="志愿者"
    )
    row = refuse_post(ask_for_post(draft, by=town.tang, at=MONDAY), note="另有安排", by=town.xu, at=MONDAY)
    return Scene(row, town.tang, "Xu", {"pk": row.pk})


def a_body(town: Town) -> Scene:
    body = change_organization(
        town.chengguan, name="甲局", duty_phone="", office_hours="", on=MONDAY.date(), at=MONDAY, by=town.wu
    )
    return Scene(body, town.wu, "Wu", {"pk": body.pk})


def a_case_with_its_unit(town: Town) -> Scene:
    case = case_in("awaiting_signature", town)
    return Scene(case, town.sun, "Zhao", {"pk": case.pk})


def a_share(town: Town) -> Scene:
    Organization.objects.create(
        code="zyl-gongan",
        name="中原路街道派出所",
        kind="linkage_department",
        function="公安",
        division=town.division("中原路街道"),
    )
    case = case_in("in_hand", town)
    join_units(case, units=[town.gongan], note="请到场", by=town.zhao, at=MONDAY + timedelta(hours=2))
    share = sign_share(case.assignments.get(is_lead=False), by=town.qian, at=MONDAY + timedelta(hours=2))
    return Scene(share, town.qian, "Qian", {"pk": case.pk, "share": share.pk})


def an_order(town: Town) -> Scene:
    case = case_in("in_hand", town)
    at = MONDAY + timedelta(hours=2)
    order = supervision.issue_order(
        case, to=f"unit:{town.chengguan.pk}", questions="为什么", by=town.zhao, at=at
    )
    order = supervision.receive_order(order, by=town.sun, at=at)
    return Scene(order, town.zhao, "Sun", {"pk": order.pk})


def a_recheck(town: Town) -> Scene:
    pass_check(case_in("awaiting_verification", town), by=town.chen, at=MONDAY + timedelta(hours=2))
    day = MONDAY.date()
    plan = rechecks.DrawPlan(town.division("中原路街道"), "verified", day, day, 1)
    row = rechecks.draw_cases(plan, by=town.tang, at=MONDAY + timedelta(hours=3)).rechecks.get()
    row = rechecks.find(row, finding="unclear", note="锁着门", by=town.tang, at=MONDAY + timedelta(hours=3))
    return Scene(row, town.zhao, "Tang", {"pk": row.pk})


def an_improvement(town: Town) -> Scene:
    task = improvement.name_owner(
        an_unowned_improvement(town), owner=f"unit:{town.chengguan.pk}", by=town.zhao, at=THIRD
    )
    task = improvement.report_done(task, result="改好了", by=town.sun, at=THIRD + timedelta(hours=1))
    return Scene(task, town.zhao, "Sun", {"pk": task.pk})


def a_record(town: Town) -> Scene:
    row = end_record(household(town), ground="left", by=town.wang, at=MONDAY + timedelta(hours=1))
    row = restore_record(row, by=town.wang, at=MONDAY + timedelta(hours=2))
    return Scene(row, town.chen, "Wang", {"pk": row.pk})


def a_relation(town: Town) -> Scene:
    household(town, person(town))
    relation = Relation.objects.get(kind="member")
    row = end_record(relation.source, ground="left", by=town.wang, at=MONDAY + timedelta(hours=1))
    row = restore_record(row, by=town.wang, at=MONDAY + timedelta(hours=2))
    return Scene(row, town.chen, "Wang", {"pk": relation.pk})


def an_activity(town: Town) -> Scene:
    row = begin_activity(town.matter("反电信网络诈骗宣传"), town.grid, by=town.chen, at=MONDAY)
    row.version += 1
    row.save(update_fields=["version"])
    append_link(row, "collect", by=town.chen, at=MONDAY + timedelta(hours=1))
    return Scene(row, town.chen, "Chen", {"pk": row.pk})


def a_shift(town: Town) -> Scene:
    body = Organization.objects.select_related("division").get(code="desk-zyl")
    start, middle = MONDAY - timedelta(hours=1), MONDAY + timedelta(hours=2)
    lines = [Line(start, middle, town.zhao), Line(middle, middle + timedelta(hours=12), town.tang)]
    first, second = enter_roster(body, lines, start=start, end=middle, by=town.tang, at=start)
    hand_over_duty(first, by=town.zhao, at=MONDAY + timedelta(hours=1))
    second.refresh_from_db()
    return Scene(second, town.tang, "Zhao", {"pk": second.pk})


def a_gateway(town: Town) -> Scene:
    keeper = administrator()
    gateway = add_gateway(GatewayDraft("短信", "sms", "https://93.184.216.34/"), by=keeper, at=MONDAY)
    gateway = switch_on(gateway, by=keeper, at=MONDAY)
    return Scene(gateway, keeper, "System", {"pk": gateway.pk})


def a_case_of_somebody_else(town: Town) -> Scene:
    case = case_in("awaiting_signature", town)
    return Scene(case, town.hua, "Zhao", {"pk": case.pk})


def a_complaint_about_nobody_named(town: Town) -> Scene:
    draft = conduct.ComplaintDraft(town.grid, "rude", "说话不耐烦")
    made, _ = conduct.complain(draft, source="public", at=MONDAY)
    made = conduct.take_up(made, by=town.tang, at=MONDAY)
    return Scene(made, town.tang, "Tang", {"pk": made.pk})


def a_proposal_under_review(town: Town) -> Scene:
    found = proposal_in("joint_review", town)
    return Scene(found, town.qian, "Jiang", {"pk": found.pk})


def a_plan_under_consent(town: Town) -> Scene:
    plan = submit_plan(with_split(town), by=town.wu, at=MONDAY)
    return Scene(plan, town.zhao, "Wu", {"pk": plan.pk})


def an_urgent_case(town: Town) -> Scene:
    case = case_in("awaiting_signature", town, matter_id=town.matter("井盖缺损").pk)
    return Scene(case, town.sun, "Zhao", {"pk": case.pk})


# Verbs whose person is not there in the scene of their noun.
OF_VERB: dict[str, Callable[[Town], Scene]] = {
    **dict.fromkeys(
        ("sign", "hand_back", "feed_back", "ask_extension", "ask_shelving", "ask_join"), a_case_with_its_unit
    ),
    "press": a_case_of_somebody_else,
    "take_charge": an_urgent_case,
    "name_person": a_complaint_about_nobody_named,
    **dict.fromkeys(("vote", "recuse"), a_proposal_under_review),
    **dict.fromkeys(("consent", "object"), a_plan_under_consent),
}
SCENES: dict[type[VerbPage], Callable[[Town], Scene]] = {
    CaseVerbPage: a_case,
    DeskVerb: a_case,
    PlanVerb: a_plan,
    PlanRevision: a_plan,
    ProposalVerb: a_proposal,
    ProposalRevision: a_draft,
    EditionVerb: an_edition,
    FilingVerb: a_filing,
    ComplaintVerb: a_complaint,
    Statement: a_statement,
    BoardVerb: a_board,
    GrantVerb: a_grant,
    PostRequestVerb: a_post_request,
    BodyVerb: a_body,
    CloseBody: a_body,
    MergeBody: a_body,
    ShareVerbPage: a_share,
    OrderVerb: an_order,
    RecheckVerb: a_recheck,
    TaskVerb: an_improvement,
    RecordVerb: a_record,
    RelationVerb: a_relation,
    ActivityVerb: an_activity,
    ShiftVerb: a_shift,
    GatewayVerb: a_gateway,
}


@dataclass(frozen=True)
class Address:
    """Where a verb is done: the name of the address, what it takes, and whose page answers."""

    name: str
    page: type[VerbPage]
    verb: str
    takes: tuple[str, ...]

    def __str__(self) -> str:
        return f"{self.name}:{self.verb}"

    def of(self, scene: Scene) -> str:
        names = {**scene.names, "verb": self.verb}
        return reverse(self.name, kwargs={name: names[name] for name in self.takes})


def addresses(patterns: list[Any] | None = None, names: str = "") -> Iterator[Address]:
    """Every verb of every page of verbs, as the address map has it."""
    for pattern in get_resolver().url_patterns if patterns is None else patterns:
        if isinstance(pattern, URLResolver):
            yield from addresses(
                pattern.url_patterns, f"{names}{pattern.namespace}:" if pattern.namespace else names
            )
        elif isinstance(pattern, URLPattern) and issubclass(
            page := getattr(pattern.callback, "view_class", object), VerbPage
        ):
            takes = tuple(pattern.pattern.converters)
            fixed = pattern.callback.view_initkwargs.get("verb") or page.verb
            for verb in page.verbs if "verb" in takes else [fixed]:
                yield Address(f"{names}{pattern.name}", page, verb, takes)


VERBS = list(addresses())


def filled_in(form: forms.BaseForm) -> Sent:
    """The form's initial values, a value in every other field, the same text in every free text."""
    known = {name: form.get_initial_for_field(field, name) for name, field in form.fields.items()}
    fields = {name: known[name] or value_for(name, field) for name, field in form.fields.items()}
    fields |= {name: TYPED for name in ("reason", "document") if known.get(name)}
    return {name: value for name, value in fields.items() if value is not None}


def value_for(name: str, field: Any) -> Any:
    if isinstance(field, forms.ModelChoiceField):
        return field.queryset.values_list("pk", flat=True).first()
    if isinstance(field, forms.MultipleChoiceField):
        return [key for key, _ in field.choices][:3]
    if isinstance(field, forms.ChoiceField):
        return next(key for key, _ in field.choices if key)
    if isinstance(field, forms.DateField):
        return (MONDAY.date() + timedelta(days=40)).isoformat()
    if isinstance(field, forms.FileField):
        return SimpleUploadedFile("board.jpg", picture().read(), "image/jpeg") if field.required else None
    if isinstance(field, forms.IntegerField):
        return 1
    if isinstance(field, forms.UUIDField):
        return None
    return TYPED


def free_texts(form: forms.BaseForm) -> list[str]:
    return [name for name, field in form.fields.items() if value_for(name, field) == TYPED]


def asked_form(visitor: Visitor, path: str) -> forms.BaseForm:
    form: forms.BaseForm = visitor.get(path).context["form"]
    return form


def who_may(scene: Scene, path: str) -> Visitor:
    """Somebody whose posts allow the verb, whatever the moment."""
    others = User.objects.filter(username__in=PEOPLE).exclude(pk=scene.reader.pk).order_by("pk")
    for user in (scene.reader, *others):
        visitor = Visitor(user)
        if visitor.get(path).status_code not in (403, 404):
            return visitor
    raise AssertionError(f"nobody may {path}")


@pytest.fixture
def monday(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(clock, "now", lambda: MONDAY + timedelta(hours=3))


def test_every_page_of_verbs_is_tried() -> None:
    assert {address.page for address in VERBS} == set(SCENES)
    assert len(VERBS) > 90


@pytest.mark.usefixtures("monday")
@pytest.mark.parametrize("address", VERBS, ids=str)
def test_the_slower_user_reads_who_was_faster_and_decides_again(town: Town, address: Address) -> None:
    own = OF_VERB.get(address.verb) if address.page is not ProposalVerb or address.verb != "consent" else None
    scene = (own or SCENES[address.page])(town)
    path = address.of(scene)
    visitor = who_may(scene, path)
    form = asked_form(visitor, path)
    fields = filled_in(form)
    if address.verb == "merge" and "into" in form.fields and address.page in (CaseVerbPage, DeskVerb):
        fields["into"] = case_in("awaiting_acceptance", town).number
    now = scene.row.version
    assert now > 1
    answer = visitor.post(path, {**fields, "version": now - 1, "next": ELSEWHERE})
    page = answer.content.decode()
    assert answer.status_code == 409, page
    when = short_moment(scene.row.last_change().at)  # type: ignore[union-attr]
    assert re.search(rf"{scene.changed_by} {when} 办过{scene.row.noun}，现在是", page), page
    assert ELSEWHERE not in page
    if set(free_texts(form)) - {"into"}:
        assert TYPED in page
    carried = answer.context["form"]["version"].value()
    assert int(carried) == now
    again = visitor.post(path, {**fields, "version": carried, "next": ELSEWHERE})
    assert "您的这一步没有保存" not in again.content.decode()
    assert again.status_code in (302, 403, 409, 422)
    assert ELSEWHERE not in again.headers.get("Location", "")
    if again.status_code != 302 and set(free_texts(form)) - {"into"}:
        assert TYPED in again.content.decode(), "a verb at the wrong moment keeps what was typed"
