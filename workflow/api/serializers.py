"""Input and output shapes of the API. Output is read-only; input has one small serializer per kind of verb."""

from __future__ import annotations

from typing import Any

from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from common.web.bounded import BoundedDictField, BoundedListField
from common.web.parsers import MomentField
from workflow.actions import ReportDraft
from workflow.called import CALLED
from workflow.contacts import CONTACT_FIELDS, PREFIX, contact_in
from workflow.forms import TEXT_LIMIT, ReportForm
from workflow.models import Assignment, Attachment, Case, CaseEvent
from workflow.notices import words_to_writer
from workflow.policies import WHO_MAY
from workflow.share_policies import SHARE_RULES
from workflow.shares import shares_of
from workflow.states import NOTES, STATUSES, VERBS

MOST_ANSWERS = 16  # to a matter's own questions; a matter has at most four


class CaseRow(serializers.Serializer[Case]):
    """One case in a list: flat, and no field costs a statement."""

    id = serializers.IntegerField(source="pk")
    number = serializers.CharField()
    title = serializers.CharField()
    status = serializers.ChoiceField(choices=list(STATUSES.items()))
    status_name = serializers.CharField(source="get_status_display")
    level = serializers.CharField()
    light = serializers.CharField()
    urgency = serializers.IntegerField()
    version = serializers.IntegerField()
    grid = serializers.CharField(source="grid.name")
    village = serializers.CharField(source="village.name")
    township = serializers.CharField(source="township.name")
    unit = serializers.CharField(source="unit.name", default="")
    reported_at = serializers.DateTimeField()
    due_at = serializers.DateTimeField(allow_null=True)


def named(name: str, problem: Any) -> list[str]:
    """Returns the first sentence about a field of the report, with the field's name on the form before it."""
    while isinstance(problem, dict | list):
        problem = next(iter(problem.values() if isinstance(problem, dict) else problem), "内容有误。")
    field = ReportForm().fields.get(name)
    return [f"{field.label}：{problem}" if field is not None else str(problem)]


class ReportOut(CaseRow):
    """A report that was just taken in. ``told`` is a sentence for its writer, such as who takes care of it now."""

    told = serializers.SerializerMethodField(method_name="sentence_to_writer")

    def sentence_to_writer(self, case: Case) -> str:
        """Returns who takes care of it, if that is not the person who wrote it."""
        return "" if case.caretaker_id == self.context["request"].user.pk else words_to_writer(case)


class CasePage(serializers.Serializer[Any]):
    """A page of a list. ``next_cursor`` is empty on the last page."""

    rows = CaseRow(many=True)
    next_cursor = serializers.CharField(allow_blank=True)


class VerbOut(serializers.Serializer[Case]):
    """The state of the case after a verb."""

    id = serializers.IntegerField(source="pk")
    status = serializers.CharField()
    version = serializers.IntegerField()
    level = serializers.CharField()


class ShareRow(serializers.Serializer[Assignment]):
    """One assisting unit's share of a case, with the verbs that are open to the user now."""

    id = serializers.IntegerField(source="pk")
    unit = serializers.CharField(source="unit.name")
    status = serializers.CharField()
    version = serializers.IntegerField()
    task = serializers.CharField()
    due_at = serializers.DateTimeField(
        allow_null=True, help_text="Set by the desk; null is the time of the whole case."
    )
    result = serializers.CharField()
    verbs = serializers.SerializerMethodField()

    def get_verbs(self, share: Assignment) -> list[str]:
        """Returns the verbs that are open to the user now."""
        return SHARE_RULES.open_to(self.context["request"].user, share)


class ShareOut(serializers.Serializer[Assignment]):
    """The state of a share after a verb; after it was passed down, that of the new share."""

    id = serializers.IntegerField(source="pk")
    status = serializers.CharField()
    version = serializers.IntegerField()


class CaseDetail(CaseRow):
    """One case, with the verbs that are open to the user now."""

    description = serializers.CharField()
    place = serializers.CharField()
    lon = serializers.FloatField(allow_null=True)
    lat = serializers.FloatField(allow_null=True)
    accuracy_m = serializers.IntegerField(allow_null=True)
    result = serializers.CharField()
    called = serializers.ListField(child=serializers.CharField())
    confidential = serializers.BooleanField()
    finish_due_at = serializers.DateTimeField(allow_null=True)
    finished_at = serializers.DateTimeField(allow_null=True)
    ended_at = serializers.DateTimeField(allow_null=True)
    deadline_explained = serializers.SerializerMethodField()
    verbs = serializers.SerializerMethodField()
    shares = serializers.SerializerMethodField()

    def get_deadline_explained(self, case: Case) -> str:
        """Returns the calculation of the running clock in one line."""
        stage = case.stages.of_case().running().first()
        return stage.explanation if stage else ""

    def get_verbs(self, case: Case) -> list[str]:
        """Returns the verbs that are open to the user now."""
        return WHO_MAY.open_to(self.context["request"].user, case)

    @extend_schema_field(ShareRow(many=True))
    def get_shares(self, case: Case) -> Any:
        """Returns the shares of the units that assist or assisted, oldest first."""
        shares = shares_of(case) if case.has_shares else []  # type: ignore[attr-defined]
        for share in shares:
            share.case = case
        return ShareRow(shares, many=True, context=self.context).data


class EventRow(serializers.Serializer[CaseEvent]):
    """One line of a case's history."""

    seq = serializers.IntegerField()
    verb = serializers.CharField()
    verb_name = serializers.SerializerMethodField()
    actor = serializers.CharField(source="actor.name", default="系统")
    post = serializers.CharField()
    at = serializers.DateTimeField()
    from_status = serializers.CharField()
    to_status = serializers.CharField()
    note = serializers.CharField()

    def get_verb_name(self, event: CaseEvent) -> str:
        """Returns the Chinese name of the verb."""
        return VERBS.get(event.verb) or NOTES[event.verb]


class PhotoRow(serializers.Serializer[Attachment]):
    """A stored photo. Reports and results name it by ``uid``."""

    uid = serializers.UUIDField()
    kind = serializers.CharField()
    width = serializers.IntegerField()
    height = serializers.IntegerField()
    size = serializers.IntegerField()


class PhotoIn(serializers.Serializer[Any]):
    """One picture to store."""

    photo = serializers.FileField(
        error_messages={"required": "没有收到照片。", "empty": "这个照片是空文件。"}
    )
    kind = serializers.ChoiceField(choices=Attachment.Kind.choices, default=Attachment.Kind.REPORT)


class ReportIn(serializers.Serializer[Any]):
    """A report. Lon/lat are CGCS2000 degrees. Give them, or ``grid_id``, or both."""

    grid_id = serializers.IntegerField(required=False, allow_null=True)
    matter_id = serializers.IntegerField(required=False, allow_null=True)
    answers = BoundedDictField(
        max_length=MOST_ANSWERS,
        child=serializers.CharField(max_length=200, allow_blank=True),
        required=False,
        help_text="What the matter asks for beside the report, by the question's key.",
    )
    title = serializers.CharField(required=False, allow_blank=True, max_length=80)
    description = serializers.CharField(required=False, allow_blank=True, max_length=TEXT_LIMIT)
    place = serializers.CharField(required=False, allow_blank=True, max_length=200)
    lon = serializers.FloatField(required=False, allow_null=True, min_value=-180, max_value=180)
    lat = serializers.FloatField(required=False, allow_null=True, min_value=-90, max_value=90)
    accuracy_m = serializers.IntegerField(required=False, allow_null=True, min_value=0, max_value=100_000)
    elsewhere = serializers.BooleanField(
        default=False, help_text="The matter is not at this position, which is then not kept."
    )
    by_position = serializers.BooleanField(
        default=False,
        help_text="The matter is at this position: it goes to the grid there, also if the writer does not work in it.",
    )
    occurred_at = MomentField(required=False, allow_null=True)
    written_at = MomentField(
        required=False,
        allow_null=True,
        help_text="When it was written, if earlier: by the post and the list of that day, at most 7 days back.",
    )
    called = BoundedListField(
        child=serializers.ChoiceField(choices=list(CALLED.items())),
        required=False,
        max_length=len(CALLED),
        help_text="Whom the reporter of an urgent matter has telephoned already.",
    )
    for_resident = serializers.BooleanField(default=False)
    outcome = serializers.ChoiceField(choices=["send", "handling", "solved"], default="send")
    result = serializers.CharField(required=False, allow_blank=True, max_length=TEXT_LIMIT)
    photos = BoundedListField(child=serializers.UUIDField(), required=False, max_length=9)
    result_photos = BoundedListField(child=serializers.UUIDField(), required=False, max_length=9)

    def get_fields(self) -> dict[str, serializers.Field[Any, Any, Any, Any]]:
        """Adds how the resident can be reached."""
        contact = {
            field.key: serializers.CharField(required=False, allow_blank=True, max_length=field.limit)
            for field in CONTACT_FIELDS
        }
        return {**super().get_fields(), **contact}

    def to_internal_value(self, data: Any) -> Any:
        """Reads the report. A refused field is named as on the form, because a worker reads the sentence."""
        try:
            return super().to_internal_value(data)
        except serializers.ValidationError as error:
            if not isinstance(error.detail, dict):
                raise
            raise serializers.ValidationError(
                {name: named(name, problem) for name, problem in error.detail.items()}
            ) from error

    def draft(self) -> ReportDraft:
        """Returns the validated report."""
        fields = dict(self.validated_data)
        plain = {name: value for name, value in fields.items() if not name.startswith(PREFIX)}
        return ReportDraft(**plain, contact=contact_in(fields))
