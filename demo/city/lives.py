"""The typical lives of a case: who does what, and after which share of the time that the step has. Pure."""

from __future__ import annotations

from dataclasses import dataclass

Share = tuple[float, float]
AT_ONCE, PROMPT, LATE, VERY_LATE = (0.0, 0.01), (0.04, 0.6), (1.05, 1.5), (1.6, 5.0)
FORGOTTEN = (10.0, 45.0)


@dataclass(frozen=True)
class Step:
    """One verb, by whom, and the share of the stay (from its start to when it is due) that passes before it."""

    verb: str
    who: str  # worker, leader, instructor, desk, handler
    share: Share = PROMPT
    note: str = ""


@dataclass(frozen=True)
class Life:
    """A typical life. ``closes`` is by whom the matter must be closable on the spot; empty for any matter."""

    name: str
    weight: int
    steps: tuple[Step, ...]
    first: str = "awaiting_leader"  # an urgent or confidential case goes to the desk whatever stands here
    closes: str = ""
    for_resident: bool = False
    confidential: bool = False


RESULT = "已派人到现场处理完毕。"
SETTLED = "已上门协调，双方同意清理。"
SOLVED = "当场劝导并处理，已恢复正常。"
REASON = "事项清单主办单位"

TAKE_UP = Step("take_up", "leader")
SEND_UP = Step("send_up", "leader", note="社区没有处置力量，请街道协调。")
ACCEPT, ASSIGN = Step("accept", "desk"), Step("assign", "desk", note=REASON)
SIGN, FEED_BACK = Step("sign", "handler"), Step("feed_back", "handler", note=RESULT)
PASS, RATE = Step("pass_check", "worker"), Step("rate", "worker", note="")
GUIDED = Step("pass_check", "instructor")
FAIL = Step("fail_check", "worker", note="现场仍有残留，请再清理。")
UP_TO_UNIT = (TAKE_UP, SEND_UP, ACCEPT, ASSIGN)
IN_UNIT = (SIGN, FEED_BACK, PASS)

LIVES = (
    Life(
        "solved on the spot", 200, (Step("settle", "worker", AT_ONCE, SOLVED), GUIDED),
        first="self_handling", closes="worker",
    ),
    Life("self-handled", 110, (Step("settle", "worker", note=SOLVED), GUIDED), "self_handling", "worker"),
    Life(
        "passed to the leader", 50,
        (
            Step("pass_to_leader", "worker", note="需要网格长出面协调。"), TAKE_UP,
            Step("settle", "leader", note=SETTLED), PASS,
        ),
        "self_handling", "worker",
    ),
    Life("settled by the leader", 130, (TAKE_UP, Step("settle", "leader", note=SETTLED), PASS), closes="leader"),
    Life("through the unit", 190, (*UP_TO_UNIT, *IN_UNIT)),
    Life("rated", 90, (*UP_TO_UNIT, *IN_UNIT, RATE), for_resident=True),
    Life("not rated", 25, (*UP_TO_UNIT, *IN_UNIT), for_resident=True),
    Life(
        "escalated to the county", 25,
        (TAKE_UP, SEND_UP, Step("escalate", "desk", note="本街道没有主管力量，请县区协调。"), ACCEPT, ASSIGN, *IN_UNIT),
    ),
    Life(
        "corrected", 25,
        (
            TAKE_UP, SEND_UP, Step("return_for_correction", "desk", note="请补充具体位置。"),
            Step("resubmit", "worker", note="已补充位置。"), ACCEPT, ASSIGN, *IN_UNIT,
        ),
    ),
    Life(
        "never corrected", 6,
        (TAKE_UP, SEND_UP, Step("return_for_correction", "desk", note="请补充具体位置。")),
    ),
    Life(
        "handed back", 20,
        (
            *UP_TO_UNIT, Step("hand_back", "handler", note="该路段由其他单位养护。"),
            Step("reject_return", "desk", note="清单主办为本单位，请办理。"), *IN_UNIT,
        ),
    ),
    Life("redone", 35, (*UP_TO_UNIT, SIGN, FEED_BACK, FAIL, FEED_BACK, PASS)),
    Life("slow unit", 40, (*UP_TO_UNIT, SIGN, Step("feed_back", "handler", LATE, RESULT), PASS)),
    Life(
        "very slow unit", 30,
        (*UP_TO_UNIT, Step("sign", "handler", LATE), Step("feed_back", "handler", VERY_LATE, RESULT), PASS),
    ),
    Life("slow leader", 25, (Step("take_up", "leader", VERY_LATE), *UP_TO_UNIT, *IN_UNIT)),
    Life("slow desk", 15, (TAKE_UP, SEND_UP, Step("accept", "desk", VERY_LATE), ACCEPT, ASSIGN, *IN_UNIT)),
    Life("slow check", 25, (*UP_TO_UNIT, SIGN, FEED_BACK, Step("pass_check", "worker", VERY_LATE))),
    Life("forgotten", 30, (*UP_TO_UNIT, Step("sign", "handler", FORGOTTEN), FEED_BACK, PASS)),
    Life(
        "refused", 45,
        (TAKE_UP, SEND_UP, Step("refuse", "desk", note="已有同一事项在办，请关注原事项进展。")),
    ),
    Life("withdrawn", 25, (Step("withdraw", "worker", note="到现场再看，问题已自行消除。"),)),
    Life("void", 15, (TAKE_UP, SEND_UP, Step("void", "desk", note="误报，现场没有这件事。"))),
    Life(
        "clue", 8, (Step("withdraw", "worker", note="经再次核实，属误会。"),), confidential=True
    ),
)  # fmt: skip
