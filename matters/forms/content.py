"""The form of a matter's content: the fields of ``content.py`` in groups (Art. 14, 15). Forms translate."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from decimal import Decimal
from typing import Any

from django import forms

from common.shapes import Cleaned, FormArguments
from common.web.form_fields import (
    CHOOSE,
    DecimalField,
    day_field,
    number_field,
    published_area,
    published_line,
    text_field,
)
from matters import content as matter_content
from matters.content import MatterContent, Question
from matters.forms.field_rows import DepartmentFields, LimitFields, QuestionFields

QUESTIONS = range(1, matter_content.MOST_QUESTIONS + 1)
LEVELS = {"lead": "lead_functions", "township": "township_functions", "city": "city_functions"}
# What a draft may leave open until it is submitted.
NEEDED = (
    *("name", "category", "kind", "ends_on", "lead_functions", "times_per_month", "minutes_each", "basis"),
    *("handling_post", "support"),
)
FLAGS = ("photo_before", "evidence_required", "place_required", "witness_required", "confidential")


class LinesField(forms.CharField):
    """A list of words, one per line."""

    widget = forms.Textarea

    def clean(self, value: Any) -> list[str]:
        """Returns the words without empty lines."""
        return [line.strip() for line in super().clean(value).splitlines() if line.strip()]

    def prepare_value(self, value: Any) -> Any:
        """Returns the words as lines."""
        return "\n".join(value) if isinstance(value, list) else value


def choice_field(label: str, choices: Mapping[Any, str], **more: Any) -> forms.ChoiceField:
    """Returns a field for one of a few words."""
    return forms.ChoiceField(label=label, choices=list(choices.items()), error_messages=CHOOSE, **more)


def ticks_field(label: str, choices: Mapping[Any, str], **more: Any) -> forms.MultipleChoiceField:
    """Returns a field for any number of some words."""
    return forms.MultipleChoiceField(
        label=label,
        choices=list(choices.items()),
        required=False,
        widget=forms.CheckboxSelectMultiple,
        error_messages={"invalid_choice": "请从列表里选择。"},
        **more,
    )


class ContentForm(forms.Form):
    """The whole content of a matter, as far as it is written. All faults are shown at once, beside their fields.

    A draft is saved however incomplete it is; what is still missing is named before it is submitted.
    """

    name = text_field("事项名称", limit=matter_content.LONGEST["name"])
    category = choice_field(
        "类别",
        {"": "请选择", **matter_content.CATEGORIES},
        required=False,
        help_text="条例第十五条的八类。",
    )
    kind = choice_field(
        "性质",
        {"": "请选择", **matter_content.KINDS},
        required=False,
        help_text="上报、服务、线索走闭环办理；任务、采集在走访里做。",
    )
    severity = choice_field("等级", matter_content.SEVERITIES)
    description = published_area(
        "说明", limit=matter_content.LONGEST["description"], help_text="写清看到什么、做到哪一步。"
    )
    synonyms = LinesField(
        label="别称",
        required=False,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text="一行一个，上报时按这些字也找得到。",
    )
    examples = LinesField(
        label="举例", required=False, widget=forms.Textarea(attrs={"rows": 3}), help_text="一行一个。"
    )
    closes_on_spot = choice_field("谁可当场办结", matter_content.ON_THE_SPOT)
    photo_before = forms.BooleanField(label="上报须附照片", required=False)
    evidence_required = forms.BooleanField(label="办结须附照片", required=False)
    place_required = forms.BooleanField(label="须写明地点", required=False)
    witness_required = forms.BooleanField(label="办结须有见证人", required=False)
    confidential = forms.BooleanField(label="保密：只有具名授权的人看得到", required=False)
    questions = forms.CharField(label="上报时另填", required=False, widget=forms.HiddenInput)
    times_per_month = DecimalField(
        label="每网格每月几次",
        max_digits=7,
        decimal_places=2,
        required=False,
        initial=0,
        error_messages=dict.fromkeys(
            ("required", "invalid", "max_digits", "max_decimal_places", "max_whole_digits"),
            "应为 0–1000 的数，最多两位小数，如 0.5。",
        ),
        help_text="两个月一次写 0.5。",
    )
    minutes_each = number_field("每次几分钟", most=480, required=False, initial=0)
    collects = ticks_field("采集哪些数据", matter_content.DATA_ITEMS)
    basis = text_field(
        "依据",
        limit=matter_content.LONGEST["basis"],
        help_text="写明名称和条号，如：《濮阳市基层网格化服务管理条例》第十五条。",
    )
    basis_on = day_field("依据文件的日期", missing="", required=False)
    handling_post = published_line(
        "部门由哪个岗位处置",
        limit=matter_content.LONGEST["handling_post"],
        help_text="如：城市管理科巡查岗。",
    )
    support = published_area(
        "政策咨询、业务指导、信息支持",
        limit=matter_content.LONGEST["support"],
        help_text="条例第十四条。",
    )
    note = published_area("备注", limit=matter_content.LONGEST["note"], rows=2)
    ends_on = day_field("有效期至", missing="", required=False, help_text="到这一天自行退出清单。")

    def __init__(
        self, *args: Any, functions: set[str], base: MatterContent | None = None, **kwargs: Any
    ) -> None:
        if base is not None:
            kwargs["initial"] = {**initial_of(base), **(kwargs.get("initial") or {})}
        super().__init__(*args, **kwargs)
        self.exception_law = base.exception_law if base else ""
        self._before = base
        known = {
            *functions,
            *(each for name in LEVELS.values() for each in (getattr(base, name) if base else ())),
        }
        words = {each: each if each in functions else f"{each}（未登记）" for each in sorted(known)}
        for level, name in LEVELS.items():
            self.fields[name] = choice_field(
                "主办",
                {"": "请选择" if level == "lead" else "不列", **words},
                required=False,
                help_text="上报、服务、线索必填。" if level == "lead" else "",
            )
            self.fields[f"{level}_assist"] = ticks_field("协办", words)
        for step, word in matter_content.LIMITED_STEPS.items():
            self.fields[f"{step}_amount"] = number_field(f"{word}时限", least=1, most=1000, required=False)
            self.fields[f"{step}_unit"] = choice_field(
                f"{word}时限单位", {"": "不另定", **matter_content.UNIT_WORDS}, required=False
            )
        self._add_questions()

    def _add_questions(self) -> None:
        for number in QUESTIONS:
            self.fields[f"q{number}_key"] = forms.CharField(
                label=f"第 {number} 项的键", required=False, max_length=30, widget=forms.HiddenInput
            )
            self.fields[f"q{number}_label"] = text_field(f"第 {number} 项名称", limit=30)
            self.fields[f"q{number}_type"] = choice_field(
                f"第 {number} 项类型", matter_content.QUESTION_KINDS, required=False
            )
            self.fields[f"q{number}_choices"] = text_field(
                f"第 {number} 项选项", limit=200, help_text="只有“选择”要写，用 / 隔开。"
            )
            self.fields[f"q{number}_required"] = forms.BooleanField(label="必填", required=False)

    def clean(self) -> Cleaned:
        """Adds all faults of the content beside their fields. A field that already has an error gets no second one."""
        cleaned: Cleaned = super().clean() or {}
        if not self.errors.keys() & {"category", "kind", "severity", "times_per_month", "minutes_each"}:
            for name, sentence in matter_content.wrong_in(self.content()):
                if name not in self.errors:
                    self.add_error(name if name in self.fields else None, sentence)
        return cleaned

    def content(self) -> MatterContent:
        """Returns the content that was filled in."""
        given = self.cleaned_data
        plain = {
            name: given.get(name)
            for name in matter_content.NAMES
            if name in given and name not in LEVELS.values()
        }
        limits = {
            f"{step}_{part}": given.get(f"{step}_{part}") or (None if part == "amount" else "")
            for step in matter_content.LIMITED_STEPS
            for part in ("amount", "unit")
        }
        return MatterContent(
            **{
                **plain,
                **limits,
                **{name: self._functions(level, name) for level, name in LEVELS.items()},
                "name": (given.get("name") or "").strip(),
                "category": int(given.get("category") or 0),
                "kind": given.get("kind") or "",
                "severity": int(given.get("severity") or 0),
                "basis": given.get("basis") or "",
                "times_per_month": given.get("times_per_month") or Decimal(0),
                "minutes_each": given.get("minutes_each") or 0,
                "questions": self._questions(),
                "collects": self._as_before("collects", given.get("collects") or []),
                "exception_law": self.exception_law,
            }
        )

    def _functions(self, level: str, name: str) -> list[str]:
        """Returns the lead department first, then those that assist."""
        lead = self.cleaned_data.get(name) or ""
        assist = self._as_before(name, self.cleaned_data.get(f"{level}_assist") or [])
        assist = [each for each in assist if each != lead]
        return [lead, *assist] if lead or assist else []

    def _as_before(self, name: str, ticked: list[str]) -> list[str]:
        """Returns what was ticked in the order of the matter, then what is new: a page lists it in another order."""
        known: list[str] = getattr(self._before, name) if self._before else []
        return sorted(ticked, key=lambda each: known.index(each) if each in known else len(known))

    def _questions(self) -> list[Question]:
        given = self.cleaned_data
        asked = [number for number in QUESTIONS if given.get(f"q{number}_label")]
        taken = {given.get(f"q{number}_key") for number in asked}
        free = (key for key in (f"q{count}" for count in range(1, 99)) if key not in taken)
        return [self._question(number, free) for number in asked]

    def _question(self, number: int, free: Iterator[str]) -> Question:
        given = {
            part: self.cleaned_data.get(f"q{number}_{part}") for part in ("key", "label", "type", "choices")
        }
        asked: Question = {
            "key": given["key"] or next(free),
            "label": given["label"] or "",
            "type": given["type"] or "text",
            "required": bool(self.cleaned_data.get(f"q{number}_required")),
        }
        if asked["type"] == "choice":
            parts = (given["choices"] or "").replace("／", "/").split("/")
            asked["choices"] = [part.strip() for part in parts if part.strip()]
        return asked

    # For the template.

    def limits(self) -> list[LimitFields]:
        """Returns amount and unit of each step."""
        return [
            LimitFields(word=word, amount=self[f"{step}_amount"], unit=self[f"{step}_unit"])
            for step, word in matter_content.LIMITED_STEPS.items()
        ]

    def departments(self) -> list[DepartmentFields]:
        """Returns the leading and assisting departments of each level."""
        words = {"lead": "县区", "township": "乡镇街道", "city": "市级"}
        return [
            DepartmentFields(
                word=words[level],
                lead=self[name],
                assist=self[f"{level}_assist"],
                is_open=level == "lead" or bool(self[name].value() or self[f"{level}_assist"].value()),
            )
            for level, name in LEVELS.items()
        ]

    def asked(self) -> list[QuestionFields]:
        """Returns the rows for the matter's own questions."""
        return [self._question_fields(number) for number in QUESTIONS]

    def _question_fields(self, number: int) -> QuestionFields:
        labels = [self[f"q{each}_label"] for each in (number, number - 1) if each in QUESTIONS]
        return QuestionFields(
            key=self[f"q{number}_key"],
            label=self[f"q{number}_label"],
            type=self[f"q{number}_type"],
            choices=self[f"q{number}_choices"],
            required=self[f"q{number}_required"],
            is_folded=len(labels) == 2 and not any(label.value() for label in labels),
        )

    def flags(self) -> list[Any]:
        """Returns the yes-or-no lines about evidence."""
        return [self[name] for name in FLAGS]


def initial_of(content: MatterContent) -> FormArguments:
    """Returns a matter as initial values of the form."""
    plain = {name: getattr(content, name) for name in matter_content.NAMES}
    for level, name in LEVELS.items():
        lead, *assist = plain[name] or [""]
        plain[name], plain[f"{level}_assist"] = lead, assist
    for number, asked in zip(QUESTIONS, plain.pop("questions"), strict=False):
        for part in ("key", "label", "type"):
            plain[f"q{number}_{part}"] = asked.get(part, "")
        plain[f"q{number}_required"] = bool(asked.get("required"))
        plain[f"q{number}_choices"] = "/".join(asked.get("choices", ()))
    plain["times_per_month"] = Decimal(plain["times_per_month"]).normalize().__format__("f")
    return plain
