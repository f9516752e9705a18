"""Access to a resident's contact: open to the people who have the case in hand (Art. 20).

The person behind a clue is a secret source, T4. The few people who may read the clue may open the contact, within a low
limit, and even their superiors cannot read that they did.
"""

from __future__ import annotations

from django.urls import reverse

from access.subjects import Piece, Subject, register
from accounts.models import User
from personnel.scopes import authority_of
from workflow import policies
from workflow.contacts import CONTACT_FIELDS
from workflow.models import Case, CaseContact

HOLDERS_RULE = "反映人的联系方式只有正在办这件事的人能看：上报人、现在持有此事的网格长或调度台、责任单位。"


def sees_case(user: User, contact: CaseContact) -> bool:
    """Whether the user sees the case, and so sees that there is a contact, masked."""
    return Case.objects.visible_to(user).filter(pk=contact.case_id).exists()


def why_not(user: User, contact: CaseContact, name: str) -> str:
    """Returns why the user may not open the contact; empty for those who have the open case in hand."""
    authority, case = authority_of(user), contact.case
    has_it = (
        policies.is_reporter(authority, case)
        or policies.holds_before_assignment(authority, case)
        or policies.at_desk(authority, case)
        or policies.in_unit(authority, case)
    )
    return "" if has_it and case.is_open else HOLDERS_RULE


register(
    Subject(
        kind="case_contact",
        model=CaseContact,
        pieces={field.name: Piece(field.full_label, "T2") for field in CONTACT_FIELDS},
        in_sight=sees_case,
        refusal=why_not,
        person_id=lambda contact: None,
        whose=lambda contact: f"事项 {contact.case.number} 的反映人",
        back=lambda contact: reverse("workflow:case", args=[contact.case_id]),
        tier_of=lambda contact: "T4" if contact.case.confidential else "T2",
    )
)
