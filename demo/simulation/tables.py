"""The tables of the law and of the list, written down a second time: limits, alarms, what a verb does to a stay.

It reads no plan and no setting of the product (Art. 17, 18).
"""

from __future__ import annotations

from dataclasses import dataclass

from demo.simulation.calculator import DAYS, HOURS, ROUND, WORKDAYS, Limit

HOUR = 60
# The table of the step limits (Art. 17, 18): the ordinary limit and, where there is one, the urgent.
LIMITS: dict[str, tuple[Limit, Limit | None]] = {
    "self_handling": (Limit(DAYS, 0), None),
    "awaiting_leader": (Limit(WORKDAYS, 1), None),
    "coordinating": (Limit(WORKDAYS, 3), None),
    "awaiting_acceptance": (Limit(HOURS, 4 * HOUR), Limit(ROUND, 10)),
    "returned_for_correction": (Limit(WORKDAYS, 1), None),
    "awaiting_assignment": (Limit(HOURS, 4 * HOUR), Limit(ROUND, 10)),
    "awaiting_signature": (Limit(HOURS, 4 * HOUR), Limit(ROUND, 15)),
    "return_review": (Limit(HOURS, 4 * HOUR), Limit(ROUND, 15)),
    "conference": (Limit(WORKDAYS, 3), None),
    "extension_review": (Limit(HOURS, 4 * HOUR), Limit(ROUND, 15)),
    "shelving_review": (Limit(WORKDAYS, 1), None),
    "matter": (Limit(WORKDAYS, 5), Limit(ROUND, 24 * HOUR)),
    "awaiting_verification": (Limit(WORKDAYS, 1), Limit(ROUND, 2 * HOUR)),
    "awaiting_rating": (Limit(DAYS, 5), None),
}
LAPSES_AFTER = Limit(WORKDAYS, 3)
ESCALATES_AFTER = (Limit(HOURS, 4 * HOUR), Limit(ROUND, 30))
SUPERVISED_AFTER = (Limit(WORKDAYS, 2), Limit(ROUND, 2 * HOUR))
ANSWERED_WITHIN = (Limit(WORKDAYS, 2), Limit(ROUND, 2 * HOUR))
# Whom an urgent case that waits for a taker calls: again every few minutes, so many minutes on each rung but the last.
CALLED = ("duty", "stand_in", "leader", "above")
CALLED_AFTER = {"awaiting_acceptance": 0, "return_review": 0, "awaiting_signature": 10}  # seconds
CALLED_EVERY, CLIMBS_AFTER, MOST_CALLS = 5, 10, 99  # minutes, minutes, calls of one rung
SHARE_RULES = ("remind", "overdue", "escalate")  # what the clock of an assisting unit does
ENDED = ("closed", "refused", "withdrawn", "void", "merged")
WORKING = ("self_handling", "coordinating", "in_hand", "rework")
# Events that end no stay.
MOVES_NOTHING = frozenset(
    (
        *("supplement", "press", "convene", "gather", "join", "ask_join", "hand_over", "change_desk"),
        *(
            "remind",
            "flag_overdue",
            "report_up",
            "raise_supervision",
            "replan",
            "call",
            "take_charge",
            "unlink",
        ),
        *(
            "sign_share",
            "feed_back_share",
            "hand_back_share",
            "pass_share_down",
            "keep_share",
            "release_share",
        ),
    )
)
RULE_OF_VERB = {
    "escalate_overdue": "escalate",
    "lapse_correction": "lapse",
    "close_unrated": "close_unrated",
    "resume_when_due": "resume",
}
INTERRUPTED_BY = {
    "resubmit": "return_for_correction",
    "reject_return": "hand_back",
    "name_lead": "hand_back",
    "grant_extension": "ask_extension",
    "refuse_extension": "ask_extension",
    "refuse_shelving": "ask_shelving",
    "resume": "ask_shelving",
    "resume_when_due": "ask_shelving",
}
OF_UNIT = ("awaiting_signature", "in_hand", "rework", "shelved")
CAN_BE_UNDONE = ("accept", "assign", "pass_check", "fail_check", "rate")


@dataclass
class Matter:
    """Of the list: the limits of the matter, where it has its own."""

    first: Limit | None = None
    sign: Limit | None = None
    finish: Limit | None = None
    check: Limit | None = None


def limit_for(step: str, matter: Matter, *, urgent: bool) -> Limit:
    """The limit of a step: of the list, else by the table."""
    own = {
        "self_handling": matter.first,
        "awaiting_signature": matter.sign,
        "awaiting_verification": matter.check,
    }
    if (found := own.get(step)) is not None:
        return found
    if step in ("in_hand", "rework"):
        whole = matter.finish or of(LIMITS["matter"], urgent=urgent)
        if step == "in_hand":
            return whole
        least = 1 if whole.clock in (WORKDAYS, DAYS) else 30
        return Limit(whole.clock, max((whole.amount + 1) // 2, least))
    return of(LIMITS[step], urgent=urgent)


def of(limits: tuple[Limit, Limit | None], *, urgent: bool) -> Limit:
    """The ordinary limit of a pair, or the urgent one where there is one."""
    return limits[1] if urgent and limits[1] is not None else limits[0]
