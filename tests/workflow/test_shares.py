"""A unit that assists has a part and a stay of its own; an act on the case leaves both as they are (Art. 17, 18)."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest
from django.db import IntegrityError, transaction

from common.records.invariants import examine
from personnel.actions.mergers import merge_organizations
from personnel.models import Organization
from tests.cases import STEP, case_in, photo
from tests.town import MONDAY, Town
from workflow import actions
from workflow.invariants import INVARIANTS
from workflow.models import Assignment, Case, Stage

LATER = MONDAY + timedelta(hours=3)
SHARES = next(one for one in INVARIANTS if one.sentence == "协办份额与环节一致")


def assist(case: Case, unit: Organization) -> Stage:
    """Give a unit a share in the case, in whatever status it is, with a stay of its own."""
    share = Assignment.objects.create(
        case=case, unit=unit, is_lead=False, status="in_hand", assigned_at=LATER
    )
    return Stage.objects.create(
        case=case,
        share=share,
        status="in_hand",
        level=case.level,
        organization=unit,
        started_at=LATER,
        due_at=LATER + timedelta(days=3),
        clock="working_days",
        amount=3,
        explanation="协办",
    )


def current_units(case: Case) -> set[int]:
    """The numbers of all units that have a part in the case now."""
    return set(Assignment.objects.current().filter(case=case).values_list("unit_id", flat=True))


def is_open(stay: Stage) -> bool:
    """Whether the stay and the part that it belongs to are both open; they never differ."""
    stay.refresh_from_db()
    share = Assignment.objects.get(pk=stay.share_id)
    assert (stay.ended_at is None) == (share.ended_at is None)
    return stay.ended_at is None


ACTS: dict[str, tuple[str, Callable[[Case, Town], Case]]] = {
    "sign": ("awaiting_signature", lambda case, town: actions.sign_case(case, by=town.sun, at=LATER)),
    "hand_back": (
        "awaiting_signature",
        lambda case, town: actions.hand_back_case(case, note="不属本单位", by=town.sun, at=LATER),
    ),
    "fail_check": (
        "awaiting_verification",
        lambda case, town: actions.fail_check(case, note="还在", by=town.chen, at=LATER),
    ),
}


@pytest.mark.article(17)
@pytest.mark.parametrize("name", ACTS)
def test_an_act_of_the_leading_unit_leaves_the_part_of_another_as_it_is(town: Town, name: str) -> None:
    status, act = ACTS[name]
    case = case_in(status, town)
    stay = assist(case, town.gongan)
    act(case, town)
    assert is_open(stay)
    assert stay.share is not None
    assert stay.share.signed_at is None, "nobody signs for another"
    assert current_units(case) == {town.chengguan.pk, town.gongan.pk}
    assert examine(SHARES).holds


@pytest.mark.article(17)
def test_another_lead_leaves_the_assisting_unit_and_takes_up_his_own_part(town: Town) -> None:
    case = case_in("awaiting_signature", town)
    stay = assist(case, town.gongan)
    case = actions.hand_back_case(case, note="不属本单位", by=town.sun, at=LATER)
    case = actions.uphold_return(case, unit=town.gongan, reason="公安职责", by=town.zhao, at=LATER)
    assert not is_open(stay), "who leads does not assist beside it"
    assert current_units(case) == {town.gongan.pk}
    assert examine(SHARES).holds


@pytest.mark.article(18)
def test_the_end_of_the_case_ends_every_part(town: Town) -> None:
    case = case_in("awaiting_verification", town, for_resident=True)
    stay = assist(case, town.gongan)
    case = actions.pass_check(case, by=town.chen, at=LATER)
    assert is_open(stay), "the resident may ask for rework"
    case = actions.rate_case(case, rating="satisfied", by=town.chen, at=LATER + STEP)
    assert case.status == "closed"
    assert not is_open(stay)
    assert stay.ended_by == "rate"
    assert current_units(case) == set()
    assert examine(SHARES).holds


@pytest.mark.article(17)
@pytest.mark.article(20)
def test_who_assists_sees_the_case_and_its_photos_while_he_does(town: Town) -> None:
    case = case_in("in_hand", town)
    picture = photo(town.sun)
    case = actions.feed_back_case(case, result="已清理", photos=[picture], by=town.sun, at=LATER)
    assert not Case.objects.visible_to(town.qian).filter(pk=case.pk).exists()
    stay = assist(case, town.gongan)
    assert Case.objects.visible_to(town.qian).filter(pk=case.pk).exists()
    assert case.attachments.visible_to(town.qian).exists()
    Assignment.objects.filter(pk=stay.share_id).update(ended_at=LATER, status="fed_back")
    assert not Case.objects.visible_to(town.qian).filter(pk=case.pk).exists()


@pytest.mark.article(17)
def test_the_database_keeps_one_open_stay_for_the_case_and_one_for_each_part(town: Town) -> None:
    case, other = case_in("in_hand", town), case_in("in_hand", town)
    stay = assist(case, town.gongan)
    assert case.stages.running().count() == 2
    for wrong in (
        {"share": None},
        {"share": stay.share},
        {"share": assist(other, town.gongan).share, "ended_at": LATER + timedelta(days=9)},
    ):
        copy = Stage.objects.get(pk=stay.pk)
        copy.pk = None
        for name, value in wrong.items():
            setattr(copy, name, value)
        with pytest.raises(IntegrityError), transaction.atomic():
            copy.save(force_insert=True)
    with pytest.raises(IntegrityError), transaction.atomic():
        assist(case, town.gongan)


@pytest.mark.article(5)
def test_a_merger_passes_assisting_parts_on_and_keeps_the_lead(town: Town) -> None:
    assisted, led = case_in("in_hand", town), case_in("in_hand", town)
    stay, doubled = assist(assisted, town.gongan), assist(led, town.gongan)
    Assignment.objects.filter(case=assisted, is_lead=True).update(ended_at=LATER)
    merge_organizations(
        town.gongan, into=town.chengguan, on=MONDAY.date(), document="濮编〔2026〕1 号", at=LATER, by=town.wu
    )
    stay.refresh_from_db()
    assert stay.organization_id == town.chengguan.pk
    assert is_open(stay)
    assert not is_open(doubled), "the unit that leads does not assist itself"
    assert current_units(led) == {town.chengguan.pk}
