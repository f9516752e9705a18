"""Leaders and instructors report what they see in their village; bodies of the base receive cases once they can act."""

from __future__ import annotations

from datetime import timedelta

import pytest

from common.errors import NotPermitted, RuleViolation
from personnel.actions import appoint_to_office
from personnel.actions.organizations import BodyDraft, found_organization
from personnel.models import Organization
from tests.cases import case_in, refused, reported
from tests.doors import Visitor
from tests.shapes import Sent
from tests.town import FOUNDED, MONDAY, Town
from workflow import actions
from workflow.models import Case
from workflow.suggestions import units_for, units_to_join

LATER = MONDAY + timedelta(hours=2)


@pytest.mark.article(9)
@pytest.mark.article(18)
@pytest.mark.parametrize("name", ["wang", "li"])
def test_a_leader_and_an_instructor_report_in_their_village(town: Town, name: str) -> None:
    case = reported(town, by=name)
    assert (case.source, case.status) == ("village", "awaiting_leader")
    assert case.caretaker == getattr(town, name)
    case = actions.take_up_case(case, by=town.wang, at=LATER)
    assert (
        actions.send_up_case(case, note="社区办不了", by=town.wang, at=LATER).status == "awaiting_acceptance"
    )


@pytest.mark.article(18)
def test_what_a_leader_did_on_the_spot_is_kept_in_words_and_still_coordinated(town: Town) -> None:
    case = reported(town, by="wang", outcome="solved", result="已经挪开了")
    assert case.status == "awaiting_leader" and "已经挪开了" in case.description


@pytest.mark.article(20)
def test_a_leader_reports_in_no_other_village_and_a_clue_goes_to_the_township(town: Town) -> None:
    other = town.grid_of("1002001")
    with refused(NotPermitted):
        reported(town, by="wang", grid_id=other.pk)
    clue = reported(town, by="wang", matter_id=town.matter("非法集资线索").pk)
    assert clue.confidential and clue.status == "awaiting_acceptance"


def test_the_form_of_a_leader_offers_the_grids_of_the_village_and_no_settling(town: Town) -> None:
    leader = Visitor(town.wang)
    page = leader.text("/report/")
    assert "410902001001001" in page or town.grid.name in page
    assert 'value="handling"' not in page and "已当场解决" not in page
    assert 'value="handling"' in Visitor(town.chen).text("/report/")
    assert "上报事项" in leader.text("/") and 'href="/report/"' in leader.text("/")


def test_a_report_sent_back_waits_for_its_leader(town: Town) -> None:
    case = actions.take_up_case(reported(town, by="li"), by=town.wang, at=LATER)
    case = actions.return_for_correction(case, note="缺地点", by=town.wang, at=LATER)
    assert case.status == "returned_for_correction"
    assert f"/cases/{case.pk}/" in Visitor(town.li).text("/village/?queue=to_correct")


@pytest.mark.article(6)
def test_a_committee_receives_cases_once_somebody_can_act_for_it(town: Town) -> None:
    draft = BodyDraft("京东社区居民委员会", "committee", "", town.grid.village)
    body = found_organization(draft, on=FOUNDED, at=MONDAY, by=town.tang)
    case = case_in("awaiting_assignment", town)
    assert body not in units_for(case) and body not in units_to_join(case)
    with refused(RuleViolation) as caught:
        actions.assign_case(case, unit=body, reason="由居委会直接清理", by=town.zhao, at=LATER)
    assert "还没有可以办理的账号" in caught.value.sentence
    appoint_to_office(town.nobody, role="handler", organization=body, on=FOUNDED, at=MONDAY, by=None)
    assert body in units_for(case) and body in units_to_join(case)
    case = actions.assign_case(case, unit=body, reason="由居委会直接清理", by=town.zhao, at=LATER)
    case = actions.sign_case(case, by=town.nobody, at=LATER)
    assert (case.status, case.unit) == ("in_hand", body)
    sent: Sent = {"queue": "in_hand"}
    assert case.number in Visitor(town.nobody).get("/tray/", **sent).content.decode()
    assert Case.objects.visible_to(town.nobody).filter(pk=case.pk).exists()


@pytest.mark.parametrize("kind", ["service_team", "provider"])
def test_service_teams_and_providers_have_posts_too(town: Town, kind: str) -> None:
    body = Organization.objects.create(
        code=f"zyl-{kind}", name="示范服务队", kind=kind, function="", division=town.division("中原路街道")
    )
    for role in ("handler", "department_head"):
        appoint_to_office(town.nobody, role=role, organization=body, on=FOUNDED, at=MONDAY, by=None)
    assert body in units_for(case_in("awaiting_assignment", town))
