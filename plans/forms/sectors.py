"""The forms of the pages of sector grids (Art. 9)."""

from __future__ import annotations

from typing import Any

from django import forms
from django.db.models import Q, QuerySet

from common.errors import RuleViolation
from common.web.form_fields import code_field, day_field, reference_field, text_field
from exchange.crs import SYSTEMS
from grids.models import Division, Grid
from personnel.models import Organization
from plans.actions.sectors import Law, SectorDraft
from plans.drawing_input import read_shape
from plans.models import SectorGrid

OWNER_KINDS = ("linkage_department", "service_unit", "mass_organization")
BOUNDARY_LIMIT = 200_000
LAW_HELP = "允许部门单独划分的法律、法规或国家、省规定；三项都要写明。"


class LawFields(forms.Form):
    """The law that allows a department to keep its own grid."""

    law = text_field("规定名称", limit=120)
    law_article = text_field("条款", limit=60)
    law_number = reference_field("文号", limit=80)

    def cited(self) -> Law:
        """Return the law as it was filled in."""
        cleaned = self.cleaned_data
        return Law(cleaned["law"], cleaned["law_article"], cleaned["law_number"])


class SectorForm(LawFields):
    """Register a department's grid in a township."""

    sector = forms.ChoiceField(
        label="领域",
        choices=[("", "请选择领域"), *SectorGrid.Sector.choices],
        error_messages=dict.fromkeys(("required", "invalid_choice"), "请从列表里选择领域。"),
    )
    owner = forms.ModelChoiceField(
        label="主管部门",
        queryset=None,
        empty_label="请选择主管部门",
        error_messages=dict.fromkeys(("required", "invalid_choice"), "请从列表里选择主管部门。"),
    )
    township = forms.ModelChoiceField(
        label="乡镇街道",
        queryset=None,
        empty_label="请选择乡镇街道",
        to_field_name="code",
        error_messages=dict.fromkeys(("required", "invalid_choice"), "请从列表里选择乡镇街道。"),
    )
    name = text_field("名称", limit=80, missing="请填写专业网格名称，最多 80 字。")
    code = code_field("原编码", limit=40)
    established_on = day_field("划设日期", missing="请填写划设日期。")
    geometry = forms.CharField(
        label="边界",
        required=False,
        max_length=BOUNDARY_LIMIT,
        widget=forms.Textarea(attrs={"rows": 4, "placeholder": "115.0312,35.7621"}),
        help_text="每行一个“经度,纬度”，也可以粘贴 GeoJSON。没有坐标可以不填。",
        error_messages={"max_length": "边界太长，请先简化。"},
    )
    crs = forms.ChoiceField(
        label="坐标系",
        choices=[(key, system.name) for key, system in SYSTEMS.items()],
        required=False,
        error_messages={"invalid_choice": "请选择坐标系。"},
    )
    field_order = ("sector", "owner", "township", "name", "code", "established_on", "geometry", "crs")

    def __init__(self, *args: Any, counties: list[Division], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        townships = Division.objects.filter(level="township", parent__in=counties).order_by("code")
        self.fields["township"].queryset = townships.defer("outline")  # type: ignore[attr-defined]
        self.fields["owner"].queryset = owners_for(counties)  # type: ignore[attr-defined]
        self.fields["law"].help_text = f"统一网格启用后另行划设的须填写：{LAW_HELP}"

    def clean_geometry(self) -> Any:
        """Return the shape that was typed, or None."""
        text = self.cleaned_data["geometry"].strip()
        if not text:
            return None
        try:
            return read_shape(text, crs=self.data.get("crs") or "EPSG:4490")
        except RuleViolation as refusal:
            raise forms.ValidationError(refusal.sentence) from refusal

    def draft(self) -> SectorDraft:
        """Return the cleaned input as a draft."""
        cleaned = self.cleaned_data
        words = {
            name: cleaned[name] for name in ("sector", "owner", "township", "name", "code", "established_on")
        }
        return SectorDraft(**words, shape=cleaned["geometry"], law=self.cited())


class KeepForm(LawFields):
    """Keep a sector grid under a law."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["law"].help_text = LAW_HELP
        for name, missing in (
            ("law", "请写明规定的名称。"),
            ("law_article", "请写明条款。"),
            ("law_number", "请写明文号。"),
        ):
            self.fields[name].required = True
            self.fields[name].error_messages["required"] = missing


class MergeForm(forms.Form):
    """Choose the unified grids that replace a sector grid."""

    grids = forms.ModelMultipleChoiceField(
        label="对应的统一网格",
        queryset=None,
        widget=forms.CheckboxSelectMultiple,
        error_messages={
            "required": "请选择至少一个统一网格。",
            "invalid_choice": "请从列表里选择统一网格。",
            "invalid_pk_value": "请从列表里选择统一网格。",
        },
    )

    def __init__(self, *args: Any, grids: QuerySet[Grid], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["grids"].queryset = grids  # type: ignore[attr-defined]


def owners_for(counties: list[Division]) -> QuerySet[Organization]:
    """Return the bodies that may have own grids here: those of the city, the counties and their townships."""
    above = [county.parent_id for county in counties]
    here = Q(division__in=counties) | Q(division__in=above) | Q(division__parent__in=counties)
    bodies = Organization.objects.filter(here, is_active=True, kind__in=OWNER_KINDS)
    return bodies.order_by("division__code", "code")
