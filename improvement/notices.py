"""The notices about improvement tasks."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from improvement.models import ImprovementTask
from notifications.actions import tell
from personnel.scopes import audience


def owner_of(task: ImprovementTask) -> list[str]:
    """Returns the audience of who is responsible; nobody until an owner is named."""
    if task.unit_id is not None:
        return [audience("handle", "organization", task.unit_id)]
    return [f"user:{task.person_id}"] if task.person_id is not None else []


def desk_of(task: ImprovementTask) -> list[str]:
    """Returns the audience of the desk that keeps the task."""
    return [audience("dispatch", "division", task.division_id)]


def above(task: ImprovementTask) -> list[str]:
    """Returns the audience of the authority over the place, where it has one."""
    parent = task.division.parent_id
    return [audience("supervise", "division", place) for place in (task.division_id, parent) if place]


def tell_all(task: ImprovementTask, audiences: Iterable[str], words: str, *, at: datetime) -> None:
    """Tells each audience the same sentence about the task."""
    for to in audiences:
        sentence = f"{words} {task.number}：{task.subject}"
        tell(to, topic="improve", subject=task.chain_key, sentence=sentence, at=at)
