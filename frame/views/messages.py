"""The inbox: notices to the user and to the user's posts."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_POST

from accounts.requests import SignedInRequest
from common.numbers import whole_number
from common.web.listing import page_of
from frame.inbox import earlier_in_threads, mark_read, messages_for, newest_of_threads
from notifications.models import Message

PAGE_SIZE = 30
PAGES = {
    "case": "workflow:case",
    "grid_plan": "plans:plan",
    "proposal": "matters:proposal",
    "matter_list": "matters:edition",
    "supervision_order": "supervision:order",
    "improvement": "improvement:task",
    "duty": "duty:roster",
}
LISTS = {
    "grant_request": "access:grants",
    "account": "access:looks",
    "own_account": "accounts:account",
    "suggestion": "frame:suggestions",
    "own_suggestion": "frame:feedback",
    "post_request": "personnel:post_requests",
    "board": "boards:boards",
    "staffing": "personnel:staffing",
    "caretaking": "workflow:mine",
    "unit": "workflow:tray",
    "grid_request": "matters:requests",
}
MOST_MARKED = 500
LIGHTS = {
    "call": "late",
    "remind": "near",
    "press": "near",
    "overdue": "late",
    "filing_overdue": "late",
    "board_overdue": "late",
    "proposal_late": "late",
    "list_filing_overdue": "late",
    "supervise": "supervised",
}
TOPIC_NAMES = {
    "call": "紧急",
    "duty": "值班",
    "report": "新上报",
    "remind": "临期",
    "overdue": "超期",
    "supervise": "督办",
    "improve": "治理",
    "escalate": "升级",
    "assign": "交办",
    "hand_back": "退单",
    "conference": "会商",
    "time": "延期挂账",
    "press": "催办",
    "correction": "补正",
    "verify": "核查",
    "rework": "返工",
    "closed": "结案",
    "plan_consent": "会签",
    "plan_agreed": "方案",
    "plan_objected": "方案",
    "plan_returned": "方案",
    "plan_published": "方案",
    "plan_withdrawn": "方案",
    "plan_in_force": "方案",
    "filing_sent": "备案",
    "filing_received": "备案",
    "filing_returned": "备案",
    "filing_overdue": "备案",
    "grant_request": "授权",
    "looks": "安全",
    "vacancy": "缺员",
    "post_request": "岗位",
    "account": "账号",
    "suggestion": "意见建议",
    "hand_over": "移交",
    "complaint": "投诉",
    "board_stale": "公示牌",
    "board_overdue": "公示牌",
    **dict.fromkeys(("proposal", "proposal_waits", "proposal_late"), "清单申请"),
    "joint_review": "会审",
    "notice_comment": "公示",
    "list_published": "清单",
    **dict.fromkeys(
        ("list_filing_sent", "list_filing_received", "list_filing_returned", "list_filing_overdue"), "备案"
    ),
    "grid_request": "派任务",
}


def inbox(request: SignedInRequest) -> HttpResponse:
    """Newest first, a page at a time; what was told about one case stands together under the newest."""
    leaf = page_of(request, newest_of_threads(request.user), size=PAGE_SIZE)
    earlier = earlier_in_threads(request.user, leaf.rows)
    notices = [_row(message, earlier.get(message.subject, ())) for message in leaf.rows]
    context = {
        "title": "消息",
        "notices": notices,
        "has_unread": any(not notice.is_read for notice in notices),
        **leaf.links(),
    }
    return render(request, "frame/inbox.html", context)


@dataclass(frozen=True, slots=True)
class MessageRow:
    """A message in the inbox. ``earlier`` are the messages about the same thing before it."""

    url: str
    topic: str
    light: str
    sentence: str
    sent_at: datetime
    is_read: bool
    earlier: tuple[MessageRow, ...] = ()


def _row(message: Message, earlier: Iterable[Message] = ()) -> MessageRow:
    before = tuple(_row(each) for each in earlier)
    return MessageRow(
        url=reverse("frame:message", args=[message.pk]),
        topic=TOPIC_NAMES.get(message.topic, "进展"),
        light=LIGHTS.get(message.topic, ""),
        sentence=message.sentence,
        sent_at=message.sent_at,
        is_read=message.is_read and all(each.is_read for each in before),  # type: ignore[attr-defined]
        earlier=before,
    )


def open_message(request: SignedInRequest, pk: int) -> HttpResponse:
    """Marks a notice as read, with those before it about the same thing, and redirects to its subject."""
    message = messages_for(request.user).filter(pk=pk).first()
    if message is None:
        raise Http404
    before = earlier_in_threads(request.user, [message]).get(message.subject, ())
    mark_read(request.user, [pk, *(each.pk for each in before if each.pk < pk)])
    kind, _, text = message.subject.partition(":")
    number = whole_number(text)
    if kind in PAGES and number is not None:
        return redirect(PAGES[kind], number)
    if kind in LISTS:
        return redirect(LISTS[kind])
    return redirect("frame:inbox")


@require_POST
def read_all(request: SignedInRequest) -> HttpResponse:
    """Marks all waiting notices as read."""
    reader = request.user
    waiting = list(messages_for(reader).filter(is_read=False).values_list("pk", flat=True)[:MOST_MARKED])
    mark_read(reader, waiting)
    messages.success(request, f"已把 {len(waiting)} 条消息标为已读。")
    return redirect("frame:inbox")
