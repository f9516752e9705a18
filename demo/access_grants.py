"""Special grants of the demo: clue readers, a grant that waits for a second person, and one recorded access."""

from __future__ import annotations

from datetime import datetime, timedelta

from access import subjects
from access.actions.requests import GrantDraft, approve_grant, ask_for_grant
from access.actions.reveals import reveal
from accounts.models import User
from grids.models import Division
from personnel.models import Organization

CLUES = "受理和办理保密线索"


def give_demonstration_grants(*, at: datetime) -> int:
    """Name clue readers at the desks and in every unit of the demo county; returns the number of grants."""
    head, admin = User.objects.get(username="desk_head"), User.objects.get(username="county_admin")
    guard = User.objects.get(username="security")
    until, count = at + timedelta(days=170), 0
    readers = [("dispatcher", "410902001", head), ("county", "410902", admin)]
    for username, code, asks in readers:
        _grant(username, Division.objects.get(code=code), asks=asks, guard=guard, until=until, at=at)
        count += 1
    for body in Organization.objects.filter(division__code="410902", is_active=True).resolvers():
        handler = User.objects.filter(
            office_postings__organization=body, office_postings__role="handler"
        ).first()
        if handler is not None:
            _grant(handler.username, body, asks=admin, guard=guard, until=until, at=at)
            count += 1
    street = Division.objects.get(code="410902001")
    ask_for_grant(
        GrantDraft(head, "view_personal", street, "核对新聘网格员的身份材料", at + timedelta(days=20)),
        by=head,
        at=at,
    )
    worker = User.objects.get(username="worker")
    found = subjects.find(head, f"contact:{worker.contact.pk}", "private_phone")
    reveal(found, reason="排班联系本人", by=head, at=at - timedelta(days=1))
    return count


def _grant(
    username: str, place: Division | Organization, *, asks: User, guard: User, until: datetime, at: datetime
) -> None:
    grantee = User.objects.get(username=username)
    asked = ask_for_grant(GrantDraft(grantee, "view_clues", place, CLUES, until), by=asks, at=at)
    approve_grant(asked, by=guard, at=at)
