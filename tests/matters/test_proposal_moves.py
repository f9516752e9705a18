"""Every verb of a proposal: who may, who may not, when it is refused, what its content must hold (Art. 14, 16)."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from django.db import DatabaseError, IntegrityError, transaction

from common.errors import IllegalMove, NotPermitted, Refusal, RuleViolation
from matters import actions, policies
from matters.models import Proposal, ReviewVote
from matters.states import PROPOSAL_MOVES, STATUSES, SYSTEM_VERBS
from tests.faults import assert_none
from tests.matters.conftest import body, draft_of, panel, proposal_in, refusal_of
from tests.town import MONDAY, Town

CAST = ("sun", "qian", "wu", "gu", "jiang", "tang", "zheng", "chen", "nobody")
LATER = MONDAY + timedelta(days=30)
SAY: dict[str, Callable[[Proposal, Town, str], Proposal]] = {
    "revise": lambda row, town, by: actions.revise(row, draft_of(), by=getattr(town, by), at=MONDAY),
    "submit": lambda row, town, by: actions.submit(row, by=getattr(town, by), at=MONDAY),
    "return_proposal": lambda row, town, by: actions.return_proposal(
        row, note="请补充", by=getattr(town, by), at=MONDAY
    ),
    "pass_check": lambda row, town, by: actions.pass_check(row, by=getattr(town, by), at=MONDAY),
    "clear": lambda row, town, by: actions.clear(
        row, opinion="可以", reviewers=panel(town), by=getattr(town, by), at=MONDAY
    ),
    "bar": lambda row, town, by: actions.bar(
        row, barred_as="penalty", opinion="是处罚", by=getattr(town, by), at=MONDAY
    ),
    "vote": lambda row, town, by: actions.vote(
        row, answer="for", reason="同意", by=getattr(town, by), at=MONDAY
    ),
    "recuse": lambda row, town, by: actions.recuse(row, reason="有关系", by=getattr(town, by), at=MONDAY),
    "close_review": lambda row, town, by: actions.close_review(row, by=getattr(town, by), at=LATER),
    "consent": lambda row, town, by: actions.consent(row, decision="同意", by=getattr(town, by), at=MONDAY),
    "refuse": lambda row, town, by: actions.refuse(row, decision="不必", by=getattr(town, by), at=MONDAY),
    "reconsider": lambda row, town, by: actions.reconsider(
        row, note="有意见", by=getattr(town, by), at=MONDAY
    ),
    "withdraw": lambda row, town, by: actions.withdraw(row, by=getattr(town, by), at=MONDAY),
}
# Of a proposal of 城市管理 in 华龙区, where the verb is first open: who may. Told a second time, from the law.
WHO: dict[str, tuple[str, tuple[str, ...]]] = {
    "revise": ("drafting", ("sun",)),
    "submit": ("drafting", ("sun",)),
    "return_proposal": ("formal_check", ("wu",)),
    "pass_check": ("formal_check", ("wu",)),
    "clear": ("legal_review", ("jiang",)),
    "bar": ("legal_review", ("jiang",)),
    "vote": ("joint_review", ("tang", "qian", "sun")),
    "recuse": ("joint_review", ("tang", "qian", "sun")),
    "close_review": ("joint_review", ("wu",)),
    "consent": ("deciding", ("wu",)),
    "refuse": ("deciding", ("wu",)),
    "reconsider": ("noticed", ("wu",)),
    "withdraw": ("formal_check", ("sun",)),
}


def voted(found: Proposal, town: Town) -> Proposal:
    """Two of the three have voted."""
    for who in (town.tang, town.qian):
        found = actions.vote(found, answer="for", reason="同意", by=who, at=MONDAY)
    return found


def test_every_verb_of_the_table_is_tried_here() -> None:
    human = {verb for verb in PROPOSAL_MOVES.moves if verb not in (*SYSTEM_VERBS, "propose")}
    assert set(SAY) == set(WHO) == human


def tried(verb: str, found: Proposal, town: Town, who: str) -> Proposal | type[Refusal]:
    """The status after a verb, or its refusal; the verb is rolled back."""
    try:
        with transaction.atomic():
            moved = SAY[verb](found, town, who)
            assert moved.events.order_by("-seq")[0].verb == verb
            transaction.set_rollback(True)
    except Refusal as refusal:
        return type(refusal)
    return moved


def what_is_wrong(verb: str, found: Proposal, town: Town, who: str) -> str:
    """How the answer to a person differs from the law; empty if it does not."""
    wanted = None if who in WHO[verb][1] else NotPermitted
    if verb == "vote" and who == "sun":
        wanted = RuleViolation
    got = tried(verb, found, town, who)
    if isinstance(got, Proposal):
        return "" if wanted is None and got.status in PROPOSAL_MOVES.moves[verb].targets else got.status
    if Proposal.objects.get(pk=found.pk).version != found.version:
        return "refused, and yet the proposal has moved"
    return "" if got is wanted else got.__name__


@pytest.mark.article(16)
@pytest.mark.parametrize("verb", WHO)
def test_a_verb_is_run_only_by_the_people_whom_the_law_names(town: Town, verb: str) -> None:
    found = proposal_in(WHO[verb][0], town)
    if verb == "close_review":
        found = voted(found, town)
    assert_none({who: wrong for who in CAST if (wrong := what_is_wrong(verb, found, town, who))})


@pytest.mark.article(16)
@pytest.mark.parametrize("verb", WHO)
def test_a_button_is_offered_to_exactly_those_who_may(town: Town, verb: str) -> None:
    status, may = WHO[verb]
    found = proposal_in(status, town)
    offered = {who for who in CAST if verb in policies.WHO_MAY.open_to(getattr(town, who), found)}
    assert offered == set(may)


ENDS = {"bar": "barred", "refuse": "refused", "withdraw": "withdrawn"}


def verbs_out_of_place(status: str) -> list[str]:
    return [verb for verb in WHO if status not in PROPOSAL_MOVES.moves[verb].sources]


@pytest.mark.article(16)
@pytest.mark.parametrize("status", [status for status in STATUSES if status not in ENDS.values()])
def test_a_verb_at_the_wrong_moment_is_refused(town: Town, status: str) -> None:
    found, faults = proposal_in(status, town), {}
    for verb in verbs_out_of_place(status):
        who = "wu" if verb == "return_proposal" else WHO[verb][1][0]
        with transaction.atomic():
            if verb in ("vote", "recuse"):  # only who is asked may: let him be asked still
                ReviewVote.objects.update_or_create(
                    proposal=found,
                    reviewer=town.tang,
                    defaults={
                        "organization": body("desk-zyl"),
                        "answer": "waiting",
                        "reason": "",
                        "at": None,
                    },
                )
            got = tried(verb, found, town, who)
            if got is not IllegalMove or Proposal.objects.get(pk=found.pk).status != status:
                faults[verb] = got
            transaction.set_rollback(True)
    assert_none(faults)


def test_every_verb_is_out_of_place_somewhere() -> None:
    assert {verb for status in STATUSES for verb in verbs_out_of_place(status)} == set(WHO)


@pytest.mark.article(16)
@pytest.mark.parametrize(("last", "end"), ENDS.items())
def test_nothing_follows_an_end(town: Town, last: str, end: str) -> None:
    status, may = WHO[last]
    found = SAY[last](proposal_in(status, town), town, may[0])
    assert found.status == end
    for verb, (_, people) in WHO.items():
        if verb not in ("vote", "recuse"):  # nobody was asked to review
            who = "wu" if verb == "return_proposal" else people[0]
            refusal_of(IllegalMove, SAY[verb], found, town, who)


@pytest.mark.article(16)
@pytest.mark.parametrize("who", CAST)
def test_a_proposal_is_opened_by_whoever_works_for_the_body(town: Town, who: str) -> None:
    if who == "sun":
        assert actions.propose(draft_of(), by=town.sun, at=MONDAY).status == "drafting"
    else:
        refusal_of(NotPermitted, lambda: actions.propose(draft_of(), by=getattr(town, who), at=MONDAY))


def test_the_applicants_of_each_are_the_bodies_one_works_for(town: Town) -> None:
    codes = {who: [each.code for each in policies.applicants(getattr(town, who))] for who in CAST}
    assert codes == {
        "sun": ["hlq-chengguan"], "qian": ["hlq-gongan"], "wu": ["auth-hlq"], "gu": ["auth-qf"], "tang": ["desk-zyl"],
        "jiang": [], "zheng": [], "chen": [], "nobody": [],
    }  # fmt: skip


# --- Nobody in his own cause -------------------------------------------------------------------------------------


@pytest.mark.article(16)
@pytest.mark.parametrize("verb", ["consent", "refuse"])
def test_nobody_decides_what_he_has_drafted_himself(town: Town, verb: str) -> None:
    found = actions.propose(replace(draft_of("exit"), applicant=body("auth-hlq")), by=town.wu, at=MONDAY)
    found = actions.pass_check(actions.submit(found, by=town.wu, at=MONDAY), by=town.wu, at=MONDAY)
    assert found.status == "deciding"
    why = refusal_of(NotPermitted, SAY[verb], found, town, "wu")
    assert "起草的人不能自己" in why.sentence


@pytest.mark.article(14)
@pytest.mark.parametrize("verb", ["clear", "bar", "return_proposal"])
def test_nobody_reviews_the_law_of_his_own_proposal(town: Town, verb: str) -> None:
    found = proposal_in("legal_review", town)
    Proposal.objects.filter(pk=found.pk).update(drafted_by=town.jiang)
    refusal_of(NotPermitted, SAY[verb], found, town, "jiang")


@pytest.mark.article(14)
def test_the_database_keeps_the_reviewer_from_his_own_proposal(town: Town) -> None:
    found = proposal_in("joint_review", town)
    with pytest.raises(DatabaseError), transaction.atomic():
        Proposal.objects.filter(pk=found.pk).update(drafted_by=town.jiang)


@pytest.mark.article(16)
def test_reviewers_of_the_applicant_are_recused_and_get_a_sentence(town: Town) -> None:
    found = proposal_in("joint_review", town)
    why = refusal_of(RuleViolation, SAY["vote"], found, town, "sun")
    assert why.sentence == "这是您本单位的申请，应当回避。"
    assert SAY["recuse"](found, town, "sun").votes.get(reviewer=town.sun).answer == "recused"


@pytest.mark.article(16)
def test_everybody_votes_once(town: Town) -> None:
    found = SAY["vote"](proposal_in("joint_review", town), town, "tang")
    assert found.status == "joint_review"
    refusal_of(NotPermitted, SAY["vote"], found, town, "tang")
    refusal_of(NotPermitted, SAY["recuse"], found, town, "tang")


@pytest.mark.article(16)
def test_when_all_have_answered_the_county_decides(town: Town) -> None:
    found = voted(proposal_in("joint_review", town), town)
    assert found.status == "joint_review"
    assert SAY["recuse"](found, town, "sun").status == "deciding"


@pytest.mark.article(16)
def test_a_vote_has_an_answer_and_a_reason(town: Town) -> None:
    found = proposal_in("joint_review", town)
    for answer, reason, field in (("perhaps", "同意", "answer"), ("for", " ", "reason")):
        why = refusal_of(
            RuleViolation, actions.vote, found, answer=answer, reason=reason, by=town.tang, at=MONDAY
        )
        assert why.field == field


@pytest.mark.article(16)
def test_a_review_is_ended_only_after_its_time_and_with_two_votes(town: Town) -> None:
    found = SAY["vote"](proposal_in("joint_review", town), town, "tang")
    assert found.due_at is not None and MONDAY < found.due_at < LATER
    why = refusal_of(IllegalMove, lambda: actions.close_review(found, by=town.wu, at=LATER))
    assert "不足" in why.sentence
    found = SAY["vote"](found, town, "qian")
    why = refusal_of(IllegalMove, lambda: actions.close_review(found, by=town.wu, at=MONDAY))
    assert "期限还没有到" in why.sentence
    assert actions.close_review(found, by=town.wu, at=LATER).status == "deciding"


@pytest.mark.article(16)
def test_a_review_with_too_many_recusals_allows_no_consent(town: Town) -> None:
    found = proposal_in("joint_review", town)
    for who in ("sun", "tang"):
        found = SAY["recuse"](found, town, who)
    found = SAY["vote"](found, town, "qian")
    assert found.status == "deciding"
    refusal_of(IllegalMove, SAY["consent"], found, town, "wu")
    assert SAY["refuse"](found, town, "wu").status == "refused"


@pytest.mark.article(16)
def test_reviewers_are_named_people_with_a_post_in_the_county(town: Town) -> None:
    found = proposal_in("legal_review", town)

    def asked(reviewers: list[Any]) -> RuleViolation:
        why = refusal_of(
            RuleViolation,
            lambda: actions.clear(found, opinion="可以", reviewers=reviewers, by=town.jiang, at=MONDAY),
        )
        assert why.field == "reviewers"
        return why

    three = panel(town)
    assert "至少要 3 人" in asked(three[:2]).sentence
    assert "至少要 3 人" in asked([three[0]] * 3).sentence
    for stranger in (
        (town.gu, body("auth-qf")),
        (town.nobody, body("hlq-gongan")),
        (town.qian, body("desk-zyl")),
    ):
        assert "不是本县区在岗人员" in asked([*three, stranger]).sentence


@pytest.mark.article(16)
@pytest.mark.parametrize("verb", ["consent", "refuse"])
def test_who_reviewed_the_law_does_not_decide(town: Town, verb: str) -> None:
    found = proposal_in("deciding", town)
    assert found.legal_reviewer == town.jiang
    Proposal.objects.filter(pk=found.pk).update(legal_reviewer=town.wu)
    why = refusal_of(NotPermitted, SAY[verb], found, town, "wu")
    assert "三个人" in why.sentence


@pytest.mark.article(16)
@pytest.mark.parametrize("verb", ["clear", "bar"])
def test_who_decided_before_does_not_review_the_law(town: Town, verb: str) -> None:
    found = proposal_in("legal_review", town)
    Proposal.objects.filter(pk=found.pk).update(decided_by=town.jiang)
    refusal_of(NotPermitted, SAY[verb], found, town, "jiang")


@pytest.mark.article(16)
@pytest.mark.parametrize(
    ("people", "name"),
    [
        ({"decided_by": "sun"}, "nobody_decides_his_own_proposal"),
        ({"decided_by": "jiang"}, "who_reviewed_the_law_does_not_decide"),
        ({"legal_reviewer": "sun"}, "nobody_reviews_the_law_of_his_own_proposal"),
    ],
)
def test_the_database_knows_that_they_are_three_persons(
    town: Town, people: dict[str, str], name: str
) -> None:
    found = proposal_in("deciding", town)
    assert (found.drafted_by, found.legal_reviewer) == (town.sun, town.jiang)
    columns = {column: getattr(town, person) for column, person in people.items()}
    with pytest.raises(IntegrityError, match=name), transaction.atomic():
        Proposal.objects.filter(pk=found.pk).update(**columns)
