"""Who may open the overview, the map, the calendar and what people suggest (Art. 20)."""

from __future__ import annotations

from accounts.models import User
from grids.models import Division
from personnel.rules import Entrance, holding
from personnel.scopes import authority_of
from workflow.territory import LOOKING, WATCHING, may_look_at, with_lineage

FIELD_VERBS = ("report", "coordinate", "guide")
FIELD_HOME = "frame:home"
FIRST_PAGES = (
    (("dispatch",), "workflow:desk"),
    (("handle", "oversee"), "workflow:tray"),
    (("supervise",), "frame:overview"),
    (("review_law",), "matters:proposals"),
    (("approve_grants",), "access:grants"),
    (("administer_audit",), "access:looks"),
    (("manage_staff",), "personnel:staffing"),
)


def townships_looked_after(user: User) -> list[Division]:
    """Returns the townships that the user looks after or works in; one statement, in register order."""
    authority = authority_of(user)
    divisions = with_lineage().filter(level="township").order_by("code")
    held = authority.places("division", *LOOKING)
    if authority.sees_all:
        return list(divisions)
    near = divisions.filter(pk__in=held) | divisions.filter(parent__in=held)
    near |= divisions.filter(parent__parent__in=held) | divisions.filter(children__in=held)
    near |= divisions.filter(children__grids__in=authority.places("grid", "report"))
    return list(near.distinct())


def hides_secrets(user: User, place: Division) -> bool:
    """Whether confidential cases are left out of a place's numbers. Only desks see them (Art. 20)."""
    return not authority_of(user).sees_all and not may_look_at(user, place, "dispatch")


def first_page(user: User) -> str:
    """Returns the name of the view at which the user's day starts; empty for users without a post."""
    authority = authority_of(user)
    if authority.holds(*FIELD_VERBS):
        return FIELD_HOME
    return next((view for verbs, view in FIRST_PAGES if authority.sees_all or authority.holds(*verbs)), "")


CALENDAR = Entrance(
    holding("administer_system", *WATCHING), "工作日历供监督、调度岗位和系统管理员查看。您的工作从首页进入。"
)
CALENDAR_KEEPERS = Entrance(holding("administer_system"), "节假日安排由市里的系统管理员录入。")
SUGGESTIONS = Entrance(
    holding("administer_system"), "意见建议由市里的系统管理员答复。您提过的在“意见建议”一页。"
)
OVERVIEW = Entrance(holding(*WATCHING), "总览供监督和调度岗位使用。您的工作从首页进入。")
MAP = Entrance(townships_looked_after, "地图供网格、调度和监督岗位使用。您的工作从首页进入。")
