"""The columns of a roster: their names, how to fill them in, and which are private. Pure."""

from __future__ import annotations

from collections.abc import Mapping

from common.phones import LONGEST_TYPED
from exchange.columns import LONGEST_CODE
from exchange.named import Column, Table

COLUMNS: Mapping[str, Column] = {
    "name": Column("姓名", 40, 12, "2–40 个字。", "示例甲", is_needed=True),
    "username": Column(
        "账号", 40, 14, "可以不填，不填就用工作电话。", "", others=("登录账号",)
    ),
    "phone": Column(
        "工作电话", LONGEST_TYPED, 14, "11 位手机号，公示牌上公开。", "19900000001", is_needed=True,
        others=("联系电话", "手机号", "手机号码"), holds="phone",
    ),
    "private_phone": Column(
        "私人电话", LONGEST_TYPED, 14, "11 位手机号，可以不填。加密保存。", "", mask="phone", holds="phone"
    ),
    "id_number": Column(
        "身份证号", 18, 22, "可以不填。加密保存；列的格式要设成“文本”。", "", "id_number",
        others=("身份证号码",), holds="identity",
    ),
    "home_address": Column("住址", 100, 30, "可以不填。加密保存。", "", mask="address", others=("家庭住址",)),
    "role": Column("岗位", 10, 14, "网格长、网格指导员、专职网格员或兼职网格员。", "专职网格员", is_needed=True),
    "village_code": Column(
        "村社区编码", 12, 16, "网格长、网格指导员必填；网格员可以不填。", "",
        others=("村（社区）编码", "社区编码"), holds="code",
    ),
    "grid_code": Column(
        "网格编码", LONGEST_CODE, 20, "网格员必填；网格长、网格指导员不填。", "", holds="code"
    ),
    "source": Column("来源", 30, 26, "条例第十条所列的来源，见下面各行。", "社会招聘", is_needed=True),
    "appointed_by": Column("任命机构", 80, 26, "可以不填；填机构的全名或编码。", ""),
    "document": Column("文号", 80, 20, "可以不填。", "", holds="reference"),
    "starts_on": Column(
        "到岗日期", 20, 14, "如 2026-12-01。", "2026-12-01", is_needed=True, others=("上岗日期",), holds="day"
    ),
}  # fmt: skip
TABLE = Table(COLUMNS, thing="人员", unit="人", most_rows=5000, advice="请按乡镇街道分成几个文件。")
