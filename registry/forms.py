"""The forms of the register. Forms translate; the actions decide."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, cast

from django import forms
from django.http import QueryDict

from common.shapes import Cleaned
from common.web.form_fields import CHOOSE, FindableSelect, area_field, day_field, number_field
from common.web.versions import VersionedForm
from grids.models import Grid
from registry import states
from registry.actions.activities import MOST_REACHED
from registry.fields import BY_KEY, SOURCES, Field, fields_of
from registry.kinds import ROLES
from registry.models import Record

ASKED_SOURCES = [(key, word) for key, word in SOURCES.items() if key in ("asked", "seen", "shown", "self")]
TYPES = {"phone": "tel", "day": "date", "number": "number"}


def input_of(declared: Field, *, required: bool = False, label: str = "") -> forms.Field:
    """Returns the form field for a field of the register. What was typed is examined by the action, not here."""
    name = label or declared.label
    missing = {"required": f"请填写{declared.label}。"}
    if declared.entry == "choice":
        choices = [("", "请选择"), *declared.choices.items()]
        return forms.ChoiceField(
            label=name, choices=choices, required=required, error_messages=CHOOSE | missing
        )
    widget = forms.TextInput(attrs={"type": TYPES.get(declared.entry, "text"), "autocomplete": "off"})
    if declared.entry in ("document", "code", "number"):
        widget.attrs["inputmode"] = "numeric" if declared.entry == "number" else "text"
        widget.attrs["type"] = "text"
    return forms.CharField(
        label=name, required=required, max_length=500, widget=widget, error_messages=missing
    )


class RecordForm(forms.Form):
    """A new record: its grid, its fields, and from where one knows."""

    def __init__(
        self, *args: Any, kind: str, grids: Sequence[Grid], roles: bool = False, **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        self.kind, self.grids = kind, {str(grid.pk): grid for grid in grids}
        choices = [(key, f"{grid.village.name} {grid.name}") for key, grid in self.grids.items()]
        self.fields["grid"] = forms.ChoiceField(
            label="网格",
            choices=choices,
            widget=FindableSelect if len(choices) > 12 else forms.Select,
            error_messages=CHOOSE,
        )
        if roles:
            self.fields["role"] = forms.ChoiceField(
                label="与户主关系", choices=[("", "请选择"), *ROLES.items()], error_messages=CHOOSE
            )
        for declared in fields_of(kind):
            if not declared.verb:
                self.fields[declared.key] = input_of(declared, required=declared.is_needed)
        self.fields["source"] = forms.ChoiceField(
            label="怎么知道的", choices=ASKED_SOURCES, initial="asked", error_messages=CHOOSE
        )
        self.fields["seen"] = forms.CharField(widget=forms.HiddenInput, required=False, max_length=200)

    def has_shown(self, numbers: Iterable[int]) -> bool:
        """Whether these look-alikes were on the page from which the form was sent."""
        return {str(number) for number in numbers} <= set(self.data.get("seen", "").split(","))

    def remember(self, numbers: Iterable[int]) -> None:
        """Notes in the form, for showing it again, which look-alikes the page shows."""
        data = cast(QueryDict, self.data).copy()
        data["seen"] = ",".join(str(number) for number in numbers)
        self.data = data

    def grid(self) -> Grid:
        """The grid that was chosen."""
        return self.grids[self.cleaned_data["grid"]]

    def values(self) -> dict[str, str]:
        """The texts by field, without the empty ones."""
        return {key: text for key, text in self.cleaned_data.items() if key in BY_KEY and text}


@dataclass(frozen=True)
class Asked:
    """One field that a collection asks of one record; ``is_held`` where a value can be confirmed."""

    record: Record
    field: Field
    is_held: bool

    @property
    def key(self) -> str:
        """The name in the form: ``r12_phone``."""
        return f"r{self.record.pk}_{self.field.key}"


class CollectForm(VersionedForm):
    """What a matter collects: for each field held a tick that it is still true, and a box for what is new."""

    def __init__(self, *args: Any, asked: Iterable[Asked], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.asked = list(asked)
        for each in self.asked:
            self.fields[each.key] = input_of(each.field, label="改为" if each.is_held else each.field.label)
            if each.is_held:
                self.fields[f"{each.key}_same"] = forms.BooleanField(label="没有变", required=False)
        self.fields["source"] = forms.ChoiceField(
            label="怎么知道的", choices=ASKED_SOURCES, initial="asked", error_messages=CHOOSE
        )
        self.fields["note"] = area_field("说明", limit=200, rows=2, help_text="不写姓名和电话。")

    def given(self) -> dict[int, tuple[dict[str, str], tuple[str, ...]]]:
        """By record: the new texts, and the fields that are still true."""
        found: dict[int, tuple[dict[str, str], tuple[str, ...]]] = {}
        for each in self.asked:
            texts, same = found.get(each.record.pk, ({}, ()))
            text = self.cleaned_data.get(each.key, "")
            if text:
                texts[each.field.key] = text
            elif each.is_held and ("all_same" in self.data or self.cleaned_data[f"{each.key}_same"]):
                same = (*same, each.field.key)
            found[each.record.pk] = texts, same
        return {pk: given for pk, given in found.items() if given[0] or given[1]}


class TaskForm(forms.Form):
    """Which matter is carried out, and where."""

    matter = forms.ChoiceField(label="事项", error_messages=CHOOSE)
    grid = forms.ChoiceField(label="网格", error_messages=CHOOSE)

    def __init__(self, *args: Any, matters: Mapping[str, str], grids: Sequence[Grid], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["matter"].choices = list(matters.items())  # type: ignore[attr-defined]
        self.fields["grid"].choices = [  # type: ignore[attr-defined]
            (str(grid.pk), f"{grid.village.name} {grid.name}") for grid in grids
        ]


class FinishForm(VersionedForm):
    """A task that is done."""

    reached = number_field("涉及多少户", least=1, most=MOST_REACHED)
    note = area_field("做了什么", limit=200, rows=2, help_text="一句话就行；不写姓名和电话。")


class GiveUpForm(VersionedForm):
    """A task or collection that could not be done."""

    note = area_field("没有办成的原因", limit=200, missing="请写明没有办成的原因，如：没有人在家。", rows=2)


class EndForm(VersionedForm):
    """Why a record ends."""

    ground = forms.ChoiceField(label="注销原因", widget=forms.RadioSelect, error_messages=CHOOSE)

    def __init__(self, *args: Any, kind: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["ground"].choices = list(states.END_GROUNDS[kind].items())  # type: ignore[attr-defined]


class MoveForm(VersionedForm):
    """To which grid a record moves, and whether it lay wrongly before."""

    grid = forms.ChoiceField(label="新的网格", widget=FindableSelect, error_messages=CHOOSE)
    is_correction = forms.ChoiceField(
        label="为什么",
        choices=[("no", "搬到那里了"), ("yes", "原来登记错了")],
        widget=forms.RadioSelect,
        error_messages=CHOOSE,
    )

    def __init__(self, *args: Any, grids: Sequence[Grid], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.grids = {str(grid.pk): grid for grid in grids}
        choices = [(key, f"{grid.village.name} {grid.name}") for key, grid in self.grids.items()]
        self.fields["grid"].choices = choices  # type: ignore[attr-defined]

    def arguments(self) -> Cleaned:
        """The input of the action."""
        return {
            "version": self.cleaned_data["version"],
            "grid": self.grids[self.cleaned_data["grid"]],
            "is_correction": self.cleaned_data["is_correction"] == "yes",
        }


class PartForm(VersionedForm):
    """On which day a relation ended."""

    until = day_field("从哪天起不再是", missing="请选日子。")


class PeopleFileForm(forms.Form):
    """The upload of a file of people."""

    file = forms.FileField(
        label="文件",
        help_text="Excel 工作簿 .xlsx，不超过 5 MB、5000 人。",
        widget=forms.FileInput(attrs={"accept": ".xlsx"}),
        error_messages=dict.fromkeys(("required", "missing", "invalid"), "请选择文件。")
        | {"empty": "文件是空的。请重新导出后再上传。"},
    )
