"""Who may appoint, relieve and change bodies, and where (Art. 10, 11). One rule refuses and shows the button."""

from __future__ import annotations

from accounts.models import User
from grids.models import Division
from personnel.rules import Rule
from personnel.scopes import Authority, authority_of, may_over


def manages_staff(authority: Authority, place: Division) -> bool:
    """Who manages the staff of the place: its township's desk head, its county's or the city's administrator."""
    return may_over(authority, "manage_staff", place)


def manages_bodies(authority: Authority, place: Division) -> bool:
    """A township founds its own teams and committees; the county's bodies are the county's, the city's the city's."""
    return may_over(authority, "manage_staff", place) or may_over(authority, "administer_system", place)


def appoints_administrators(authority: Authority, place: Division) -> bool:
    """The three administrators are posted by the security administrator of the city, never by themselves alone."""
    return may_over(authority, "administer_security", place)


BY_TOWNSHIP = "网格人员由所在乡镇街道的调度负责人或县区管理员管理（条例第十一条）；您不能办这里的人员。"
WHO_MAY: dict[str, Rule[Division]] = {
    "appoint": Rule(manages_staff, BY_TOWNSHIP),
    "relieve": Rule(manages_staff, BY_TOWNSHIP),
    "transfer": Rule(manages_staff, BY_TOWNSHIP),
    "stand_in": Rule(manages_staff, BY_TOWNSHIP),
    "enrol": Rule(manages_staff, BY_TOWNSHIP),
    "appoint_administrator": Rule(
        appoints_administrators, "系统、安全、审计管理员由市级安全管理员任免；三种管理员不能是同一个账号。"
    ),
    "found": Rule(manages_bodies, "机构由所在辖区的管理员登记。"),
    "rename": Rule(manages_bodies, "机构由所在辖区的管理员更名。"),
    "merge": Rule(manages_bodies, "机构由所在辖区的管理员合并。"),
    "close": Rule(manages_bodies, "机构由所在辖区的管理员撤销。"),
}


def may(verb: str, by: User, place: Division) -> bool:
    """Whether ``by`` may say ``verb`` in ``place``."""
    return WHO_MAY[verb].allows(authority_of(by), place)


def require(verb: str, by: User | None, place: Division) -> None:
    """Raise :class:`NotPermitted` with the rule's sentence; the platform itself (None) is not asked."""
    if by is not None:
        WHO_MAY[verb].require(authority_of(by), place, verb=verb)
