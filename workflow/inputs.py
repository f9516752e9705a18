"""What the API asks for a verb of a case. The actions decide; here it is bounded and translated."""

from __future__ import annotations

from typing import Any

from rest_framework import serializers

from common.web.bounded import BoundedDictField, BoundedListField
from common.web.versions import NO_VERSION
from personnel.models import Organization
from workflow.actions.conference import MOST_INVITED
from workflow.forms import TEXT_LIMIT
from workflow.models import Case, TimeRequest
from workflow.suggestions import lower_units, units_for

MOST_ANSWERS = 16  # to a matter's own questions; a matter has at most four


class VerbIn(serializers.Serializer[Any]):
    """A verb without input. ``version`` is the version that the sender has seen."""

    version = serializers.IntegerField(min_value=1, error_messages={"required": NO_VERSION})


class NoteIn(VerbIn):
    """A verb with a note. Where a reason is required, an empty note is refused."""

    note = serializers.CharField(default="", allow_blank=True, max_length=TEXT_LIMIT)


class ResultIn(VerbIn):
    """The result and the photos that prove it."""

    result = serializers.CharField(allow_blank=True, max_length=TEXT_LIMIT)
    photos = BoundedListField(child=serializers.UUIDField(), required=False, max_length=9)


class SupplementIn(NoteIn):
    """What is added to a report: words, photos, or both."""

    photos = BoundedListField(child=serializers.UUIDField(), required=False, max_length=9)


def one_unit(missing: str, *, unknown: str) -> serializers.PrimaryKeyRelatedField[Organization]:
    """A field for one unit; which are offered is known when the case is."""
    messages = dict.fromkeys(("required", "null", "incorrect_type"), missing) | {"does_not_exist": unknown}
    return serializers.PrimaryKeyRelatedField(queryset=Organization.objects.none(), error_messages=messages)


class UnitIn(VerbIn):
    """The responsible unit, one of those that serve the case's place."""

    unit = one_unit("请选择责任单位。", unknown="这个单位不服务此地，请另选。")
    reason = serializers.CharField(default="", allow_blank=True, max_length=300)

    def get_fields(self) -> dict[str, serializers.Field[Any, Any, Any, Any]]:
        """Offers only the units that serve the case's place."""
        fields = super().get_fields()
        if case := self.context.get("case"):
            fields["unit"].queryset = units_for(case)  # type: ignore[attr-defined]
        return fields


class RulingIn(UnitIn):
    """The unit that must handle the case, with the minutes of the conference."""

    reason = serializers.CharField(max_length=TEXT_LIMIT, allow_blank=True, default="")


class UnitsIn(NoteIn):
    """Several units."""

    units = BoundedListField(
        child=serializers.PrimaryKeyRelatedField(
            queryset=Organization.objects.all(),
            error_messages={"does_not_exist": "有单位不服务此地，请重选。"},
        ),
        max_length=MOST_INVITED,
    )


class JoinIn(UnitsIn):
    """The units that assist, and how long they have, in days or hours as the matter's own limit is counted."""

    amount = serializers.IntegerField(min_value=1, max_value=10_000, required=False, allow_null=True)


class ConferenceIn(UnitsIn):
    """The units that are invited to a conference, among those that serve the case's place."""

    def validate_units(self, units: list[Organization]) -> list[Organization]:
        """Raises ValidationError for a unit that does not serve the case's place."""
        case = self.context.get("case")
        if case and units_for(case).filter(pk__in=[unit.pk for unit in units]).count() != len(set(units)):
            raise serializers.ValidationError("有单位不服务此地，请重选。")
        return units


class ExtensionIn(NoteIn):
    """How much longer, in days or hours as the matter's own limit is counted."""

    amount = serializers.IntegerField(min_value=1, max_value=10_000)


class ShelvingIn(NoteIn):
    """Why the case must wait, and the day on which it goes on."""

    ground = serializers.ChoiceField(choices=TimeRequest.Ground.choices)
    review_on = serializers.DateField(
        error_messages=dict.fromkeys(
            ("required", "null", "invalid", "datetime"), "请填写复核日期，写成 2027-01-31 这样。"
        )
    )


class PassDownIn(NoteIn):
    """The unit one level below that takes a share over."""

    unit = one_unit("请选择下一级单位。", unknown="这不是下一级的单位，请另选。")

    def get_fields(self) -> dict[str, serializers.Field[Any, Any, Any, Any]]:
        """Offers only the units one level below."""
        fields = super().get_fields()
        if share := self.context.get("share"):
            fields["unit"].queryset = lower_units(share.unit)  # type: ignore[attr-defined]
        return fields


class MergeIn(VerbIn):
    """The case that this one repeats. A case that the sender may not see does not exist."""

    into = serializers.PrimaryKeyRelatedField(
        queryset=Case.objects.none(),
        error_messages=dict.fromkeys(("required", "null", "incorrect_type"), "请选择并入哪一件。")
        | {"does_not_exist": "没有这个编号的事项，请核对。"},
    )

    def get_fields(self) -> dict[str, serializers.Field[Any, Any, Any, Any]]:
        """Offers only the cases that the sender may see."""
        fields = super().get_fields()
        if request := self.context.get("request"):
            fields["into"].queryset = Case.objects.visible_to(request.user)  # type: ignore[attr-defined]
        return fields


class RateIn(NoteIn):
    """The resident's rating."""

    rating = serializers.ChoiceField(choices=Case.Rating.choices)


class CorrectionIn(NoteIn):
    """What is corrected in a returned report. A field that is left out stays unchanged."""

    matter = serializers.IntegerField(required=False)
    description = serializers.CharField(required=False, max_length=TEXT_LIMIT)
    place = serializers.CharField(required=False, allow_blank=True, max_length=200)
    answers = BoundedDictField(
        max_length=MOST_ANSWERS,
        child=serializers.CharField(max_length=200, allow_blank=True),
        required=False,
        help_text="What the matter asks for beside the report, by the question's key.",
    )
    photos = BoundedListField(child=serializers.UUIDField(), required=False, max_length=9)
