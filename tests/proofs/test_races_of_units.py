"""Two people at once on a case in the hands of units: each conflicting pair of verbs has one effect (Art. 17, 18)."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from functools import partial
from typing import Any

import pytest

from accounts.models import User
from common import clock
from common.errors import Refusal
from personnel.models import OfficePosting, Organization
from supervision import actions as orders
from supervision.models import SupervisionOrder
from tests.journeys.test_time_and_conference import report_for_the_handler
from tests.proofs.test_races import at_once
from workflow import actions
from workflow.actions import shares
from workflow.models import Assignment, Case, Stage
from workflow.share_states import AWAITED
from worktime.clocks import day_of

pytestmark = pytest.mark.slow
ROUNDS = 2


@dataclass(frozen=True)
class Race:
    """A case, two acts on it that start at the same moment, and how many of them may succeed."""

    case: Case
    acts: tuple[Callable[[], Any], Callable[[], Any]]
    may_succeed: tuple[int, ...] = (1,)


def person(name: str) -> User:
    return User.objects.get(username=name)


def in_hand() -> Case:
    return Case.objects.get(pk=report_for_the_handler("in_hand"))


def others(case: Case) -> list[tuple[Organization, User]]:
    """Two further units of the place, each with an account that acts for it."""
    posts = OfficePosting.objects.filter(
        role="handler", ends_on=None, user__is_active=True, organization__division=case.county_id
    )
    posts = posts.exclude(organization=case.unit_id).select_related("organization", "user").order_by("pk")
    found = {post.organization: post.user for post in posts}
    return list(found.items())[:2]


def on(case: Case, act: Callable[..., Any], by: str, **given: Any) -> Callable[[], Any]:
    """An act on a case as it was read before the race."""
    read = Case.objects.get(pk=case.pk)
    return lambda: act(read, **given, by=person(by), at=clock.now())


def on_share(share: Assignment, act: Callable[..., Any], by: User, **given: Any) -> Callable[[], Any]:
    read = Assignment.objects.select_related("case", "unit").get(pk=share.pk)
    return lambda: act(read, **given, by=by, at=clock.now())


def joined(*, signed: bool) -> tuple[Case, Assignment, User]:
    """A case in hand with one assisting unit, and who acts for that."""
    case = in_hand()
    unit, handler = others(case)[0]
    case = actions.join_units(case, units=[unit], note="请到场", by=person("dispatcher"), at=clock.now())
    share = case.assignments.get(is_lead=False)
    if signed:
        share = shares.sign_share(share, by=handler, at=clock.now())
    return Case.objects.get(pk=case.pk), share, handler


def release(share: Assignment) -> Callable[[], Any]:
    return on_share(share, shares.release_share, person("dispatcher"), note="不用了")


def asked(what: str) -> Case:
    case, by, at = in_hand(), person("handler"), clock.now()
    if what == "extension":
        return actions.ask_extension(case, amount=1, note="缺备件", by=by, at=at)
    day = day_of(at) + timedelta(days=30)
    return actions.ask_shelving(case, ground="season", review_on=day, note="冬季", by=by, at=at)


def handed_back() -> Case:
    return actions.hand_back_case(in_hand(), note="不归我", by=person("handler"), at=clock.now())


def other_unit(case: Case) -> dict[str, Any]:
    return {"unit": others(case)[0][0], "reason": "现场归其管理"}


def signing_against_release() -> Race:
    case, share, handler = joined(signed=False)
    return Race(case, (on_share(share, shares.sign_share, handler), release(share)))


def share_result_against_release() -> Race:
    case, share, handler = joined(signed=True)
    result = on_share(share, shares.feed_back_share, handler, result="已断电")
    return Race(case, (result, release(share)))


def share_result_against_return() -> Race:
    case, share, handler = joined(signed=True)
    result = on_share(share, shares.feed_back_share, handler, result="已断电")
    return Race(case, (result, on_share(share, shares.hand_back_share, handler, note="不由我供电")))


def two_results_of_one_share() -> Race:
    case, share, handler = joined(signed=True)
    result = partial(on_share, share, shares.feed_back_share, handler)
    return Race(case, (result(result="甲"), result(result="乙")))


def share_result_against_void() -> Race:
    case, share, handler = joined(signed=True)
    void = on(case, actions.void_case, "dispatcher", note="误报")
    return Race(case, (on_share(share, shares.feed_back_share, handler, result="已断电"), void), (1, 2))


def result_against_joining() -> Race:
    case = in_hand()
    result = on(case, actions.feed_back_case, "handler", result="已清走")
    units = [others(case)[0][0]]
    return Race(
        case, (result, on(case, actions.join_units, "dispatcher", units=units, note="请到场")), (1, 2)
    )


def result_against_reassignment() -> Race:
    case = in_hand()
    result = on(case, actions.feed_back_case, "handler", result="已清走")
    return Race(case, (result, on(case, actions.reassign_case, "dispatcher", **other_unit(case))))


def result_against_return() -> Race:
    case = in_hand()
    result = on(case, actions.feed_back_case, "handler", result="已清走")
    return Race(case, (result, on(case, actions.hand_back_case, "handler", note="不归我")))


def result_against_extension() -> Race:
    case = in_hand()
    result = on(case, actions.feed_back_case, "handler", result="已清走")
    return Race(case, (result, on(case, actions.ask_extension, "handler", amount=1, note="缺备件")))


def extension_granted_and_refused() -> Race:
    case = asked("extension")
    grant = on(case, actions.grant_extension, "dispatcher")
    return Race(case, (grant, on(case, actions.refuse_extension, "dispatcher", note="可以按期")))


def shelving_granted_and_refused() -> Race:
    case = asked("shelving")
    grant = on(case, actions.grant_shelving, "county")
    return Race(case, (grant, on(case, actions.refuse_shelving, "county", note="可以办")))


def return_upheld_and_rejected() -> Race:
    case = handed_back()
    uphold = on(case, actions.uphold_return, "dispatcher", **other_unit(case))
    return Race(case, (uphold, on(case, actions.reject_return, "dispatcher", note="清单主办")))


def two_leads_named() -> Race:
    case = actions.reject_return(handed_back(), note="清单主办", by=person("dispatcher"), at=clock.now())
    case = actions.hand_back_case(case, note="仍不归我", by=person("handler"), at=clock.now())
    (one, _), (two, _) = others(case)
    name = partial(on, case, actions.name_lead, "county", reason="会商纪要")
    return Race(case, (name(unit=one), name(unit=two)))


def resumed_twice() -> Race:
    case = actions.grant_shelving(asked("shelving"), by=person("county"), at=clock.now())
    return Race(case, (on(case, actions.resume_case, "handler"), on(case, actions.resume_case, "county")))


def ordered(*, answered: bool) -> tuple[Case, SupervisionOrder]:
    case, at = in_hand(), clock.now()
    to = f"unit:{case.unit_id}"
    order = orders.issue_order(case, to=to, questions="为什么", by=person("dispatcher"), at=at)
    if answered:
        order = orders.answer_order(order, answer="缺备件", by=person("handler"), at=at)
    return case, order


def on_order(order: SupervisionOrder, act: Callable[..., Any], by: str, **given: Any) -> Callable[[], Any]:
    read = SupervisionOrder.objects.to_change().get(pk=order.pk)
    return lambda: act(read, **given, by=person(by), at=clock.now())


def order_answered_and_lifted() -> Race:
    case, order = ordered(answered=False)
    answer = on_order(order, orders.answer_order, "handler", answer="缺备件")
    return Race(case, (answer, on_order(order, orders.lift_order, "dispatcher", note="已说明")))


def answer_accepted_and_sent_back() -> Race:
    case, order = ordered(answered=True)
    accept = on_order(order, orders.accept_answer, "dispatcher", effect="none", note="")
    return Race(case, (accept, on_order(order, orders.send_back_answer, "dispatcher", note="没有写期限")))


RACES = (
    *(signing_against_release, share_result_against_release, share_result_against_return),
    *(two_results_of_one_share, share_result_against_void),
    *(result_against_joining, result_against_reassignment, result_against_return, result_against_extension),
    *(extension_granted_and_refused, shelving_granted_and_refused, resumed_twice),
    *(return_upheld_and_rejected, two_leads_named),
    *(order_answered_and_lifted, answer_accepted_and_sent_back),
)


def assert_whole(case: Case) -> None:
    """One line of events without gaps, one running stay of the case if it is open, one for each share that waits."""
    case = Case.objects.get(pk=case.pk)
    assert list(case.events.order_by("seq").values_list("seq", flat=True)) == list(
        range(1, case.event_count + 1)
    )
    assert Stage.objects.of_case().running().filter(case=case).count() == (1 if case.is_open else 0)
    waiting = Assignment.objects.current().filter(case=case, is_lead=False, status__in=AWAITED)
    stays = Stage.objects.of_shares().running().filter(case=case)
    assert sorted(stays.values_list("share", flat=True)) == sorted(waiting.values_list("pk", flat=True))
    for order in SupervisionOrder.objects.filter(case=case):
        assert order.events.count() == order.event_count


@pytest.mark.article(17)
@pytest.mark.article(18)
def test_of_two_verbs_at_once_on_a_case_of_units_one_has_its_effect(own_city: str) -> None:
    for make in RACES:
        for _ in range(ROUNDS):
            race = make()
            results = at_once(*race.acts)
            done = [result for result in results if not isinstance(result, Refusal)]
            assert len(done) in race.may_succeed, (make.__name__, results)
            assert_whole(race.case)
