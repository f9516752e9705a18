"""Hypothesis runs any verb by any user, and a small reference model says what must happen (R7)."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import pytest
from django.db import transaction
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)

from common.errors import IllegalMove, NotPermitted, Refusal, RuleViolation
from common.records.invariants import examine
from notifications.actions import relay_waiting
from personnel.models import Organization
from tests.cases import photo
from tests.shapes import Sent
from tests.town import MONDAY, Town
from tests.writing import Writes
from workflow import actions
from workflow.actions.clock import sweep_clocks
from workflow.invariants import INVARIANTS
from workflow.models import Assignment, Case, StageEffect, TimeRequest
from workflow.policies import WHO_MAY
from workflow.share_verbs import SHARE_VERBS
from workflow.states import CASE_MOVES, HUMAN_VERBS, KEEPS_VERSION, UNDOABLE
from workflow.verbs import CASE_VERBS
from worktime.clocks import day_of

PEOPLE = ("chen", "lin", "wang", "li", "zhao", "hua", "feng", "sun", "qian", "wu")
SPOKEN = sorted(set(HUMAN_VERBS) - {"report"})
TOO_LONG = 4000  # days or hours
SHARE_BEFORE = {
    "sign_share": ("awaiting_signature",),
    "feed_back_share": ("in_hand",),
    "hand_back_share": ("awaiting_signature", "in_hand"),
    "pass_share_down": ("awaiting_signature", "in_hand"),
    "keep_share": ("return_review",),
    "release_share": ("awaiting_signature", "in_hand", "return_review"),
}
SHARE_AFTER = {
    "sign_share": ("in_hand",),
    "feed_back_share": ("fed_back",),
    "hand_back_share": ("return_review",),
    "keep_share": ("awaiting_signature", "in_hand"),
    "release_share": ("released",),
}
NOT_LATE = tuple(one for one in INVARIANTS if one.sentence != "到点的时钟都已执行")


class CaseMachine(RuleBasedStateMachine):
    """One case, any person, any verb, any moment; the clock and the relay go by at random."""

    def __init__(self) -> None:
        super().__init__()
        self.town = Town()
        self.now: datetime = MONDAY
        self.hold = transaction.atomic()
        self.hold.__enter__()
        self.writes = Writes().__enter__()
        self.pk = 0

    def teardown(self) -> None:
        self.writes.__exit__(None, None, None)
        transaction.set_rollback(True)
        self.hold.__exit__(None, None, None)

    @property
    def case(self) -> Case:
        return Case.objects.get(pk=self.pk)

    @precondition(lambda self: not self.pk)
    @rule(
        matter=st.sampled_from(["邻里纠纷", "路灯故障", "井盖缺损", "非法集资线索"]),
        outcome=st.sampled_from(["send", "handling"]),
        resident=st.booleans(),
    )
    def report(self, matter: str, outcome: Any, resident: bool) -> None:
        draft = actions.ReportDraft(
            grid_id=self.town.grid.pk,
            matter_id=self.town.matter(matter).pk,
            outcome="send" if matter == "非法集资线索" else outcome,  # a clue is not handled by its reporter
            for_resident=resident,
        )
        self.pk = actions.report_case(draft, by=self.town.chen, at=self.now).pk

    @precondition(lambda self: self.pk)
    @rule(verb=st.sampled_from(SPOKEN), name=st.sampled_from(PEOPLE), data=st.data())
    def speak(self, verb: str, name: str, data: st.DataObject) -> None:
        """A user without the right and a verb at the wrong moment are refused, and nothing is written."""
        before, user = self.case, getattr(self.town, name)
        fields = self._fields(verb, user, data)
        expected = self._expected(verb, before, user, fields)
        try:
            with transaction.atomic():
                declared = CASE_VERBS[verb]
                asked = {name: value for name, value in fields.items() if name in declared.form.base_fields}
                declared.act(self.case, **asked, by=user, at=self.now)
        except Refusal as refusal:
            assert expected is not None and isinstance(refusal, expected), (
                verb,
                name,
                before.status,
                refusal,
            )
            after = self.case
            assert (after.status, after.version, after.event_count) == (
                before.status, before.version, before.event_count,
            )  # fmt: skip
        else:
            assert expected is None, f"{name} {verb} in {before.status} should have been refused"
            after = self.case
            targets = CASE_MOVES.moves[verb].targets or (before.status,)
            assert after.status in targets or verb == "assign"
            assert after.version == before.version + (verb not in KEEPS_VERSION) or verb == "assign"
            assert after.event_count > before.event_count

    def _expected(self, verb: str, case: Case, user: Any, fields: Sent) -> type[Refusal] | None:
        """The reference model: first who may, then when, then what."""
        first = "accept" if verb == "assign" and case.status == "awaiting_acceptance" else verb
        if not WHO_MAY.may(first, user, case):
            return NotPermitted
        if not CASE_MOVES.allows(first, status=case.status):
            return IllegalMove
        if verb == "undo":
            last = case.events.exclude(verb__in=KEEPS_VERSION).latest("seq")
            mine = last.verb in UNDOABLE and last.actor_id == user.pk
            return None if mine and self.now - last.at < timedelta(seconds=10) else IllegalMove
        if self._is_too_soon_or_too_late(verb, case, user):
            return IllegalMove
        content = {
            "merge": True,
            "uphold_return": fields["unit"].pk == case.unit_id,
            "reassign": fields["unit"].pk == case.unit_id,
            "hand_back": case.return_count >= 2,
            "escalate": case.level == "city",
            "join": self._cannot_join(case, fields),
        }
        return RuleViolation if content.get(verb) else None

    def _cannot_join(self, case: Case, fields: Sent) -> bool:
        """A unit that leads or assists already, one without a reader of this clue, or a share longer than the whole."""
        parts = set(case.assignments.filter(ended_at=None).values_list("unit__code", flat=True))
        chosen = {unit.code for unit in fields["units"]}
        unread = chosen - {"hlq-chengguan", "hlq-gongan"} if case.confidential else set()
        return bool(chosen & parts or unread or fields["amount"] == TOO_LONG)

    def _is_too_soon_or_too_late(self, verb: str, case: Case, user: Any) -> bool:
        """Pressing twice within half an hour, an extension after the case was due, a third extension; and a result or
        shelving while units assist.
        """
        if verb in ("feed_back", "ask_shelving"):
            return bool(
                case.assignments.filter(is_lead=False, ended_at=None).exclude(status="invited").exists()
            )
        if verb == "press":
            since = self.now - timedelta(minutes=30)
            return bool(case.events.filter(verb="press", actor=user, at__gt=since).exists())
        if verb != "ask_extension":
            return False
        granted = case.events.filter(verb="grant_extension").count()
        return granted >= 2 or case.due_at is None or case.due_at < self.now

    def _fields(self, verb: str, user: Any, data: st.DataObject) -> Sent:
        units = list(Organization.objects.filter(code__startswith="hlq-"))
        return {
            "note": "理由",
            "reason": "理由",
            "result": "已办",
            "photos": [photo(user, at=self.now)] if self._shows_evidence(verb, user) else [],
            "unit": data.draw(st.sampled_from(units), label="unit"),
            "rating": data.draw(st.sampled_from(Case.Rating.values), label="rating"),
            "into": self.case,
            "units": data.draw(st.lists(st.sampled_from(units), min_size=1, max_size=3, unique=True)),
            "amount": data.draw(st.sampled_from([None, TOO_LONG])) if verb == "join" else 1,
            "ground": data.draw(st.sampled_from(TimeRequest.Ground.values)),
            "review_on": day_of(self.now) + timedelta(days=data.draw(st.integers(1, 90), label="days")),
        }

    def _shows_evidence(self, verb: str, user: Any) -> bool:
        return verb in ("settle", "feed_back") and WHO_MAY.may(verb, user, self.case)

    @precondition(lambda self: self.pk and self.shares())
    @rule(verb=st.sampled_from(sorted(SHARE_BEFORE)), name=st.sampled_from(PEOPLE), data=st.data())
    def speak_of_a_share(self, verb: str, name: str, data: st.DataObject) -> None:
        """As with the case: who may, when, what; a share moves alone, and the case stands where it stood."""
        share, user = data.draw(st.sampled_from(self.shares())), getattr(self.town, name)
        before = self.case
        fields = {"note": "理由", "result": "已协办", "photos": (), "unit": share.unit}
        asked = {name: fields[name] for name in SHARE_VERBS[verb].form.base_fields if name in fields}
        expected = self._expected_of_share(verb, share, before, name)
        try:
            with transaction.atomic():
                SHARE_VERBS[verb].act(share, **asked, by=user, at=self.now)
        except Refusal as refusal:
            assert expected is not None and isinstance(refusal, expected), (verb, name, share.status, refusal)
        else:
            assert expected is None, f"{name} {verb} in {share.status} should have been refused"
            share.refresh_from_db()
            assert share.status in SHARE_AFTER[verb]
        after = self.case
        assert (after.status, after.due_at, after.version) == (before.status, before.due_at, before.version)
        assert after.event_count == before.event_count + (expected is None)

    def _expected_of_share(self, verb: str, share: Assignment, case: Case, name: str) -> type[Refusal] | None:
        staff = {"hlq-chengguan": "sun", "hlq-gongan": "qian"}.get(share.unit.code)
        desk = {"township": "zhao", "county": "hua", "city": "feng"}[case.level]
        if name != (desk if verb in ("keep_share", "release_share") else staff):
            return NotPermitted
        if share.status not in SHARE_BEFORE[verb]:
            return IllegalMove
        return RuleViolation if verb == "pass_share_down" else None  # a unit is not below itself

    def shares(self) -> list[Assignment]:
        """Every share that there was, whatever became of it."""
        return list(Assignment.objects.shares().filter(case=self.pk).select_related("unit").order_by("pk"))

    @rule(minutes=st.integers(1, 3 * 24 * 60))
    def wait(self, minutes: int) -> None:
        self.now += timedelta(minutes=minutes)

    @rule()
    def sweep(self) -> None:
        sweep_clocks(at=self.now)
        early = [effect for effect in StageEffect.objects.all() if effect.at < effect.due_at]
        assert early == []

    @rule()
    def relay(self) -> None:
        relay_waiting(at=self.now)

    @invariant()
    def everything_that_must_be_true_is_true(self) -> None:
        for one in NOT_LATE if self.writes.any_since() else ():
            finding = examine(one)
            assert finding.holds, (finding.sentence, finding.shown)


@pytest.mark.slow
@pytest.mark.long
@pytest.mark.article(18)
def test_no_walk_through_the_table_breaks_an_invariant(town: Town) -> None:
    run_state_machine_as_test(
        CaseMachine,
        settings=settings(
            max_examples=40,
            stateful_step_count=25,
            deadline=None,
            suppress_health_check=list(HealthCheck),
        ),
    )
