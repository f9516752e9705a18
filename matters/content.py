"""The content of a matter, apart from its edition: its fields, their words, what must hold (Art. 14, 15). Pure.

One table of fields serves the page, the comparison, the workbook and the proposal.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import asdict, dataclass, field, fields, replace
from datetime import date
from decimal import Decimal
from typing import Any, NotRequired, TypedDict

from common.privacy.publishing import to_publish, why_not_in_name
from common.shapes import Json
from worktime.clocks import Clock, Limit

CATEGORIES = {
    1: "政策法律法规宣传",
    2: "基础信息采集",
    3: "社情民意收集",
    4: "民生事项服务",
    5: "矛盾纠纷排查化解",
    6: "安全隐患排查",
    7: "社会治安防控",
    8: "其他事项",
}
KINDS = {"task": "任务", "collection": "采集", "report": "上报", "service": "服务", "clue": "线索"}
REPORTABLE = ("report", "service", "clue")
SEVERITIES = {1: "一般", 2: "重要", 3: "紧急"}
ON_THE_SPOT = {"worker": "网格员", "leader": "网格长", "nobody": "不得当场办结"}
LIMIT_UNITS = {
    "minute_247": (Clock.AROUND_THE_CLOCK, 1),
    "hour_247": (Clock.AROUND_THE_CLOCK, 60),
    "working_hour": (Clock.WORKING_HOURS, 60),
    "working_day": (Clock.WORKING_DAYS, 1),
    "natural_day": (Clock.NATURAL_DAYS, 1),
}
UNIT_WORDS = {
    "minute_247": "分钟",
    "hour_247": "小时",
    "working_hour": "工时",
    "working_day": "工作日",
    "natural_day": "自然日",
}
LONGEST_DAYS = 366
# Steps for which a matter may set a limit; the other steps follow the settings by grade.
LIMITED_STEPS = {"sign": "签收", "first": "先行处置", "finish": "办结", "check": "核查"}
DATA_ITEMS = {
    "person_name": "姓名",
    "person_phone": "联系电话",
    "person_id": "身份证号",
    "household": "家庭成员",
    "residence": "居住情况",
    "tenancy": "租住关系",
    "house": "房屋信息",
    "shop": "单位门店信息",
    "staff_count": "从业人数",
    "health": "健康状况",
    "aid": "救助帮扶情况",
    "service_record": "服役优抚情况",
    "special_person": "特定对象情况",
    "facility": "公共设施",
    "place": "重点场所",
    "organization": "社会组织",
    "hazard": "安全隐患",
    "dispute": "矛盾纠纷",
    "opinion": "意见诉求",
}
QUESTION_KINDS = {"text": "文字", "number": "数字", "date": "日期", "yes_no": "是或否", "choice": "选择"}
MOST_QUESTIONS, MOST_WORDS = 4, 12
LEAST_CHOICES, MOST_CHOICES = 2, 8
CATEGORY_SENTENCE = "类别应是条例第十五条的八类之一（1–8）。"
KIND_SENTENCE = f"性质应是{'、'.join(KINDS.values())}之一。"
CHOICES_SENTENCE = f"“{{}}”要有 {LEAST_CHOICES} 到 {MOST_CHOICES} 个选项。"
CITATION = re.compile(r"《[^》]{2,60}》[^《》]{0,12}第[〇零一二三四五六七八九十百千0-9]+条")


class Question(TypedDict):
    """A matter's own question, as it is stored; ``choices`` belong to the type ``choice``."""

    key: str
    label: str
    type: str
    required: NotRequired[bool]
    choices: NotRequired[list[str]]


@dataclass(frozen=True)
class MatterContent:
    """The whole content of a matter. Amounts of limits are in the unit beside them; minutes are whole minutes."""

    name: str
    category: int
    kind: str
    severity: int = 1
    description: str = ""
    synonyms: list[str] = field(default_factory=list)
    examples: list[str] = field(default_factory=list)
    lead_functions: list[str] = field(default_factory=list)
    township_functions: list[str] = field(default_factory=list)
    city_functions: list[str] = field(default_factory=list)
    closes_on_spot: str = "worker"
    sign_amount: int | None = None
    sign_unit: str = ""
    first_amount: int | None = None
    first_unit: str = ""
    finish_amount: int | None = None
    finish_unit: str = ""
    check_amount: int | None = None
    check_unit: str = ""
    photo_before: bool = False
    evidence_required: bool = False
    place_required: bool = False
    witness_required: bool = False
    questions: list[Question] = field(default_factory=list)
    confidential: bool = False
    basis: str = ""
    basis_on: date | None = None
    exception_law: str = ""
    times_per_month: Decimal = Decimal(0)
    minutes_each: int = 0
    collects: list[str] = field(default_factory=list)
    handling_post: str = ""
    support: str = ""
    note: str = ""
    ends_on: date | None = None

    @property
    def minutes_per_month(self) -> int:
        """The minutes per month that the matter demands of one grid."""
        return round(self.times_per_month * self.minutes_each)


NAMES = tuple(each.name for each in fields(MatterContent))
LONGEST = {"name": 80, "description": 500, "basis": 200, "exception_law": 200, "handling_post": 80}
LONGEST |= {"support": 500, "note": 300}
# All content is published. Only in these free texts can there be a reason to give a personal number.
LONGEST_NAMED = 2000  # characters searched; a longer text is refused for its length
FREE_TEXTS = ("description", "handling_post", "support", "note")


def limit_words(amount: int | None, unit: str) -> str:
    """Returns the limit in words such as ``4 工时``; empty if the list sets none."""
    limit = limit_of(amount, unit)
    return limit.words() if limit else ""


def limit_of(amount: int | None, unit: str) -> Limit | None:
    """Returns the limit for an amount and its unit, or None."""
    if amount is None or unit not in LIMIT_UNITS:
        return None
    clock, size = LIMIT_UNITS[unit]
    return Limit(clock, amount * size)


def _joined(words: list[str]) -> str:
    return "、".join(filter(None, words))


def _yes(value: bool) -> str:
    return "是" if value else "否"


def _asked(questions: list[Question]) -> str:
    return "；".join(
        f"{each['label']}（{QUESTION_KINDS[each['type']]}{'，必填' if each.get('required') else ''}）"
        for each in questions
    )


@dataclass(frozen=True)
class Line:
    """One line of a matter as people read it: its heading and how to write its content."""

    key: str
    word: str
    says: Callable[[MatterContent], str]


LINES: tuple[Line, ...] = (
    Line("name", "名称", lambda matter: matter.name),
    Line("category", "类别", lambda matter: CATEGORIES.get(matter.category, "")),
    Line("kind", "性质", lambda matter: KINDS.get(matter.kind, "")),
    Line("severity", "等级", lambda matter: SEVERITIES[matter.severity]),
    Line("description", "说明", lambda matter: matter.description),
    Line("synonyms", "别称", lambda matter: _joined(matter.synonyms)),
    Line("examples", "举例", lambda matter: "；".join(matter.examples)),
    Line("lead_functions", "县区主办、协办", lambda matter: _joined(matter.lead_functions)),
    Line("township_functions", "乡镇街道主办、协办", lambda matter: _joined(matter.township_functions)),
    Line("city_functions", "市级主办、协办", lambda matter: _joined(matter.city_functions)),
    Line("closes_on_spot", "可当场办结", lambda matter: ON_THE_SPOT[matter.closes_on_spot]),
    Line("sign", "签收时限", lambda matter: limit_words(matter.sign_amount, matter.sign_unit)),
    Line("first", "先行处置时限", lambda matter: limit_words(matter.first_amount, matter.first_unit)),
    Line("finish", "办结时限", lambda matter: limit_words(matter.finish_amount, matter.finish_unit)),
    Line("check", "核查时限", lambda matter: limit_words(matter.check_amount, matter.check_unit)),
    Line("photo_before", "上报须附照片", lambda matter: _yes(matter.photo_before)),
    Line("evidence_required", "办结须附照片", lambda matter: _yes(matter.evidence_required)),
    Line("place_required", "须写明地点", lambda matter: _yes(matter.place_required)),
    Line("witness_required", "办结须有见证人", lambda matter: _yes(matter.witness_required)),
    Line("questions", "上报时另填", lambda matter: _asked(matter.questions)),
    Line("confidential", "保密", lambda matter: _yes(matter.confidential)),
    Line("basis", "依据", lambda matter: matter.basis),
    Line("basis_on", "依据日期", lambda matter: matter.basis_on.isoformat() if matter.basis_on else ""),
    Line("exception_law", "例外依据", lambda matter: matter.exception_law),
    Line("times_per_month", "每网格每月次数", lambda matter: f"{matter.times_per_month.normalize():f}"),
    Line("minutes_each", "每次分钟", lambda matter: str(matter.minutes_each)),
    Line("collects", "采集数据", lambda matter: _joined([DATA_ITEMS[key] for key in matter.collects])),
    Line("handling_post", "处置岗位", lambda matter: matter.handling_post),
    Line("support", "培训、指导、信息、经费", lambda matter: matter.support),
    Line("note", "备注", lambda matter: matter.note),
    Line("ends_on", "有效期至", lambda matter: matter.ends_on.isoformat() if matter.ends_on else "长期"),
)


def content_of(row: Any) -> MatterContent:
    """Returns the content of a matter of an edition. ``row`` has an attribute for every field."""
    return MatterContent(**{name: getattr(row, name) for name in NAMES})


def stored(content: MatterContent) -> Json:
    """Returns the content as it is stored in JSON."""
    plain = asdict(content)
    for name in ("basis_on", "ends_on"):
        plain[name] = plain[name] and plain[name].isoformat()
    plain["times_per_month"] = f"{content.times_per_month:f}"
    return plain


def read(plain: Mapping[str, Any]) -> MatterContent:
    """Returns the content that :func:`stored` wrote. Fields added later take their default."""
    values = {name: plain[name] for name in NAMES if name in plain}
    for name in ("basis_on", "ends_on"):
        values[name] = date.fromisoformat(values[name]) if values.get(name) else None
    values["times_per_month"] = Decimal(values.get("times_per_month", "0"))
    return MatterContent(**values)


def published(content: MatterContent) -> MatterContent:
    """Returns the content with personal numbers in its free texts masked, unless their author permitted them."""
    return replace(content, **{name: to_publish(getattr(content, name)) for name in FREE_TEXTS})


def why_not_citation(text: str) -> str:
    """Returns what is wrong with a cited law, which needs its name in 《》 and an article number. Empty if sound."""
    if CITATION.search(text):
        return ""
    return "请写明法律法规的名称和条号，如：《某某条例》第十五条。"


def faults_of(content: MatterContent) -> Iterator[tuple[str, str]]:
    """Yields what is unfinished or wrong in the content itself, as (field, sentence)."""
    yield from unfinished_in(content)
    yield from wrong_in(content)


def unfinished_in(content: MatterContent) -> Iterator[tuple[str, str]]:
    """Yields what is still missing or only half written, as (field, sentence). A draft may be saved with it."""
    if not content.name:
        yield "name", "请填写事项名称。"
    if not content.category:
        yield "category", CATEGORY_SENTENCE
    if not content.kind:
        yield "kind", KIND_SENTENCE
    for step, word in LIMITED_STEPS.items():
        if (getattr(content, f"{step}_amount") is None) != (not getattr(content, f"{step}_unit")):
            yield f"{step}_amount", f"{word}时限要有数量和单位，或都不填。"
    for each in content.questions:
        if each["type"] == "choice" and len(each.get("choices", ())) < LEAST_CHOICES:
            yield "questions", CHOICES_SENTENCE.format(each["label"])
    if not content.basis:
        yield "basis", "请写明依据：法律法规的名称和条号。"
    elif fault := why_not_citation(content.basis):
        yield "basis", fault
    if content.kind in REPORTABLE and not content.lead_functions:
        yield "lead_functions", "请写明县区的主办部门。"
    for name in ("lead_functions", "township_functions", "city_functions"):
        if getattr(content, name) and not getattr(content, name)[0]:
            yield name, "选了协办部门，请再选一个主办部门。"


def wrong_in(content: MatterContent) -> Iterator[tuple[str, str]]:
    """Yields what cannot stand as it is written, as (field, sentence), not even in a draft."""
    for name, longest in LONGEST.items():
        if len(getattr(content, name)) > longest:
            yield name, f"最多 {longest} 字，您写了 {len(getattr(content, name))} 字。"
    yield from _wrong_choices(content)
    yield from _wrong_limits(content)
    yield from _wrong_words(content)
    yield from _personal_numbers(content)
    if content.exception_law and (fault := why_not_citation(content.exception_law)):
        yield "exception_law", fault
    if not 0 <= content.times_per_month <= 1000:
        yield "times_per_month", "每网格每月次数应在 0 到 1000 之间。"
    if not 0 <= content.minutes_each <= 480:
        yield "minutes_each", "每次分钟应在 0 到 480 之间。"


def _personal_numbers(content: MatterContent) -> Iterator[tuple[str, str]]:
    texts = {name: getattr(content, name) for name in ("name", "basis", "exception_law")}
    texts |= {name: "\n".join(getattr(content, name)) for name in ("synonyms", "examples")}
    asked = ("\n".join([each.get("label", ""), *each.get("choices", ())]) for each in content.questions)
    texts["questions"] = "\n".join(asked)
    for name, text in texts.items():
        if sentence := why_not_in_name(text[:LONGEST_NAMED]):
            yield name, sentence


def _wrong_choices(content: MatterContent) -> Iterator[tuple[str, str]]:
    choices: tuple[tuple[str, Any, str], ...] = (
        ("category", (0, *CATEGORIES), CATEGORY_SENTENCE),
        ("kind", ("", *KINDS), KIND_SENTENCE),
        ("severity", SEVERITIES, "等级应是一般、重要、紧急之一。"),
        ("closes_on_spot", ON_THE_SPOT, f"可当场办结应是{'、'.join(ON_THE_SPOT.values())}之一。"),
    )
    for name, known, sentence in choices:
        if getattr(content, name) not in known:
            yield name, sentence
    if unknown := [key for key in content.collects if key not in DATA_ITEMS]:
        yield "collects", f"没有这种数据：{_joined(unknown)}。"
    if content.kind == "clue" and content.closes_on_spot != "nobody":
        yield "closes_on_spot", "线索不得当场办结。"


def _wrong_limits(content: MatterContent) -> Iterator[tuple[str, str]]:
    limits: dict[str, Limit] = {}
    for step, word in LIMITED_STEPS.items():
        amount, unit = getattr(content, f"{step}_amount"), getattr(content, f"{step}_unit")
        if unit and unit not in LIMIT_UNITS:
            yield f"{step}_unit", f"时限单位应是{'、'.join(UNIT_WORDS.values())}之一。"
        elif amount is not None and not 1 <= amount <= 1000:
            yield f"{step}_amount", f"{word}时限应在 1 到 1000 之间。"
        elif (limit := limit_of(amount, unit)) is not None:
            if limit.clock in (Clock.WORKING_DAYS, Clock.NATURAL_DAYS) and limit.amount > LONGEST_DAYS:
                yield f"{step}_amount", f"{word}时限最长一年（{LONGEST_DAYS} 天）。"
            limits[step] = limit
    for step in ("sign", "first"):
        if step in limits and "finish" in limits and roughly(limits[step]) > roughly(limits["finish"]):
            yield f"{step}_amount", f"{LIMITED_STEPS[step]}时限不能长于办结时限。"


def roughly(limit: Limit) -> int:
    """Returns a limit in minutes by a common measure, so that limits of different clocks can be compared.

    A working day counts as a natural day, so that a limit that ends on the same day is not called longer.
    """
    if limit.clock in (Clock.WORKING_DAYS, Clock.NATURAL_DAYS):
        return max(limit.amount, 1) * 1440
    if limit.clock == Clock.WORKING_HOURS:
        return limit.amount * 1440 // 420  # a day has seven office hours
    return limit.amount


def _wrong_words(content: MatterContent) -> Iterator[tuple[str, str]]:
    for name, word in (("synonyms", "别称"), ("examples", "举例")):
        words = getattr(content, name)
        if len(words) > MOST_WORDS or any(len(each) > 60 for each in words):
            yield name, f"{word}最多 {MOST_WORDS} 个，每个最多 60 字。"
    for name in ("lead_functions", "township_functions", "city_functions"):
        if len(set(getattr(content, name))) != len(getattr(content, name)):
            yield name, "同一个部门写了两次。"
    yield from _wrong_questions(content)


def _wrong_questions(content: MatterContent) -> Iterator[tuple[str, str]]:
    if len(content.questions) > MOST_QUESTIONS:
        yield "questions", f"上报时另填的内容最多 {MOST_QUESTIONS} 项。"
    keys = [each.get("key", "") for each in content.questions]
    if len(set(keys)) != len(keys):
        yield "questions", "上报时另填的内容有重复的键。"
    for each in content.questions:
        if not re.fullmatch(r"[a-z][a-z0-9_]{0,29}", each.get("key", "")) or not each.get("label"):
            yield "questions", "上报时另填的每项要有键（小写英文）和名称。"
        elif len(each["label"]) > 30 or each.get("type") not in QUESTION_KINDS:
            yield "questions", f"“{each['label'][:30]}”的类型应是{'、'.join(QUESTION_KINDS.values())}之一。"
        elif each["type"] == "choice" and len(each.get("choices", ())) > MOST_CHOICES:
            yield "questions", CHOICES_SENTENCE.format(each["label"])
