"""Reads a holiday notice from a workbook: a row for each span of days (Art. 18)."""

from __future__ import annotations

from typing import IO

from common.errors import RuleViolation
from exchange.named import Column, Row, Table, read_upload
from worktime.notice_lines import LONGEST_NAME, MOST_LINES, WORK

TABLE = Table(
    {
        "since": Column("开始日期", 20, 14, "如 2027-02-05。", "2027-02-05", is_needed=True, holds="day"),
        "until": Column("结束日期", 20, 14, "只有一天的可以不填。", "2027-02-11", holds="day"),
        "what": Column("放假或上班", 8, 12, "、".join(WORK), "放假", is_needed=True, others=("安排",)),
        "name": Column("名称", LONGEST_NAME, 14, "如 春节。", "春节", is_needed=True, others=("节日",)),
    },
    thing="节假日安排",
    unit="行",
    most_rows=MOST_LINES,
    advice="一年的安排只有几十行。",
)


def lines_in(upload: IO[bytes], *, name: str, size: int) -> str:
    """Return the rows of a workbook as lines that the form shows and reads (worktime/notice_lines.py).

    Raises :class:`RuleViolation` with the field ``file`` if it cannot be read, or for the first row with a fault.
    """
    rows = read_upload(upload, name=name, size=size, table=TABLE).rows
    return "\n".join(_line(row) for row in rows)


def _line(row: Row) -> str:
    if row.faults:
        key, sentence = row.faults[0]
        raise RuleViolation(
            f"第 {row.number} 行{TABLE.name_of(key) if key else ''}：{sentence}", field="file"
        )
    until = row.values.get("until", "")
    days = f"{row.values['since']}至{until}" if until else row.values["since"]
    return f"{days} {row.values['what']} {row.values['name']}"
