"""The pages of lists, editions, comparison, filings and the city's view, as each person reads them (Art. 14, 16)."""

from __future__ import annotations

import io
import re
from datetime import date, timedelta
from typing import Any

import openpyxl
import pytest

from common import clock
from matters import actions
from matters.models import ListFiling, Matter, MatterList, Proposal
from tests.doors import Visitor
from tests.matters.conftest import proposal_in
from tests.town import MONDAY, Town

DAY = date(2026, 12, 1)
pytestmark = pytest.mark.article(14)


@pytest.fixture(autouse=True)
def monday(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let every door read Monday, 16 November 2026, nine o'clock."""
    monkeypatch.setattr(clock, "now", lambda: MONDAY)


def words(answer: Any) -> str:
    """The words of an answer without its tags, in one line."""
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", answer.content.decode()))


def first(town: Town, county: str = "华龙区") -> MatterList:
    return MatterList.objects.get(county=town.division(county), edition=1)


def drafted(town: Town, *, on: date = DAY, document: str = "华网格〔2026〕2号", **fields: Any) -> MatterList:
    """A draft of 华龙区's second edition, with a new matter and one adjusted."""
    proposal_in("adopted", town, **fields)
    proposal_in("adopted", town, kind="adjust", description="换灯泡的先报。")
    return actions.draft_edition(
        town.division("华龙区"), in_force_on=on, document=document, by=town.wu, at=MONDAY
    )


def published(town: Town, **fields: Any) -> MatterList:
    return actions.publish_edition(drafted(town, **fields), by=town.wu, at=MONDAY)


# --- The list in force --------------------------------------------------------------------------------------


def test_everybody_at_work_opens_the_list_of_his_own_county(town: Town) -> None:
    for name, county in (("sun", "华龙区"), ("chen", "华龙区"), ("tang", "华龙区"), ("gu", "清丰县")):
        answer = Visitor(getattr(town, name)).get("/lists/")
        assert answer.context["county"].name == county, name
        assert f"{county}事项清单" in words(answer) and "第1版" in words(answer)


def test_the_city_chooses_a_county_first(town: Town) -> None:
    zheng = Visitor(town.zheng)
    assert [row.count for row in zheng.get("/lists/").context["rows"]] == [83, 83]
    answer = zheng.get("/lists/?county=410922")
    assert answer.context["county"].name == "清丰县" and answer.context["count"] == 83
    assert zheng.get("/lists/?county=999999").status_code == 404


@pytest.mark.parametrize(
    ("query", "name"),
    [("q=路灯", "路灯故障"), ("q=ldgz", "路灯故障"), ("q=LDGZ", "路灯故障"), ("q=井盖+缺损", "井盖缺损")],
)
def test_a_matter_is_found_by_name_and_by_initials(town: Town, query: str, name: str) -> None:
    answer = Visitor(town.sun).get(f"/lists/?{query}")
    found = [row.name for group in answer.context["groups"] for row in group.rows]
    assert name in found and len(found) < 10


def test_category_kind_and_department_narrow_the_list(town: Town) -> None:
    sun, rows = Visitor(town.sun), first(town).matters.all()
    for query, wanted in (
        ("category=6", sum(row.category == 6 for row in rows)),
        ("kind=clue", sum(row.kind == "clue" for row in rows)),
        ("department=城市管理", sum(row.lead_function == "城市管理" for row in rows)),
        ("category=99&kind=lost", 83),
    ):
        assert sun.get(f"/lists/?{query}").context["found"] == wanted, query
    answer = sun.get("/lists/?q=没有这个词")
    assert "没有符合的事项" in words(answer) and "清除条件" in words(answer)


def test_the_head_says_which_edition_comes_next_and_a_draft_only_to_its_keepers(town: Town) -> None:
    made = drafted(town)
    assert "第2版在编" in words(Visitor(town.wu).get("/lists/"))
    assert "在编" not in words(Visitor(town.sun).get("/lists/"))
    actions.publish_edition(made, by=town.wu, at=MONDAY)
    text = words(Visitor(town.sun).get("/lists/"))
    assert "第2版 已公布，2026年12月1日起施行；在那以前照下面这一版办。" in text


def test_a_temporary_matter_says_until_when(town: Town, monkeypatch: pytest.MonkeyPatch) -> None:
    proposal_in("adopted", town, kind="temporary", ends_on=date(2026, 12, 31))
    draft = actions.draft_edition(
        town.division("华龙区"), in_force_on=DAY, document="文", by=town.wu, at=MONDAY
    )
    actions.publish_edition(draft, by=town.wu, at=MONDAY)
    for day, is_there in ((date(2026, 12, 31), True), (date(2027, 1, 1), False)):
        at = MONDAY.replace(year=day.year, month=day.month, day=day.day)
        monkeypatch.setattr(clock, "now", lambda at=at: at)
        assert ("临时，至2026年12月31日" in words(Visitor(town.sun).get("/lists/"))) is is_there


# --- One edition, one matter --------------------------------------------------------------------------------


def test_a_draft_is_as_missing_to_everybody_but_its_keepers(town: Town) -> None:
    made = drafted(town)
    code = made.matters.earliest("code").code
    for name in ("gu", "zheng", "sun", "chen", "jiang", "nobody"):
        person = Visitor(getattr(town, name))
        for address in ("", "edit/", "publish/", "discard/", f"{code}/"):
            assert person.get(f"/lists/{made.pk}/{address}").status_code == 404, (name, address)
        assert person.get(f"/lists/compare/?before={first(town).pk}&after={made.pk}").status_code == 422
    answer = Visitor(town.wu).get(f"/lists/{made.pk}/")
    assert answer.context["counts"] == {"added": 1, "changed": 1, "ended": 0, "total": 2}
    assert "换灯泡的先报。" in words(answer) and "（比第1版 +" in words(answer)


def test_an_edition_tells_its_state_through_its_life(town: Town, monkeypatch: pytest.MonkeyPatch) -> None:
    made, old = published(town), first(town)
    sun = Visitor(town.sun)
    assert "已公布，2026年12月1日起施行" in words(sun.get(f"/lists/{made.pk}/"))
    assert "现行" in words(sun.get(f"/lists/{old.pk}/"))
    monkeypatch.setattr(clock, "now", lambda: MONDAY.replace(month=12))
    assert sun.get(f"/lists/{made.pk}/").context["state"].words == "现行"
    assert sun.get(f"/lists/{old.pk}/").context["state"].words == "已被第2版取代"


def test_a_matter_shows_its_life_and_what_is_proposed(town: Town) -> None:
    made = published(town)
    lamp = made.matters.get(name="路灯故障")
    text = words(Visitor(town.sun).get(f"/lists/{made.pk}/{lamp.code}/"))
    assert "第1版列入" in text and "第2版调整" in text and "→ 换灯泡的先报。" in text
    open_one = proposal_in("formal_check", town, kind="exit")
    text = words(Visitor(town.sun).get(f"/lists/{made.pk}/{lamp.code}/"))
    assert open_one.number in text and "已有申请在办" in text


@pytest.mark.parametrize("address", ["9-99", "publish-x", "6-1000000000"])
def test_a_matter_that_the_edition_has_not_is_missing(town: Town, address: str) -> None:
    assert Visitor(town.sun).get(f"/lists/{first(town).pk}/{address}/").status_code == 404


# --- Drafting by pages --------------------------------------------------------------------------------------


def test_the_county_drafts_revises_and_publishes_by_its_pages(town: Town) -> None:
    wu = Visitor(town.wu)
    fields = {"in_force_on": "2026-12-01", "document": "", "note": "年度修订"}
    assert wu.post("/lists/new/", fields).status_code == 302
    made = MatterList.objects.drafts().get()
    assert wu.get("/lists/new/").status_code == 302, "a second draft leads to the first"
    page = wu.get(f"/lists/{made.pk}/publish/")
    assert "公布以前请填写文号。" in words(page) and "确认公布" not in words(page)
    answer = wu.post(f"/lists/{made.pk}/edit/", {**fields, "document": "文号1", "version": made.version})
    assert answer.status_code == 302
    made.refresh_from_db()
    assert "确认公布" in words(wu.get(f"/lists/{made.pk}/publish/"))
    assert wu.post(f"/lists/{made.pk}/publish/", {"version": made.version}).status_code == 302
    for verb in ("edit", "publish", "discard"):
        answer = wu.get(f"/lists/{made.pk}/{verb}/")
        assert answer.status_code == 409 and "这一版已经公布，不能再改" in words(answer)
        assert Visitor(town.gu).get(f"/lists/{made.pk}/{verb}/").status_code == 403


@pytest.mark.parametrize(
    ("fields", "sentence"),
    [
        ({"in_force_on": ""}, "请填写施行日期。"),
        ({"in_force_on": "明天"}, "日期应写成 2026-12-08 这样。"),
        ({"in_force_on": "2026-11-01"}, "施行日期不能早于今天"),
        ({"in_force_on": "2036-11-01"}, "施行日期在两年以后，请核对年份。"),
        ({"document": "文" * 5000}, "最多 120 字，您写了 5000 字。"),
        ({"note": "字" * 5000}, "最多 500 字，您写了 5000 字。"),
    ],
)
def test_a_refusal_stands_at_its_field_and_keeps_what_was_typed(
    town: Town, fields: dict[str, str], sentence: str
) -> None:
    whole = {"in_force_on": "2026-12-01", "document": "=文号", "note": "保留这段说明", **fields}
    answer = Visitor(town.wu).post("/lists/new/", whole)
    assert answer.status_code == 422 and sentence in words(answer)
    assert whole["note"][:40] in answer.content.decode()
    assert not MatterList.objects.drafts().exists()


def test_a_stale_form_keeps_its_text_and_can_be_sent_again(town: Town) -> None:
    made, wu = drafted(town), Visitor(town.wu)
    fields = {"in_force_on": "2026-12-02", "document": "我的文号", "note": "", "version": made.version}
    actions.revise_edition(made, in_force_on=DAY, document="别人的文号", by=town.wu, at=MONDAY)
    answer = wu.post(f"/lists/{made.pk}/edit/", fields)
    assert answer.status_code == 409 and "办过这一版清单，现在是“在编”" in words(answer)
    assert "我的文号" in answer.content.decode()
    version = re.search(r'name="version" value="(\d+)"', answer.content.decode())
    assert version is not None
    assert wu.post(f"/lists/{made.pk}/edit/", {**fields, "version": version[1]}).status_code == 302
    assert MatterList.objects.drafts().get().document == "我的文号"


def test_a_draft_is_given_up_by_its_page(town: Town) -> None:
    made, wu = drafted(town), Visitor(town.wu)
    assert "退回“待列入”" in words(wu.get(f"/lists/{made.pk}/discard/"))
    assert wu.post(f"/lists/{made.pk}/discard/", {"version": made.version}).status_code == 302
    assert not MatterList.objects.drafts().exists()
    assert set(Proposal.objects.values_list("status", flat=True)) == {"adopted"}


# --- Comparison ---------------------------------------------------------------------------------------------


@pytest.mark.article(16)
def test_two_editions_side_by_side_on_screen_and_as_a_workbook_without_formulas(town: Town) -> None:
    made = published(town, support='=HYPERLINK("http://x")')
    address = f"/lists/compare/?before={first(town).pk}&after={made.pk}"
    text = words(Visitor(town.sun).get(address))
    assert "2 项不同：新增 1，调整 1，退出 0。" in text and "换灯泡的先报。" in text
    answer = Visitor(town.sun).get(f"{address}&form=xlsx")
    assert answer["Content-Type"].endswith("spreadsheetml.sheet")
    sheet = openpyxl.load_workbook(io.BytesIO(b"".join(answer.streaming_content))).active
    assert sheet is not None
    rows = list(sheet.iter_rows(values_only=True))
    assert rows[0] == ("变化", "事项编码", "事项名称", "项目", "之前", "之后")
    assert {row[0] for row in rows[1:]} == {"新增", "调整"}
    assert ("调整", "说明", "换灯泡的先报。") in {(row[0], row[3], row[5]) for row in rows[1:]}
    kinds = {cell.data_type for row in sheet.iter_rows() for cell in row}
    assert "f" not in kinds and '\'=HYPERLINK("http://x")' in {row[5] for row in rows}
    assert Visitor(town.sun).get(f"{address}&form=csv").status_code == 404


def test_two_counties_are_compared_by_the_names_of_their_matters(town: Town) -> None:
    made, other = published(town), first(town, "清丰县")
    answer = Visitor(town.zheng).get(f"/lists/compare/?before={other.pk}&after={made.pk}")
    assert "只有华龙区有 1，内容不同 1，只有清丰县有 0。" in words(answer)


@pytest.mark.parametrize(
    "query", ["before=1", "before=x&after=y", "before=99999999&after=99999998", "before=&after="]
)
def test_a_comparison_of_what_is_not_there_says_so(town: Town, query: str) -> None:
    answer = Visitor(town.sun).get(f"/lists/compare/?{query}")
    assert answer.status_code == 422 and "没有这一版清单，请重新选择。" in words(answer)


def test_an_edition_is_not_compared_with_itself(town: Town) -> None:
    pk = first(town).pk
    answer = Visitor(town.sun).get(f"/lists/compare/?before={pk}&after={pk}")
    assert answer.status_code == 422 and "两边是同一版，请选择另一版。" in words(answer)


# --- Filings ------------------------------------------------------------------------------------------------


def filing_of(made: MatterList) -> ListFiling:
    return ListFiling.objects.get(edition=made)


@pytest.mark.article(16)
def test_a_filing_is_sent_returned_sent_again_and_received_by_its_pages(town: Town) -> None:
    filing = filing_of(published(town))
    wu, zheng, address = Visitor(town.wu), Visitor(town.zheng), f"/lists/filings/{filing.pk}/"
    assert "将报送的材料" in words(wu.get(address)) and "共享单车占压盲道" in words(wu.get(address))
    assert "报送备案" in words(wu.get(address)) and "收到备案" not in words(wu.get(address))
    assert wu.post(f"{address}send_filing/", {"version": 1, "note": "请予备案"}).status_code == 302
    answer = zheng.post(f"{address}return_filing/", {"version": 2, "remarks": ""})
    assert answer.status_code == 422 and "请写明需要补正什么" in words(answer)
    assert zheng.post(f"{address}return_filing/", {"version": 2, "remarks": "缺培训安排"}).status_code == 302
    assert "缺培训安排" in words(wu.get(address))
    assert wu.post(f"{address}send_filing/", {"version": 3, "note": "已补"}).status_code == 302
    stale = zheng.post(f"{address}receive_filing/", {"version": 2, "receipt": "濮备7号"})
    assert stale.status_code == 409 and "濮备7号" in stale.content.decode()
    assert zheng.post(f"{address}receive_filing/", {"version": 4, "receipt": "濮备7号"}).status_code == 302
    assert "濮备7号" in words(wu.get("/lists/filings/"))
    late = zheng.post(f"{address}return_filing/", {"version": 5, "remarks": "来晚了的意见"})
    assert late.status_code == 409 and "没有提交的补正意见： 来晚了的意见" in words(late)


def test_filings_are_seen_by_their_county_and_the_city_alone(town: Town) -> None:
    filing = filing_of(published(town))
    for name in ("gu", "tang", "sun", "jiang", "chen", "nobody"):
        person = Visitor(getattr(town, name))
        for verb in ("", "send_filing/", "receive_filing/"):
            assert person.get(f"/lists/filings/{filing.pk}/{verb}").status_code == 404, (name, verb)
    for name in ("tang", "sun", "jiang", "chen", "nobody"):
        answer = Visitor(getattr(town, name)).get("/lists/filings/")
        assert answer.status_code == 403 and "备案由县区和市主管部门办理。" in words(answer), name
    assert Visitor(town.zheng).get(f"/lists/filings/{filing.pk}/send_filing/").status_code == 403
    assert Visitor(town.wu).get(f"/lists/filings/{filing.pk}/receive_filing/").status_code == 403
    assert Visitor(town.wu).get("/lists/filings/?county=410922").status_code == 404
    assert Visitor(town.gu).get("/lists/filings/").context["total"] == 0


def test_every_number_opens_a_list_of_that_length_and_the_late_ones_have_word_and_shape(
    town: Town, monkeypatch: pytest.MonkeyPatch
) -> None:
    filing = filing_of(published(town))
    late = filing.due_at + timedelta(days=1)
    monkeypatch.setattr(clock, "now", lambda: late)
    actions.remind_overdue_filings(at=late)
    zheng = Visitor(town.zheng)
    for stat in zheng.get("/lists/filings/").context["stats"]:
        answer = zheng.get(stat.url.partition("#")[0])
        assert answer.context["total"] == len(answer.context["rows"]) == stat.value, stat.name
    answer = zheng.get("/lists/filings/?status=overdue")
    assert answer.context["total"] == 1 and "超期 1 天" in words(answer)
    assert 'd="M5 .2 10 9.6H0z"' in answer.content.decode(), "the triangle"
    assert f"{late.month}月{late.day}日" in words(answer), "when it was last reminded"


# --- The city's view ----------------------------------------------------------------------------------------


def test_the_city_sees_what_only_one_county_has_and_what_reads_differently(
    town: Town, monkeypatch: pytest.MonkeyPatch
) -> None:
    published(town)
    monkeypatch.setattr(clock, "now", lambda: MONDAY.replace(month=12))
    zheng = Visitor(town.zheng)
    counts = {each.name: each.count for each in zheng.get("/lists/differences/").context["sorts"]}
    assert counts == {"全部": 84, "只有一个县区有": 1, "不是全部都有": 1, "内容不同": 1}
    for sort, names in (
        ("one", ["共享单车占压盲道"]),
        ("some", ["共享单车占压盲道"]),
        ("differs", ["路灯故障"]),
    ):
        rows = zheng.get(f"/lists/differences/?sort={sort}").context["rows"]
        assert [row.name for row in rows] == names
    text = words(zheng.get("/lists/differences/?sort=one"))
    assert "华龙区有" in text and "清丰县没有" in text
    assert zheng.get("/lists/differences/?q=ldgz").context["rows"][0].name == "路灯故障"
    assert zheng.get("/lists/differences/?sort=lost").status_code == 404


def test_a_limit_that_differs_is_shown_in_its_cell(town: Town, monkeypatch: pytest.MonkeyPatch) -> None:
    published(town)
    monkeypatch.setattr(clock, "now", lambda: MONDAY.replace(month=12))
    rows = Visitor(town.zheng).get("/lists/differences/?sort=differs").context["rows"]
    cells = {each.county: each.cell for each in rows[0].cells}
    assert {bool(cell.limits) for cell in cells.values()} == {True, False}


def test_the_comparison_of_counties_is_for_those_who_watch_over_lists(town: Town) -> None:
    for name, status in (
        ("zheng", 200),
        ("wu", 200),
        ("tang", 200),
        ("sun", 403),
        ("chen", 403),
        ("nobody", 403),
    ):
        assert Visitor(getattr(town, name)).get("/lists/differences/").status_code == status, name


# --- What it costs ------------------------------------------------------------------------------------------


@pytest.mark.slow
def test_ten_times_as_many_rows_cost_as_many_statements(town: Town) -> None:
    made, zheng, wu = published(town), Visitor(town.zheng), Visitor(town.wu)
    lamp, old = made.matters.get(name="路灯故障"), first(town)

    def costs(newest: MatterList) -> dict[str, int]:
        pages = {
            "lists": (wu, "/lists/"),
            "edition": (wu, f"/lists/{newest.pk}/"),
            "matter": (wu, f"/lists/{newest.pk}/{lamp.code}/"),
            "comparison": (wu, f"/lists/compare/?before={old.pk}&after={newest.pk}"),
            "counties": (zheng, "/lists/"),
            "differences": (zheng, "/lists/differences/"),
            "filings": (zheng, "/lists/filings/"),
        }
        return {name: person.statements(address) for name, (person, address) in pages.items()}

    before = costs(made)
    newest = [_edition_like(made, number) for number in range(3, 13)][-1]
    assert costs(newest) == before
    assert max(before.values()) <= 16


def _edition_like(made: MatterList, number: int) -> MatterList:
    """Another published edition that words every matter anew, and owes its filing."""
    copy = MatterList.objects.create(
        county=made.county, edition=number, in_force_on=date(2026, 12, number), document=f"{number}号"
    )
    rows = list(made.matters.all())
    for row in rows:
        row.pk, row.edition, row.description = None, copy, f"第{number}版的写法"
    Matter.objects.bulk_create(rows)
    MatterList.objects.filter(pk=copy.pk).update(published_at=MONDAY)
    ListFiling.objects.create(edition=copy, due_at=MONDAY)
    return copy
