"""The verbs of a complaint: those of the office, and the statement of the person concerned (Art. 12)."""

from __future__ import annotations

from django.http import Http404
from django.urls import reverse

from common.shapes import Context, FormArguments
from common.web.verb_page import Verb, VerbPage
from conduct import actions
from conduct.forms import DecideForm, DismissForm, NameForm, StatementForm
from conduct.models import Complaint
from conduct.states import VERBS
from conduct.visibility import complaint_in_sight


class ComplaintVerb(VerbPage):
    """A verb of a complaint that the user handles."""

    life = actions.LIFE
    verbs = {
        "take_up": Verb(actions.take_up, VERBS["take_up"], "受理以后开始调查，十个工作日内应有结论。"),
        "name_person": Verb(
            actions.name_person,
            VERBS["name_person"],
            "从那天在这个网格任职的人里选；写明以后不能改，可以请本人说明。",
            NameForm,
        ),
        "hear": Verb(
            actions.hear,
            VERBS["hear"],
            "请被投诉人说明情况，五个工作日内有效；他看得到投诉内容，看不到是谁投诉的。",
        ),
        "decide": Verb(
            actions.decide,
            VERBS["decide"],
            "属实、部分属实的记入本人行为记录；投诉人凭查询码看到答复。",
            DecideForm,
        ),
        "dismiss": Verb(actions.dismiss, VERBS["dismiss"], "写明理由，投诉人凭查询码看得到。", DismissForm),
        "pass_up": Verb(
            actions.pass_up,
            VERBS["pass_up"],
            "涉及乡镇街道自己的，转给县区办理；转出后本级不再看得到。",
        ),
    }

    def find(self, pk: int) -> Complaint:
        """Return a complaint that the user handles; each look is recorded."""
        return complaint_in_sight(self.user, pk)

    def form_options(self) -> FormArguments:
        """Return the people whom the complaint may be about, for the verb ``name_person``."""
        if self.verb != "name_person":
            return {}
        return {"people": actions.accounts_of(self.row.grid, day=actions.day_in_question(self.row))}

    def sentence(self, result: Complaint) -> str:
        """Return the message after the action."""
        return f"{result.number} 已{self.declaration.word}。"

    def back(self) -> str:
        """Return the address of the complaint."""
        return reverse("conduct:complaint", args=[self.row.pk])

    def after(self, result: Complaint) -> str:
        """Return the address of the complaint, or of the list after it was passed up."""
        return reverse("conduct:complaints") if self.verb == "pass_up" else self.back()

    def context(self) -> Context:
        """Return the title with the complaint's number."""
        modules = ["js/find_option.js"] if self.verb == "name_person" else []
        return {"title": f"{self.declaration.word} · {self.row.number}", "modules": modules}


class Statement(ComplaintVerb):
    """The statement of the person concerned; the page does not show who complained."""

    verb = "answer"
    verbs = {
        "answer": Verb(
            actions.answer, VERBS["answer"], "说明以后由办理的人判断；结论会告诉您。", StatementForm
        )
    }

    def find(self, pk: int) -> Complaint:
        """Return a complaint about the user; raises Http404 for any other."""
        found = Complaint.objects.put_to(self.user).with_names().filter(pk=pk).first()
        if found is None:
            raise Http404
        return found

    def back(self) -> str:
        """Return the address of the user's own complaints page."""
        return reverse("conduct:mine")

    def context(self) -> Context:
        """Return the context with the text of the complaint."""
        return {**super().context(), "quote": f"{self.row.get_kind_display()}：{self.row.text}"}
