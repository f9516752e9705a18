"""The states of a record of the register, and of one carrying-out of a matter in a grid (Art. 9, 15). Pure."""

from __future__ import annotations

from common.records.moves import Move, MoveTable

STATUSES = {"current": "在册", "ended": "已注销", "merged": "已并入另一条"}
VERBS = {
    "register": "登记",
    "collect": "采集",
    "relate": "登记关系",
    "part": "结束关系",
    "place": "改换网格",
    "move": "迁入别的网格",
    "end": "注销",
    "restore": "恢复在册",
    "merge": "合并",
    "absorb": "收并",
    "unmerge": "撤销合并",
    "release": "放回",
    "grow_up": "不再按未成年人保护",
}
RECORD_MOVES = MoveTable(
    [
        Move("register", ("",), ("current",)),
        Move("collect", ("current",), ()),
        Move("relate", ("current",), ()),
        Move("part", ("current", "ended"), ()),
        Move("place", ("current", "ended"), ()),
        Move("move", ("current",), ()),
        Move("end", ("current",), ("ended",)),
        Move("restore", ("ended",), ("current",)),
        Move("merge", ("current",), ("merged",)),
        Move("absorb", ("current",), ()),
        Move("unmerge", ("merged",), ("current",)),
        Move("release", ("current",), ()),
        Move("grow_up", tuple(STATUSES), ()),
    ],
    labels=STATUSES,
    verbs=VERBS,
)
END_GROUNDS = {
    "person": {"left": "已迁出濮阳", "died": "已去世", "wrong": "登记有误，查无此人"},
    "household": {"left": "整户迁走", "split": "分户或并户", "wrong": "登记有误，没有这一户"},
    "house": {"gone": "已拆除或灭失", "wrong": "登记有误，没有这处房屋"},
    "place": {"closed": "已关闭或拆除", "wrong": "登记有误，没有这个场所"},
    "organization": {"closed": "已注销或停业", "moved": "已迁走", "wrong": "登记有误，没有这个单位"},
}

ACTIVITY_STATUSES = {"begun": "进行中", "done": "已完成", "given_up": "没有办成"}
ACTIVITY_VERBS = {
    "begin": "开始",
    "collect": "采集",
    "finish": "完成",
    "give_up": "没有办成",
}
ACTIVITY_MOVES = MoveTable(
    [
        Move("begin", ("",), ("begun",)),
        Move("collect", ("begun",), ()),
        Move("finish", ("begun",), ("done",)),
        Move("give_up", ("begun",), ("given_up",)),
    ],
    labels=ACTIVITY_STATUSES,
    verbs=ACTIVITY_VERBS,
)
