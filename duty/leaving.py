"""What happens to planned shifts when a person leaves (Art. 10, 17)."""

from __future__ import annotations

from duty.actions.shifts import planned_because_of, take_off_of_leavers
from personnel.holdings import Holding, register

register(
    Holding(
        "排好的值班",
        of_post=planned_because_of,
        pass_on=take_off_of_leavers,
        becomes="从值班表撤下，空出来的由排班的人补",
    )
)
