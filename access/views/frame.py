"""The tabs that the access pages share."""

from __future__ import annotations

from django.urls import reverse

from access.entrances import LOOKS
from accounts.models import User
from common.web.shapes import Link
from personnel.scopes import authority_of

DECIDING = ("approve_grants", "manage_staff", "administer_audit")


def tabs_for(user: User, here: str) -> list[Link]:
    """Return the tabs of the pages that this user may open."""
    authority = authority_of(user)
    tabs = [("access:mine", "我的权限"), ("access:looks_at_me", "谁看过我")]
    if LOOKS.opens(user):
        tabs.append(("access:looks", "查阅记录"))
    if authority.sees_all or authority.holds(*DECIDING):
        tabs.append(("access:grants", "专项授权"))
    return [Link(url=reverse(view), name=name, is_current=view == here) for view, name in tabs]
