"""The words of the plan pages: what a verb will do, what was done, what a plan waits for. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from common.web.shapes import ParcelStep
from plans.states import VERBS

WORDS = {**VERBS, "reverse": "恢复到此前"}
SLUGS = {verb: verb.replace("_", "-") for verb in WORDS}

# What the verb will do, shown before it runs.
CONSEQUENCES = {
    "submit": "送涉及的每个乡镇街道和专属网格的职能部门会签；会签期间方案不能改动。",
    "consent": "您同意后不能改口；最后一家同意，方案就送县区主管部门批准。",
    "object": "方案退回起草，已有的会签作废；起草人会看到您的理由。",
    "return_to_draft": "方案退回起草，已有的会签作废；改好后重新会签。",
    "approve": "新设和移村的网格现在取得编码，可以先安排人员；方案从此不能改动。",
    "publish": "方案向社会公布，到生效日自动生效；报送备案的时限从现在起算，备案不影响生效。",
    "withdraw": "方案到此为止，不能恢复；已经给出的编码作废，不再使用。",
    "send_filing": "方案、各网格的改动和会签情况一并报市主管部门。",
    "receive_filing": "备案完成，县区会看到备案号。",
    "return_filing": "退给县区补正；生效不受影响。",
    "reverse": "起草一个新方案，把这次改动的网格恢复成原样；它照样要会签、批准和公布。",
}
# The message after the verb has run.
DONE = {
    "submit": "已提交会签",
    "consent": "已同意",
    "object": "已退回起草，起草人会看到您的理由",
    "return_to_draft": "已退回起草",
    "approve": "已批准，编码已给出",
    "publish": "已公布",
    "withdraw": "已撤回",
    "send_filing": "已报送备案",
    "receive_filing": "已收备案",
    "return_filing": "已退回补正",
    "reverse": "恢复方案已起草，请核对后提交会签",
}
# Verbs that end a plan for good (confirmed twice, shown last) and verbs that send it back.
DANGEROUS = ("withdraw",)
BACKWARD = ("object", "return_to_draft", "return_filing", "reverse")
# Verbs that run the checks first.
EXAMINED = ("submit", "approve", "publish")

STEPS = (
    ("起草", ("drafting",)),
    ("会签", ("consulting",)),
    ("批准", ("agreed",)),
    ("公布", ("approved",)),
    ("生效", ("published",)),
)


def day_words(day: date) -> str:
    """Return the day in Chinese: 2026年12月8日."""
    return f"{day.year}年{day.month}月{day.day}日"


def effect_words(status: str, effective_on: date, *, today: date) -> str:
    """Return when the plan comes, came or was to come into force, seen from today."""
    days = (effective_on - today).days
    if status == "in_force":
        return f"{day_words(effective_on)}生效"
    if status == "withdrawn":
        return "不再生效"
    if status != "published":
        return f"拟 {day_words(effective_on)}生效"
    if days > 1:
        return f"还有 {days} 天生效"
    return "明天生效" if days == 1 else "今天生效"


def waiting_words(status: str, *, county: str, asked: Sequence[str]) -> str:
    """Return whose turn it is, such as ``待中原路街道会签``; empty if the plan waits for nobody."""
    if status == "consulting":
        named = "、".join(asked[:3])
        return f"待{named}{f'等 {len(asked)} 家' if len(asked) > 3 else ''}会签"
    return {
        "drafting": "待提交会签",
        "agreed": f"待{county}主管部门批准",
        "approved": f"待{county}主管部门公布",
        "published": "待到期自动生效",
    }.get(status, "")


def steps_of(status: str) -> list[ParcelStep]:
    """Return the plan's progress for parts/parcel.html."""
    if status == "withdrawn":
        return [ParcelStep(name="起草", state="done"), ParcelStep(name="已撤回", state="stopped")]
    at = next((i for i, (_, statuses) in enumerate(STEPS) if status in statuses), len(STEPS))
    return [
        ParcelStep(name=name, state="done" if i < at else "now" if i == at else "next")
        for i, (name, _) in enumerate(STEPS)
    ]
