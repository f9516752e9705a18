"""Invented content for the developers' component page: every part of the visual language in every state."""

from __future__ import annotations

import math
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

from django import forms

from common.drawing.charts import Amount, Stack
from common.drawing.sketches import Area
from common.shapes import Context
from common.web.shapes import ParcelStep, Stat, TimelineStep
from frame.shell import NavItem, Who
from workflow.presentation import ClockCard
from workflow.states import STATUSES
from workflow.views.preview import DESK_VERBS, letters_of
from workflow.views.queue_tabs import QueueTab

NOW = datetime(2026, 11, 23, 1, 30, tzinfo=UTC)


def _row(pk: int, light: str, words: str, used: int, title: str, place: str, **more: Any) -> dict[str, Any]:
    return {
        "pk": pk,
        "url": f"#case-{pk}",
        "preview_url": "",
        "version": 3,
        "number": f"PY2026112300{pk:02d}",
        "light": light,
        "words": words,
        "used": used,
        "title": title,
        "place": place,
        **more,
    }


ROWS = [
    _row(
        1,
        "late",
        "20 分",
        100,
        "中原路与京开大道口井盖缺损，夜间无照明",
        "玉北社区",
        holder="县住建局 王建国",
        status="awaiting_acceptance",
        status_name="待受理",
        is_unread=True,
    ),
    _row(
        2,
        "supervised",
        "超期 3 工作日",
        100,
        "小区南门外长期堆放建筑垃圾",
        "京西社区",
        holder="区城管局",
        status="rework",
        status_name="返工",
    ),
    _row(
        3,
        "near",
        "剩 1 工时",
        82,
        "暴露垃圾未清运",
        "京西社区",
        holder="区城管局 李敏",
        status="in_hand",
        status_name="办理中",
        is_current=True,
    ),
    _row(
        4,
        "normal",
        "剩 1 工作日",
        24,
        "路灯不亮",
        "庆西社区",
        holder="区住建局",
        status="awaiting_signature",
        status_name="待签收",
    ),
    _row(
        5,
        "normal",
        "剩 4 天",
        8,
        "邻里因排水管道产生纠纷，双方愿意调解，已约定周三上午在社区调解室见面",
        "柳屯镇东关村",
        holder="网格长 赵某",
        status="coordinating",
        status_name="网格长协调中",
    ),
    _row(
        6,
        "normal",
        "计时已停",
        40,
        "商铺占道经营",
        "玉北社区",
        holder="网格员 张小雨",
        status="returned_for_correction",
        status_name="退回补正",
    ),
]

CLOCK = ClockCard(
    holder="区城管局 · 李敏 办理中",
    words="还剩 1 工时",
    light="near",
    used=82,
    started_at=datetime(2026, 11, 20, 8, 30, tzinfo=UTC),
    due_at=datetime(2026, 11, 23, 4, 0, tzinfo=UTC),
    explanation=[
        "自11月20日16:30起，办理时限 4 工时。",
        "11月20日 16:30–17:30，计 1 工时。",
        "11月21日、22日 周末，不计。",
        "11月23日 09:00–12:00，计 3 工时，到期。",
    ],
)
LATE_CLOCK = replace(CLOCK, words="超期 20 分", light="late", used=100, holder="区住建局 · 待签收")
CALM_CLOCK = replace(CLOCK, words="还剩 1 个工作日", light="normal", used=24, explanation=[])
STOPPED_CLOCK = replace(
    CLOCK,
    words="计时已停",
    light="normal",
    used=40,
    holder="网格员 张小雨 · 补充材料",
    is_stopped=True,
    stopped_words="补正期间不计时，1 日内补正",
)

EVENTS = [
    TimelineStep(
        at=datetime(2026, 11, 20, 8, 12, tzinfo=UTC),
        sentence="网格员 张小雨（玉北社区第二网格）上报",
        note="南门外垃圾堆了两天，味道大，靠近幼儿园。",
    ),
    TimelineStep(
        at=datetime(2026, 11, 20, 8, 24, tzinfo=UTC),
        sentence="中原路街道 陈静 受理",
        lasted="用时 12 分",
    ),
    TimelineStep(
        at=datetime(2026, 11, 20, 8, 30, tzinfo=UTC),
        sentence="中原路街道 陈静 交办 区城管局",
        lasted="用时 6 分",
        note="依据：事项清单 3-02 暴露垃圾，主办单位为城市管理部门。",
    ),
    TimelineStep(
        at=datetime(2026, 11, 23, 1, 0, tzinfo=UTC),
        sentence="系统提醒 区城管局：还剩 25 % 时间",
        is_system=True,
    ),
    TimelineStep(at=datetime(2026, 11, 23, 1, 20, tzinfo=UTC), sentence="区城管局 李敏 办理中", is_now=True),
]

STEPS = [
    ParcelStep(name=name, state=state)
    for name, state in (
        ("上报", "done"),
        ("受理", "done"),
        ("交办", "done"),
        ("办理", "now"),
        ("核查", "next"),
        ("结案", "next"),
    )
]
STOPPED_STEPS = [
    ParcelStep(name="上报", state="done"),
    ParcelStep(name="不予受理", state="stopped"),
]

STATS = [
    Stat(
        name="上报",
        value=12345,
        unit="件",
        url="#",
        compared="上月 11,908，多 3.7 %",
        definition="本期内首次上报的事项数，含自办自结，不含作废和并案。",
    ),
    Stat(
        name="按时办结率",
        value="85.3 %",
        url="#",
        compared="上月 84.1 %",
        definition="本期到期事项中按时办结的比例：按时办结 ÷（到期 − 挂账）。",
    ),
    Stat(
        name="超期未结",
        value=37,
        unit="件",
        url="#",
        light="late",
        compared="上月 41",
        definition="此刻已过办理时限且未办结的事项数。",
    ),
    Stat(
        name="督办",
        value=4,
        unit="件",
        url="#",
        light="supervised",
        compared="上月 6",
        definition="此刻亮督办灯的事项数。",
    ),
    Stat(
        name="满意率",
        value=None,
        compared="评价不足 20 件，暂不显示",
        definition="满意 ÷ 已评价，同时显示评价率。",
    ),
]

AMOUNTS = [
    Amount(name, value, "#")
    for name, value in (
        ("华龙区", 412),
        ("清丰县", 236),
        ("南乐县", 98),
        ("范县", 145),
        ("台前县", 61),
        ("濮阳县", 388),
    )
]
STACKS = [
    Stack(
        name,
        (
            Amount("正常", calm, light="normal"),
            Amount("临期", near, light="near"),
            Amount("超期", late, light="late"),
            Amount("督办", supervised, light="supervised"),
        ),
        "#",
    )
    for name, calm, near, late, supervised in (
        ("华龙区", 120, 22, 9, 2),
        ("清丰县", 64, 11, 3, 0),
        ("濮阳县", 101, 8, 14, 2),
    )
]
LINE = [12, 18, 9, 22, 25, 19, 31, 28, 24, 35, 30, 33]


def _cell(column: int, row: int) -> list[tuple[float, float]]:
    corners = ((0, 0), (1, 0), (1, 1), (0, 1))
    return [
        (
            115.02 + 0.01 * (column + x) + 0.002 * math.sin(row + y),
            35.76 - 0.008 * (row + y + 0.2 * math.cos(column + x)),
        )
        for x, y in corners
    ]


AREAS = [
    Area(
        f"第{number + 1}网格",
        [_cell(number % 4, number // 4)],
        value=(number * 7) % 23,
        url="#",
        is_here=False,
    )
    for number in range(12)
]
NEIGHBOURS = [Area(area.name, area.rings, is_here=place == 5) for place, area in enumerate(AREAS)]
QUEUES = [
    QueueTab(name="待受理", count=12, key="a", is_current=True),
    QueueTab(name="待签收", count=5, key="s"),
    QueueTab(name="待核查", count=8, key="h"),
    QueueTab(name="临期", count=4, key="l", light="near"),
    QueueTab(name="超期", count=2, key="o", light="late"),
    QueueTab(name="督办", count=1, key="d", light="supervised"),
]
MATTERS = [
    ("井盖缺损", "jing gai que sun|jgqs"),
    ("暴露垃圾", "bao lu la ji|bllj"),
    ("路灯故障", "lu deng gu zhang|ldgz"),
    ("邻里纠纷", "lin li jiu fen|lljf"),
    ("占道经营", "zhan dao jing ying|zdjy"),
    ("电动车违规充电", "dian dong che wei gui chong dian|ddcwgcd"),
]


class SpecimenForm(forms.Form):
    """A form with one field of each kind."""

    title = forms.CharField(
        label="标题", max_length=60, help_text="一句话说清什么事，例如“南门外垃圾未清运”。"
    )
    place = forms.CharField(label="地点", required=False)
    unit = forms.ChoiceField(label="交办单位", choices=[("", "请选择"), ("1", "区城管局"), ("2", "区住建局")])
    description = forms.CharField(label="说一句", widget=forms.Textarea(attrs={"rows": 3}), required=False)
    urgency = forms.ChoiceField(
        label="紧急程度",
        choices=[("1", "一般"), ("2", "重要"), ("3", "紧急")],
        widget=forms.RadioSelect,
        initial="1",
    )
    is_confidential = forms.BooleanField(label="内容涉密或涉及隐私", required=False)


def specimens() -> Context:
    """Return all content of the component page."""
    return {
        "title": "组件",
        "has_shortcuts": True,
        "letters": letters_of(DESK_VERBS),
        "who": Who(
            name="张小雨",
            post="玉北社区第二网格 · 专职网格员",
            posts=["玉北社区第二网格 专职网格员", "玉北社区第三网格 兼职网格员"],
        ),
        "unread_count": 3,
        "nav_items": [
            NavItem("#", "首页", "house", is_current=True),
            NavItem("#report", "上报", "plus", is_current=False),
            NavItem("#mine", "我的", "list-checks", is_current=False),
            NavItem("#map", "地图", "map", is_current=False),
            NavItem("#inbox", "消息", "bell", is_current=False),
        ],
        "toast": {"text": "已受理 1 件：井盖缺损", "undo_url": "#", "seconds": 10},
        "lights": ["normal", "near", "late", "supervised"],
        "rows": ROWS,
        "clocks": [CALM_CLOCK, CLOCK, LATE_CLOCK, STOPPED_CLOCK],
        "events": EVENTS,
        "steps": STEPS,
        "stopped_steps": STOPPED_STEPS,
        "stats": STATS,
        "amounts": AMOUNTS,
        "stacks": STACKS,
        "trend": LINE,
        "areas": AREAS,
        "neighbours": NEIGHBOURS,
        "queues": QUEUES,
        "matters": MATTERS,
        "empty_form": SpecimenForm(),
        "wrong_form": SpecimenForm({"title": "", "urgency": "9", "description": "南门外垃圾堆了两天"}),
        "photos": [],
        "at": NOW,
        "statuses": list(STATUSES.items()),
    }
