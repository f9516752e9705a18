"""Hypothesis runs any verbs of proposals, editions and reports, by any user at any time (Art. 14, 16)."""

from __future__ import annotations

from collections import Counter
from datetime import date, datetime, timedelta
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

from common.errors import Refusal
from common.records.invariants import examine
from common.shapes import Json
from matters import actions
from matters.content import content_of, stored
from matters.invariants import INVARIANTS
from matters.models import Matter, MatterList, Proposal
from matters.states import PROPOSAL_MOVES
from tests.matters.conftest import draft_of, panel
from tests.shapes import Sent
from tests.town import MONDAY, Town
from workflow.actions import ReportDraft, report_case
from workflow.invariants import cases_under_another_edition
from workflow.models import Case
from worktime.clocks import day_of

PEOPLE = ("sun", "qian", "wu", "gu", "jiang", "tang", "zheng", "chen")
LAW = "《某某条例》第九条"
DONE: Counter[str] = Counter()
LISTED: set[int] = set()
VERBS: dict[str, Sent] = {
    "submit": {},
    "return_proposal": {"note": "补充"},
    "pass_check": {},
    "bar": {"barred_as": "penalty", "opinion": "属于处罚"},
    "recuse": {"reason": "本单位"},
    "vote": {"answer": "for", "reason": "同意"},
    "close_review": {"note": ""},
    "consent": {"decision": "同意"},
    "refuse": {"decision": "不同意"},
    "reconsider": {"note": "群众有意见"},
    "withdraw": {"note": ""},
}


class ListMachine(RuleBasedStateMachine):
    """One county's list: many proposals at once, editions and reports between them, days go by."""

    def __init__(self) -> None:
        super().__init__()
        self.town = Town()
        self.now: datetime = MONDAY
        self.hold = transaction.atomic()
        self.hold.__enter__()
        self.published: dict[int, list[tuple[str, Json]]] = {}
        self.named = 0
        self._remember()

    def teardown(self) -> None:
        transaction.set_rollback(True)
        self.hold.__exit__(None, None, None)

    def tried(self, verb: str, act: Any) -> Any:
        """Run it; a refusal writes nothing."""
        try:
            with transaction.atomic():
                found = act()
        except Refusal:
            return None
        DONE[verb] += 1
        return found

    @property
    def county(self) -> Any:
        return self.town.division("华龙区")

    def _remember(self) -> None:
        for edition in MatterList.objects.published():
            if edition.pk not in self.published:
                rows = edition.matters.order_by("code")
                self.published[edition.pk] = [(row.code, stored(content_of(row))) for row in rows]

    @rule(
        kind=st.sampled_from(["admit", "adjust", "exit", "temporary"]),
        barred=st.booleans(),
        code=st.integers(0, 82),
    )
    def propose(self, kind: str, barred: bool, code: int) -> None:
        self.named += 1
        name = f"代收罚款第 {self.named} 种" if barred else f"新事项第 {self.named} 种"
        last = MatterList.objects.published().filter(county=self.county).order_by("-edition")[0]
        rows = list(last.matters.order_by("code"))
        draft = draft_of(
            kind, name=name, ends_on=day_of(self.now) + timedelta(days=60) if kind == "temporary" else None
        )
        if kind in ("adjust", "exit"):
            draft = type(draft)(**{**vars(draft), "matter": rows[code % len(rows)]})
        self.tried("propose", lambda: actions.propose(draft, by=self.town.sun, at=self.now))

    @precondition(lambda self: Proposal.objects.open().exists())
    @rule(data=st.data(), steps=st.integers(1, 8))
    def forward(self, data: st.DataObject, steps: int) -> None:
        """Move an open proposal on by the verb of its present step."""
        found = data.draw(st.sampled_from(list(Proposal.objects.open().order_by("pk"))), label="which")
        for _ in range(steps):
            self._one_further(Proposal.objects.get(pk=found.pk), data)

    def _one_further(self, found: Proposal, data: st.DataObject) -> None:
        match found.status:
            case "drafting":
                self._run_verb(found, "submit", self.town.sun)
            case "formal_check":
                self._run_verb(found, "pass_check", self.town.wu)
            case "legal_review":
                self._clear(found, data)
            case "joint_review":
                vote = found.votes.filter(answer="waiting").order_by("pk")[0]
                verb = "recuse" if vote.reviewer_id == self.town.sun.pk else "vote"
                self._run_verb(found, verb, vote.reviewer)
            case "deciding":
                self._run_verb(found, "consent", self.town.wu)

    def _clear(self, found: Proposal, data: st.DataObject) -> None:
        barred, law = data.draw(
            st.sampled_from([("", ""), ("penalty", ""), ("penalty", "某条例"), ("penalty", LAW), ("", LAW)]),
            label="barred",
        )
        self.tried(
            "clear",
            lambda: actions.clear(
                found,
                opinion="可以",
                barred_as=barred,
                exception_law=law,
                reviewers=panel(self.town),
                by=self.town.jiang,
                at=self.now,
            ),
        )

    @precondition(lambda self: Proposal.objects.exists())
    @rule(verb=st.sampled_from(sorted(VERBS)), name=st.sampled_from(PEOPLE), data=st.data())
    def anybody_says_anything(self, verb: str, name: str, data: st.DataObject) -> None:
        found = data.draw(st.sampled_from(list(Proposal.objects.order_by("pk"))), label="which")
        self._run_verb(found, verb, getattr(self.town, name))

    def _run_verb(self, found: Proposal, verb: str, by: Any) -> None:
        before = Proposal.objects.get(pk=found.pk)
        act = getattr(actions, verb)
        result = self.tried(verb, lambda: act(found, **VERBS[verb], by=by, at=self.now))
        after = Proposal.objects.get(pk=found.pk)
        if result is None:
            assert (after.status, after.version) == (before.status, before.version), "a refusal left a trace"
        else:
            assert PROPOSAL_MOVES.allows(verb, status=before.status)
            assert after.status in PROPOSAL_MOVES.moves[verb].targets

    @rule(days=st.integers(0, 20))
    def draft(self, days: int) -> None:
        day = day_of(self.now) + timedelta(days=days)
        self.tried(
            "draft_edition",
            lambda: actions.draft_edition(
                self.county, in_force_on=day, document="文〔2026〕1号", by=self.town.wu, at=self.now
            ),
        )

    @precondition(lambda self: MatterList.objects.drafts().exists())
    @rule(discard=st.booleans())
    def settle(self, discard: bool) -> None:
        edition = MatterList.objects.drafts().get()
        if discard and self.named % 3 == 0:
            self.tried(
                "discard_edition",
                lambda: actions.discard_edition(edition, by=self.town.wu, at=self.now) or True,
            )
        else:
            self.tried(
                "publish_edition", lambda: actions.publish_edition(edition, by=self.town.wu, at=self.now)
            )
            self._remember()
            LISTED.update(Proposal.objects.filter(status="listed").values_list("pk", flat=True))

    @rule(data=st.data())
    def report(self, data: st.DataObject) -> None:
        """A worker reports under any matter of any edition: what is not in force is refused."""
        rows = Matter.objects.filter(edition__county=self.county).reportable().order_by("pk")
        matter = data.draw(st.sampled_from(list(rows)), label="matter")
        draft = ReportDraft(grid_id=self.town.grid.pk, matter_id=matter.pk, place="路口")
        self.tried("report", lambda: report_case(draft, by=self.town.chen, at=self.now))

    @rule(days=st.integers(1, 15))
    def days_go_by(self, days: int) -> None:
        self.now += timedelta(days=days)
        actions.end_notices(today=day_of(self.now), at=self.now)

    @invariant()
    def no_published_edition_has_changed(self) -> None:
        for pk, contents in self.published.items():
            rows = Matter.objects.filter(edition=pk).order_by("code")
            assert [(row.code, stored(content_of(row))) for row in rows] == contents

    @invariant()
    def no_case_is_pinned_to_what_was_not_in_force(self) -> None:
        assert list(cases_under_another_edition()) == []
        for case in Case.objects.exclude(matter=None).select_related("matter__edition"):
            day: date = day_of(case.reported_at)
            assert case.matter is not None
            assert case.matter.edition.in_force_on <= day
            assert case.matter.ends_on is None or case.matter.ends_on >= day

    @invariant()
    def nothing_barred_is_admitted_without_a_cited_exception(self) -> None:
        admitted = Proposal.objects.filter(
            status__in=["joint_review", "deciding", "noticed", "adopted", "listed"]
        )
        assert not admitted.exclude(barred_as="").filter(exception_law="").exists()
        for one in INVARIANTS:
            if one.sentence != "清单里的可疑事项都有例外依据或经审查":
                finding = examine(one)
                assert finding.holds, (finding.sentence, finding.shown)


@pytest.mark.slow
@pytest.mark.article(14)
@pytest.mark.article(16)
def test_no_walk_of_proposals_editions_and_cases_breaks_the_law(town: Town) -> None:
    DONE.clear()
    LISTED.clear()
    run_state_machine_as_test(
        ListMachine,
        settings=settings(
            max_examples=8,
            stateful_step_count=30,
            deadline=None,
            suppress_health_check=list(HealthCheck),
            derandomize=True,
        ),
    )
    for verb in (
        "propose",
        "submit",
        "clear",
        "vote",
        "consent",
        "draft_edition",
        "publish_edition",
        "report",
    ):
        assert DONE[verb], f"the walk never came to {verb}: {DONE}"
