"""The queues of a page as tabs, and which of them the address names."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from django.http import Http404, HttpRequest
from django.urls import reverse

from common.shapes import Shown
from common.web.listing import address_with
from workflow.models import SavedView
from workflow.queues import Queue
from workflow.saved_views import address_of_view, key_of


def chosen_queue(request: HttpRequest, queues: Sequence[Queue], *, first: Queue | None = None) -> Queue:
    """The queue that the address names, else ``first``. Raises Http404 if the page has no such queue."""
    key = request.GET.get("queue", "")
    if not key:
        return first or queues[0]
    found = next((queue for queue in queues if queue.key == key), None)
    if found is None:
        raise Http404
    return found


def address_of(view: str, queue: Queue) -> str:
    """The address of a queue on its page."""
    return address_with(reverse(view), queue=queue.key)


@dataclass(frozen=True, slots=True)
class QueueTab(Shown):
    """A queue for templates/parts/queues.html."""

    name: str
    count: int | str
    key: str
    url: str = ""
    light: str = ""
    poll: str = ""
    is_current: bool = False


def tab_of(view: str, queue: Queue, count: int | str, *, is_current: bool) -> QueueTab:
    """One queue for templates/parts/queues.html; lists of everything carry no number. Only desk and tray have
    letters and ask for new numbers by themselves.
    """
    return QueueTab(
        name=queue.label,
        url=address_of(view, queue),
        count=count,
        key=queue.go,
        light=queue.light if count else "",
        poll=queue.key if queue.go and queue.counted else "",
        is_current=is_current,
    )


def tab_of_view(view: SavedView, count: int | str, *, is_current: bool) -> QueueTab:
    """A saved view beside the queues; one that is shared says so."""
    return QueueTab(
        name=f"{view.name}（共享）" if view.desk_id else view.name,
        count=count,
        key="",
        url=address_of_view(view),
        poll=key_of(view) if count != "" else "",
        is_current=is_current,
    )
