"""One plan's page and the pages of its verbs: whose turn, what is wrong, before and after, refusals (Art. 7)."""

from __future__ import annotations

from datetime import timedelta

import pytest
import shapely

from plans.actions.calls import CALLS, REVERSE, verbs_open_to
from plans.actions.effect import bring_into_force
from plans.actions.filing import receive_filing, send_filing
from plans.actions.plans import submit_plan
from plans.actions.steps import undo
from plans.forms.plans import FORMS
from plans.models import GridPlan
from plans.policies import WHO_MAY
from plans.views import changes
from plans.views import plan as plan_page
from plans.views.sentences import CONSEQUENCES, DONE, WORDS
from tests.plans.drafts import EFFECT, agreed, drafted, key, published, step, with_split
from tests.plans.pages import Reader, plain, words
from tests.town import MONDAY, Town

pytestmark = pytest.mark.usefixtures("monday")
LATER = MONDAY + timedelta(days=14)


def again(plan: GridPlan) -> GridPlan:
    return GridPlan.objects.get(pk=plan.pk)


def with_overlap(town: Town) -> GridPlan:
    """Chen's grid drawn three hundred metres over Lin's."""
    box = shapely.to_geojson(shapely.box(115.0, 35.70, 115.012, 35.71))
    return step(drafted(town), "redraw", by=town.wu, key=key(town, "902001001001"), geometry=box)


def in_force(town: Town) -> GridPlan:
    plan = published(town, with_split(town))
    bring_into_force(today=EFFECT, at=LATER)
    return again(plan)


# ── the tables agree ────────────────────────────────────────────────────────────────────────────


def test_page_words_forms_and_calls_have_the_same_verbs() -> None:
    verbs = set(WHO_MAY) - {"draft", "change", "revise"} | {REVERSE}
    assert set(FORMS) == set(CALLS) == set(CONSEQUENCES) == set(DONE) == verbs
    assert verbs <= set(WORDS)


@pytest.mark.parametrize("name", ["wu", "zhao", "duan", "zheng", "hua"])
def test_a_button_is_there_exactly_when_the_verb_is_open(town: Town, name: str) -> None:
    person = getattr(town, name)
    plan = with_split(town)
    seen: set[str] = set()
    for act in (
        lambda: plan,
        lambda: submit_plan(plan, by=town.wu, at=MONDAY),
        lambda: GridPlan.objects.filter(pk=plan.pk).update(status="agreed"),
    ):
        act()
        open_now = set(verbs_open_to(type(person).objects.get(pk=person.pk), again(plan)))
        assert Reader(person).buttons(plan) == open_now
        seen |= open_now
    assert bool(seen) is (name in ("wu", "zhao")), "the city, the desks and other townships only look on"


# ── the way of a plan, by its pages alone ───────────────────────────────────────────────────────


@pytest.mark.article(7)
def test_a_plan_goes_from_draft_to_its_number_by_forms_without_scripts(town: Town) -> None:
    plan, wu, zhao, zheng = with_split(town), Reader(town.wu), Reader(town.zhao), Reader(town.zheng)
    for reader, verb, fields, done in (
        (wu, "submit", {}, "已提交会签：京东社区调整（410902-2026-001）"),
        (zhao, "consent", {"note": "居民会议已通过。"}, "已同意"),
        (wu, "approve", {}, "已批准，编码已给出"),
        (wu, "publish", {}, "已公布"),
        (wu, "send_filing", {"note": "附会签。"}, "已报送备案"),
        (zheng, "receive_filing", {"receipt": "濮网备1号"}, "已收备案"),
    ):
        assert reader.plan(plan, verb).status_code == 200, verb
        answer = reader.run_verb(plan, verb, **fields)
        assert answer["Location"] == f"/plans/{plan.pk}/", (verb, plain(answer))
        assert done in plain(reader.plan(plan)), verb
    text = plain(wu.plan(plan))
    for sentence in (
        "还有 14 天生效 2026年11月30日",
        "中原路街道 ✓ 同意 Zhao 11月16日 09:00 居民会议已通过。",
        "Zhao（中原路街道）同意",
        "Zheng（市主管部门）收到备案",
        "备案号 濮网备1号",
        "报送说明 附会签。",
        "410902001001003",
    ):
        assert sentence in text, sentence


@pytest.mark.article(7)
def test_an_objection_sends_the_plan_back_and_its_reason_stands_on_the_page(town: Town) -> None:
    plan, zhao = submit_plan(with_split(town), by=town.wu, at=MONDAY), Reader(town.zhao)
    assert "您代表 中原路街道 会签。" in plain(zhao.plan(plan, "object"))
    refused = zhao.run_verb(plan, "object", note="  ")
    assert (refused.status_code, "请写明理由。" in words(refused)) == (422, True)
    assert zhao.run_verb(plan, "object", note="小区被切开了").status_code == 302
    text = plain(zhao.plan(plan))
    assert "✕ 不同意" in text and "小区被切开了" in text and "起草中 · 待提交会签" in text


def test_a_withdrawn_plan_says_so_and_offers_nothing(town: Town) -> None:
    plan, wu = published(town, with_split(town)), Reader(town.wu)
    assert "确认撤回" in words(wu.plan(plan, "withdraw"))
    assert wu.run_verb(plan, "withdraw", note="群众有意见").status_code == 302
    text = plain(wu.plan(plan))
    assert "已撤回" in text and "不再生效" in text and "群众有意见" in text
    assert wu.buttons(plan) == set(), "nothing was changed, so nothing is owed to the city"


# ── refusals, word by word ──────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("name", "verb", "status", "sentence"),
    [
        ("wu", "consent", 403, "由方案涉及的乡镇街道和专属网格的职能部门会签，每家一次。"),
        ("zhao", "approve", 403, "由县区主管部门批准（条例第七条）。"),
        ("zheng", "withdraw", 403, "由县区主管部门撤回。"),
        ("wu", "approve", 409, "现在是“会签中”，不能批准。请刷新后按页面上的按钮操作。"),
        ("wu", "send_filing", 409, "方案公布以后才有备案。"),
        ("wu", "receive_filing", 403, "由市主管部门收备案。"),
        ("wu", "reverse", 409, "方案生效以后才需要恢复；生效以前请直接撤回。"),
        ("zheng", "reverse", 403, "由县区主管部门起草恢复方案。"),
    ],
)
def test_a_closed_verb_says_why_and_shows_no_form(
    town: Town, name: str, verb: str, status: int, sentence: str
) -> None:
    plan, reader = submit_plan(with_split(town), by=town.wu, at=MONDAY), Reader(getattr(town, name))
    fields = {"note": "一句话", "receipt": "1号", "effective_on": "2026-12-30"}
    for answer in (reader.plan(plan, verb), reader.run_verb(plan, verb, **fields)):
        assert answer.status_code == status
        assert sentence in words(answer)
        assert 'name="version"' not in words(answer)
    assert again(plan).status == "consulting"


@pytest.mark.article(7)
def test_a_fault_stops_the_plan_and_leads_to_its_place_on_the_map(town: Town) -> None:
    plan, wu = with_overlap(town), Reader(town.wu)
    sentence = "京东社区第1网格与京东社区第2网格重叠"
    page = words(wu.plan(plan))
    assert "▲ 必须改" in page and sentence in page
    assert f'href="/plans/{plan.pk}/map/?township=410902001&amp;jump=115.0' in page
    form = wu.plan(plan, "submit")
    assert sentence in words(form) and 'name="version"' not in words(form), "there is nothing to press"
    refused = wu.run_verb(plan, "submit")
    assert refused.status_code == 422
    assert f"检查未通过：{sentence}" in words(refused)
    assert again(plan).status == "drafting"


def test_a_plan_without_any_change_says_where_to_begin(town: Town) -> None:
    text = plain(Reader(town.wu).plan(drafted(town)))
    assert "方案里还没有任何改动。" in text
    assert "还没有任何改动。请 在地图上 划分或调整网格。" in text


def test_a_stale_page_gets_the_sentence_and_its_form_again(town: Town) -> None:
    plan = submit_plan(with_split(town), by=town.wu, at=MONDAY)
    answer = Reader(town.zhao).run_verb(plan, "object", version=1, note="打了很久的理由")
    assert answer.status_code == 409
    assert "办过这个方案，现在是" in words(answer)
    assert "打了很久的理由" in words(answer)
    assert f'name="version" value="{again(plan).version}"' in words(answer)
    assert Reader(town.zhao).post(f"/plans/{plan.pk}/object/", {"note": "无版本"}).status_code == 422
    assert again(plan).status == "consulting"


def test_a_day_that_is_too_near_is_refused_in_words(town: Town) -> None:
    plan = agreed(town, with_split(town, on=MONDAY.date() + timedelta(days=2)))
    answer = Reader(town.wu).run_verb(plan, "approve")
    assert answer.status_code == 422
    assert "公布后至少 3 天才能生效，最早 2026-11-19；生效日期须先改好，再重新会签。" in words(answer)


def test_a_receipt_number_of_another_filing_is_refused_beside_its_field(town: Town) -> None:
    first = published(town, with_split(town))
    send_filing(first, by=town.wu, at=MONDAY)
    receive_filing(again(first), receipt="1号", by=town.zheng, at=MONDAY)
    bring_into_force(today=EFFECT, at=LATER)
    draft = drafted(town, on=EFFECT + timedelta(days=9))
    other = published(town, step(draft, "rename", by=town.wu, key=key(town, "902001001001"), name="甲网格"))
    send_filing(other, by=town.wu, at=MONDAY)
    answer = Reader(town.zheng).run_verb(other, "receive_filing", receipt="1号")
    assert answer.status_code == 422
    assert "备案号 1号 已用于另一个方案。" in words(answer)
    assert 'value="1号"' in words(answer)
    assert "请填写备案号，最多 40 字。" in words(
        Reader(town.zheng).run_verb(other, "receive_filing", receipt="")
    )
    assert "请写明需要补正什么" in words(Reader(town.zheng).run_verb(other, "return_filing", remarks=""))


# ── before and after ────────────────────────────────────────────────────────────────────────────


@pytest.mark.article(7)
def test_before_and_after_stand_side_by_side_field_by_field(town: Town) -> None:
    plan = with_split(town)
    answer = Reader(town.wu).plan(plan)
    text, page = plain(answer), words(answer)
    assert "户数 400 户 240 户" in text and "人口 1,100 人 660 人" in text
    assert "京东社区第一网格 新设" in text
    assert "编码 – 批准时给出" in text
    assert page.count("<figure") == 2
    assert 'data-lot="before"' in page and 'fill="url(#after-changed)"' in page
    assert 'fill="url(#after-new)"' in page
    for word in ("原来的网格", "调整", "新设", "相邻网格，不变"):
        assert word in text


def test_a_plan_in_force_is_compared_with_what_was_before_it(town: Town) -> None:
    plan = in_force(town)
    text = plain(Reader(town.wu).plan(plan))
    assert "户数 400 户 240 户" in text
    assert "编码 – 410902001001003" in text
    assert "到生效日期，方案自动生效" in text


def test_a_grid_that_ends_says_who_goes_on(town: Town) -> None:
    keys = [key(town, "902001001001"), key(town, "902001001002")]
    plan = step(drafted(town), "merge", by=town.wu, keys=keys, survivor=keys[0])
    answer = Reader(town.wu).plan(plan)
    assert "京东社区第2网格 停用 由京东社区第1网格接续" in plain(answer)
    assert 'data-lot="retired"' in words(answer)
    assert "基本单元 – 加入：示范小区2号院" in plain(answer)


def test_a_border_that_was_only_aligned_is_no_change(town: Town) -> None:
    plan = step(drafted(town), "rename", by=town.wu, key=key(town, "902001001001"), name="甲")
    row = plan.grids.get()
    moved = shapely.to_wkb(shapely.box(115.0, 35.70, 115.0100000001, 35.71))
    plan.grids.update(name="京东社区第1网格", boundary=moved)
    text = plain(Reader(town.wu).plan(plan))
    assert "京东社区第1网格 不变 只对齐了边界节点，网格没有变。" in text
    assert row.name == "甲"


def test_a_large_plan_is_paged_and_not_sketched(town: Town, monkeypatch: pytest.MonkeyPatch) -> None:
    plan = with_split(town)
    monkeypatch.setattr(plan_page, "MOST_DRAWN", 1)
    monkeypatch.setattr(changes, "PAGE_SIZE", 1)
    first, second = (Reader(town.wu).get(f"/plans/{plan.pk}/?page={page}") for page in (1, 2))
    assert "方案改动 2 个网格，超过 1 个，不画示意图" in plain(first)
    assert "<figure" not in words(first)
    assert [len(answer.context["changes"]) for answer in (first, second)] == [1, 1]
    assert "第 2 页，共 2 页 2 个网格" in plain(second)
    assert Reader(town.wu).get(f"/plans/{plan.pk}/?page=nonsense").status_code == 200


def test_more_grids_cost_no_more_statements(town: Town) -> None:
    plan, wu = with_split(town), Reader(town.wu)
    few = wu.statements(f"/plans/{plan.pk}/")
    for ending in ("902001001002", "902001002001"):
        step(again(plan), "rename", by=town.wu, key=key(town, ending), name=f"改名{ending}")
    assert wu.statements(f"/plans/{plan.pk}/") == few <= 46


def test_steps_of_drawing_are_listed_and_those_taken_back_say_so(town: Town) -> None:
    plan = with_split(town)
    undo(plan, by=town.wu, at=MONDAY)
    assert "将京东社区第1网格切分为 2 个网格（已撤销）" in plain(Reader(town.wu).plan(plan))


# ── back to what was before ─────────────────────────────────────────────────────────────────────


@pytest.mark.article(7)
def test_a_plan_in_force_is_turned_back_by_one_button_and_a_day(town: Town) -> None:
    plan, wu = in_force(town), Reader(town.wu)
    assert "reverse" in wu.buttons(plan)
    assert 'value="2026-11-19"' in words(wu.plan(plan, "reverse")), "the earliest day is filled in"
    answer = wu.run_verb(plan, "reverse", effective_on="2026-12-20")
    back = GridPlan.objects.get(reverses=plan)
    assert answer["Location"] == f"/plans/{back.pk}/"
    assert (back.status, str(back.effective_on)) == ("drafting", "2026-12-20")
    assert f"恢复方案 恢复：京东社区调整（{back.number}） ：起草中" in plain(wu.plan(plan))
    assert "reverse" not in wu.buttons(plan)
    refused = wu.run_verb(plan, "reverse", effective_on="2026-12-21")
    assert refused.status_code == 409
    assert f"已有恢复方案 {back.number}，请在那个方案里接着办。" in words(refused)


def test_a_reversal_needs_a_day_to_come(town: Town) -> None:
    plan, wu = in_force(town), Reader(town.wu)
    answer = wu.run_verb(plan, "reverse", effective_on="2026-11-16")
    assert (answer.status_code, "生效日期须晚于今天。" in words(answer)) == (422, True)
    assert not GridPlan.objects.filter(reverses=plan).exists()
