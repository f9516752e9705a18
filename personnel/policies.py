"""Who may appoint, relieve and change bodies, and where (Art. 10, 11). The same rule refuses and shows the button."""

from __future__ import annotations

from dataclasses import dataclass

from accounts.models import User
from grids.models import Division
from personnel.rules import Entrance, Rule, Rules, holding
from personnel.scopes import Authority, may_over


@dataclass(frozen=True)
class Staffing:
    """The place of an act on posts or bodies, and the person concerned, if any."""

    place: Division
    person_id: int | None = None

    @property
    def key(self) -> str:
        """Return the name in the trace."""
        return f"person:{self.person_id}" if self.person_id else f"division:{self.place.pk}"


def manages_staff(authority: Authority, about: Staffing) -> bool:
    """Whether the user manages the staff of the place: township's desk head, county's or city's administrator."""
    return may_over(authority, "manage_staff", about.place)


def manages_bodies(authority: Authority, about: Staffing) -> bool:
    """Whether the user manages the bodies of the place: township, county and city each manage their own."""
    return may_over(authority, "manage_staff", about.place) or may_over(
        authority, "administer_system", about.place
    )


def appoints_administrators(authority: Authority, about: Staffing) -> bool:
    """Whether the user is the city's security administrator, who posts the three administrators, but not themselves."""
    return may_over(authority, "administer_security", about.place)


def person(about: Staffing) -> tuple[int | None]:
    """Return the person whose post it is; nobody may appoint, move or relieve themselves."""
    return (about.person_id,)


BY_TOWNSHIP = "网格人员由所在乡镇街道的调度负责人或县区管理员管理（条例第十一条）；您不能办这里的人员。"
NO_OWN_POST = "不能给自己任免岗位，请由上级办理（条例第十一条）。"
WHO_MAY: Rules[Staffing] = Rules(
    {
        "appoint": Rule(manages_staff, BY_TOWNSHIP, person, NO_OWN_POST),
        "relieve": Rule(manages_staff, BY_TOWNSHIP, person, NO_OWN_POST),
        "transfer": Rule(manages_staff, BY_TOWNSHIP, person, NO_OWN_POST),
        "stand_in": Rule(manages_staff, BY_TOWNSHIP, person, NO_OWN_POST),
        "enrol": Rule(manages_staff, BY_TOWNSHIP, person, NO_OWN_POST),
        "appoint_administrator": Rule(
            appoints_administrators,
            "系统、安全、审计管理员由市级安全管理员任免；三种管理员不能是同一个账号。",
            person,
            NO_OWN_POST,
        ),
        "found": Rule(manages_bodies, "机构由所在辖区的管理员登记。"),
        "rename": Rule(manages_bodies, "机构由所在辖区的管理员更名。"),
        "merge": Rule(manages_bodies, "机构由所在辖区的管理员合并。"),
        "close": Rule(manages_bodies, "机构由所在辖区的管理员撤销。"),
    }
)


MANAGERS = Entrance(
    holding("manage_staff"),
    "人员和机构由乡镇街道的调度负责人和县区管理员管理。自己的权限见“我的权限”。",
)


def may(verb: str, by: User, place: Division, person: User | None = None) -> bool:
    """Whether ``by`` may run ``verb`` in ``place`` for ``person``."""
    return WHO_MAY.may(verb, by, Staffing(place, person.pk if person else None))


def require(verb: str, by: User | None, place: Division, person: User | None = None) -> None:
    """Raise :class:`NotPermitted` with the rule's sentence; the platform itself (None) may do everything."""
    WHO_MAY.require(verb, by, Staffing(place, person.pk if person else None))
