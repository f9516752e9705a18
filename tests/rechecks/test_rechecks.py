"""Random re-checks: drawn by a seed that is kept, never by who did the work, faked work is examined (Art. 12, 23)."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest

from audit.models import Entry
from common import clock
from common.errors import IllegalMove, NotPermitted, RuleViolation, StaleVersion
from common.records.invariants import examine
from conduct.models import Complaint
from rechecks.actions import DrawPlan, draw_cases, find
from rechecks.invariants import INVARIANTS
from rechecks.models import Draw, Recheck, drawn_from
from tests.cases import case_in, refused, reported
from tests.doors import Visitor
from tests.shapes import Sent
from tests.town import MONDAY, Town
from workflow import actions
from workflow.models import Case

LATER = MONDAY + timedelta(hours=4)
TODAY = MONDAY.date()


@pytest.fixture(autouse=True)
def now(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(clock, "now", lambda: LATER)


def closed(town: Town, number: int = 1) -> list[Case]:
    """Cases that a unit handled and chen verified."""
    cases = [case_in("awaiting_verification", town) for _ in range(number)]
    return [actions.pass_check(case, by=town.chen, at=MONDAY + timedelta(hours=3)) for case in cases]


def plan(town: Town, **other: Any) -> DrawPlan:
    usual: dict[str, Any] = {
        "division": town.division("中原路街道"),
        "kind": "verified",
        "since": TODAY,
        "until": TODAY,
        "size": 2,
    }
    return DrawPlan(**{**usual, **other})


def drawn(town: Town, **other: Any) -> Draw:
    return draw_cases(plan(town, **other), by=town.zhao, at=LATER)


def test_a_seed_draws_the_same_cases_every_time_and_another_seed_draws_others() -> None:
    population = range(1, 1001)
    chosen = drawn_from(population, seed="a", size=20)
    assert chosen == drawn_from(reversed(population), seed="a", size=20)
    assert len(set(chosen)) == 20 and set(chosen) <= set(population)
    assert set(chosen) != set(drawn_from(population, seed="b", size=20))


def test_every_case_is_as_likely_as_any_other() -> None:
    often = [0] * 11
    for seed in range(2000):
        for pk in drawn_from(range(1, 11), seed=str(seed), size=3):
            often[pk] += 1
    assert all(500 < times < 700 for times in often[1:]), often  # 600 expected, five deviations are 100


@pytest.mark.article(12)
@pytest.mark.article(23)
def test_the_desk_draws_closed_cases_and_the_seed_is_kept(town: Town) -> None:
    cases = closed(town, 4)
    case_in("in_hand", town)
    draw = drawn(town)
    assert draw.population == sorted(case.pk for case in cases)
    chosen = list(draw.rechecks.order_by("pk").values_list("case", flat=True))
    assert chosen == drawn_from(draw.population, seed=draw.seed, size=2)
    assert {row.verifier for row in draw.rechecks.all()} == {town.chen}
    entry = Entry.objects.get(subject=f"recheck_draw:{draw.pk}")
    assert (entry.actor_id, entry.record["seed"]) == (town.zhao.pk, draw.seed)
    assert all(examine(each).holds for each in INVARIANTS)


@pytest.mark.article(12)
def test_self_handled_cases_are_drawn_apart(town: Town) -> None:
    closed(town)
    case = reported(town, outcome="solved", result="已扫净")
    case = actions.pass_check(case, by=town.li, at=MONDAY + timedelta(hours=1))
    assert case.status == "closed"
    assert drawn(town, kind="self_handled").population == [case.pk]


@pytest.mark.article(20)
def test_a_clue_is_never_drawn(town: Town) -> None:
    case = closed(town)[0]
    Case.objects.filter(pk=case.pk).update(confidential=True)
    with refused(RuleViolation) as caught:
        drawn(town)
    assert caught.value.field == "since"


@pytest.mark.article(12)
def test_nobody_draws_again_until_the_lot_pleases(town: Town) -> None:
    closed(town, 3)
    first = drawn(town, size=1)
    with refused(IllegalMove) as caught:
        drawn(town, size=1)
    assert "上一批还有 1 件没有查完" in caught.value.sentence
    find(first.rechecks.get(), finding="genuine", by=town.zhao, at=LATER)
    second = drawn(town, size=50)
    assert second.size == 2 and first.rechecks.get().case_id not in second.population


@pytest.mark.parametrize(
    ("other", "field"),
    [
        ({"kind": "all"}, "kind"),
        ({"size": 0}, "size"),
        ({"size": 51}, "size"),
        ({"until": TODAY + timedelta(days=1)}, "until"),
        ({"since": TODAY, "until": TODAY - timedelta(days=1)}, "until"),
        ({"since": date(2025, 1, 1)}, "since"),
    ],
)
def test_a_draw_without_sense_is_refused_at_its_field(town: Town, other: dict[str, Any], field: str) -> None:
    closed(town)
    with refused(RuleViolation) as caught:
        drawn(town, **other)
    assert caught.value.field == field
    assert not Draw.objects.exists()


@pytest.mark.article(5)
def test_only_who_stands_over_the_place_draws_and_sees(town: Town) -> None:
    closed(town)
    for name in ("chen", "wang", "sun"):
        with refused(NotPermitted):
            draw_cases(plan(town), by=getattr(town, name), at=LATER)
    with refused(NotPermitted):
        draw_cases(plan(town, division=town.division("胜利路街道")), by=town.zhao, at=LATER)
    draw = drawn(town)
    assert Visitor(town.zhao).get(f"/rechecks/{draw.pk}/").status_code == 200
    assert Visitor(town.wu).get(f"/rechecks/{draw.pk}/").status_code == 200, "the county stands above"
    assert Visitor(town.duan).get(f"/rechecks/{draw.pk}/").status_code == 404
    assert Visitor(town.chen).get("/rechecks/").status_code == 403


@pytest.mark.article(12)
def test_nobody_checks_the_own_work(town: Town) -> None:
    closed(town)
    recheck = drawn(town).rechecks.get()
    for column in ("verifier", "case__handler", "case__caretaker"):
        if column == "verifier":
            Recheck.objects.filter(pk=recheck.pk).update(verifier=town.zhao)
        else:
            Case.objects.filter(pk=recheck.case_id).update(**{column.removeprefix("case__"): town.zhao})
        with refused(NotPermitted) as caught:
            find(Recheck.objects.get(pk=recheck.pk), finding="genuine", by=town.zhao, at=LATER)
        assert "请由别人抽查" in caught.value.sentence
        Recheck.objects.filter(pk=recheck.pk).update(verifier=town.chen)
        Case.objects.filter(pk=recheck.case_id).update(handler=town.sun, caretaker=town.chen)
    assert (
        find(Recheck.objects.get(pk=recheck.pk), finding="genuine", by=town.zhao, at=LATER).status
        == "genuine"
    )


@pytest.mark.article(12)
def test_faked_work_is_examined_about_who_said_that_it_was_done(town: Town) -> None:
    closed(town)
    recheck = drawn(town).rechecks.get()
    with refused(RuleViolation) as caught:
        find(recheck, finding="sham", note=" ", by=town.zhao, at=LATER)
    assert caught.value.field == "note"
    recheck = find(
        recheck, finding="sham", note="灯还是不亮，居民13900001234说没人来过", by=town.zhao, at=LATER
    )
    complaint = Complaint.objects.get()
    assert recheck.complaint == complaint
    assert (complaint.kind, complaint.source, complaint.person) == ("sham", "recheck", town.chen)
    assert recheck.case.number in complaint.text and "13900001234" not in complaint.text + recheck.note
    with refused(IllegalMove):
        find(Recheck.objects.get(pk=recheck.pk), finding="genuine", by=town.zhao, at=LATER)


def test_what_could_not_be_checked_is_checked_again(town: Town) -> None:
    closed(town)
    recheck = drawn(town).rechecks.get()
    seen = Recheck.objects.get(pk=recheck.pk)
    recheck = find(recheck, finding="unclear", note="铁门锁着", by=town.zhao, at=LATER)
    with refused(StaleVersion):
        find(seen, finding="genuine", by=town.zhao, at=LATER)
    assert find(recheck, finding="genuine", by=town.zhao, at=LATER + timedelta(days=1)).status == "genuine"


@pytest.mark.article(25)
def test_another_draw_than_the_seed_s_is_found(town: Town) -> None:
    closed(town, 3)
    draw = drawn(town, size=1)
    other = next(pk for pk in draw.population if pk != draw.rechecks.get().case_id)
    Recheck.objects.filter(draw=draw).update(case=other)
    assert not all(examine(each).holds for each in INVARIANTS)


def test_a_batch_is_drawn_and_recorded_on_the_pages(town: Town) -> None:
    closed(town, 2)
    desk = Visitor(town.zhao)
    assert "还没有抽查过" in desk.text("/rechecks/")
    assert "中原路街道" in desk.text("/rechecks/draw/")
    sent: Sent = {
        "division": "410902001",
        "kind": "verified",
        "since": TODAY.isoformat(),
        "until": TODAY.isoformat(),
        "size": "1",
    }
    wrong = desk.post("/rechecks/draw/", {**sent, "size": "0"})
    assert wrong.status_code == 422 and "应为 1–50" in wrong.content.decode()
    address = desk.post("/rechecks/draw/", sent)["Location"]
    draw = Draw.objects.get()
    assert address == f"/rechecks/{draw.pk}/"
    page = desk.text(address)
    assert draw.seed in page and "2 件里抽 1 件" in page and "待抽查" in page
    recheck = draw.rechecks.get()
    form = desk.text(f"/rechecks/cases/{recheck.pk}/find/")
    assert "办理前" in form and recheck.case.number in form
    done = desk.post(
        f"/rechecks/cases/{recheck.pk}/find/",
        {"version": recheck.version, "finding": "sham", "note": "现场没有动过"},
    )
    assert done["Location"] == address
    page = desk.text(address)
    assert "抽查发现弄虚作假" in page and "现场没有动过" in page and Complaint.objects.get().number in page
    assert "记录结果" not in page
    assert "弄虚作假" in desk.text("/rechecks/")
