"""A returned report says why, wherever it is met, and everything in it can be corrected (Art. 14, 18)."""

from __future__ import annotations

from typing import Any

import pytest

from common.errors import RuleViolation
from tests.cases import case_in, photo, refused, reported
from tests.doors import Visitor
from tests.town import MONDAY, Town
from tests.workflow.test_asks import QUESTIONS, asks
from tests.workflow.test_field_pages import picture
from workflow import actions
from workflow.actions.correction import Correction
from workflow.models import Attachment, Case

WHY = "请写明楼号，并补一张现场照片"


def returned(town: Town, **fields: Any) -> Case:
    case = case_in("awaiting_leader", town, description="楼道杂物", **fields)
    return actions.return_for_correction(case, note=WHY, by=town.wang, at=MONDAY)


@pytest.mark.parametrize(
    "page", ["/", "/mine/", "/village/?queue=to_correct", "/cases/{}/", "/cases/{}/resubmit/"]
)
def test_why_it_came_back_stands_wherever_the_report_is_met(town: Town, page: str) -> None:
    case = returned(town)
    page_text = Visitor(town.chen).text(page.format(case.pk))
    assert WHY in page_text
    before_the_line = page_text.partition('id="line-head"')[0]  # not only at the end of a long history
    assert WHY in before_the_line


def test_the_reason_is_no_longer_shown_after_the_resubmission(town: Town) -> None:
    case = returned(town)
    actions.resubmit_case(case, correction=Correction(), by=town.chen, at=MONDAY)
    visitor = Visitor(town.chen)
    assert WHY not in visitor.text("/") and WHY not in visitor.text("/mine/")
    assert WHY not in visitor.text(f"/cases/{case.pk}/").partition('id="line-head"')[0]


def test_the_reason_of_the_last_return_is_shown(town: Town) -> None:
    case = returned(town)
    case = actions.resubmit_case(case, correction=Correction(), by=town.chen, at=MONDAY)
    actions.return_for_correction(case, note="照片看不清", by=town.wang, at=MONDAY)
    home = Visitor(town.chen).text("/")
    assert "照片看不清" in home and WHY not in home


@pytest.mark.article(20)
def test_the_reason_for_returning_a_clue_is_shown_only_to_its_reporter(town: Town) -> None:
    case = reported(town, matter_id=town.matter("非法集资线索").pk)
    actions.return_for_correction(case, note=WHY, by=town.zhao, at=MONDAY)
    assert WHY in Visitor(town.chen).text("/mine/")
    assert WHY not in Visitor(town.wang).text("/village/")


@pytest.mark.article(18)
def test_photos_matter_place_words_and_answers_are_corrected_in_one_form(town: Town) -> None:
    matter = asks(town, questions=list(QUESTIONS))
    case = returned(town, matter_id=town.matter("邻里纠纷").pk)
    visitor = Visitor(town.chen)
    form = visitor.text(f"/cases/{case.pk}/resubmit/")
    assert f'name="matter_id" value="{matter.pk}"' in form and 'data-photo-field="photos"' in form
    fields = {
        "version": case.version,
        "matter_id": matter.pk,
        f"ask-{matter.pk}-poles": "3",
        "place": "三号楼",
        "description": "三号楼前路灯不亮",
        "photos": picture(),
    }
    assert visitor.post(f"/cases/{case.pk}/resubmit/", fields).status_code == 302
    case.refresh_from_db()
    assert (case.status, case.matter, case.title) == ("awaiting_leader", matter, "路灯故障")
    assert (case.place, case.description, case.answers) == ("三号楼", "三号楼前路灯不亮", [["几根灯杆", "3"]])
    assert case.attachments.get().kind == Attachment.Kind.REPORT


def test_what_was_answered_is_filled_in_and_stays(town: Town) -> None:
    matter = asks(town, questions=list(QUESTIONS))
    case = returned(town, matter_id=matter.pk, answers={"poles": "3"})
    form = Visitor(town.chen).text(f"/cases/{case.pk}/resubmit/")
    assert f'name="ask-{matter.pk}-poles" value="3"' in form
    actions.resubmit_case(case, correction=Correction(place="三号楼"), by=town.chen, at=MONDAY)
    case.refresh_from_db()
    assert case.answers == [["几根灯杆", "3"]]


@pytest.mark.article(14)
@pytest.mark.parametrize(
    ("demand", "words"),
    [
        ({"photo_before": True}, "须附现场照片"),
        ({"place_required": True}, "须写明地点"),
        ({"questions": list(QUESTIONS)}, "请填写“几根灯杆”"),
    ],
)
def test_what_the_list_demands_is_asked_for_after_a_correction_too(
    town: Town, demand: dict[str, Any], words: str
) -> None:
    matter = asks(town, **demand)
    case = returned(town, matter_id=town.matter("邻里纠纷").pk, place="")
    with refused(RuleViolation) as caught:
        actions.resubmit_case(case, correction=Correction(matter_id=matter.pk), by=town.chen, at=MONDAY)
    assert words in caught.value.sentence
    whole = Correction(
        matter_id=matter.pk, place="三号楼", answers={"poles": "1"}, photos=[photo(town.chen, kind="report")]
    )
    case.refresh_from_db()
    assert actions.resubmit_case(case, correction=whole, by=town.chen, at=MONDAY).matter == matter
