"""The state table."""

from __future__ import annotations

import pytest

from common.errors import IllegalMove
from tests.cases import case_at
from tests.town import Town
from workflow import states
from workflow.history import CAPACITIES
from workflow.policies import WHO_MAY
from workflow.verbs import CASE_VERBS

SPOKEN = set(states.HUMAN_VERBS) - {"report"}


def test_every_table_of_verbs_has_the_same_keys() -> None:
    assert set(WHO_MAY) == set(states.HUMAN_VERBS)
    assert set(CASE_VERBS) == SPOKEN
    assert set(CAPACITIES) == set(states.HUMAN_VERBS)


def test_every_status_has_a_clock_and_every_open_one_a_holder() -> None:
    assert set(states.CLOCKS) == set(states.STATUSES)
    assert set(states.HOLDERS) == set(states.OPEN)
    assert {status for status, step in states.CLOCKS.items() if step is None} == set(states.ENDED)


def test_moves_name_only_known_statuses_and_verbs() -> None:
    for move in states.CASE_MOVES.moves.values():
        assert set(move.sources) - {""} <= set(states.STATUSES)
        assert set(move.targets) <= set(states.STATUSES)
        assert move.verb in states.VERBS


@pytest.mark.article(18)
def test_nothing_leads_out_of_an_ended_case_but_the_undo_of_its_closing() -> None:
    leading = {
        (move.verb, *edge)
        for move in states.CASE_MOVES.moves.values()
        for edge in move.edges()
        if edge[0] in states.ENDED
    }
    assert leading == {("undo", "closed", "awaiting_verification"), ("undo", "closed", "awaiting_rating")}


def test_undo_leads_exactly_back_along_what_can_be_undone() -> None:
    undo = states.CASE_MOVES.moves["undo"]
    assert undo.leads("awaiting_signature", "awaiting_assignment")
    assert undo.leads("awaiting_signature", "awaiting_acceptance")  # 受理交办 in one act
    assert not undo.leads("awaiting_assignment", "awaiting_verification")
    assert not undo.leads("closed", "awaiting_acceptance")
    with pytest.raises(IllegalMove):
        states.CASE_MOVES.target_of("undo", status="closed", to="awaiting_assignment")


@pytest.mark.parametrize(
    ("source", "target", "word"),
    [
        ("awaiting_assignment", "awaiting_acceptance", "受理"),
        ("awaiting_signature", "awaiting_assignment", "交办"),
        ("awaiting_signature", "awaiting_acceptance", "受理交办"),
        ("closed", "awaiting_verification", "核查通过"),
        ("rework", "awaiting_verification", "返工"),
        ("closed", "awaiting_rating", "评价"),
    ],
)
def test_the_line_of_a_case_says_what_was_taken_back(source: str, target: str, word: str) -> None:
    assert states.taken_back(source, target) == word


@pytest.mark.article(18)
def test_every_open_status_can_be_reached_and_leads_to_an_end() -> None:
    edges = states.CASE_MOVES.edges()
    reached = set(states.CASE_MOVES.moves["report"].targets)
    for _ in states.STATUSES:
        reached |= {target for source, target in edges if source in reached}
    assert reached == set(states.STATUSES)
    ending = set(states.ENDED)
    for _ in states.STATUSES:
        ending |= {source for source, target in edges if target in ending}
    assert ending == set(states.STATUSES)


@pytest.mark.article(18)
def test_only_feedback_or_settling_leads_to_verification() -> None:
    """Closing without a reported result is not in the table; undo only leads back to it."""
    forward = {verb: move for verb, move in states.CASE_MOVES.moves.items() if verb != "undo"}
    leading = {verb for verb, move in forward.items() if "awaiting_verification" in move.targets}
    assert leading == {"settle", "feed_back"}
    closing = {
        source
        for move in states.CASE_MOVES.moves.values()
        if "closed" in move.targets
        for source in move.sources
    }
    assert closing == {"awaiting_verification", "awaiting_rating"}


@pytest.mark.article(18)
def test_levels_are_climbed_one_by_one() -> None:
    assert states.level_above("township") == "county"
    assert states.level_above("county") == "city"
    assert states.level_above("city") is None


def test_a_verb_at_the_wrong_moment_is_refused_with_a_sentence() -> None:
    with pytest.raises(IllegalMove, match="现在是“已结案”，不能交办"):
        states.CASE_MOVES.target_of("assign", status="closed")


def test_a_target_outside_the_move_is_refused() -> None:
    with pytest.raises(IllegalMove):
        states.CASE_MOVES.target_of("accept", status="awaiting_acceptance", to="closed")


HOLDER = {
    "worker": "chen",
    "leader": "wang",
    "desk": "zhao",
    "reporter": "chen",
    "unit": "sun",
    "verifier": "chen",
    "resident": "chen",
}
AT_THE_COUNTY = ("conference", "shelving_review")


@pytest.mark.article(17)
@pytest.mark.article(18)
@pytest.mark.parametrize("status", states.OPEN)
def test_whoever_has_a_case_has_at_least_two_moves(town: Town, status: str) -> None:
    case = case_at(status, town)
    assert case.status == status
    holder = getattr(town, "hua" if status in AT_THE_COUNTY else HOLDER[states.HOLDERS[status]])
    assert len(set(WHO_MAY.open_to(holder, case)) - {"void", "undo"}) >= 2
