"""What happens to open cases when a person or a body leaves (Art. 5, 10, 17, 18)."""

from __future__ import annotations

from personnel.holdings import Holding, register
from workflow.actions.handover import concerned, hand_over_of_post, kept_by, pass_to_body

register(
    Holding(
        "在办事项",
        of_post=kept_by,
        pass_on=hand_over_of_post,
        needs_successor=True,
        of_body=concerned,
        merge=pass_to_body,
    )
)
