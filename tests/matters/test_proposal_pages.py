"""The pages of proposals: who sees what, what the platform notices, what a refused form keeps (Art. 14, 16)."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from common import clock
from common.errors import RuleViolation
from matters import actions
from matters.models import Proposal
from tests.matters.conftest import CONTENT, as_, draft_of, proposal_in, text_of
from tests.matters.conftest import PROPOSALS as PAGE
from tests.shapes import Sent
from tests.town import MONDAY, Town

pytestmark = pytest.mark.usefixtures("monday")


def fields_for(kind: str = "admit", **more: Any) -> Sent:
    """What the form of a sound proposal sends."""
    fields = {
        "name": CONTENT.name, "category": 6, "kind": "report", "severity": 1, "description": CONTENT.description,
        "synonyms": "共享单车\n盲道占用\n", "examples": "整排车压住盲道", "lead_functions": "城市管理",
        "lead_assist": ["公安"], "township_functions": "", "city_functions": "", "closes_on_spot": "worker",
        "finish_amount": 2, "finish_unit": "working_day", "place_required": "on", "times_per_month": "0.5",
        "minutes_each": 10, "collects": ["facility", "person_name"], "basis": CONTENT.basis, "basis_on": "2025-01-01",
        "handling_post": "巡查岗", "support": "每季培训", "funding": "部门预算", "training": "一个月内培训",
        "held_elsewhere": "无", "reason": "群众反映集中。", "q1_label": "车辆数", "q1_type": "number",
        "q1_required": "on", "q2_label": "哪家的车", "q2_type": "choice", "q2_choices": "甲/乙／其他",
    }  # fmt: skip
    return {**fields, **({"ends_on": "2026-12-31"} if kind == "temporary" else {}), **more}


# --- The list ------------------------------------------------------------------------------------------------------


@pytest.mark.article(16)
def test_the_list_says_whose_turn_it_is_and_how_long_he_has(town: Town) -> None:
    proposal_in("legal_review", town)
    page = text_of(as_(town, "jiang").get(PAGE))
    assert "共享单车占压盲道" in page and "轮到您" in page and "华龙区合法性审查员" in page
    assert "轮到您" not in text_of(as_(town, "sun").get(PAGE))


@pytest.mark.article(16)
def test_a_late_step_stands_in_the_list_in_words(town: Town, monkeypatch: pytest.MonkeyPatch) -> None:
    proposal_in("formal_check", town)
    monkeypatch.setattr(clock, "now", lambda: MONDAY + timedelta(days=10))
    assert "超期 7 天" in text_of(as_(town, "wu").get(PAGE))


@pytest.mark.article(16)
@pytest.mark.parametrize(
    ("status", "pile"),
    [
        ("drafting", "open"),
        ("deciding", "open"),
        ("noticed", "noticed"),
        ("adopted", "adopted"),
        ("listed", "ended"),
    ],
)
def test_each_proposal_lies_in_one_pile(town: Town, status: str, pile: str) -> None:
    found = proposal_in(status, town)
    client = as_(town, "sun")
    lies = [
        key
        for key in ("open", "noticed", "adopted", "ended")
        if found.number in text_of(client.get(PAGE, {"pile": key}))
    ]
    assert lies == [pile]


def test_the_list_of_a_county_has_nothing_of_another(town: Town) -> None:
    found = proposal_in("noticed", town)
    client = as_(town, "zheng")
    assert found.number in text_of(client.get(PAGE, {"pile": "noticed"}))
    assert found.number in text_of(client.get(PAGE, {"pile": "noticed", "county": "410902"}))
    assert found.number not in text_of(client.get(PAGE, {"pile": "noticed", "county": "410922"}))
    assert client.get(PAGE, {"pile": "unheard"}).status_code == 404
    assert client.get(PAGE, {"county": "999999"}).status_code == 404


@pytest.mark.parametrize("path", [PAGE, "/public/lists/notices/"])
def test_a_list_costs_the_same_for_one_and_for_ten(town: Town, path: str) -> None:
    client, pile = as_(town, "wu"), "noticed"

    def cost() -> int:
        with CaptureQueriesContext(
            connection,
        ) as asked:
            assert client.get(path, {"pile": pile}).status_code == 200
        return len(asked)

    proposal_in("noticed", town)
    cost()
    one = cost()
    for number in range(9):
        proposal_in("noticed", town, name=f"另一件事{number}")
    assert text_of(client.get(path, {"pile": pile})).count("公示至") >= 10
    assert cost() == one


# --- One proposal --------------------------------------------------------------------------------------------------


@pytest.mark.article(16)
@pytest.mark.parametrize(
    ("status", "who"),
    [
        ("drafting", {"sun"}),
        ("formal_check", {"sun", "wu", "jiang", "hua", "zheng"}),
        ("joint_review", {"sun", "wu", "jiang", "hua", "zheng", "tang", "qian"}),
        ("noticed", {"sun", "wu", "jiang", "hua", "zheng", "tang", "qian", "gu", "chen", "nobody"}),
    ],
)
def test_a_proposal_is_seen_by_those_it_concerns_and_from_the_notice_on_by_all(
    town: Town, status: str, who: set[str]
) -> None:
    found = proposal_in(status, town)
    cast = ("sun", "wu", "jiang", "hua", "zheng", "tang", "qian", "gu", "chen", "nobody")
    answers = {name: as_(town, name).get(f"{PAGE}{found.pk}/").status_code for name in cast}
    assert answers == {name: 200 if name in who else 404 for name in cast}


@pytest.mark.article(14)
def test_the_page_shows_what_the_platform_notices(town: Town) -> None:
    found = proposal_in(
        "legal_review",
        town,
        name="代收占道罚款",
        description="开单罚款",
        collects=["person_name", "facility"],
    )
    page = text_of(as_(town, "jiang").get(f"{PAGE}{found.pk}/"))
    assert "疑似行政处罚" in page and "写有“罚款”" in page
    assert "这些数据已有事项在采集" in page and "姓名" in page
    assert "“城市管理”的事项" in page and "增加 30 分钟" in page
    assert found.explanation and found.explanation in page


@pytest.mark.article(14)
def test_the_burden_of_an_exit_falls_and_nothing_barred_is_not_suspected(town: Town) -> None:
    gone = proposal_in("formal_check", town, kind="exit")
    assert "减少" in text_of(as_(town, "wu").get(f"{PAGE}{gone.pk}/"))
    clean = proposal_in("formal_check", town)
    assert "没有发现许可、处罚、强制" in text_of(as_(town, "wu").get(f"{PAGE}{clean.pk}/"))


@pytest.mark.article(16)
def test_an_adjustment_is_compared_field_by_field(town: Town) -> None:
    found = proposal_in("formal_check", town, kind="adjust", minutes_each=77)
    page = text_of(as_(town, "wu").get(f"{PAGE}{found.pk}/"))
    assert "与第 1 版的" in page and "<ins>77</ins>" in page


@pytest.mark.article(16)
def test_votes_stand_there_with_name_body_and_reason(town: Town) -> None:
    found = proposal_in("joint_review", town)
    actions.vote(found, answer="against", reason="工作量太大", by=town.qian, at=MONDAY)
    page = text_of(as_(town, "wu").get(f"{PAGE}{found.pk}/"))
    assert "Qian" in page and "华龙区公安" in page and "反对" in page and "工作量太大" in page


@pytest.mark.article(16)
def test_the_page_costs_the_same_however_long_its_line(town: Town) -> None:
    found, client = proposal_in("formal_check", town), as_(town, "wu")

    def cost() -> int:
        with CaptureQueriesContext(connection) as asked:
            assert client.get(f"{PAGE}{found.pk}/").status_code == 200
        return len(asked)

    cost()
    one = cost()
    for _ in range(5):
        back = actions.return_proposal(Proposal.objects.get(pk=found.pk), note="补", by=town.wu, at=MONDAY)
        actions.submit(back, by=town.sun, at=MONDAY)
    assert cost() == one


# --- The form ------------------------------------------------------------------------------------------------------


@pytest.mark.article(16)
def test_a_department_writes_an_admission_and_reads_it_back(town: Town) -> None:
    client = as_(town, "sun")
    answer = client.post(f"{PAGE}new/?kind=admit", fields_for(), follow=True)
    made = Proposal.objects.get()
    assert answer.redirect_chain == [(f"{PAGE}{made.pk}/", 302)]
    assert made.content["synonyms"] == ["共享单车", "盲道占用"]
    assert made.content["lead_functions"] == ["城市管理", "公安"]
    assert [each["key"] for each in made.content["questions"]] == ["q1", "q2"]
    assert made.content["questions"][1]["choices"] == ["甲", "乙", "其他"]
    page = text_of(client.get(f"{PAGE}{made.pk}/edit/"))
    assert 'value="甲/乙/其他"' in page and "共享单车\n盲道占用" in page


@pytest.mark.article(16)
@pytest.mark.parametrize(
    ("kind", "fields", "sentence"),
    [
        ("admit", {"name": "长" * 5000}, "您写了 5000 字"),
        ("admit", {"name": "路灯故障"}, "清单里已有同名事项"),
        ("admit", {"first_amount": 9, "first_unit": "working_day"}, "先行处置时限不能长于办结时限"),
        ("admit", {"lead_functions": "不存在的部门"}, "请选择一项"),
        ("admit", {"times_per_month": "许多"}, "应为 0–1000 的数"),
        ("admit", {"minutes_each": "481"}, "应为 0–480 的整数"),
        ("temporary", {"ends_on": "2027-06-01"}, "临时准入最长 90 天"),
        ("temporary", {"ends_on": "明天"}, "日期应写成"),
    ],
)
def test_a_refusal_stands_at_its_field_and_keeps_what_was_typed(
    town: Town, kind: str, fields: Sent, sentence: str
) -> None:
    given = fields_for(kind, support="只写在这里的话", **fields)
    answer = as_(town, "sun").post(f"{PAGE}new/?kind={kind}", given)
    page = text_of(answer)
    assert answer.status_code == 422
    assert sentence in page and "只写在这里的话" in page and "盲道占用" in page
    assert 'class="field field-wrong"' in page or "field-wrong" in page
    assert not Proposal.objects.exists()


@pytest.mark.article(16)
@pytest.mark.parametrize(
    ("kind", "fields", "sentence"),
    [
        ("admit", {"name": ""}, "请填写事项名称。"),
        ("admit", {"basis": "有关规定"}, "请写明法律法规的名称和条号"),
        ("admit", {"finish_unit": ""}, "办结时限要有数量和单位"),
        ("admit", {"lead_functions": "", "lead_assist": []}, "请写明县区的主办部门"),
        ("admit", {"lead_functions": ""}, "请再选一个主办部门"),
        ("admit", {"q2_choices": "甲"}, "要有 2 到 8 个选项"),
        ("admit", {"reason": ""}, "请写明理由。"),
        ("temporary", {"ends_on": ""}, "临时准入须写明有效期"),
        ("admit", {"category": ""}, "类别应是条例第十五条的八类之一"),
        ("admit", {"kind": ""}, "性质应是"),
    ],
)
def test_a_draft_is_saved_however_incomplete_and_names_what_is_missing(
    town: Town, kind: str, fields: Sent, sentence: str
) -> None:
    client = as_(town, "sun")
    sent = {**fields_for(kind, support="只写在这里的话"), **fields}
    answer = client.post(f"{PAGE}new/?kind={kind}", sent)
    made = Proposal.objects.get()
    assert (answer.status_code, made.status) == (302, "drafting")
    page = text_of(client.get(f"{PAGE}{made.pk}/"))
    assert sentence in page and f"{PAGE}{made.pk}/submit/" not in page
    edit = text_of(client.get(f"{PAGE}{made.pk}/edit/"))
    assert "只写在这里的话" in edit and "盲道占用" in edit
    with pytest.raises(RuleViolation, match=sentence):
        actions.submit(made, by=town.sun, at=MONDAY)
    whole = fields_for(kind, version=made.version)
    assert client.post(f"{PAGE}{made.pk}/edit/", whole).status_code == 302
    assert sentence not in text_of(client.get(f"{PAGE}{made.pk}/"))


@pytest.mark.article(16)
@pytest.mark.parametrize("kind", ["admit", "temporary"])
def test_an_empty_form_is_a_draft_too(town: Town, kind: str) -> None:
    client = as_(town, "sun")
    assert client.post(f"{PAGE}new/?kind={kind}", {}).status_code == 422, (
        "grade and who may settle are chosen"
    )
    chosen = {"severity": "1", "closes_on_spot": "worker"}
    assert client.post(f"{PAGE}new/?kind={kind}", chosen).status_code == 302
    assert client.post(f"{PAGE}new/?kind={kind}", chosen).status_code == 302, "two drafts without a name"
    made = Proposal.objects.latest("pk")
    assert made.title == "未命名事项"
    assert "请填写事项名称。" in text_of(client.get(f"{PAGE}{made.pk}/"))
    assert "未命名事项" in text_of(client.get(PAGE))
    assert client.get(f"{PAGE}{made.pk}/edit/").status_code == 200


def test_what_is_needed_before_submitting_is_never_called_optional(town: Town) -> None:
    page = text_of(as_(town, "sun").get(f"{PAGE}new/?kind=admit"))
    for label in ("事项名称", "类别", "理由", "经费保障", "依据", "部门由哪个岗位处置"):
        assert re.search(rf'{label}\s*<span class="quiet">提交前填写</span>', page), label


@pytest.mark.article(16)
def test_an_adjustment_is_filled_in_from_its_matter_and_keeps_it_on_refusal(town: Town) -> None:
    client = as_(town, "sun")
    assert "请选择事项" in text_of(client.get(f"{PAGE}new/", {"kind": "adjust"}))
    matter = town.matter("路灯故障")
    address = f"{PAGE}new/?kind=adjust&matter={matter.pk}"
    assert 'value="路灯故障"' in text_of(client.get(address))
    refused = client.post(address, fields_for(name="路灯故障", matter=matter.pk, minutes_each="许多"))
    assert refused.status_code == 422 and f'value="{matter.pk}"' in text_of(refused)
    assert client.post(address, fields_for(name="路灯故障", matter=matter.pk)).status_code == 302
    assert Proposal.objects.get().base == matter


@pytest.mark.article(16)
def test_a_matter_of_another_county_or_edition_is_not_there_to_choose(town: Town) -> None:
    client, elsewhere = as_(town, "sun"), town.matter("路灯故障", county="410922")
    assert client.get(f"{PAGE}new/", {"kind": "adjust", "matter": elsewhere.pk}).status_code == 404
    answer = client.post(f"{PAGE}new/?kind=exit", {"matter": elsewhere.pk, "reason": "不需要了"})
    assert answer.status_code in (404, 422) and not Proposal.objects.exists()


@pytest.mark.article(16)
def test_an_exit_asks_for_the_matter_and_the_reason_alone(town: Town) -> None:
    client, matter = as_(town, "sun"), town.matter("路灯故障")
    assert 'name="basis"' not in text_of(client.get(f"{PAGE}new/", {"kind": "exit"}))
    assert client.post(f"{PAGE}new/?kind=exit", {"matter": matter.pk, "reason": ""}).status_code == 302
    made = Proposal.objects.get()
    assert "请写明理由。" in text_of(client.get(f"{PAGE}{made.pk}/"))
    written = {"version": made.version, "matter": matter.pk, "reason": "不需要了"}
    assert client.post(f"{PAGE}{made.pk}/edit/", written).status_code == 302
    assert f"{PAGE}{made.pk}/submit/" in text_of(client.get(f"{PAGE}{made.pk}/"))


@pytest.mark.article(16)
def test_a_draft_goes_on_when_a_new_edition_came_out_meanwhile(town: Town) -> None:
    found = actions.propose(draft_of("adjust"), by=town.sun, at=MONDAY)
    other = actions.propose(replace(draft_of("exit"), matter=town.matter("邻里纠纷")), by=town.sun, at=MONDAY)
    other = actions.pass_check(actions.submit(other, by=town.sun, at=MONDAY), by=town.wu, at=MONDAY)
    actions.consent(other, decision="同意", by=town.wu, at=MONDAY)
    on = (MONDAY + timedelta(days=20)).date()
    edition = actions.draft_edition(found.county, in_force_on=on, document="文1号", by=town.wu, at=MONDAY)
    newest = actions.publish_edition(edition, by=town.wu, at=MONDAY).matters.get(name="路灯故障")
    client = as_(town, "sun")
    page = text_of(client.get(f"{PAGE}{found.pk}/edit/"))
    assert f'value="{newest.pk}"' in page
    fields = fields_for(name="路灯故障", matter=newest.pk, version=found.version)
    assert client.post(f"{PAGE}{found.pk}/edit/", fields).status_code == 302
    assert Proposal.objects.get(pk=found.pk).base == newest


@pytest.mark.article(16)
def test_a_draft_that_somebody_changed_is_not_written_over(town: Town) -> None:
    found = proposal_in("drafting", town)
    found = actions.revise(found, draft_of(), by=town.sun, at=MONDAY)
    answer = as_(town, "sun").post(
        f"{PAGE}{found.pk}/edit/", fields_for(version=found.version - 1, reason="我写的理由")
    )
    page = text_of(answer)
    assert (
        answer.status_code == 409
        and "我写的理由" in page
        and f'name="version" value="{found.version}"' in page
    )
    assert Proposal.objects.get(pk=found.pk).version == found.version


@pytest.mark.article(16)
@pytest.mark.parametrize(
    ("who", "status"), [("jiang", 403), ("chen", 403), ("nobody", 403), ("tang", 200), ("wu", 200)]
)
def test_only_who_can_apply_finds_the_form(town: Town, who: str, status: int) -> None:
    assert as_(town, who).get(f"{PAGE}new/").status_code == status
