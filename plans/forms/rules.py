"""The forms of the page of rules: a county's norm, and the segments of a coding rule (Art. 7)."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator
from dataclasses import dataclass, fields
from typing import Any

from django import forms
from django.forms.boundfield import BoundField

from common.shapes import Cleaned, FormArguments
from common.web.form_fields import code_field, day_field, number_field, reference_field, text_field
from exchange.columns import LONGEST_CODE
from grids.codes import KINDS, StoredRule, StoredSegment
from grids.models import CodeRule, Division, Grid
from plans.actions.norms import DOCUMENT_LIMIT, LARGEST, NormDraft
from plans.actions.norms import LONGEST as LONGEST_DAYS
from plans.models import GridNorm

CITY = "city"
ROWS = 6  # number of segments in the form
KIND_NAMES: dict[str, str] = dict(Grid.Kind.choices)
SOURCES = {
    "county": "县区代码",
    "township": "乡镇街道代码",
    "village": "村（社区）代码",
    "kind": "网格类型",
    "literal": "固定字符",
    "sequence": "顺序码",
}
SEGMENT_FIELDS = ("name", "source", "length", "padding", "literal")


class NormForm(forms.Form):
    """A norm of a county, or of the whole city; sizes in households, times in days."""

    place = forms.ChoiceField(label="适用于", error_messages={"invalid_choice": "请从列表里选择县区。"})
    community_min = number_field("社区网格最少户数", least=1, most=LARGEST)
    community_max = number_field("社区网格最多户数", least=1, most=LARGEST)
    village_min = number_field("村网格最少户数", least=1, most=LARGEST)
    village_max = number_field("村网格最多户数", least=1, most=LARGEST)
    staffing_grace_days = number_field(
        "配员宽限（天）",
        least=1,
        most=LONGEST_DAYS["staffing_grace_days"],
        help_text="启用后多少天内配齐网格长和专职网格员；过了还没配齐，方案不能提交。",
    )
    notice_days = number_field(
        "公布至生效最少天数",
        least=1,
        most=LONGEST_DAYS["notice_days"],
        help_text="公布以后至少过这么多天才生效。",
    )
    filing_working_days = number_field(
        "备案时限（工作日）",
        least=1,
        most=LONGEST_DAYS["filing_working_days"],
        help_text="公布后多少个工作日内报送备案。",
    )
    document = text_field(
        "依据文件", limit=DOCUMENT_LIMIT, missing="请填写依据文件。", help_text="文件名称和文号。"
    )
    effective_on = day_field(
        "施行日期", missing="请填写施行日期。", help_text="须晚于今天；在办的方案按施行后的标准检查。"
    )

    def __init__(self, *args: Any, places: list[Division | None], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.places = {place.code if place else CITY: place for place in places}
        if len(places) > 1:
            names = [(code, place.name if place else "全市默认") for code, place in self.places.items()]
            self.fields["place"].choices = names  # type: ignore[attr-defined]
        else:
            del self.fields["place"]

    def chosen_place(self) -> Division | None:
        """Return the chosen county, or None for the whole city."""
        return self.places[self.cleaned_data.get("place") or next(iter(self.places))]

    def draft(self) -> NormDraft:
        """Return the cleaned input as a draft."""
        return NormDraft(**{each.name: self.cleaned_data[each.name] for each in fields(NormDraft)})

    @staticmethod
    def as_it_is(norm: GridNorm) -> FormArguments:
        """Return the numbers in force as initial values; day and document are always new."""
        kept = {each.name for each in fields(NormDraft)} - {"effective_on", "document"}
        return {name: getattr(norm, name) for name in kept}


@dataclass(frozen=True, slots=True)
class SegmentFields:
    """The fields of one segment, in the order of SEGMENT_FIELDS."""

    number: int
    name: BoundField
    source: BoundField
    length: BoundField
    padding: BoundField
    literal: BoundField


@dataclass(frozen=True, slots=True)
class KindFields:
    """The fields of one kind of grid."""

    name: str
    low: BoundField
    high: BoundField
    value: BoundField


class CodeRuleForm(forms.Form):
    """A coding rule: up to six segments from left to right, a range of numbers for each kind of grid."""

    title = text_field("名称", limit=80, missing="请填写编码规则的名称。")
    document = reference_field("文号", limit=120, missing="请填写编码规则的文号。")
    effective_on = day_field(
        "施行日期",
        missing="请填写施行日期。",
        help_text="须晚于今天；到这一天，全市在用的网格一次换成新编码。",
    )
    seen = forms.CharField(label="看到的情况", required=False, max_length=64, widget=forms.HiddenInput)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        choices = [("", "不用"), *SOURCES.items()]
        for row in range(ROWS):
            self.fields[f"name_{row}"] = text_field(f"第 {row + 1} 段名称", limit=30)
            self.fields[f"source_{row}"] = forms.ChoiceField(
                label=f"第 {row + 1} 段来源",
                choices=choices,
                error_messages={"invalid_choice": "请从列表里选择来源。"},
                required=False,
            )
            self.fields[f"length_{row}"] = number_field(
                f"第 {row + 1} 段位数", least=1, most=LONGEST_CODE, required=False
            )
            self.fields[f"padding_{row}"] = code_field(f"第 {row + 1} 段补位字符", limit=1)
            self.fields[f"literal_{row}"] = code_field(f"第 {row + 1} 段固定字符", limit=LONGEST_CODE)
        for kind in KINDS:
            words = KIND_NAMES[kind]
            self.fields[f"value_{kind}"] = code_field(f"{words}的类型码", limit=LONGEST_CODE)
            self.fields[f"low_{kind}"] = number_field(f"{words}号段从", most=999_999)
            self.fields[f"high_{kind}"] = number_field(f"{words}号段到", most=999_999)

    def clean(self) -> Cleaned:
        """Require a code for every kind of grid if a segment has the kind, so that codes differ by kind."""
        cleaned: Cleaned = super().clean() or {}
        if any(cleaned.get(f"source_{row}") == "kind" for row in range(ROWS)):
            for kind in KINDS:
                if not cleaned.get(f"value_{kind}"):
                    self.add_error(f"value_{kind}", "有“网格类型”码段时，三类网格都要填类型码。")
        return cleaned

    def segment_rows(self) -> Iterator[SegmentFields]:
        """Return the fields of each segment, row by row."""
        for row in range(ROWS):
            yield SegmentFields(row + 1, *(self[f"{name}_{row}"] for name in SEGMENT_FIELDS))

    def kind_rows(self) -> Iterator[KindFields]:
        """Return the fields of each kind of grid."""
        for kind in KINDS:
            low, high, value = (self[f"{name}_{kind}"] for name in ("low", "high", "value"))
            yield KindFields(KIND_NAMES[kind], low, high, value)

    def stored(self) -> StoredRule:
        """Return segments and ranges as the register stores them; rows without a source are left out."""
        given = self.cleaned_data
        rows = [row for row in range(ROWS) if given[f"source_{row}"]]
        return {
            "segments": [self._segment(row) for row in rows],
            "ranges": {kind: [given[f"low_{kind}"], given[f"high_{kind}"]] for kind in KINDS},
            "allocation": CodeRule.Allocation.NEXT_FREE,
        }

    def _segment(self, row: int) -> StoredSegment:
        given = self.cleaned_data
        source = given[f"source_{row}"]
        segment: StoredSegment = {
            "name": given[f"name_{row}"] or SOURCES[source],
            "source": source,
            "length": given[f"length_{row}"],
        }
        if source == "literal":
            return {**segment, "literal": given[f"literal_{row}"]}
        if source == "kind":
            segment["values"] = {kind: given[f"value_{kind}"] for kind in KINDS}
        return {**segment, "padding": given[f"padding_{row}"] or "0"}

    def fingerprint(self) -> str:
        """Return a digest of what was previewed, so that a rule changed afterwards is previewed again."""
        given = [self.cleaned_data[name] for name in ("title", "document", "effective_on")]
        plain = json.dumps([*given, self.stored()], default=str, sort_keys=True)
        return hashlib.sha256(plain.encode()).hexdigest()

    @staticmethod
    def as_it_is(rule: CodeRule) -> FormArguments:
        """Return the rule in force as initial values."""
        known: FormArguments = {}
        for row, segment in enumerate(rule.segments[:ROWS]):
            filling = {} if segment["source"] == "literal" else {"padding": "0"}
            known |= {f"{name}_{row}": value for name, value in {**filling, **segment}.items()}
            for kind, value in (segment.get("values") or {}).items():
                known[f"value_{kind}"] = value
        for kind in KINDS:
            known[f"low_{kind}"], known[f"high_{kind}"] = rule.ranges[kind]
        return known
