"""What happens to the register by itself."""

from __future__ import annotations

from celery import shared_task

from common import clock
from registry.actions import (
    follow_divisions,
    follow_grids,
    propose_all_doubles,
    release_grown_ups,
    write_people,
)


@shared_task(name="registry.tasks.follow_grids")
def follow() -> int:
    """Move records with their grids and villages; end the guard of who has grown up."""
    at = clock.now()
    return follow_divisions(at=at) + follow_grids(at=at) + release_grown_ups(at=at)


@shared_task(name="registry.tasks.propose_doubles")
def propose() -> int:
    """Propose, for a person to decide, which records look like one."""
    return propose_all_doubles(at=clock.now())


@shared_task(name="registry.tasks.write_people")
def write() -> int:
    """Write the next lines of the files of people that were confirmed."""
    return write_people(at=clock.now())
