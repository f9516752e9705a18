"""Who complained (T4): visible only to the present examiners, never to the person concerned (Art. 12, 26)."""

from __future__ import annotations

from django.urls import reverse

from access.subjects import Piece, Subject, register
from accounts.models import User
from conduct import states
from conduct.models import Complaint
from conduct.policies import WHO_MAY
from personnel.scopes import authority_of

RULE = "投诉人只有正在办理这件投诉的人能看；有了结论以后谁都不能再看。"


def sees(user: User, complaint: Complaint) -> bool:
    """Whether the user sees the complaint; if so, a given name is shown masked."""
    return Complaint.objects.visible_to(user).filter(pk=complaint.pk).exists()


def why_not(user: User, complaint: Complaint, name: str) -> str:
    """Return the reason for a refusal; empty for an examiner while the complaint is open."""
    may = WHO_MAY["decide"].allows(authority_of(user), complaint) and complaint.status in states.OPEN
    return "" if may else RULE


register(
    Subject(
        kind="complaint",
        model=Complaint,
        pieces={
            "contact_name": Piece("投诉人姓名", "T4"),
            "contact_phone": Piece("投诉人电话", "T4"),
        },
        in_sight=sees,
        refusal=why_not,
        person_id=lambda complaint: None,
        whose=lambda complaint: f"投诉 {complaint.number} 的投诉人",
        back=lambda complaint: reverse("conduct:complaint", args=[complaint.pk]),
    )
)
