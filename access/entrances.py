"""Who may open the pages of access, and for which places a user may apply (Art. 20, 26)."""

from __future__ import annotations

from accounts.models import User
from personnel.models import Organization
from personnel.rules import Entrance, holding
from personnel.scopes import authority_of
from personnel.visibility import divisions_within


def places_to_ask_for(user: User) -> list[tuple[str, str]]:
    """Return the divisions whose staff the user manages, down to townships, and the bodies of these divisions."""
    held = authority_of(user).places("division", "manage_staff")
    if not held:
        return []
    divisions = divisions_within(held).exclude(level="village")
    found = list(divisions.order_by("code").values_list("pk", "name"))
    bodies = Organization.objects.serving([pk for pk, _ in found]).resolvers().order_by("code")
    return [
        *((f"division:{pk}", name) for pk, name in found),
        *((f"organization:{pk}", name) for pk, name in bodies.values_list("pk", "name")),
    ]


ASKING = Entrance(places_to_ask_for, "专项授权由管理当地人员的调度负责人或县区管理员申请。")
LOOKS = Entrance(
    holding("manage_staff", "administer_audit", "administer_security"),
    "查阅记录由管理人员的机构和审计管理员查看。自己被谁看过，见“谁看过我”。",
)

decides = holding("approve_grants", "manage_staff", "administer_audit")
"""Whether special grants are part of the user's work."""
