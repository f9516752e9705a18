"""Which authority each post gives, and over which place (Art. 5, 10, 11). Pure.

The competent authority supervises and the grid institution dispatches: always two separate permissions (Art. 5).
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Literal

Place = Literal["grid", "division", "organization"]

GRID_POSTS: dict[str, tuple[tuple[str, Place], ...]] = {
    "leader": (("coordinate", "division"),),
    "instructor": (("guide", "division"),),
    "full_time": (("report", "grid"),),
    "part_time": (("report", "grid"),),
}

OFFICE_POSTS: dict[str, tuple[tuple[str, Place], ...]] = {
    "dispatcher": (("dispatch", "division"), ("handle", "organization")),
    "desk_head": (
        ("dispatch", "division"),
        ("supervise", "division"),
        ("handle", "organization"),
        ("manage_staff", "division"),
        ("handle_conduct", "division"),
    ),
    "handler": (("handle", "organization"),),
    "department_head": (("handle", "organization"), ("oversee", "organization")),
    "county_admin": (
        ("supervise", "division"),
        ("publish_grids", "division"),
        ("publish_matters", "division"),
        ("manage_staff", "division"),
        ("handle_conduct", "division"),
    ),
    # The city's authority receives the filings of the counties; its institution only watches (Art. 5, 7).
    "city_supervisor": (
        ("supervise", "division"),
        ("publish_grids", "division"),
        ("publish_matters", "division"),
    ),
    # The person who reviews whether Art. 14 forbids a matter must not publish the list.
    "legal_reviewer": (("review_law", "division"),),
    # Three administrators, each a separate account: one runs the system, one guards accounts, one reads the trace.
    "system_admin": (("administer_system", "division"), ("manage_staff", "division")),
    "security_admin": (("administer_security", "division"), ("approve_grants", "division")),
    "audit_admin": (("administer_audit", "division"),),
}

# What a post in the functional department of a dedicated grid gives on that grid (Art. 8: both may see it).
DUAL_MANAGEMENT: dict[str, str] = {"handler": "watch", "department_head": "watch"}

# Which kind of organization may hold the post: dispatch belongs to institutions, supervision to authorities.
RESOLVING = (
    *("linkage_department", "service_unit", "mass_organization"),
    *("committee", "service_team", "provider"),
)
ORGANIZATION_KINDS: dict[str, tuple[str, ...]] = {
    "dispatcher": ("institution",),
    "desk_head": ("institution",),
    "handler": RESOLVING,
    "department_head": RESOLVING,
    "county_admin": ("authority",),
    "city_supervisor": ("authority",),
    "legal_reviewer": ("authority", "linkage_department"),
    "system_admin": ("authority",),
    "security_admin": ("authority",),
    "audit_admin": ("authority",),
}

# No account may hold two of these.
ADMINISTRATORS = ("system_admin", "security_admin", "audit_admin")
PUBLISHERS = tuple(role for role, brings in OFFICE_POSTS.items() if ("publish_matters", "division") in brings)
BUSINESS = tuple(role for role in (*GRID_POSTS, *OFFICE_POSTS) if role not in ADMINISTRATORS)


@dataclass(frozen=True)
class Exclusion:
    """On a day on which an account holds one of ``posts``, it must hold none of ``others``.

    ``is_local``: only if the territory of one post is, or lies within, the territory of the other.
    """

    posts: tuple[str, ...]
    others: tuple[str, ...]
    sentence: str
    is_local: bool = False


# Used by every verb that posts a person, by the import of rosters, by `verify`, and by the database trigger.
EXCLUSIONS = (
    Exclusion(
        ADMINISTRATORS,
        ADMINISTRATORS,
        "系统、安全、审计管理员不能是同一个账号。",
    ),
    Exclusion(
        ADMINISTRATORS,
        BUSINESS,
        "系统、安全、审计管理员不兼任业务岗位；请用另一个人，或先办理离任。",
    ),
    Exclusion(
        ("legal_reviewer",),
        PUBLISHERS,
        "合法性审查员和公布清单的岗位不能是同一个人（条例第十四条）；请用另一个人，或先办理离任。",
    ),
    Exclusion(
        ("county_admin",),
        ("city_supervisor",),
        "报送备案的县区和收备案的市不能是同一个人（条例第七条、第十四条）；请用另一个人，或先办理离任。",
        is_local=True,
    ),
    Exclusion(
        ("county_admin", "city_supervisor"),
        ("dispatcher", "desk_head"),
        "同一辖区的监督和调度是两种职权，不能由一个人兼任（条例第五条）；请用另一个人，或先办理离任。",
        is_local=True,
    ),
)


def excluded_by(role: str, other: str) -> Exclusion | None:
    """Return the rule by which two posts exclude each other, or None; a post never excludes the same post."""
    if role == other:
        return None
    for rule in EXCLUSIONS:
        if (role in rule.posts and other in rule.others) or (other in rule.posts and role in rule.others):
            return rule
    return None


def pairs_that_exclude() -> list[tuple[str, str, bool]]:
    """Return every ordered pair of posts that exclude each other, and whether only in one territory."""
    roles = (*GRID_POSTS, *OFFICE_POSTS)
    found = [(role, other, excluded_by(role, other)) for role in roles for other in roles]
    return [(role, other, rule.is_local) for role, other, rule in found if rule is not None]


# The sources that Art. 10 lists for the people of each post; the first is the usual one.
SOURCES: dict[str, tuple[str, ...]] = {
    "leader": ("城乡社区党组织主要负责人", "村（居）民委员会主要负责人"),
    "instructor": ("乡镇人民政府工作人员", "街道办事处工作人员"),
    "full_time": ("社会招聘", "城乡社区工作人员"),
    "part_time": (
        *("村（社区）党组织成员", "村（居）民委员会成员", "村（社区）党员", "村（居）民代表", "人大代表"),
        *("政协委员", "人民调解员", "辅警", "物业管理人员", "志愿者", "其他人员"),
    ),
}
NEEDED = ("leader", "instructor", "full_time")  # every grid must have these
# Posts in which somebody may be named to act while nobody holds them: without an instructor nobody could verify what a
# worker has handled alone (Art. 17). The post stays vacant, and its holder is still to be appointed.
NAMED_WHILE_VACANT = ("instructor",)
WHILE_VACANT = "空缺替岗"
FIRST_DAY = date(2025, 1, 1)  # the regulation is in force since this day (Art. 29)
AHEAD = timedelta(days=366)


def why_not_source(role: str, source: str, *, name: str) -> str:
    """Return what is wrong with a person's source (Art. 10), as a sentence; empty if it is valid."""
    if source in SOURCES[role]:
        return ""
    return f"{name}的来源应是条例第十条所列：{'、'.join(SOURCES[role])}。"


def why_not_first_day(on: date, *, today: date, role: str = "") -> str:
    """Return what is wrong with the first day of a post, as a sentence; empty if it is valid.

    An administrator's post cannot begin in the past, because earlier acts were done without it.
    """
    if role in ADMINISTRATORS and on < today:
        return "管理员岗位从今天或以后的日期起，不能补到过去。"
    return "" if FIRST_DAY <= on <= today + AHEAD else "到岗日期应在 2025 年 1 月 1 日以后、一年以内。"
