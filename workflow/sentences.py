"""One sentence for what each verb does and one for what comes next, shown before a button is pressed. Pure."""

from __future__ import annotations

# What the verb will do.
CONSEQUENCES = {
    "settle": "写明怎么解决的，随后由另一个人到现场核查，核查通过才结案。",
    "pass_to_leader": "这件事转给本村（社区）网格长接办，您仍能看到进展。",
    "take_up": "由您接办并协调，计时从现在开始；上报人会收到通知。",
    "send_up": "网格内解决不了的，上报乡镇街道受理；上报人会收到通知。",
    "return_for_correction": "退给上报人补正，补正期间原时限不计；逾期不补正自动撤回。",
    "resubmit": "补正后回到退回的人手里继续办理。",
    "withdraw": "撤回后这件事结束，不能恢复；需要时请重新上报。",
    "accept": "受理后开始计算办理时限，下一步交办责任单位；10 秒内可以撤销。",
    "refuse": "这件事结束，不再办理；理由会告知上报人。",
    "escalate": "转给上一级网格化服务管理机构受理；上报人会收到通知。",
    "assign": "交给责任单位签收办理；10 秒内可以撤销，之后对方收到通知。",
    "undo": "撤销刚才的受理或交办，对方还没有收到通知。",
    "sign": "确认由本单位办理；办理时限从受理时起算。",
    "hand_back": "交办机构会审核；第二次退单由上一级裁定，裁定后不能再退。",
    "uphold_return": "改派给另一个单位，新单位的时限重新计算。",
    "reject_return": "仍由原单位办理，时限不延长。",
    "feed_back": "提交办理结果，随后由网格员到现场核查，核查通过才结案。",
    "pass_check": "确认现场已经解决；群众反映的再请反映人评价，其余直接结案。",
    "fail_check": "退回原办理方返工；第三次不通过升一级并列入督办。",
    "rate": "满意或基本满意即结案；不满意返工一次，再办结后结案。",
    "void": "这件事作废，不再办理，也不能恢复；理由会告知上报人。",
    "merge": "这件事结束并入另一件，两件的上报人都会收到后续进展。",
}

# Verbs that end something for good: they get a danger button and no shortcut.
DANGEROUS = ("withdraw", "refuse", "void", "merge")

# The verb that people usually need next; every other button is less prominent.
USUAL_VERB = {
    "self_handling": "settle",
    "awaiting_leader": "take_up",
    "coordinating": "settle",
    "returned_for_correction": "resubmit",
    "awaiting_acceptance": "accept",
    "awaiting_assignment": "assign",
    "awaiting_signature": "sign",
    "return_review": "uphold_return",
    "in_hand": "feed_back",
    "rework": "feed_back",
    "awaiting_verification": "pass_check",
    "awaiting_rating": "rate",
}

# What comes next, for people who follow the case.
NEXT_STEPS = {
    "self_handling": "网格员办好后，由网格指导员核查。",
    "awaiting_leader": "等网格长接办；到时没有接办，自动上报乡镇街道。",
    "coordinating": "网格长协调解决，解决不了的上报乡镇街道。",
    "awaiting_acceptance": "等调度台受理，受理后交办责任单位。",
    "returned_for_correction": "请上报人补正后重报；逾期不补正自动撤回。",
    "awaiting_assignment": "已受理，等调度台交办责任单位。",
    "awaiting_signature": "已交办，等责任单位签收。",
    "return_review": "责任单位申请退单，等调度台审核。",
    "in_hand": "责任单位办理，办好后由网格员核查。",
    "awaiting_verification": "已经办完，等网格的人到现场核查。",
    "rework": "核查没有通过，责任单位正在返工。",
    "awaiting_rating": "已核查通过，等反映人评价；到期没有评价自动结案。",
}

# The resident's view: four plain words, and one sentence.
RESIDENT_STEPS = ("已上报", "待受理", "办理中", "已办结")
RESIDENT_STEP_OF = {
    "self_handling": 2,
    "awaiting_leader": 0,
    "coordinating": 2,
    "returned_for_correction": 0,
    "awaiting_acceptance": 1,
    "awaiting_assignment": 1,
    "awaiting_signature": 2,
    "return_review": 2,
    "in_hand": 2,
    "rework": 2,
    "awaiting_verification": 2,
    "awaiting_rating": 3,
    "closed": 3,
}
RESIDENT_SENTENCES = {
    "awaiting_leader": "网格长会先看能不能就近解决。",
    "coordinating": "网格长正在协调解决。",
    "self_handling": "网格员正在办理。",
    "returned_for_correction": "正在请网格员补充情况。",
    "awaiting_acceptance": "正在等待受理。",
    "awaiting_assignment": "已经受理，正在确定由哪个单位办理。",
    "awaiting_signature": "已经交给责任单位。",
    "return_review": "正在核对由哪个单位办理。",
    "in_hand": "责任单位正在办理。",
    "rework": "上次办得不彻底，责任单位正在返工。",
    "awaiting_verification": "已经办完，正在到现场核查。",
    "awaiting_rating": "已经办完并到现场核查过，请您评价。",
    "closed": "已经办完，谢谢您的反映。",
    "refused": "没有受理。原因请向您的网格员或村（社区）了解。",
    "withdrawn": "已撤回。需要时请再向网格员反映。",
    "void": "已作废。原因请向您的网格员或村（社区）了解。",
    "merged": "与另一件重复，已并到那一件继续办理。",
}
