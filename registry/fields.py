"""The fields of the register: what is kept of each kind of record, under which protection, for how long it is true.

One table serves forms, cards, imports, department's forms, access and retention. ``item`` is the kind of data in the
matter lists (:data:`matters.content.DATA_ITEMS`): a matter may ask for a field exactly when its edition collects the
item (Art. 14, 15). Pure.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field

from registry.documents import DOCUMENTS
from registry.kinds import HOUSE, HOUSEHOLD, ORGANIZATION, PERSON, PLACE

T1, T2, T3 = "T1", "T2", "T3"
NAMED = "view_special"
YEAR, HALF, QUARTER = 366, 183, 92
SEXES = {"male": "男", "female": "女"}
RESIDENCES = {
    "local": "户籍在此，常住",
    "coming": "户籍在外，来此居住",
    "away": "户籍在此，外出居住",
    "lodging": "短期寄住",
}
HOUSEHOLDS = {"family": "家庭户", "collective": "集体户", "tenants": "租住户"}
USES = {"lived_in": "居住", "trade": "经营", "mixed": "商住混用", "empty": "空置", "store": "仓储"}
TENANCIES = {"own": "自住", "let": "整套出租", "part": "部分出租", "lent": "借住", "none": "没有人住"}
TRADES = {
    "shop": "商店",
    "food": "餐饮",
    "inn": "住宿",
    "fun": "文化娱乐",
    "net": "上网服务",
    "clinic": "诊所药店",
    "works": "生产加工",
    "store": "仓储物流",
    "school": "教育培训",
    "care": "养老托育",
    "office": "办公",
    "social": "社会组织",
    "volunteers": "志愿服务队伍",
    "other": "其他",
}
PLACES = {
    "nine_small": "九小场所",
    "school": "学校幼儿园",
    "hospital": "医院诊所",
    "market": "商场市场",
    "faith": "宗教活动场所",
    "fuel": "加油加气站",
    "works": "生产储存场所",
    "water": "坑塘沟渠",
    "camera": "公共视频",
    "hydrant": "消火栓",
    "light": "路灯",
    "lid": "井盖",
    "shelter": "避难场所",
    "gym": "健身设施",
    "other": "其他公共设施",
}
STATES = {"sound": "完好", "damaged": "损坏", "closed": "停用"}
HEALTH = {
    "well": "健康",
    "chronic": "慢性病",
    "disabled": "残疾",
    "dependent": "失能或半失能",
    "severe": "重病",
}
AIDS = {
    "none": "没有",
    "minimum": "最低生活保障",
    "extreme": "特困供养",
    "edge": "低保边缘",
    "left_behind": "留守老人或儿童",
    "hardship": "困境儿童",
    "other": "其他救助帮扶",
}
SERVICES = {"none": "不是", "veteran": "退役军人", "family": "军属", "pension": "优抚对象"}
SPECIAL = {
    "correction": "社区矫正对象",
    "released": "刑满释放人员",
    "drugs": "吸毒人员",
    "mental": "严重精神障碍患者",
}


@dataclass(frozen=True, slots=True)
class Field:
    """One field of the register.

    ``kinds`` of records have it. ``tier`` and ``mask`` protect it (Art. 20). ``entry`` is how it is typed: ``text``,
    ``phone``, ``document``, ``day``, ``choice``, ``number``, ``code``. ``true_for`` is the number of days after which
    it must be confirmed again. ``verb`` is the special grant without which nobody even learns that a value is there.
    """

    key: str
    kinds: tuple[str, ...]
    label: str
    tier: str
    item: str
    entry: str = "text"
    choices: Mapping[str, str] = field(default_factory=dict)
    true_for: int = YEAR
    limit: int = 40
    mask: str = ""
    verb: str = ""
    is_needed: bool = False

    @property
    def is_plain(self) -> bool:
        """Whether who sees the record reads the value: a T2 field without a mask is of no use without its words."""
        return self.tier == T1 or (self.tier == T2 and not self.mask)

    @property
    def is_sealed(self) -> bool:
        """Whether its values are personal and stand sealed in the database."""
        return self.tier != T1

    def words(self, text: str) -> str:
        """Returns a stored text as people read it."""
        return self.choices.get(text, text)


FIELDS = (
    Field("name", (PERSON,), "姓名", T2, "person_name", true_for=3660, mask="name", is_needed=True),
    Field("document", (PERSON,), "证件类型", T2, "person_id", "choice", DOCUMENTS, true_for=3660),
    Field("number", (PERSON,), "证件号码", T3, "person_id", "document", limit=18, mask="id_number", true_for=3660),
    Field("sex", (PERSON,), "性别", T2, "person_id", "choice", SEXES, true_for=3660),
    Field("born", (PERSON,), "出生日期", T3, "person_id", "day", true_for=3660),
    Field("phone", (PERSON,), "联系电话", T2, "person_phone", "phone", mask="phone"),
    Field("residence", (PERSON,), "居住情况", T2, "residence", "choice", RESIDENCES, true_for=HALF),
    Field("registered_at", (PERSON,), "户籍所在地", T2, "residence", limit=100, mask="address"),
    Field("since", (PERSON,), "何时来此居住", T2, "residence", "day", true_for=3660),
    Field("health", (PERSON,), "健康状况", T3, "health", "choice", HEALTH, true_for=QUARTER, verb=NAMED),
    Field("care", (PERSON,), "需要的照料", T3, "health", true_for=QUARTER, limit=100, verb=NAMED),
    Field("aid", (PERSON,), "救助帮扶情况", T3, "aid", "choice", AIDS, true_for=QUARTER, verb=NAMED),
    Field("guardian", (PERSON,), "监护人或联系人", T3, "aid", limit=60, true_for=HALF, verb=NAMED),
    Field("service", (PERSON,), "服役优抚情况", T2, "service_record", "choice", SERVICES, true_for=HALF),
    Field("special", (PERSON,), "特定对象类别", T3, "special_person", "choice", SPECIAL, true_for=QUARTER, verb=NAMED),
    Field("special_until", (PERSON,), "帮教期限至", T3, "special_person", "day", verb=NAMED),
    Field("household", (HOUSEHOLD,), "户别", T2, "household", "choice", HOUSEHOLDS, is_needed=True),
    Field("address", (HOUSE,), "门牌地址", T2, "house", limit=100, true_for=3660, is_needed=True),
    Field("use", (HOUSE,), "用途", T2, "house", "choice", USES),
    Field("tenancy", (HOUSE,), "租住情况", T2, "tenancy", "choice", TENANCIES, true_for=HALF),
    Field("title", (ORGANIZATION,), "名称", T1, "shop", limit=60, is_needed=True),
    Field("credit_code", (ORGANIZATION,), "统一社会信用代码", T1, "shop", "code", limit=18, true_for=3660),
    Field("trade", (ORGANIZATION,), "类别", T1, "shop", "choice", TRADES),
    Field("site", (ORGANIZATION, PLACE), "地址", T1, "shop", limit=100, true_for=3660),
    Field("contact", (ORGANIZATION, PLACE), "联系电话", T2, "shop", "phone", mask="phone"),
    Field("staff", (ORGANIZATION,), "从业人数", T1, "staff_count", "number", limit=5),
    Field("purpose", (ORGANIZATION,), "服务内容", T1, "organization", limit=100),
    Field("members", (ORGANIZATION,), "成员人数", T1, "organization", "number", limit=5),
    Field("place", (PLACE,), "名称", T1, "place", limit=60, is_needed=True),
    Field("category", (PLACE,), "类别", T1, "place", "choice", PLACES),
    Field("state", (PLACE,), "完好情况", T1, "facility", "choice", STATES, true_for=HALF),
)  # fmt: skip
BY_KEY = {each.key: each for each in FIELDS}
# A facility is a place, an organization of society is an organization: these items open the fields of both.
ALSO = {
    "facility": ("place",),
    "place": ("facility",),
    "organization": ("shop",),
}
# What the lists call data and the register does not keep: it is reported as a case and handled (Art. 17).
CASES = ("hazard", "dispute", "opinion")
NAMES = {PERSON: "name", HOUSEHOLD: "household", HOUSE: "address", PLACE: "place", ORGANIZATION: "title"}
SOURCES = {
    "asked": "当面询问",
    "seen": "现场所见",
    "shown": "查看证件",
    "self": "本人申报",
    "supplied": "部门提供",
    "import": "表格导入",
}


def fields_of(kind: str) -> tuple[Field, ...]:
    """Returns the fields of a kind of record, in the order of a form."""
    return tuple(each for each in FIELDS if kind in each.kinds)


def fields_for(items: Collection[str], kind: str) -> tuple[Field, ...]:
    """Returns the fields of ``kind`` that a matter may ask for whose edition collects ``items``."""
    opened = set(items).union(*(ALSO.get(item, ()) for item in items))
    return tuple(each for each in fields_of(kind) if each.item in opened)
