"""The states and moves of a complaint about a grid person (Art. 12, 26). Pure."""

from __future__ import annotations

from common.records.moves import Move, MoveTable

STATUSES = {
    "received": "待受理",
    "examining": "调查中",
    "hearing": "听取本人说明",
    "decided": "已有结论",
    "dismissed": "不予受理",
}
OPEN = ("received", "examining", "hearing")
VERBS = {
    "complain": "投诉",
    "take_up": "受理",
    "name_person": "写明被投诉人",
    "hear": "请本人说明",
    "answer": "说明",
    "decide": "作出结论",
    "dismiss": "不予受理",
    "pass_up": "转县区",
}
COMPLAINT_MOVES = MoveTable(
    [
        Move("complain", ("",), ("received",)),
        Move("take_up", ("received",), ("examining",)),
        Move("name_person", ("examining",), ("examining",)),
        Move("hear", ("examining",), ("hearing",)),
        Move("answer", ("hearing",), ("examining",)),
        Move("decide", ("examining", "hearing"), ("decided",)),
        Move("dismiss", ("received",), ("dismissed",)),
        Move("pass_up", ("received", "examining"), ("received",)),
    ],
    labels=STATUSES,
    verbs=VERBS,
)
OFFICE_VERBS = ("take_up", "name_person", "hear", "decide", "dismiss", "pass_up")

# The five kinds of Art. 12.
KINDS = {
    "leak": "泄露国家秘密、商业秘密或者个人隐私",
    "gain": "利用工作之便谋取私利",
    "sham": "弄虚作假、推诿塞责",
    "rude": "态度蛮横、行为粗暴或者故意刁难",
    "other": "其他违法违纪行为",
}
FINDINGS = {"substantiated": "属实", "partly": "部分属实", "unfounded": "不属实"}
EFFECTS = {
    "none": "不作处理",
    "remind": "提醒谈话",
    "criticize": "批评教育",
    "retrain": "离岗培训",
    "relieve": "调离或者解聘",
    "refer": "移送有关机关",
}
ON_RECORD = ("substantiated", "partly")
ANSWER_DAYS, HEARING_DAYS = 10, 5  # working days until a conclusion, and for the person to be heard
