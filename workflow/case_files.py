"""A list of cases as a workbook: the rows that its page shows, with the filter, the time and the maker (Art. 20)."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import partial

from django.http import FileResponse, HttpRequest

from accounts.models import User
from audit.actions import record_access
from common.errors import RuleViolation
from common.records.keyset import keyset_page
from common.web.files import download
from exchange.listed import write_list
from grids.models import Division
from workflow.models import Case
from workflow.presentation import Timing, row_of
from workflow.querysets import CaseQuerySet
from worktime.clocks import SHANGHAI

WORKBOOK = "workbook"
MOST_ROWS, AT_ONCE = 20_000, 500
HEADINGS = (
    ("编号", 18), ("事项", 24), ("地点", 30), ("村社区", 16), ("乡镇街道", 16), ("县区", 12), ("来源", 14),
    ("等级", 8), ("状态", 12), ("谁在办", 26), ("时限", 8), ("剩余或结束", 14), ("上报时间", 17),
    ("本环节到期", 17), ("办结到期", 17), ("结束时间", 17),
)  # fmt: skip
KEPT_SECRET = "（保密）"
ABOUT_SECRETS = "保密事项只写编号和状态；姓名、电话等个人信息不在文件中。请按办事需要使用，不要转发。"


@dataclass(frozen=True)
class CaseList:
    """A list of cases that a page shows: its name, the rows in their order, the filter in words."""

    name: str
    cases: CaseQuerySet
    order: tuple[str, ...]
    filter_words: str = ""


def asks_for_file(request: HttpRequest) -> bool:
    """Whether the address asks for the list as a workbook."""
    return request.GET.get("form", "") == WORKBOOK


def file_of(listed: CaseList, user: User, timing: Timing) -> FileResponse:
    """Returns the list as a download, and records who took it out.

    Raises :class:`RuleViolation` if it has no rows or more than ``MOST_ROWS``.
    """
    count = listed.cases.count()
    if not count:
        raise RuleViolation("这份清单里没有事项，没有可以导出的。")
    if count > MOST_ROWS:
        raise RuleViolation(f"这份清单有 {count:,} 件，一次最多导出 {MOST_ROWS:,} 件。请先筛选，再导出。")
    at = timing.at
    record_access(
        f"cases:{user.pk}",
        at=at,
        actor_id=user.pk,
        fields=("list",),
        purpose=f"导出清单：{listed.name}，{count} 件",
        tier="T1",
    )
    made = f"{user.name or user.username}（{user.username}），{at.astimezone(SHANGHAI):%Y-%m-%d %H:%M}"
    notes = [
        ("清单", listed.name),
        ("筛选", listed.filter_words or "无"),
        ("件数", f"{count:,}"),
        ("说明", ABOUT_SECRETS),
        ("导出", made),
    ]
    fill = partial(
        write_list, name=listed.name, notes=notes, headings=HEADINGS, rows=file_rows(listed, timing)
    )
    return download(fill, name=f"{listed.name} {at.astimezone(SHANGHAI):%Y-%m-%d %H%M}")


def file_rows(listed: CaseList, timing: Timing) -> Iterator[Sequence[str]]:
    """Yields the cells of each case, ``AT_ONCE`` cases with two statements."""
    cases, cursor = listed.cases.with_names(), ""
    while True:
        page = keyset_page(cases, order=listed.order, cursor=cursor, size=AT_ONCE)
        for case in page.rows:
            yield _cells(case, timing)
        cursor = page.next_cursor
        if not cursor:
            return


def _cells(case: Case, timing: Timing) -> Sequence[str]:
    row = row_of(case, timing)
    times = (case.reported_at, case.due_at, case.finish_due_at, case.ended_at)
    moments = [at.astimezone(SHANGHAI).strftime("%Y-%m-%d %H:%M") if at else "" for at in times]
    if case.confidential:
        return (
            row.number,
            *[KEPT_SECRET] * 7,
            row.status_name,
            KEPT_SECRET,
            row.light_word,
            row.words,
            *moments,
        )
    return (
        row.number,
        row.title,
        row.place,
        case.village.name,
        _now_and_then(case.township, case.reported_township),
        _now_and_then(case.county, case.reported_county),
        case.get_source_display(),
        case.get_urgency_display(),
        row.status_name,
        row.holder,
        row.light_word,
        row.words,
        *moments,
    )


def _now_and_then(now: Division, then: Division) -> str:
    """Returns who answers for a case now, and if that was another, under whom it was reported."""
    return now.name if now == then else f"{now.name}（上报时属{then.name}）"
