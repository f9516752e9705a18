"""One sentence for what each verb does and one for what comes next, shown before a button is pressed. Pure."""

from __future__ import annotations

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
    "conference": "name_lead",
    "extension_review": "grant_extension",
    "shelving_review": "grant_shelving",
    "shelved": "resume",
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
    "conference": "两次退单，由上级召集会商，裁定由哪个单位主办。",
    "extension_review": "责任单位申请延期，等交办机构审批；办好了可以直接反馈。",
    "shelving_review": "责任单位申请挂账，等县区审批。",
    "shelved": "暂时办不了，时限暂停；到复核日期自动恢复办理。",
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
    "conference": 2,
    "extension_review": 2,
    "shelving_review": 2,
    "shelved": 2,
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
    "conference": "几个单位正在商定由谁办理。",
    "extension_review": "责任单位正在办理，已申请多用一些时间。",
    "shelving_review": "责任单位正在办理，遇到一时办不了的情况，正在审批。",
    "shelved": "现在一时办不了，已定下日期，到时接着办。",
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
