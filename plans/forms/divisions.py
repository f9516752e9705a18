"""The forms of the pages of divisions: found a zone, change a division (Art. 28)."""

from __future__ import annotations

import hashlib
import json

from django import forms
from django.utils.formats import date_format

from common.errors import RuleViolation
from common.shapes import Cleaned
from common.typed import code_in
from common.web.form_fields import code_field, day_field, text_field
from grids.divisions import CODE_DIGITS, LEVELS
from grids.models import Division
from plans.actions.divisions import LEVEL_NAMES, NAME_LIMIT
from plans.actions.norms import DOCUMENT_LIMIT

DIVISION_LIMIT = 60  # a code or a name
CHOICES = "division-choices"
LISTED = forms.TextInput(attrs={"list": CHOICES, "autocomplete": "off"})
MANAGED = (
    "登记以后，{place}新上报的事件用{parent}的事项清单，网格方案用{parent}的标准；"
    "{parent}还没有公布清单的，请先公布，否则那里只能按“不在清单”上报。"
)

CASES = "{place}还没有结案的事项从登记时起由{parent}接着负责；{before}仍可查看，不能再办。以往的统计不变。"


class SeenForm(forms.Form):
    """A form that can be confirmed only as it was previewed."""

    seen = forms.CharField(label="看到的情况", required=False, max_length=64, widget=forms.HiddenInput)

    def mark(self, sentences: list[str]) -> str:
        """Return a digest of what was previewed; ``sentences`` is everything that the preview says."""
        return hashlib.sha256(json.dumps([*sentences, self.cleaned_data["document"]]).encode()).hexdigest()

    def carry(self, mark: str) -> None:
        """Add the mark of the preview to the form's input."""
        self.data = self.data.copy()
        self.data["seen"] = mark


class FoundForm(SeenForm):
    """Found a zone, or a township or village of a zone, that the statistical table does not contain."""

    level = forms.ChoiceField(
        label="层级",
        choices=[(level, LEVEL_NAMES[level]) for level in LEVELS[1:]],
        error_messages=dict.fromkeys(("required", "invalid_choice"), "请从列表里选择层级。"),
        help_text="功能区和示范区设为县区一级，所属办事处设为乡镇街道。",
    )
    parent = text_field(
        "上级",
        limit=DIVISION_LIMIT,
        missing="请填写上级的代码或名称。",
        help_text="高一个层级的区划，填代码或名称。",
        widget=LISTED,
    )
    code = code_field(
        "代码",
        limit=12,
        missing="请填写代码。",
        help_text="自编的占位代码：县区 6 位，乡镇街道 9 位，村社区 12 位数字。",
    )
    name = text_field("名称", limit=NAME_LIMIT, missing="请填写名称。")
    document = text_field(
        "依据文件", limit=DOCUMENT_LIMIT, missing="请填写依据文件。", help_text="文件名称和文号。"
    )

    def clean(self) -> Cleaned:
        """Look up the parent among the divisions one level higher."""
        cleaned: Cleaned = super().clean() or {}
        if cleaned.get("level") and cleaned.get("parent"):
            _put(self, cleaned, "parent", level=_above(cleaned["level"]))
        return cleaned

    def arguments(self) -> Cleaned:
        """Return the arguments of ``found_zone``."""
        return {name: self.cleaned_data[name] for name in ("level", "parent", "code", "name", "document")}

    def sentences(self, done: Division) -> list[str]:
        """Return what will be founded, in sentences."""
        return [
            f"{done.parent}（{done.parent and done.parent.code}）下将设立{done}（{done.code}），"
            f"属{LEVEL_NAMES[done.level]}一级，代码为自编占位。"
        ]


class MoveForm(SeenForm):
    """Give a division another name, another parent, or both."""

    division = code_field(
        "区划代码",
        limit=12,
        missing="请填写区划代码。",
        help_text="县区 6 位，乡镇街道 9 位，村社区 12 位数字。",
        widget=LISTED,
    )
    name = text_field("新名称", limit=NAME_LIMIT, help_text="不改名就不填。")
    parent = text_field(
        "新上级",
        limit=DIVISION_LIMIT,
        help_text="高一个层级的区划，填代码或名称；上级不变就不填。",
        widget=LISTED,
    )
    on = day_field("变更日", missing="请填写变更日。", help_text="从这一天起按新的登记，今天或以前。")
    document = text_field(
        "依据文件", limit=DOCUMENT_LIMIT, missing="请填写依据文件。", help_text="文件名称和文号。"
    )

    def clean(self) -> Cleaned:
        """Look up the division by its code and the new parent among the divisions one level higher."""
        cleaned: Cleaned = super().clean() or {}
        if cleaned.get("division"):
            _put(self, cleaned, "division", level="")
        typed, division = cleaned.get("parent"), cleaned.get("division")
        cleaned["parent"] = None
        if typed and isinstance(division, Division) and division.level != Division.Level.CITY:
            cleaned["parent"] = typed
            _put(self, cleaned, "parent", level=_above(division.level))
        return cleaned

    def arguments(self) -> Cleaned:
        """Return the arguments of ``move_division``."""
        return {name: self.cleaned_data[name] for name in ("division", "name", "parent", "on", "document")}

    def sentences(self, done: Division) -> list[str]:
        """Return what will change, in sentences."""
        was: Division = self.cleaned_data["division"]
        changes = [f"改名为{done}"] if done.name != was.name else []
        if done.parent_id != was.parent_id:
            changes.append(f"归{done.parent}管理")
        day = date_format(self.cleaned_data["on"], "Y年n月j日")
        found = [
            f"{was}（{was.code}）将{'，'.join(changes)}，代码不变。",
            f"变更日 {day}；原来的名称{was}和上级{was.parent}留在记录里。",
        ]
        if done.parent_id != was.parent_id and done.level != Division.Level.COUNTY:
            found.append(CASES.format(place=done, parent=done.parent, before=was.parent))
        if done.parent_id != was.parent_id and done.level == Division.Level.TOWNSHIP:
            found.append(MANAGED.format(place=done, parent=done.parent))
        return found


def find_division(typed: str, *, level: str = "") -> Division:
    """Find a division by its code or, within a level, its name; raises :class:`RuleViolation` for none or several."""
    rows = Division.objects.select_related("parent").defer("outline", "parent__outline")
    kind = LEVEL_NAMES.get(level, "区划")
    code = code_in(typed)
    if code.isascii() and code.isdecimal():
        found = rows.filter(code=code).first()
        if found is None:
            raise RuleViolation(f"没有代码为 {code} 的区划，请核对代码。")
        if level and found.level != level:
            raise RuleViolation(f"{found}（{code}）是{LEVEL_NAMES[found.level]}，这里要填{kind}。")
        return found
    if not level:
        raise RuleViolation("请填写 6 位、9 位或 12 位数字的区划代码。")
    named = list(rows.filter(level=level, name=typed).order_by("code")[:6])
    if not named:
        raise RuleViolation(f"没有叫“{typed}”的{kind}，请填 {CODE_DIGITS[level]} 位代码，或列表里的名称。")
    if len(named) > 1:
        codes = "、".join(f"{each.code}（{each.parent}）" for each in named)
        raise RuleViolation(f"不止一个{kind}叫“{typed}”，请填代码：{codes}。")
    return named[0]


def choices() -> list[tuple[str, str]]:
    """Return codes and names down to the townships, offered while the user types."""
    rows = Division.objects.exclude(level="village").order_by("code")
    named = rows.values_list("code", "name", "level", "parent__name")
    return [(code, f"{above} {name}" if level == "township" else name) for code, name, level, above in named]


def _above(level: str) -> str:
    """Return the next higher level; ``level`` must be below the city's."""
    return LEVELS[LEVELS.index(level) - 1]


def _put(form: forms.Form, cleaned: Cleaned, name: str, *, level: str) -> None:
    """Replace the typed text by its division, or add an error to the form if there is none."""
    try:
        cleaned[name] = find_division(cleaned[name], level=level)
    except RuleViolation as refusal:
        form.add_error(name, refusal.sentence)
