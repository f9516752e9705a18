"""Who may draw and who may record a finding (Art. 5, 12): never about one's own work."""

from __future__ import annotations

from accounts.models import User
from grids.models import Division
from personnel.rules import Entrance, Rule, Rules
from personnel.scopes import Authority, may_over
from rechecks import states
from rechecks.models import Recheck
from rechecks.querysets import in_territory
from workflow.territory import WATCHING


def stands_over_place(authority: Authority, place: Division) -> bool:
    """Whether the account dispatches or supervises in a place or above it."""
    return authority.sees_all or any(may_over(authority, verb, place) for verb in WATCHING)


def checks(authority: Authority, recheck: Recheck) -> bool:
    """Whether the account stands over the place of the draw."""
    return stands_over_place(authority, recheck.draw.division)


def places_to_draw(user: User) -> list[Division]:
    """Return the townships and counties in which the user may draw, in register order."""
    places = Division.objects.filter(level__in=("township", "county")).order_by("code")
    return list(places.filter(in_territory(user, "")))


RECHECKS = Entrance(places_to_draw, "抽查由乡镇街道的机构和上级机构、主管部门办理。")
DRAW: Rules[Division] = Rules(
    {"draw": Rule(stands_over_place, "只能抽查自己辖区里的事项。")}, is_time=lambda verb, place: True
)
WHO_MAY: Rules[Recheck] = Rules(
    {
        "find": Rule(
            checks,
            "抽查结果由辖区的机构或者上级记录。",
            lambda recheck: recheck.concerned,
            "这件事是您办理、核查或者经手的，请由别人抽查。",
        )
    },
    moves=states.RECHECK_MOVES,
)
