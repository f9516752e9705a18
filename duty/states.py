"""The life of one shift of a duty roster (Art. 17, 18). Pure."""

from __future__ import annotations

from common.records.moves import Move, MoveTable

STATUSES = {"planned": "已排", "handed_over": "已交班", "withdrawn": "已撤下"}
STANDING = ("planned", "handed_over")
VERBS = {
    "plan": "排班",
    "hand_over_duty": "交班",
    "take_over_duty": "接班",
    "take_off_roster": "撤下",
}
SHIFT_MOVES = MoveTable(
    (
        Move("plan", ("",), ("planned",)),
        Move("hand_over_duty", ("planned",), ("handed_over",)),
        Move("take_over_duty", ("planned",), ()),
        Move("take_off_roster", ("planned",), ("withdrawn",)),
    ),
    labels=STATUSES,
    verbs=VERBS,
)
