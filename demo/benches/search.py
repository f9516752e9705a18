"""`bench search`: the search page as a desk, a department and a city user, compared with a table scan in raw SQL."""

from __future__ import annotations

from collections.abc import Callable

from django.db import connection
from django.urls import reverse

from accounts.models import User
from demo.benches.measuring import Visitor, as_owner, interleave, scratch_city, settings_of_server
from demo.benches.queue import fill
from workflow.models import Case

Say = Callable[[str], object]
LIMIT = 100.0  # ms at the 95th percentile
# Texts of many kinds, so that a word is as rare or as frequent as in a city's reports.
VARY = """
UPDATE workflow_case SET
  description = (ARRAY['路灯不亮，晚上看不清路','垃圾没人清运，味道很大','楼道里堆了杂物，堵住消防通道',
    '半夜有人唱歌，噪音扰民','自来水管漏水','井盖松动，车压上去响','邻居为占车位吵架','老人独居，想要有人看看','路面有坑，下雨积水','电动车飞线充电',
    '树枝压着电线','工地夜里施工','小广告贴满电梯','流浪狗追人','暖气不热','公厕没有水','围墙开裂',
    '河边倒了建筑垃圾'])[1 + id * 7 % 18]
    || '，在' || (id % 97) || '号楼' || (id % 13) || '单元',
  title = (ARRAY['路灯故障','生活垃圾清运','消防通道堵塞','社会生活噪声','供水管网漏损','井盖缺失松动'])
    [1 + id * 7 % 6],
  place = '第' || (id % 811) || '号院'
"""
SCAN = """
SELECT count(*) FROM workflow_case c JOIN grids_division v ON v.id = c.village_id
WHERE NOT c.confidential AND (c.title LIKE %(like)s OR c.description LIKE %(like)s OR c.place LIKE %(like)s
  OR v.name LIKE %(like)s)
"""
# In tens of thousands of cases (垃圾, 路灯, a county's name), in some, in one, and in none.
SEARCHES = (
    *("噪音", "垃圾", "路灯", "华龙区", "楼道 杂物", "ljqy", "飞线充电", "811", "花园", "没有这个词"),
)


def run(say: Say, *, cases: int, rounds: int) -> None:
    """Fill a scratch city with ``cases`` cases of varied texts and search it ``rounds`` times by each word."""
    with scratch_city():
        say(f"服务器 {settings_of_server()}")
        fill(cases)
        as_owner(VARY)
        as_owner("ANALYZE")
        say(f"事项 {Case.objects.count():,} 件")
        address = reverse("workflow:search")
        for name in ("dispatcher", "county", "city"):
            user = User.objects.filter(username=name).first()
            if user is None:
                raise RuntimeError(f"The demonstration has no account {name}; nothing is reported.")
            _measure(say, Visitor(user), address, rounds)


def _measure(say: Say, visitor: Visitor, address: str, rounds: int) -> None:
    say(visitor.describe(address, {"q": SEARCHES[0]}))
    paths = {
        f"{text}": lambda text=text: visitor.get(address, {"q": text})  # type: ignore[misc]
        for text in SEARCHES
    }
    series = interleave(
        {**paths, "扫描全表（手写 SQL）": lambda: _scan(SEARCHES[0])}, rounds=rounds, warm_up=3
    )
    for one in series:
        say(one.line())
    worst = max(one.p95 for one in series[:-1])
    say(f"最慢的一个词 p95 {worst:.1f} 毫秒（≤ {LIMIT:g}）{'' if worst <= LIMIT else '：未达到目标'}")


def _scan(text: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute(SCAN, {"like": f"%{text}%"})
        cursor.fetchall()
