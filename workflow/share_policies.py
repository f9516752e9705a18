"""Who may use which verb of an assisting unit's share (Art. 17): the same rule refuses it and shows its button."""

from __future__ import annotations

from personnel.rules import Rule, Rules
from personnel.scopes import Authority
from workflow import policies
from workflow.models import Assignment
from workflow.share_states import SHARE_MOVES


def assists(authority: Authority, share: Assignment) -> bool:
    """Whether the account works in the assisting unit; for a clue it must also be named to read clues."""
    return policies.works_for(authority, share.unit_id, share.case)


def at_desk(authority: Authority, share: Assignment) -> bool:
    """Whether the account dispatches at the level of the case, which added the unit."""
    return policies.at_desk(authority, share.case)


OF_UNIT = "由协办单位的经办人办理。"
OF_DESK = "由交办层级的机构决定。"
SHARE_RULES: Rules[Assignment] = Rules(
    {
        **dict.fromkeys(
            ("sign_share", "feed_back_share", "hand_back_share", "pass_share_down"), Rule(assists, OF_UNIT)
        ),
        **dict.fromkeys(("keep_share", "release_share"), Rule(at_desk, OF_DESK)),
    },
    moves=SHARE_MOVES,
)
