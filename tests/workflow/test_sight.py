"""Who sees which case, and how the same gate serves lists, details, counts and photos (Art. 20)."""

from __future__ import annotations

import pytest
from django.contrib.auth.models import AnonymousUser

from tests.cases import STEP, case_in, photo, reported
from tests.town import MONDAY, Town
from workflow import actions
from workflow.models import Attachment, Case
from workflow.policies import WHO_MAY
from workflow.queues import QUEUES, cases_in, queues_of

EVERYBODY = {
    "chen",
    "lin",
    "mei",
    "shi",
    "wang",
    "li",
    "zhao",
    "duan",
    "hua",
    "feng",
    "sun",
    "qian",
    "wu",
    "zheng",
}


def seers(town: Town, case: Case) -> set[str]:
    return {
        name
        for name in EVERYBODY | {"nobody"}
        if Case.objects.visible_to(getattr(town, name)).filter(pk=case.pk).exists()
    }


@pytest.mark.article(20)
def test_an_ordinary_case_is_seen_along_its_territory(town: Town) -> None:
    assert seers(town, reported(town)) == {"chen", "wang", "li", "zhao", "hua", "feng", "wu", "zheng"}


@pytest.mark.article(20)
def test_a_department_sees_what_is_assigned_to_it_and_nothing_else(town: Town) -> None:
    assert "sun" in seers(town, case_in("awaiting_signature", town))
    assert "qian" not in seers(town, case_in("awaiting_signature", town))
    assert "sun" not in seers(town, case_in("awaiting_assignment", town))


@pytest.mark.article(20)
def test_a_confidential_clue_is_seen_by_the_reporter_and_the_dispatchers_only(town: Town) -> None:
    case = reported(town, matter_id=town.matter("非法集资线索").pk)
    assert seers(town, case) == {"chen", "zhao", "hua", "feng"}


def test_the_reporter_keeps_sight_of_what_he_reported(town: Town) -> None:
    case = reported(town, by="zhao")
    assert "zhao" in seers(town, case)


def test_the_anonymous_see_nothing(town: Town) -> None:
    reported(town)
    assert not Case.objects.visible_to(AnonymousUser()).exists()


def test_a_disabled_account_sees_nothing(town: Town) -> None:
    case = reported(town)
    town.zhao.is_active = False
    assert not Case.objects.visible_to(town.zhao).filter(pk=case.pk).exists()


@pytest.mark.article(20)
def test_photos_follow_their_case(town: Town) -> None:
    reported(town, photos=[photo(town.chen, kind="report")])
    assert Attachment.objects.visible_to(town.zhao).count() == 1
    assert Attachment.objects.visible_to(town.duan).count() == 0


def test_a_photo_not_yet_used_is_seen_by_its_uploader_alone(town: Town) -> None:
    photo(town.chen)
    assert Attachment.objects.visible_to(town.chen).count() == 1
    assert Attachment.objects.visible_to(town.zhao).count() == 0


@pytest.mark.parametrize(
    "status", ["awaiting_leader", "awaiting_acceptance", "in_hand", "awaiting_verification"]
)
def test_a_button_is_only_offered_to_somebody_who_sees_the_case(town: Town, status: str) -> None:
    case = case_in(status, town)
    for name in EVERYBODY:
        if WHO_MAY.open_to(getattr(town, name), case):
            assert name in seers(town, case), f"{name} may act on a case out of sight"


def test_every_queue_is_a_part_of_what_one_may_see(town: Town) -> None:
    for status in ("awaiting_leader", "awaiting_acceptance", "in_hand", "awaiting_verification"):
        case_in(status, town)
    for name in EVERYBODY:
        user = getattr(town, name)
        seen = set(Case.objects.visible_to(user).values_list("pk", flat=True))
        for queue in queues_of(user):
            assert set(cases_in(queue, user).values_list("pk", flat=True)) <= seen


@pytest.mark.article(17)
def test_the_queue_of_what_i_may_verify_holds_exactly_what_the_policy_lets_me(town: Town) -> None:
    handed_in = [
        case_in("awaiting_verification", town),
        reported(town, outcome="solved", result="已劝和"),
        actions.settle_case(case_in("coordinating", town), result="和好", by=town.wang, at=MONDAY + 9 * STEP),
    ]
    for name in EVERYBODY - {"zhao", "duan", "hua", "feng"}:  # a desk has a queue of its own for its level
        user = getattr(town, name)
        waiting = set(cases_in(QUEUES["to_verify"], user).values_list("pk", flat=True))
        allowed = {
            case.pk
            for case in handed_in
            if WHO_MAY.may("pass_check", user, case)
            and Case.objects.visible_to(user).filter(pk=case.pk).exists()
        }
        assert waiting == allowed, name
