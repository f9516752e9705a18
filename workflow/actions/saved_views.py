"""Saving and removing a view of the desk."""

from __future__ import annotations

from datetime import datetime

from accounts.models import User
from common.errors import NotPermitted, RuleViolation
from common.privacy.redaction import find_personal, words_of
from workflow.filters import Filters
from workflow.models import SavedView
from workflow.models.saved_views import LONGEST_NAME
from workflow.policies import DESK
from workflow.saved_views import QUEUES_OF_DESK, may_remove
from workflow.territory import desks_of

MOST_OWN = 20


def save_view(
    *, name: str, queue: str, filters: Filters, is_shared: bool, by: User, at: datetime
) -> SavedView:
    """Save a queue with its filters under a name; a view of that name is replaced.

    Raises :class:`NotPermitted` for whoever works at no desk, :class:`RuleViolation` for a name or a search that
    cannot be saved.
    """
    DESK.require(by)
    _require_name(name)
    desks = desks_of(by)
    if is_shared and not desks:
        raise RuleViolation("您不在任何调度台任职，只能保存给自己用。", field="shared")
    if queue not in QUEUES_OF_DESK:
        raise RuleViolation("没有这个队列，请从调度台的列表里保存。")
    if found := find_personal(filters.text):
        raise RuleViolation(f"筛选里有{words_of(found)}，不能保存成视图，请去掉后再保存。", field="name")
    mine = SavedView.objects.filter(owner=by)
    if mine.exclude(name=name).count() >= MOST_OWN:
        raise RuleViolation(f"您已有 {MOST_OWN} 个视图。请先删除用不着的。", field="name")
    view, _ = SavedView.objects.update_or_create(
        owner=by,
        name=name,
        defaults={
            "queue": queue,
            "filters": filters.address(),
            "desk_id": desks[0] if is_shared else None,
            "created_at": at,
        },
    )
    return view


def _require_name(name: str) -> None:
    if not name:
        raise RuleViolation("请给视图起个名字。", field="name")
    if len(name) > LONGEST_NAME:
        raise RuleViolation(f"名字最多 {LONGEST_NAME} 个字。", field="name")
    if found := find_personal(name):
        raise RuleViolation(f"名字里有{words_of(found)}，请去掉。", field="name")


def remove_view(view: SavedView, *, by: User) -> None:
    """Remove a view; raises :class:`NotPermitted` for a shared view of a colleague, unless ``by`` leads the desk."""
    if not may_remove(view, by):
        raise NotPermitted(f"这是{view.owner.name}共享的视图，由他本人或调度负责人删除。")
    view.delete()
