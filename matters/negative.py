"""The negative check: what grids must not be asked for (Art. 14, second paragraph). Pure.

Words only raise a question. The legal reviewer decides whether a matter is barred.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass

from matters.content import MatterContent


@dataclass(frozen=True)
class Bar:
    """One kind of matter that must not be on the list, and the words that raise the suspicion."""

    key: str
    word: str
    sentence: str
    words: re.Pattern[str]


@dataclass(frozen=True)
class Finding:
    """A suspicion: the bar, and the words that raised it."""

    bar: Bar
    found: str


BARS: dict[str, Bar] = {
    bar.key: bar
    for bar in (
        Bar(
            "licence",
            "行政许可",
            "行政许可、审批由行政机关作出，不得纳入清单。",
            re.compile("许可|审批|核发|发证|核准|准予"),
        ),
        Bar(
            "penalty",
            "行政处罚",
            "行政处罚由行政机关作出，不得纳入清单。",
            re.compile("处罚|罚款|没收|责令|吊销|暂扣"),
        ),
        Bar(
            "coercion",
            "行政强制",
            "行政强制由行政机关作出，不得纳入清单。",
            re.compile("查封|扣押|强拆|强制|冻结|划拨|代履行"),
        ),
        Bar(
            "beyond_duty",
            "与网格职责不符",
            "与网格职责不符的事项不得纳入清单：征收拆迁谈判、招商、税费征收、替代执法取证、替代安全检查、考勤排名。",
            re.compile(
                "拆迁谈判|征收谈判|招商|税费|征缴|收费|催收|执法取证|执法检查|安全检查结论|打卡|签到|积分|排名"
            ),
        ),
    )
}


def findings(content: MatterContent) -> list[Finding]:
    """Returns every bar whose words are in the name, the description or the examples, in the order of the law."""
    text = "\n".join([content.name, content.description, *content.synonyms, *content.examples])
    return [Finding(bar, found.group()) for bar in BARS.values() if (found := bar.words.search(text))]


@dataclass(frozen=True)
class Repetition:
    """Data that another matter of the list already collects."""

    code: str
    name: str
    department: str
    items: tuple[str, ...]


def repetitions(
    content: MatterContent, others: Iterable[tuple[str, MatterContent]], *, own_code: str = ""
) -> list[Repetition]:
    """Returns matters, as (code, content), that collect the same data as ``content``; not its earlier version."""
    wanted = set(content.collects)
    return [
        Repetition(
            code,
            other.name,
            other.lead_functions[0] if other.lead_functions else "",
            tuple(key for key in other.collects if key in wanted),
        )
        for code, other in others
        if code != own_code and wanted & set(other.collects)
    ]
