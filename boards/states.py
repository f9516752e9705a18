"""The states of a notice board, and the duties that it shows (Art. 11, 13). Pure."""

from __future__ import annotations

from common.records.moves import Move, MoveTable

STATUSES = {"unposted": "未公示", "posted": "已公示", "stale": "待更新"}
VERBS = {
    "draw_up": "编制",
    "post": "张贴",
    "check": "检查",
    "take_down": "取下",
    "go_stale": "变更",
}
BOARD_MOVES = MoveTable(
    [
        Move("draw_up", ("",), ("unposted",)),
        Move("go_stale", ("unposted", "posted", "stale"), ("stale", "unposted")),
        Move("post", ("unposted", "posted", "stale"), ("posted", "stale")),
        Move("check", ("posted", "stale"), ("posted", "stale")),
        Move("take_down", ("posted", "stale"), ("posted", "stale", "unposted")),
    ],
    labels=STATUSES,
    verbs=VERBS,
)
OPEN = ("unposted", "stale")
CONDITIONS = {"intact": "完好", "damaged": "破损", "missing": "缺失"}

# The duties of Art. 11, in words for residents.
DUTIES = {
    "leader": "统筹协调本网格的服务管理工作",
    "instructor": "指导、督促、协调、参与本网格的服务管理工作",
    "full_time": "日常走访排查，上报和办理您反映的事项",
    "part_time": "协助网格长、专职网格员开展工作",
}
