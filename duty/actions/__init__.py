"""The acts on a duty roster: a week is entered, a shift is handed over or taken off (Art. 17, 18)."""

from duty.actions.roster import Line, enter_roster
from duty.actions.shifts import hand_over_duty, take_off_of_leavers, take_off_roster

__all__ = ["Line", "enter_roster", "hand_over_duty", "take_off_of_leavers", "take_off_roster"]
