"""The tabs that the access pages share."""

from __future__ import annotations

from access.entrances import LOOKS, decides
from accounts.models import User
from common.web.shapes import Link
from personnel.tabs import Tab, links_of

TABS = (
    Tab("access:mine", "我的权限"),
    Tab("access:looks_at_me", "谁看过我"),
    Tab("access:looks", "查阅记录", LOOKS.admits),
    Tab("access:grants", "专项授权", decides),
)


def tabs_for(user: User, here: str) -> list[Link]:
    """Return the tabs of the pages that this user may open."""
    return links_of(TABS, user, here)
