"""The last note comes first on every page where somebody decides."""

from __future__ import annotations

from datetime import timedelta

import pytest

from tests.cases import case_in, reported
from tests.doors import Visitor
from tests.town import MONDAY, Town
from workflow import actions
from workflow.actions.supplement import supplement_case
from workflow.last_words import last_words, last_words_of
from workflow.models import Case
from workflow.presentation import timeline_of

LATER = MONDAY + timedelta(hours=1)
WHY = "路灯编号看不清，请补拍"


@pytest.fixture
def returned(town: Town) -> Case:
    """A report that the desk has returned with a reason."""
    case = case_in("awaiting_acceptance", town)
    return actions.return_for_correction(case, note=WHY, by=town.zhao, at=LATER)


def test_the_last_words_are_those_of_a_person_and_not_the_report(town: Town, returned: Case) -> None:
    last = last_words(returned)
    assert last is not None
    assert (last.note, last.at) == (WHY, LATER)
    assert "退回补正" in last.sentence and town.zhao.name in last.sentence
    assert last_words(reported(town)) is None


def test_a_later_supplement_comes_before_an_earlier_note(town: Town, returned: Case) -> None:
    supplement_case(returned, note="编号是 0317", by=town.chen, at=LATER + timedelta(minutes=5))
    assert last_words_of([returned])[returned.pk].note == "编号是 0317"


def test_pane_form_and_page_of_a_verb_begin_with_them(town: Town) -> None:
    case = case_in("in_hand", town)
    supplement_case(case, note="井口又塌了一块", by=town.chen, at=LATER)
    desk = Visitor(town.zhao)
    assert "井口又塌了一块" in desk.text(f"/cases/{case.pk}/preview/")
    assert "井口又塌了一块" in Visitor(town.sun).text(f"/cases/{case.pk}/feed-back/")
    assert "井口又塌了一块" in Visitor(town.sun).text("/tray/?queue=in_hand")


def test_the_form_in_the_pane_begins_with_them(town: Town) -> None:
    case = case_in("awaiting_acceptance", town)
    supplement_case(case, note="又来一人说", by=town.chen, at=LATER)
    pane = Visitor(town.zhao).get(f"/desk/cases/{case.pk}/escalate/", headers={"HX-Request": "true"})
    assert "又来一人说" in pane.content.decode()


def test_what_the_clock_did_does_not_shorten_how_long_people_took(town: Town) -> None:
    case = case_in("awaiting_acceptance", town)
    first = case.events.order_by("seq")[0]
    reminder = type(first)(case=case, verb="remind", post="系统", at=first.at + timedelta(hours=2))
    accepted = type(first)(
        case=case, verb="accept", post="中原路街道调度台", at=first.at + timedelta(hours=3)
    )
    steps = timeline_of([first, reminder, accepted])
    assert "3 小时" in steps[-1].lasted
