"""The form of each verb of a proposal. Forms translate; the actions decide."""

from __future__ import annotations

from typing import Any

from django import forms

from accounts.models import User
from common.shapes import Cleaned
from common.web.form_fields import CHOOSE, area_field, key_field, published_area, text_field
from common.web.versions import VersionedForm
from matters import negative, states
from matters.actions.steps import NOTE_LIMIT
from personnel.models import Organization

NONE = "none"


class NoteForm(VersionedForm):
    """A verb with an optional note."""

    note = area_field("说明", limit=NOTE_LIMIT)


class NeededNoteForm(VersionedForm):
    """A verb with a required note: what is missing, or why the decision starts again."""

    note = area_field("写明原因", limit=NOTE_LIMIT, missing="请写明原因。", help_text="申请单位会看到。")


class ClearForm(VersionedForm):
    """The opinion on Art. 14, and the reviewers."""

    barred_as = forms.ChoiceField(
        label="是否属于禁止纳入的事项",
        choices=[
            (NONE, "不属于禁止事项"),
            *((bar.key, f"属于{bar.word}，但法律、法规另有规定") for bar in negative.BARS.values()),
        ],
        widget=forms.RadioSelect,
        error_messages=CHOOSE,
        help_text="行政许可、行政处罚、行政强制和与网格职责不符的，不得纳入清单；没有例外依据的请认定禁止纳入。",
    )
    exception_law = text_field(
        "例外依据", limit=200, help_text="属于禁止事项的必填：法律法规的名称和条号，如：《某某法》第二十条。"
    )
    opinion = area_field("审查意见", limit=NOTE_LIMIT, missing="请写明审查意见。", rows=4)
    reviewers = forms.MultipleChoiceField(
        label="请谁会审", widget=forms.CheckboxSelectMultiple,
        error_messages={"required": "请选择会审人。", "invalid_choice": "请从列表里选择在岗的人。"},
    )  # fmt: skip

    def __init__(
        self,
        *args: Any,
        people: list[tuple[User, Organization]] | None = None,
        recused: frozenset[int] = frozenset(),
        fewest: int = 0,
        **kwargs: Any,
    ) -> None:
        super().__init__(*args, **kwargs)
        self.people = {f"{user.pk}-{body.pk}": (user, body) for user, body in people or []}
        if people is None:
            del self.fields["reviewers"]
            return
        field = self.fields["reviewers"]
        field.part = "matters/reviewers_field.html"  # type: ignore[attr-defined]
        field.help_text = f"至少 {fewest} 人；申请单位的人被选上也应当回避。"
        field.choices = [  # type: ignore[attr-defined]
            (key, f"{user.name} · {body.name}{'（申请单位，应当回避）' if body.pk in recused else ''}")
            for key, (user, body) in self.people.items()
        ]

    def arguments(self) -> Cleaned:
        """Returns the input of the action."""
        given = dict(self.cleaned_data)
        given["barred_as"] = "" if given["barred_as"] == NONE else given["barred_as"]
        given["reviewers"] = [self.people[key] for key in given.get("reviewers", [])]
        return given


class BarForm(VersionedForm):
    """The prohibition that applies."""

    barred_as = forms.ChoiceField(
        label="属于哪一类",
        choices=[(bar.key, f"{bar.word}：{bar.sentence}") for bar in negative.BARS.values()],
        widget=forms.RadioSelect,
        error_messages=CHOOSE,
    )
    opinion = area_field("审查意见", limit=NOTE_LIMIT, missing="请写明审查意见。", rows=4)


class VoteForm(VersionedForm):
    """The vote (for, against or neither) and the reason."""

    answer = forms.ChoiceField(
        label="您的意见",
        choices=[(key, states.ANSWERS[key]) for key in states.VOTES],
        widget=forms.RadioSelect,
        error_messages=CHOOSE,
    )
    reason = area_field("理由", limit=NOTE_LIMIT, missing="请写明理由。", help_text="记名，申请单位会看到。")


class RecuseForm(VersionedForm):
    """The reason for standing back."""

    reason = area_field("回避的原因", limit=NOTE_LIMIT, missing="请写明理由。")


class DecideForm(VersionedForm):
    """The county's decision, with reasons."""

    decision = published_area("决定理由", limit=NOTE_LIMIT, missing="请写明决定理由。", rows=4)


class CommentForm(forms.Form):
    """A comment on the public notice."""

    key = key_field()
    text = area_field(
        "您的意见",
        limit=1000,
        missing="请写下意见。",
        rows=5,
        help_text="不用留姓名；请不要写姓名、电话、住址。",
    )


class ReplyForm(forms.Form):
    """The county's answer."""

    text = published_area(
        "答复",
        limit=NOTE_LIMIT,
        missing="请写下答复。",
        rows=4,
        help_text="和这条意见一起公开，不写个人信息。",
    )


FORMS: dict[str, type[VersionedForm]] = {
    "submit": VersionedForm,
    "return_proposal": NeededNoteForm,
    "pass_check": NoteForm,
    "clear": ClearForm,
    "bar": BarForm,
    "vote": VoteForm,
    "recuse": RecuseForm,
    "close_review": NoteForm,
    "consent": DecideForm,
    "refuse": DecideForm,
    "reconsider": NeededNoteForm,
    "withdraw": NoteForm,
}
