"""The pages of plans: the list, beginning and changing one, and who sees what (Art. 7, 20)."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest

from plans.actions.plans import submit_plan
from plans.models import GridPlan
from tests.plans.drafts import EFFECT, agreed, drafted, published, with_split
from tests.plans.pages import Reader, address, plain, words
from tests.shapes import Sent
from tests.town import MONDAY, Town

pytestmark = pytest.mark.usefixtures("monday")


def plan_fields(**other: Any) -> Sent:
    """A filled-in form for a new plan."""
    return {
        "title": "玉北社区划分",
        "kind": "adjustment",
        "effective_on": "2026-12-08",
        "reason": "新楼入住。",
        "key": str(uuid4()),
    } | other


# ── the list ────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.article(20)
def test_a_plan_on_its_way_is_listed_for_its_county_its_townships_and_the_city_alone(town: Town) -> None:
    with_split(town)
    for name in ("wu", "zhao", "duan", "hua", "feng", "zheng"):
        assert "京东社区调整" in Reader(getattr(town, name)).text("/plans/"), name
    for name in ("chen", "sun", "shi", "nobody"):
        assert "京东社区调整" not in Reader(getattr(town, name)).text("/plans/?county=all"), name


def test_a_published_plan_is_listed_for_everybody(town: Town) -> None:
    published(town, with_split(town))
    text = plain(Reader(town.shi).get("/plans/?status=published&county=all"))
    assert "京东社区调整" in text
    assert "还有 14 天生效 2026年11月30日" in text
    assert "备案：待报送" in text


def test_a_row_says_what_a_plan_waits_for_and_from_whom(town: Town) -> None:
    plan = with_split(town)
    wu = Reader(town.wu)
    assert "起草中 待提交会签" in plain(wu.get("/plans/"))
    plan = submit_plan(plan, by=town.wu, at=MONDAY)
    assert "会签中 待中原路街道会签" in plain(wu.get("/plans/"))
    GridPlan.objects.filter(pk=plan.pk).update(status="agreed")
    assert "会签完成 待华龙区主管部门批准" in plain(wu.get("/plans/"))


def test_piles_are_addresses_and_their_numbers_are_their_lengths(town: Town) -> None:
    drafted(town)
    published(town, with_split(town))
    wu = Reader(town.wu)
    text = plain(wu.get("/plans/"))
    assert "在办 1 已公布 1 已生效 0 已撤回 0" in text
    assert len(wu.get("/plans/?status=published").context["rows"]) == 1
    assert "没有已撤回的方案" in wu.text("/plans/?status=withdrawn")
    assert wu.get("/plans/?status=burnt").status_code == 404


def test_the_page_opens_on_the_user_s_county_and_others_can_be_chosen(town: Town) -> None:
    published(town, with_split(town))
    path = "/plans/?status=published"
    assert len(Reader(town.wu).get(path).context["rows"]) == 1
    assert len(Reader(town.wu).get(f"{path}&county=410922").context["rows"]) == 0
    assert len(Reader(town.zheng).get(path).context["rows"]) == 1, "the city begins with all counties"
    assert Reader(town.zheng).get(f"{path}&county=999999").status_code == 404


@pytest.mark.parametrize(
    ("name", "may"), [("wu", True), ("zhao", True), ("zheng", False), ("hua", False), ("sun", False)]
)
def test_who_may_draft_has_the_button_and_the_page(town: Town, name: str, may: bool) -> None:
    reader = Reader(getattr(town, name))
    assert ("起草方案" in reader.text("/plans/")) is may
    answer = reader.get("/plans/new/")
    assert answer.status_code == (200 if may else 403)
    assert may or "方案由县区主管部门会同乡镇街道起草。" in words(answer)


@pytest.mark.slow
def test_a_hundred_plans_cost_as_many_statements_as_one_and_come_in_pages(town: Town) -> None:
    wu, costs, model = Reader(town.wu), [], submit_plan(with_split(town), by=town.wu, at=MONDAY)
    asked = model.consents.get()
    for more in (0, 99):
        for number in range(more):
            copy = GridPlan.objects.get(pk=model.pk)
            copy.pk, copy.number = None, f"410902-2026-{number + 2:03d}"
            copy.save()
            asked.pk, asked.plan = None, copy
            asked.save()
        costs.append(wu.statements("/plans/"))
    assert costs[0] == costs[1] <= 13
    first = wu.get("/plans/")
    assert len(first.context["rows"]) == 50
    second = wu.get(first.context["next_url"])
    assert len(second.context["rows"]) == 50
    assert not {row.number for row in first.context["rows"]} & {row.number for row in second.context["rows"]}


def test_the_entrance_is_there_for_who_works_with_plans(town: Town) -> None:
    for name, there in (("wu", True), ("zhao", True), ("zheng", True), ("chen", False), ("sun", False)):
        assert ('href="/plans/"' in Reader(getattr(town, name)).text("/help/")) is there, name


# ── beginning and changing ──────────────────────────────────────────────────────────────────────


@pytest.mark.article(7)
def test_a_township_begins_a_plan_and_goes_on_to_the_map(town: Town) -> None:
    zhao = Reader(town.zhao)
    assert "公布后至少 3 天才能生效，今天公布最早 2026年11月19日" in zhao.text("/plans/new/")
    answer = zhao.post("/plans/new/", plan_fields())
    plan = GridPlan.objects.get()
    assert answer["Location"] == f"/plans/{plan.pk}/map/"
    assert (plan.title, plan.county.name, plan.drafted_by) == ("玉北社区划分", "华龙区", town.zhao)


def test_the_same_form_sent_twice_is_one_plan(town: Town) -> None:
    once = plan_fields()
    answers = [Reader(town.wu).post("/plans/new/", once) for _ in range(2)]
    assert answers[0]["Location"] == answers[1]["Location"]
    assert GridPlan.objects.count() == 1


def test_a_plan_form_that_is_changed_after_it_was_sent_gets_a_new_number(town: Town) -> None:
    reader, once = Reader(town.wu), plan_fields()
    reader.post("/plans/new/", once)
    changed = once | {"title": "另一个名称"}
    answer = reader.post("/plans/new/", changed)
    page = answer.content.decode()
    assert answer.status_code == 422 and "先前已经提交成功" in page and "另一个名称" in page
    fresh = re.search(r'name="key" value="([0-9a-f-]{36})"', page)
    assert fresh is not None and fresh[1] != once["key"]
    assert reader.post("/plans/new/", changed | {"key": fresh[1]}).status_code == 302
    assert GridPlan.objects.count() == 2


@pytest.mark.parametrize(
    ("wrong", "sentence"),
    [
        ({"title": " "}, "请填写方案名称。"),
        ({"title": "长" * 81}, "最多 80 字，您写了 81 字。"),
        ({"reason": ""}, "请写明划分或调整的理由。"),
        ({"effective_on": ""}, "请填写生效日期。"),
        ({"effective_on": "下周一"}, "日期应写成 2026-12-08 这样。"),
        ({"effective_on": "2026-11-16"}, "生效日期须晚于今天。"),
        ({"effective_on": "2062-12-08"}, "生效日期在两年以后，请核对年份。"),
        ({"kind": "war"}, "请选择划分方案或调整方案。"),
    ],
)
def test_a_wrong_form_says_so_and_keeps_what_was_typed(
    town: Town, wrong: dict[str, str], sentence: str
) -> None:
    answer = Reader(town.wu).post("/plans/new/", plan_fields(reason="门牌号重排。") | wrong)
    assert answer.status_code == 422
    assert sentence in words(answer)
    assert "门牌号重排。" in words(answer) or "reason" in wrong
    assert not GridPlan.objects.exists()


def test_a_plan_s_words_are_changed_while_it_is_drafted(town: Town) -> None:
    plan, wu = drafted(town), Reader(town.wu)
    form = wu.text(f"/plans/{plan.pk}/edit/")
    assert "户数过多，巡查走不过来。" in form and 'value="2026-11-30"' in form
    answer = wu.run_verb(plan, "edit", **plan_fields(title="改后的名称"))
    assert answer["Location"] == address(plan)
    plan.refresh_from_db()
    assert (plan.title, str(plan.effective_on)) == ("改后的名称", "2026-12-08")
    assert "Wu（华龙区主管部门）修改了名称、理由或生效日期" in plain(wu.plan(plan))


def test_a_stale_form_changes_nothing_and_is_shown_again(town: Town) -> None:
    plan, wu = drafted(town, by=town.zhao), Reader(town.wu)
    Reader(town.zhao).run_verb(plan, "edit", **plan_fields(title="赵改的"))
    answer = wu.run_verb(plan, "edit", version=1, **plan_fields(title="吴改的"))
    assert answer.status_code == 409
    assert "办过这个方案，现在是" in words(answer)
    assert "吴改的" in words(answer), "what was typed is kept"
    again = GridPlan.objects.get(pk=plan.pk)
    assert again.title == "赵改的"
    assert f'name="version" value="{again.version}"' in words(answer), "sending again is a decision"


@pytest.mark.article(7)
def test_a_township_leaves_the_plan_of_another_alone_but_leads_one_of_its_own_grids(town: Town) -> None:
    empty, own = drafted(town), with_split(town)
    refused = Reader(town.zhao).run_verb(empty, "edit", **plan_fields(title="赵改的"))
    assert (refused.status_code, "由起草的一方或县区主管部门修改" in words(refused)) == (403, True)
    assert Reader(town.zhao).run_verb(own, "edit", **plan_fields(title="赵改的")).status_code == 302
    for person in (town.duan, town.zheng):
        assert Reader(person).run_verb(own, "submit").status_code == 403


def test_a_plan_out_of_drafting_keeps_its_words(town: Town) -> None:
    plan = agreed(town, with_split(town))
    answer = Reader(town.wu).get(f"/plans/{plan.pk}/edit/")
    assert answer.status_code == 409
    assert "现在是“会签完成”，不能修改。" in words(answer)
    assert Reader(town.zheng).get(f"/plans/{plan.pk}/edit/").status_code == 403


# ── sight ───────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.article(20)
@pytest.mark.parametrize("verb", ["", "edit", "submit", "withdraw", "send_filing", "reverse"])
@pytest.mark.parametrize("name", ["shi", "nobody", "sun"])
def test_a_plan_out_of_sight_answers_as_if_it_did_not_exist(town: Town, name: str, verb: str) -> None:
    plan, wanderer = drafted(town), Reader(getattr(town, name))
    missing = GridPlan(pk=999_999)
    for ask in (wanderer.get, wanderer.post):
        answers = [ask(address(each, verb)) for each in (plan, missing)]
        assert [answer.status_code for answer in answers] in ([404, 404], [405, 405])
        assert len(answers[0].content) == len(answers[1].content)


def test_a_plan_whose_day_has_come_too_near_says_so(town: Town) -> None:
    plan = with_split(town, on=MONDAY.date() + timedelta(days=2))
    text = plain(Reader(town.wu).plan(plan))
    assert "公布后至少 3 天才能生效，最早 2026年11月19日；须改好生效日期再会签。" in text
    assert "须改好生效日期" not in plain(Reader(town.wu).plan(with_split(town, on=EFFECT)))
