"""One invented complaint that waits to be handled."""

from __future__ import annotations

from datetime import datetime, timedelta

from accounts.models import User
from conduct.actions import ComplaintDraft, complain
from conduct.models import Complaint
from grids.models import Grid


def play_demonstration_complaint(*, at: datetime) -> int:
    """File a complaint about the worker of the demo grid; returns how many complaints."""
    worker = User.objects.get(username="worker")
    posting = worker.grid_postings.get()
    draft = ComplaintDraft(
        grid=Grid.objects.with_place().get(pk=posting.grid_id),
        kind="rude",
        text="上门登记的时候说话不耐烦，问了两遍就不理人了。（演示）",
        person=worker,
        contact_name="演示居民乙",
        contact_phone="19800009999",
    )
    complain(draft, source=Complaint.Source.PUBLIC, at=at - timedelta(days=1))
    return 1
