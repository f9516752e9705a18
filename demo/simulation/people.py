"""What the people of the county do with a case: they act, forget, dispute and take back, through the real actions.

Every choice is drawn from the simulation's one generator. A refusal is counted: people try what is not allowed too.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from random import Random

from django.db import transaction

from accounts.models import User
from common.errors import Refusal
from demo.simulation.county import County
from personnel.models import Organization
from supervision.actions import (
    accept_answer,
    answer_order,
    issue_order,
    lift_order,
    receive_order,
    send_back_answer,
)
from supervision.models import SupervisionOrder
from workflow import actions
from workflow.actions.shares import (
    feed_back_share,
    hand_back_share,
    keep_share,
    pass_share_down,
    release_share,
    sign_share,
)
from workflow.actions.supplement import supplement_case
from workflow.addressees import holder_of
from workflow.models import Assignment, Case, TimeRequest
from workflow.states import HOLDERS
from workflow.time_requests import limit_of_matter, most_of
from worktime.clocks import day_of

WORDS, OWN_GROUND = "说明：情况属实", "现场归其管理"
RESULT = "已到场处理，见证人：李示甲"
# What the holder of a case does, with its weight; "desk:" before a verb is an act of the desk beside the holder.
HABITS: dict[str, dict[str, int]] = {
    "self_handling": {"settle": 60, "pass_to_leader": 32, "withdraw": 4, "supplement": 4},
    "awaiting_leader": {"take_up": 66, "send_up": 16, "return_for_correction": 10, "merge": 4, "supplement": 4},
    "coordinating": {"settle": 40, "send_up": 48, "return_for_correction": 10, "supplement": 2},
    "awaiting_acceptance": {
        "accept": 34, "accept_and_assign": 40, "return_for_correction": 8, "refuse": 4, "escalate": 7, "merge": 5,
        "void": 2,
    },
    "returned_for_correction": {"resubmit": 82, "withdraw": 18},
    "awaiting_assignment": {"assign": 90, "escalate": 10},
    "awaiting_signature": {"sign": 70, "hand_back": 20, "reassign": 5, "join": 5},
    "return_review": {"uphold_return": 35, "reject_return": 65},
    "conference": {"convene": 30, "name_lead": 70},
    "in_hand": {
        "feed_back": 44, "join": 15, "ask_extension": 15, "ask_shelving": 9, "hand_back": 6, "ask_join": 2,
        "reassign": 3, "press": 4, "void": 1, "issue_order": 1,
    },
    "rework": {"feed_back": 66, "join": 8, "ask_extension": 10, "ask_shelving": 8, "reassign": 4, "press": 4},
    "extension_review": {"grant_extension": 52, "refuse_extension": 34, "feed_back": 14},
    "shelving_review": {"grant_shelving": 64, "refuse_shelving": 36},
    "shelved": {"resume": 90, "press": 10},
    "awaiting_verification": {"pass_check": 66, "fail_check": 34},
    "awaiting_rating": {"rate": 100},
}  # fmt: skip
FORGETS = {"shelved": 0.7, "awaiting_rating": 0.45}  # else:
FORGETS_USUALLY = 0.25
SHARE_HABITS = {
    "awaiting_signature": {"sign_share": 78, "hand_back_share": 10, "pass_share_down": 8, "release_share": 4},
    "in_hand": {"feed_back_share": 80, "hand_back_share": 10, "pass_share_down": 6, "release_share": 4},
    "return_review": {"keep_share": 60, "release_share": 40},
}
ORDER_HABITS = {
    "issued": {"receive": 40, "answer": 50, "lift": 10},
    "received": {"answer": 92, "lift": 8},
    "answered": {"accept": 70, "send_back": 26, "lift": 4},
}
UNDOABLE = ("accept", "accept_and_assign", "assign", "pass_check", "fail_check", "rate")
UNDONE = 0.06


@dataclass
class People:
    """The people of a county, what they have done, and what they demanded, which the oracle must be told."""

    county: County
    random: Random
    done: Counter[str] = field(default_factory=Counter)
    refused: Counter[str] = field(default_factory=Counter)
    joined: dict[tuple[int, datetime], int] = field(default_factory=dict)  # (case, moment) → days or hours
    asked: dict[int, int] = field(default_factory=dict)  # case → days or hours
    granted: dict[tuple[int, datetime], int] = field(default_factory=dict)
    review_on: dict[int, date] = field(default_factory=dict)
    shelved: dict[tuple[int, datetime], date] = field(default_factory=dict)

    def report(self, at: datetime) -> Case:
        """Somebody reports a matter."""
        chance, grid = self.random, self.random.choice(self.county.grids)
        matter = chance.choice(self.county.matters)
        on_the_spot = matter.closes_on_spot == "worker" and not matter.confidential
        draft = actions.ReportDraft(
            grid_id=grid.pk,
            matter_id=matter.pk,
            description="楼下有情况",
            place="健身广场",
            outcome="handling" if on_the_spot and chance.random() < 0.4 else "send",
            for_resident=chance.random() < 0.5,
        )
        self.done["report"] += 1
        return actions.report_case(draft, by=self.county.workers[grid.pk], at=at)

    def time_until(self, case_status: str, *, urgent: bool) -> timedelta:
        """How long the holder takes, or forgets the case: then its clock rings first."""
        chance = self.random
        if chance.random() < FORGETS.get(case_status, FORGETS_USUALLY):
            return timedelta(
                minutes=chance.randint(60, 3 * 24 * 60) if urgent else chance.randint(2, 20) * 24 * 60
            )
        return timedelta(
            minutes=chance.randint(1, 40) if urgent else chance.choice((5, 20, 60, 180, 600, 1600, 4000))
        )

    def act_on(self, case: Case, at: datetime) -> str:
        """Whoever has the case does something; returns the verb, empty if it was refused."""
        verb = self._drawn(HABITS[case.status])
        return verb if self._try(verb, lambda: self._act(case, verb, at)) else ""

    def undo(self, case: Case, verb: str, at: datetime) -> bool:
        """Whoever has just acted takes it back."""
        by = case.events.order_by("-seq")[0].actor
        return by is not None and self._try("undo", lambda: actions.undo_last(case, by=by, at=at))

    def takes_back(self, verb: str) -> bool:
        """Whether somebody takes back the verb within ten seconds."""
        return verb in UNDOABLE and self.random.random() < UNDONE

    def act_on_share(self, share: Assignment, at: datetime) -> str:
        """The assisting unit or the desk does something about a share; returns the verb, empty if it was refused."""
        verb = self._drawn(SHARE_HABITS[share.status])
        return verb if self._try(verb, lambda: self._act_on_share(share, verb, at)) else ""

    def act_on_order(self, order: SupervisionOrder, at: datetime) -> str:
        """The addressee answers or the issuer decides; returns the verb, empty if it was refused."""
        verb = self._drawn(ORDER_HABITS[order.status])
        return verb if self._try(f"order: {verb}", lambda: self._act_on_order(order, verb, at)) else ""

    # --- Inside ---------------------------------------------------------------------------------------------------

    def _drawn(self, habits: dict[str, int]) -> str:
        return self.random.choices(list(habits), weights=list(habits.values()))[0]

    def _try(self, verb: str, act: Callable[[], object]) -> bool:
        try:
            with transaction.atomic():
                act()
        except Refusal as refusal:
            self.refused[f"{verb} {type(refusal).__name__}"] += 1
            return False
        self.done[verb] += 1
        return True

    def _holder(self, case: Case) -> User:
        county, desk = self.county, self.county.dispatchers[case.stage_division_id]
        match HOLDERS[case.status]:
            case "worker":
                return county.workers[case.grid_id]
            case "leader":
                return county.leaders[case.village_id]
            case "reporter" | "resident":
                return county.workers[case.grid_id]
            case "unit":
                return self._staff_of(case.unit_id)
            case "verifier" if case.confidential:
                return desk
            case "verifier":
                is_own = case.handled_by == Case.HandledBy.WORKER
                return county.instructors[case.village_id] if is_own else county.workers[case.grid_id]
        return desk

    def _staff_of(self, unit_id: int | None) -> User:
        return self.county.handlers[unit_id or 0]

    def _unit(self, case: Case, *, other_than: int | None = None) -> Organization:
        serving = [*self.county.units, self.county.stations[case.township_id]]
        return self.random.choice([unit for unit in serving if unit.pk != other_than])

    def _act(self, case: Case, verb: str, at: datetime) -> object:
        by = self._holder(case)
        desk = self.county.dispatchers[case.stage_division_id]
        match verb:
            case "settle":
                return actions.settle_case(case, result=RESULT, by=by, at=at)
            case "feed_back":
                return actions.feed_back_case(case, result=RESULT, by=self._staff_of(case.unit_id), at=at)
            case "take_up" | "sign":
                return _ACTS[verb](case, by=by, at=at)
            case "accept":
                return actions.accept_case(case, by=by, at=at)
            case "accept_and_assign" | "assign":
                unit = self._unit(case)
                return _ACTS[verb](case, unit=unit, reason=OWN_GROUND, by=by, at=at)
            case "uphold_return" | "reassign":
                unit = self._unit(case, other_than=case.unit_id)
                return _ACTS[verb](case, unit=unit, reason=OWN_GROUND, by=desk, at=at)
            case "name_lead":
                return actions.name_lead(case, unit=self._unit(case), reason="会商纪要：按职责", by=by, at=at)
            case "merge":
                return self._merge(case, by, at)
            case "resubmit":
                return actions.resubmit_case(case, correction=actions.Correction(note=WORDS), by=by, at=at)
            case "convene":
                return actions.convene_conference(case, units=self._some_units(), note=WORDS, by=by, at=at)
            case "join" | "ask_extension" | "ask_shelving" | "grant_extension" | "grant_shelving":
                return self._ask(case, verb, by, desk, at)
            case "rate":
                rating = self.random.choice(Case.Rating.values)
                return actions.rate_case(case, rating=rating, note=WORDS, by=by, at=at)
            case "void":
                return actions.void_case(case, note=WORDS, by=desk, at=at)
            case "press" | "issue_order":
                return self._press(case, verb, desk, at)
            case "supplement":
                return supplement_case(case, note=WORDS, by=by, at=at)
        return _ACTS[verb](case, note=WORDS, by=by, at=at)

    def _merge(self, case: Case, by: User, at: datetime) -> object:
        others = Case.objects.filter(township=case.township_id, ended_at=None, confidential=False)
        into = others.exclude(pk=case.pk).order_by("-pk").first()
        return actions.merge_case(case, into=into or case, by=by, at=at)

    def _press(self, case: Case, verb: str, desk: User, at: datetime) -> object:
        if verb == "press":
            return actions.press_case(case, note="请抓紧", by=desk, at=at)
        addressee = holder_of(case, day=day_of(at))
        return issue_order(case, to=addressee.key if addressee else "", questions="进展如何", by=desk, at=at)

    def _some_units(self) -> list[Organization]:
        return self.random.sample(self.county.units, self.random.randint(1, 3))

    def _ask(self, case: Case, verb: str, by: User, desk: User, at: datetime) -> object:
        chance = self.random
        match verb:
            case "join":
                amount = chance.choice((None, None, 1, 2))
                act = actions.join_units(
                    case, units=self._some_units(), amount=amount, note=WORDS, by=desk, at=at
                )
                if amount is not None:
                    self.joined[case.pk, at] = amount
                return act
            case "ask_extension":
                amount = chance.randint(1, most_of(limit_of_matter(case)))
                act = actions.ask_extension(case, amount=amount, note=WORDS, by=by, at=at)
                self.asked[case.pk] = amount
                return act
            case "grant_extension":
                self.granted[case.pk, at] = self.asked.get(case.pk, 0)
                return actions.grant_extension(case, by=by, at=at)
            case "ask_shelving":
                day = day_of(at) + timedelta(days=chance.randint(1, 90))
                ground = chance.choice(TimeRequest.Ground.values)
                act = actions.ask_shelving(case, ground=ground, review_on=day, note=WORDS, by=by, at=at)
                self.review_on[case.pk] = day
                return act
        self.shelved[case.pk, at] = self.review_on.get(case.pk, day_of(at))
        return actions.grant_shelving(case, by=by, at=at)

    def _act_on_share(self, share: Assignment, verb: str, at: datetime) -> object:
        staff = self._staff_of(share.unit_id)
        desk = self.county.dispatchers[share.case.stage_division_id]
        match verb:
            case "sign_share":
                return sign_share(share, by=staff, at=at)
            case "feed_back_share":
                return feed_back_share(share, result=RESULT, by=staff, at=at)
            case "hand_back_share":
                return hand_back_share(share, note=WORDS, by=staff, at=at)
            case "pass_share_down":
                station = self.random.choice(list(self.county.stations.values()))
                return pass_share_down(share, unit=station, note=WORDS, by=staff, at=at)
            case "keep_share":
                return keep_share(share, note=WORDS, by=desk, at=at)
        return release_share(share, note=WORDS, by=desk, at=at)

    def _act_on_order(self, order: SupervisionOrder, verb: str, at: datetime) -> object:
        county = self.county
        decider = county.dispatchers[order.division_id]
        if order.person is not None:
            staff = order.person
        elif order.unit_id in county.handlers:
            staff = self._staff_of(order.unit_id)
        else:
            place = next(place for place, desk in county.desks.items() if desk.pk == order.unit_id)
            staff = county.dispatchers[place]
        match verb:
            case "receive":
                return receive_order(order, by=staff, at=at)
            case "answer":
                return answer_order(order, answer="已安排，明日办结", by=staff, at=at)
            case "accept":
                effect = self.random.choice(("none", "notice", "talk", "assessment"))
                return accept_answer(order, effect=effect, by=decider, at=at)
            case "send_back":
                return send_back_answer(order, note="没有写清楚", by=decider, at=at)
        return lift_order(order, note="已经办好", by=decider, at=at)


_ACTS: dict[str, Callable[..., object]] = {
    "take_up": actions.take_up_case,
    "sign": actions.sign_case,
    "accept_and_assign": actions.accept_and_assign,
    "assign": actions.assign_case,
    "uphold_return": actions.uphold_return,
    "reassign": actions.reassign_case,
    "pass_to_leader": actions.pass_to_leader,
    "withdraw": actions.withdraw_case,
    "send_up": actions.send_up_case,
    "return_for_correction": actions.return_for_correction,
    "refuse": actions.refuse_case,
    "escalate": actions.escalate_case,
    "hand_back": actions.hand_back_case,
    "reject_return": actions.reject_return,
    "ask_join": actions.ask_join,
    "refuse_extension": actions.refuse_extension,
    "refuse_shelving": actions.refuse_shelving,
    "resume": actions.resume_case,
    "pass_check": actions.pass_check,
    "fail_check": actions.fail_check,
}
