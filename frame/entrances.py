"""Who may open the overview and the map (Art. 20)."""

from __future__ import annotations

from accounts.models import User
from grids.models import Division
from personnel.rules import Entrance, holding
from personnel.scopes import authority_of
from workflow.territory import LOOKING, WATCHING, with_lineage


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


OVERVIEW = Entrance(holding(*WATCHING), "总览供监督和调度岗位使用。您的工作从首页进入。")
MAP = Entrance(townships_looked_after, "地图供网格、调度和监督岗位使用。您的工作从首页进入。")
