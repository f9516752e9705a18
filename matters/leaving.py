"""What happens to open votes of the joint review when a named reviewer leaves (Art. 10, 16)."""

from __future__ import annotations

from django.db.models import QuerySet

from matters.actions.review import recuse_leaver
from matters.models import ReviewVote
from personnel.holdings import Holding, Posting, register
from personnel.models import OfficePosting


def open_votes(post: Posting) -> QuerySet[ReviewVote]:
    """Returns the votes that the person has not given yet for the body of the post."""
    votes = ReviewVote.objects.filter(
        answer="waiting", proposal__status="joint_review", reviewer=post.user_id
    )
    return (
        votes.filter(organization=post.organization_id) if isinstance(post, OfficePosting) else votes.none()
    )


register(Holding("待表决的会审", of_post=open_votes, pass_on=recuse_leaver, becomes="离任后记为回避"))
