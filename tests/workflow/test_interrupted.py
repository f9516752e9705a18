"""An interrupted time limit goes on with the time left; the first response has the matter's limit (Art. 17, 18)."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest

from tests.cases import case_in, reported
from tests.town import MONDAY, Town
from tests.workflow.test_asks import asks
from workflow import actions
from workflow.actions.clock import sweep_clocks
from workflow.actions.correction import Correction
from workflow.models import Case, Stage
from worktime.clocks import SHANGHAI, Clock


def on(day: int, clock: str) -> datetime:
    return datetime.fromisoformat(f"2026-11-{day:02} {clock}").replace(tzinfo=SHANGHAI)


def stay(case: Case) -> Stage:
    found: Stage = case.stages.of_case().running().get()
    return found


@pytest.mark.article(18)
def test_a_report_that_comes_back_corrected_leaves_the_desk_what_it_had_left(town: Town) -> None:
    case = case_in("awaiting_acceptance", town)
    begun, due_at = stay(case).started_at, stay(case).due_at
    assert (begun, due_at) == (on(16, "09:20"), on(16, "15:50"))
    case = actions.return_for_correction(case, note="哪栋楼", by=town.zhao, at=on(16, "14:31"))
    case = actions.resubmit_case(case, correction=Correction(note="三号楼"), by=town.chen, at=on(17, "16:00"))
    assert case.status == "awaiting_acceptance" and case.due_at == on(17, "17:19")
    now = stay(case)
    assert (now.clock, now.amount) == (Clock.WORKING_HOURS, 79)
    assert now.explanation.startswith("自11月17日16:00起 接着剩下的 1 工时 19 分钟 → 11月17日17:19")
    case = actions.return_for_correction(case, note="照片不清", by=town.zhao, at=on(17, "16:19"))
    case = actions.resubmit_case(case, correction=Correction(), by=town.chen, at=on(18, "08:30"))
    assert case.due_at == on(18, "09:30")


@pytest.mark.article(17)
def test_a_rejected_return_leaves_the_unit_what_it_had_left(town: Town) -> None:
    case = case_in("awaiting_signature", town)
    due_at = stay(case).due_at
    assert due_at == on(16, "16:10")
    case = actions.hand_back_case(case, note="不归我", by=town.sun, at=on(16, "15:10"))
    case = actions.reject_return(case, note="清单主办", by=town.zhao, at=on(17, "09:00"))
    assert case.due_at == on(17, "10:00")
    case = actions.hand_back_case(case, note="仍不归我", by=town.sun, at=on(17, "09:40"))
    assert (case.status, case.due_at) == ("conference", on(20, "18:00"))
    case = actions.name_lead(case, unit=town.chengguan, reason="会商纪要", by=town.hua, at=on(17, "11:00"))
    assert case.due_at == on(17, "11:20")


@pytest.mark.article(17)
def test_what_was_late_when_it_was_interrupted_is_late_again_at_once(town: Town) -> None:
    case = actions.hand_back_case(
        case_in("awaiting_signature", town), note="不归我", by=town.sun, at=on(16, "17:00")
    )
    case = actions.reject_return(case, note="清单主办", by=town.zhao, at=on(17, "09:00"))
    assert case.due_at == on(17, "09:00")
    assert sweep_clocks(at=on(17, "09:01")) == 1
    case.refresh_from_db()
    assert case.light == Case.Light.LATE


@pytest.mark.article(18)
def test_another_unit_and_another_step_have_their_whole_time(town: Town) -> None:
    case = actions.hand_back_case(
        case_in("awaiting_signature", town), note="属公安", by=town.sun, at=on(16, "15:10")
    )
    case = actions.uphold_return(case, unit=town.gongan, reason="治安", by=town.zhao, at=on(17, "09:00"))
    assert case.due_at == on(17, "15:30")


@pytest.mark.article(18)
def test_who_handles_it_himself_at_night_has_the_next_workday(town: Town) -> None:
    matter = asks(town, "邻里纠纷", first_amount=None, first_unit="")
    case = reported(town, matter_id=matter.pk, outcome="handling", at=on(16, "22:10"))
    assert case.status == "self_handling" and case.due_at == on(18, "00:00")
    morning = reported(town, matter_id=matter.pk, outcome="handling", at=MONDAY + timedelta(hours=1))
    assert morning.due_at == on(17, "00:00")


@pytest.mark.article(18)
@pytest.mark.parametrize(
    ("amount", "unit", "end"),
    [
        (1, "natural_day", "2026-11-18 00:00"),
        (2, "natural_day", "2026-11-19 00:00"),
        (2, "working_hour", "2026-11-17 10:30"),
        (30, "minute_247", "2026-11-16 22:40"),
    ],
)
def test_the_first_response_that_the_list_sets_holds_for_who_handles_it_himself(
    town: Town, amount: int, unit: str, end: str
) -> None:
    matter = asks(town, "邻里纠纷", first_amount=amount, first_unit=unit)
    case = reported(town, matter_id=matter.pk, outcome="handling", at=on(16, "22:10"))
    assert case.due_at == datetime.fromisoformat(end).replace(tzinfo=SHANGHAI)
