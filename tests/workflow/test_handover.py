"""Every case has a holder after somebody leaves or bodies merge (Art. 10, 17, 18)."""

from __future__ import annotations

from datetime import timedelta

import pytest

from accounts.models import User
from audit.models import Entry
from common.errors import NotPermitted, RuleViolation
from notifications.models import Outbox
from personnel.actions import appoint_to_grid, close_organization, found_organization, stand_in, sync_grants
from personnel.actions.leaving import relieve_and_hand_over, transfer_and_hand_over
from personnel.actions.mergers import close_body, merge_organizations
from personnel.actions.organizations import BodyDraft, change_organization
from personnel.actions.succession import share_management
from personnel.models import DualManagement, FormerOrganization, GridPosting, OfficePosting, Organization
from tests.cases import STEP, case_in, refused, reported
from tests.town import MONDAY, Town
from workflow import actions
from workflow.actions.handover import hand_over_left_behind, kept_by
from workflow.invariants import (
    events_that_do_not_replay,
    open_cases_nobody_takes_care_of,
    open_cases_without_one_open_stage,
)
from workflow.models import Case
from workflow.policies import WHO_MAY

TODAY = MONDAY.date()
LATER = MONDAY + 8 * STEP


def post_of(town: Town, name: str) -> GridPosting:
    return GridPosting.objects.get(user=getattr(town, name), stands_in_for=None)


def colleague(town: Town) -> User:
    appoint_to_grid(
        town.nobody, role="part_time", village=town.grid.village, grid=town.grid, on=TODAY, at=MONDAY, by=None
    )
    return User.objects.get(username="nobody")


def gone(town: Town, successor: User | None) -> int:
    return relieve_and_hand_over(post_of(town, "chen"), successor=successor, on=TODAY, at=LATER, by=town.tang)


@pytest.mark.article(10)
def test_nobody_leaves_with_open_cases_behind(town: Town) -> None:
    reported(town)
    with refused(RuleViolation) as caught:
        gone(town, None)
    assert "1 件在办" in caught.value.sentence
    assert User.objects.get(username="chen").is_active


@pytest.mark.article(18)
def test_the_successor_takes_care_of_what_is_open_and_the_leaver_sees_nothing(town: Town) -> None:
    returned = actions.return_for_correction(reported(town), note="请补照片", by=town.wang, at=MONDAY + STEP)
    handling = reported(town, outcome="handling")
    new = colleague(town)
    assert gone(town, new) == 2
    for case in Case.objects.filter(pk__in=[returned.pk, handling.pk]):
        assert case.caretaker == new and case.reporter == town.chen
        assert Case.objects.visible_to(new).filter(pk=case.pk).exists()
        assert case.events.latest("seq").verb == "hand_over"
    chen = User.objects.get(username="chen")
    assert not chen.is_active and not Case.objects.visible_to(chen).exists()
    assert WHO_MAY.may("resubmit", new, Case.objects.get(pk=returned.pk))
    assert actions.settle_case(Case.objects.get(pk=handling.pk), result="办好了", by=new, at=LATER + STEP)
    assert list(events_that_do_not_replay()) == list(open_cases_without_one_open_stage()) == []


@pytest.mark.article(18)
def test_what_nobody_in_the_grid_can_go_on_with_goes_to_the_leader(town: Town) -> None:
    handling = reported(town, outcome="handling")
    gone(town, town.wang)
    case = Case.objects.get(pk=handling.pk)
    assert (case.status, case.caretaker) == ("awaiting_leader", town.wang)
    assert list(events_that_do_not_replay()) == list(open_cases_without_one_open_stage()) == []


@pytest.mark.parametrize("name", ["mei", "zhao", "sun", "shi", "chen"])
def test_only_a_colleague_takes_over(town: Town, name: str) -> None:
    reported(town)
    with refused(RuleViolation) as caught:
        gone(town, getattr(town, name))
    assert caught.value.field == "successor"


def test_who_does_not_manage_the_staff_hands_nothing_over(town: Town) -> None:
    reported(town)
    for name in ("xu", "zhao", "wang"):
        with refused(NotPermitted):
            relieve_and_hand_over(
                post_of(town, "chen"), successor=town.lin, on=TODAY, at=LATER, by=getattr(town, name)
            )


def test_a_transfer_leaves_the_open_cases_in_their_grid(town: Town) -> None:
    case = reported(town)
    GridPosting.objects.filter(user=town.chen).update(source="社会招聘")
    there = town.grid_of("002001")
    transfer_and_hand_over(
        post_of(town, "chen"),
        successor=town.lin,
        village=there.village,
        grid=there,
        on=TODAY,
        at=LATER,
        by=town.tang,
    )
    case.refresh_from_db()
    assert case.caretaker == town.lin
    assert not Case.objects.visible_to(User.objects.get(username="chen")).filter(pk=case.pk).exists()


def test_a_stand_in_for_the_leader_acts_like_him(town: Town) -> None:
    case = reported(town)
    stand_in(
        post_of(town, "wang"), town.mei, on=TODAY, until=TODAY + timedelta(days=9), at=MONDAY, by=town.tang
    )
    mei = User.objects.get(username="mei")
    assert actions.take_up_case(case, by=mei, at=LATER).status == "coordinating"


def test_what_is_kept_by_a_post_is_counted_by_its_place(town: Town) -> None:
    reported(town)
    assert kept_by(post_of(town, "chen")).count() == 1
    assert kept_by(post_of(town, "lin")).count() == 0


@pytest.mark.article(20)
def test_a_clue_goes_to_its_named_reader_and_no_notice_reveals_it(town: Town) -> None:
    clue = reported(town, matter_id=town.matter("非法集资线索").pk)
    assert kept_by(post_of(town, "chen")).count() == 0
    assert gone(town, None) == 0
    clue.refresh_from_db()
    assert clue.caretaker == town.zhao
    notices = Outbox.objects.filter(topic="hand_over")
    assert [row.audience for row in notices] == [f"user:{town.zhao.pk}"]
    assert clue.title not in notices.get().sentence
    for name in ("tang", "lin", "wang"):
        assert not Case.objects.visible_to(getattr(town, name)).filter(pk=clue.pk).exists()


@pytest.mark.article(18)
def test_what_a_stand_in_took_up_goes_on_when_his_days_are_over(town: Town) -> None:
    cover = stand_in(
        post_of(town, "chen"), town.mei, on=TODAY, until=TODAY + timedelta(days=2), at=MONDAY, by=town.tang
    )
    case = actions.report_case(actions.ReportDraft(**town.report_payload()), by=town.mei, at=MONDAY)
    assert hand_over_left_behind(at=MONDAY + timedelta(days=1)) == 0
    over = MONDAY + timedelta(days=3)
    sync_grants([town.mei], day=over.date())
    assert [line for line in open_cases_nobody_takes_care_of() if "Mei" in line]
    assert hand_over_left_behind(at=over) == 1
    case.refresh_from_db()
    assert (case.caretaker, cover.stands_in_for) == (town.chen, post_of(town, "chen"))
    assert hand_over_left_behind(at=over) == 0
    assert list(open_cases_nobody_takes_care_of()) == list(events_that_do_not_replay()) == []


def test_the_successor_gets_one_notice_with_the_number_of_cases(town: Town) -> None:
    for _ in range(3):
        reported(town)
    assert gone(town, town.lin) == 3
    row = Outbox.objects.get(topic="hand_over")
    assert row.audience == f"user:{town.lin.pk}" and "3 件" in row.sentence


# --- bodies -------------------------------------------------------------------------------------------------------


def second_body(town: Town) -> Organization:
    return found_organization(
        BodyDraft("华龙区综合执法队", "linkage_department", "城市管理", town.division("华龙区")),
        on=TODAY,
        at=MONDAY,
        by=town.wu,
    )


@pytest.mark.article(17)
@pytest.mark.article(5)
def test_merged_bodies_keep_their_people_and_open_cases_in_one_transaction(town: Town) -> None:
    case, waiting = case_in("in_hand", town), case_in("awaiting_signature", town)
    new = second_body(town)
    assert merge_organizations(town.chengguan, into=new, on=TODAY, at=LATER, by=town.wu) == 2
    for one in (case, waiting):
        one.refresh_from_db()
        assert one.unit == new
    sun = User.objects.get(username="sun")
    assert OfficePosting.objects.current(TODAY).get(user=sun).organization == new
    assert actions.sign_case(waiting, by=sun, at=LATER + STEP).status == "in_hand"
    old = Organization.objects.get(pk=town.chengguan.pk)
    assert (old.is_active, old.merged_into) == (False, new)
    assert FormerOrganization.objects.get(organization=old).name == "华龙区城市管理"
    assert list(events_that_do_not_replay()) == list(open_cases_without_one_open_stage()) == []


def test_only_bodies_of_one_place_merge_and_never_with_themselves(town: Town) -> None:
    other = Organization.objects.get(code="qf-chengguan")
    for into in (town.chengguan, other, Organization.objects.get(code="desk-hlq")):
        with refused((RuleViolation, NotPermitted)):  # type: ignore[arg-type]
            merge_organizations(town.chengguan, into=into, on=TODAY, at=LATER, by=town.wu)
    with refused(NotPermitted):
        merge_organizations(town.chengguan, into=town.gongan, on=TODAY, at=LATER, by=town.gu)


@pytest.mark.article(8)
def test_a_merger_moves_dedicated_grids_and_later_posts_and_sends_notices(town: Town) -> None:
    case_in("in_hand", town)
    new = second_body(town)
    share_management(town.grid, town.chengguan, on=TODAY - timedelta(days=30), at=MONDAY)
    later, last = TODAY + timedelta(days=7), TODAY + timedelta(days=30)
    OfficePosting.objects.filter(user=town.sun).update(ends_on=last)
    OfficePosting.objects.create(
        user=town.nobody, role="handler", organization=town.chengguan, starts_on=later
    )
    merge_organizations(town.chengguan, into=new, on=TODAY, at=LATER, by=town.wu)
    duties = DualManagement.objects.current(TODAY).filter(grid=town.grid)
    assert [duty.organization for duty in duties] == [new]
    assert OfficePosting.objects.get(user=town.nobody).organization == new
    assert OfficePosting.objects.get(user=town.sun, organization=new).ends_on == last
    assert Outbox.objects.get(topic="hand_over").audience == f"handle:organization:{new.pk}"


def test_nobody_loses_a_post_by_a_merger(town: Town) -> None:
    team = found_organization(
        BodyDraft("华龙区法律服务队", "service_team", "", town.division("华龙区")),
        on=TODAY,
        at=MONDAY,
        by=town.wu,
    )
    justice = Organization.objects.get(code="hlq-sifa")
    with refused(RuleViolation) as caught:
        merge_organizations(justice, into=team, on=TODAY, at=LATER, by=town.wu)
    assert "不设合法性审查" in caught.value.sentence


@pytest.mark.article(17)
def test_a_body_with_cases_in_hand_is_not_closed(town: Town) -> None:
    case_in("in_hand", town)
    OfficePosting.objects.filter(user=town.sun).update(ends_on=TODAY - timedelta(days=1))
    with refused(RuleViolation) as caught:
        close_body(town.chengguan, on=TODAY, at=LATER, by=town.wu)
    assert "1 件在办事项" in caught.value.sentence
    with refused(NotPermitted):
        close_body(town.gongan, on=TODAY, at=LATER, by=town.gu)
    OfficePosting.objects.filter(user=town.qian).update(ends_on=TODAY - timedelta(days=1))
    assert not close_body(town.gongan, on=TODAY, at=LATER, by=town.wu).is_active


@pytest.mark.article(5)
def test_a_level_has_one_institution_and_one_authority(town: Town) -> None:
    street = town.division("中原路街道")
    for kind in ("institution", "authority"):
        with refused(RuleViolation):
            found_organization(BodyDraft("又一个", kind, "", street), on=TODAY, at=MONDAY, by=town.tang)


@pytest.mark.article(6)
def test_a_township_founds_its_own_service_team_and_nobody_elses(town: Town) -> None:
    street = town.division("中原路街道")
    team = found_organization(
        BodyDraft("中原路街道法律服务队", "service_team", "法律咨询", street),
        on=TODAY,
        at=MONDAY,
        by=town.tang,
    )
    assert team.is_active and team.code.endswith("-N01")
    with refused(NotPermitted):
        found_organization(BodyDraft("越界的队", "service_team", "", street), on=TODAY, at=MONDAY, by=town.xu)
    with refused(RuleViolation):
        found_organization(
            BodyDraft("中原路街道法律服务队", "service_team", "", street), on=TODAY, at=MONDAY, by=town.tang
        )


def test_a_new_name_keeps_the_old_one_on_record(town: Town) -> None:
    fields = {"duty_phone": "0393-0000002", "office_hours": "", "document": "华编〔2026〕1号"}
    body = change_organization(
        town.chengguan, name="华龙区城市管理局", on=TODAY, at=MONDAY, by=town.wu, **fields
    )
    assert [former.name for former in body.former.all()] == ["华龙区城市管理"]
    assert Entry.objects.filter(subject=f"organization:{body.pk}", verb="rename").exists()
    with refused(RuleViolation):
        close_organization(body, on=TODAY, at=MONDAY, by=town.wu)


@pytest.mark.article(10)
def test_the_clock_leaves_a_case_with_the_colleague_who_was_chosen(town: Town) -> None:
    """Lin works in the next grid of the village: he was chosen, so the clock does not choose somebody else."""
    case = case_in("in_hand", town)
    posting = GridPosting.objects.get(user=town.chen)
    relieve_and_hand_over(posting, successor=town.lin, on=TODAY, at=LATER, by=town.tang)
    assert hand_over_left_behind(at=LATER + STEP) == 0
    case.refresh_from_db()
    assert case.caretaker == town.lin
    assert list(open_cases_nobody_takes_care_of()) == []
