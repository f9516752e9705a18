"""What the frame of every page shows: the user, the navigation, what waits. It is read only when it is rendered."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date
from functools import cached_property, lru_cache
from time import monotonic
from typing import Any

from django.db.models import F, Value
from django.http import HttpRequest
from django.urls import NoReverseMatch, reverse

from accounts.models import User
from common import clock
from common.shapes import Context, Shown
from frame.entrances import CALENDAR_KEEPERS, FIELD_VERBS
from frame.inbox import unread_count
from personnel.models import GridPosting, OfficePosting
from personnel.scopes import Authority, authority_of
from worktime.calendars import current_calendar, missing_year
from worktime.clocks import day_of

POST_NAMES = dict(GridPosting.Role.choices) | dict(OfficePosting.Role.choices)
SEARCHERS = ("report", "coordinate", "guide", "dispatch", "supervise", "handle", "oversee")
FRESH_SECONDS = 60.0
# The bar at the bottom of a phone: these first entrances, the current page, and the messages; the rest is under 更多.
UNDER_THE_THUMB, MOST_UNDER_THE_THUMB = 3, 5


@dataclass(frozen=True)
class MenuEntry:
    """One item of the navigation and the verbs that open it. ``also`` are other addresses that belong to it."""

    name: str
    icon: str
    view: str
    verbs: tuple[str, ...]
    also: tuple[str, ...] = ()


ENTRANCES = (
    MenuEntry("首页", "house", "frame:home", FIELD_VERBS),
    MenuEntry("调度台", "inbox", "workflow:desk", ("dispatch",)),
    MenuEntry("上报", "plus", "workflow:report", ("report", "coordinate", "guide")),
    MenuEntry("待办", "list-checks", "workflow:village", ("coordinate", "guide")),
    MenuEntry("我的", "list", "workflow:mine", ("report",)),
    MenuEntry("本单位", "clipboard-check", "workflow:tray", ("handle", "oversee")),
    MenuEntry("总览", "file-text", "frame:overview", ("supervise",)),
    MenuEntry(
        "网格方案",
        "pen-line",
        "plans:plans",
        ("publish_grids", "supervise", "dispatch"),
        also=("/filings/", "/sector-grids/", "/grid-rules/", "/divisions/"),
    ),
    MenuEntry(
        "事项清单",
        "list",
        "matters:lists",
        ("publish_matters", "supervise", "dispatch", "review_law", "handle", "oversee"),
    ),
    MenuEntry("人员", "users", "personnel:staffing", ("manage_staff",), also=("/organizations/",)),
    MenuEntry("专项授权", "lock", "access:grants", ("approve_grants",)),
    MenuEntry("查阅记录", "eye", "access:looks", ("administer_audit", "administer_security")),
    MenuEntry("公示牌", "image", "boards:boards", ("manage_staff", "dispatch", "supervise")),
    MenuEntry("投诉", "message-square", "conduct:complaints", ("handle_conduct",)),
    MenuEntry(
        "网格册", "building-2", "register:register", ("dispatch", "supervise", "publish_grids", "handle")
    ),
    MenuEntry("人地事", "users", "registry:home", ("report", "coordinate", "guide")),
    MenuEntry("地图", "map", "frame:map", ("dispatch", "supervise", "coordinate", "guide")),
    MenuEntry("工作日历", "clock", "frame:calendar", ("administer_system",)),
    MenuEntry("意见答复", "message-square", "frame:suggestions", ("administer_system",)),
    MenuEntry("消息", "bell", "frame:inbox", ()),
)


@dataclass(frozen=True, slots=True)
class Who(Shown):
    """The user's name and posts in words; ``post`` is the first of them."""

    name: str
    post: str
    posts: list[str]


@dataclass(frozen=True, slots=True)
class NavItem(Shown):
    """An entry of the menu. A spare one has no room on a phone."""

    url: str
    name: str
    icon: str
    is_current: bool
    is_spare: bool = False


class Shell:
    """The frame for one request. It costs visitors without an account nothing, users two or three statements."""

    def __init__(self, request: HttpRequest) -> None:
        self.request = request
        self.user = request.user if isinstance(request.user, User) else None

    @property
    def authority(self) -> Authority | None:
        """What the user may do, read once per request."""
        return authority_of(self.user) if self.user else None

    @cached_property
    def who(self) -> Who | None:
        """The user's name and posts in words."""
        if self.user is None:
            return None
        minute = int(monotonic() // FRESH_SECONDS)
        posts = posts_of(self.user.pk, authority_of(self.user), _wall_calendar().today, minute)
        return Who(name=self.user.name or self.user.username, post="；".join(posts[:1]), posts=list(posts))

    @cached_property
    def toast(self) -> Any:
        """What was just done, with undo; it is shown once, however often the template asks for it."""
        return self.request.session.pop("toast", None) if self.user else None

    @cached_property
    def nav_items(self) -> list[NavItem]:
        """The entrances that the user's grants open. ``is_spare`` entrances have no room on a phone."""
        authority = self.authority
        if authority is None:
            return []
        items = [
            NavItem(
                url=url,
                name=entrance.name,
                icon=entrance.icon,
                is_current=self._is_here(url, *entrance.also),
            )
            for entrance in ENTRANCES
            if (not entrance.verbs or authority.sees_all or authority.holds(*entrance.verbs))
            and (url := address_of(entrance.view))
        ]
        is_full = len(items) > MOST_UNDER_THE_THUMB
        last = len(items) - 1
        return [
            replace(
                item, is_spare=is_full and not (place < UNDER_THE_THUMB or item.is_current or place == last)
            )
            for place, item in enumerate(items)
        ]

    @property
    def has_more(self) -> bool:
        """Whether a phone needs the page with all entrances."""
        return any(item.is_spare for item in self.nav_items)

    def _is_here(self, *urls: str) -> bool:
        path = self.request.path
        return any(path == url if url == "/" else path.startswith(url) for url in urls)

    @property
    def may_search(self) -> bool:
        """Whether the user has cases to search for."""
        authority = self.authority
        return authority is not None and (authority.sees_all or authority.holds(*SEARCHERS))

    @cached_property
    def unread_count(self) -> int:
        """The number of unread notices, counted no further than 99."""
        return unread_count(self.user) if self.user else 0

    @cached_property
    def calendar_gap(self) -> int | None:
        """The year whose holidays should be entered by now, for whoever enters them: they see at once that they did."""
        if not self.user or not CALENDAR_KEEPERS.admits(self.user):
            return None
        wall = _wall_calendar()
        return wall.gap and missing_year(wall.today, current_calendar())

    @property
    def text_size(self) -> str:
        """The user's own choice, otherwise this device's."""
        if self.user is not None:
            return "large" if self.user.prefers_large_text else ""
        return "large" if self.request.COOKIES.get("text_size") == "large" else ""


@lru_cache(maxsize=4096)
def posts_of(user_id: int, authority: Authority, day: date, minute: int) -> tuple[str, ...]:
    """Returns the posts held on ``day``, in words, in one statement.

    They are kept while the user's authority is the same, and for ``minute`` at most: a place may be renamed.
    """
    held = GridPosting.objects.current(day).filter(user=user_id)
    offices = OfficePosting.objects.current(day).filter(user=user_id)
    rows = (
        held.annotate(kind=Value(0))
        .values_list("kind", "pk", "role", "village__name", "grid__name")
        .union(
            offices.annotate(
                kind=Value(1), place=F("organization__name"), nothing=F("organization__name")
            ).values_list("kind", "pk", "role", "place", "nothing")
        )
        .order_by("kind", "pk")[:8]
    )
    return tuple(f"{grid or place} {POST_NAMES.get(role, role)}" for _, _, role, place, grid in rows)


def address_of(view: str) -> str:
    """Returns the address of a page, or an empty string if this installation does not have the page."""
    try:
        return reverse(view)
    except NoReverseMatch:
        return ""


@dataclass(frozen=True)
class _WallCalendar:
    """The day, and the year whose holidays are missing, as this process last read them."""

    today: date
    gap: int | None
    read_at: float


_hung: list[_WallCalendar] = []


def _wall_calendar() -> _WallCalendar:
    """Returns the wall calendar, read at most once a minute, which is fresh enough for every page."""
    if not _hung or monotonic() - _hung[0].read_at > FRESH_SECONDS:
        today = day_of(clock.now())
        _hung[:] = [_WallCalendar(today, missing_year(today, current_calendar()), monotonic())]
    return _hung[0]


def shell(request: HttpRequest) -> Context:
    """Context processor. Whatever costs a statement is read only if the template uses it."""
    if not hasattr(request, "user"):
        return {}
    frame = Shell(request)
    return {
        "who": lambda: frame.who,
        "nav_items": lambda: frame.nav_items,
        "nav_has_more": lambda: frame.has_more,
        "unread_count": lambda: frame.unread_count,
        "calendar_gap": lambda: frame.calendar_gap,
        "may_search": lambda: frame.may_search,
        "works_in_grid": lambda: frame.authority is not None and frame.authority.holds("report"),
        "text_size": frame.text_size,
        "shortcuts": "on" if frame.user is None or frame.user.shortcuts_enabled else "off",
        "toast": lambda: frame.toast,
    }
