"""Who keeps a duty roster and who hands over a shift (Art. 11, 17). The same rule refuses and shows the button."""

from __future__ import annotations

from django.db.models import QuerySet

from accounts.models import User
from duty import states
from duty.models import DutyShift
from duty.querysets import bodies_seen_by
from personnel.models import Organization
from personnel.rules import Entrance, Rule, Rules
from personnel.scopes import Authority, may_over


def keeps_roster(authority: Authority, body: Organization) -> bool:
    """Whether the account keeps the roster: the head of the department, or who manages the staff of the place."""
    return authority.may("oversee", "organization", body.pk) or may_over(
        authority, "manage_staff", body.division
    )


def is_on_shift(authority: Authority, shift: DutyShift) -> bool:
    """Whether the account is on duty in this shift, or stands in."""
    return authority.user_id in (shift.person_id, shift.stand_in_id)


KEEPERS = "值班表由本机构的负责人或者管理人员的管理员排。"
KEEP: Rules[Organization] = Rules(
    {"plan": Rule(keeps_roster, KEEPERS)}, is_time=lambda verb, body: body.is_active
)
WHO_MAY: Rules[DutyShift] = Rules(
    {
        "hand_over_duty": Rule(is_on_shift, "由这一班的值班人或替班人交班。"),
        "take_off_roster": Rule(lambda authority, shift: keeps_roster(authority, shift.body), KEEPERS),
    },
    moves=states.SHIFT_MOVES,
)


def rosters_of(user: User) -> QuerySet[Organization]:
    """Returns the bodies whose roster the user reads."""
    return bodies_seen_by(user)


ROSTERS: Entrance[QuerySet[Organization]] = Entrance(
    lambda user: found if (found := rosters_of(user)).exists() else None,
    "值班表供调度台和责任单位使用。您的工作从首页进入。",
)
