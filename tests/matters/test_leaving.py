"""A named reviewer who leaves is recorded as recused, so that the joint review goes on without them (Art. 10, 16)."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.db import transaction

from matters.actions.review import recuse_leaver
from matters.models import Proposal
from personnel.actions.leaving import relieve_and_hand_over
from personnel.holdings import held_by
from personnel.models import OfficePosting
from tests.matters.conftest import proposal_in
from tests.town import MONDAY, Town


def recuse_leaver_rolled_back(post: OfficePosting, town: Town) -> int:
    """How many votes the recusal says it has closed."""
    with transaction.atomic():
        count = recuse_leaver(post, to=None, by=town.wu, at=MONDAY)
        transaction.set_rollback(True)
    return count


@pytest.mark.article(10)
@pytest.mark.article(16)
def test_the_open_vote_of_somebody_who_leaves_is_a_recusal_with_its_reason(town: Town) -> None:
    found = proposal_in("joint_review", town)
    vote = found.votes.get(reviewer=town.qian)
    post = OfficePosting.objects.get(user=town.qian)
    assert [(kind.word, count) for kind, count in held_by(post)] == [("待表决的会审", 1)]
    on = MONDAY.date() + timedelta(days=7)
    assert recuse_leaver_rolled_back(post, town) == 1
    assert relieve_and_hand_over(post, successor=None, on=on, at=MONDAY + timedelta(days=7), by=town.wu) == 0
    vote.refresh_from_db()
    assert (vote.answer, vote.reason) == ("recused", "会审人离任")
    found = Proposal.objects.get(pk=found.pk)
    last = found.events.order_by("-seq")[0]
    assert (last.verb, last.actor, last.note) == ("recuse", town.wu, "回避：会审人离任")
    assert found.status == "joint_review", "the others vote on"
    assert held_by(post) == []
