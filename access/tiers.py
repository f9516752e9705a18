"""The tiers of personal data and how often each may be opened (分级准入, Art. 20). Pure."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta


@dataclass(frozen=True)
class Tier:
    """One tier: its name, its contents, who may see it and how often."""

    key: str
    name: str
    holds: str
    seen_by: str
    limit: int = 0
    within: timedelta = timedelta()

    @property
    def limit_words(self) -> str:
        """Return the limit in words."""
        hours = int(self.within.total_seconds() // 3600)
        span = "天" if hours == 24 else f"{hours} 小时"
        return f"每人每{'小时' if hours == 1 else span}最多 {self.limit} 次"


TIERS = {
    "T0": Tier("T0", "公开", "网格、岗位、工作电话、事项清单", "所有人"),
    "T1": Tier("T1", "内部", "事项内容、办理经过、网格册", "辖区内的在岗人员"),
    "T2": Tier(
        *(
            "T2",
            "个人信息",
            "居民姓名、电话、住址；人员的私人电话、住址",
            "正在办这件事的人、管理这名人员的机构",
        ),
        limit=30,
        within=timedelta(hours=1),
    ),
    "T3": Tier(
        *("T3", "敏感个人信息", "身份证号等", "专项授权的具名人员"),
        limit=10,
        within=timedelta(days=1),
    ),
    "T4": Tier(
        *("T4", "保密来源", "线索举报人、投诉人", "线索：指定的具名人员，不含部门负责人；投诉：正在办理的人"),
        limit=10,
        within=timedelta(days=1),
    ),
}
SHOWN_FOR = timedelta(minutes=5)
SHORTEST_REASON = 4
LONGEST_REASON = 200
