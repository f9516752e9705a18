"""The verb pages of a supervision order."""

from __future__ import annotations

from django.urls import reverse

from common.shapes import Context
from common.web.verb_page import Verb, VerbPage
from supervision import actions, forms
from supervision.models import SupervisionOrder
from supervision.states import VERBS
from supervision.visibility import order_in_sight


class OrderVerb(VerbPage):
    """A verb of an order in sight."""

    life = actions.LIFE
    verbs = {
        "receive": Verb(
            actions.receive_order,
            VERBS["receive"],
            "确认收到；答复期限不变。",
        ),
        "answer": Verb(
            actions.answer_order,
            VERBS["answer"],
            "督办机关会审核；没有答清楚的会退回重答。",
            forms.AnswerForm,
        ),
        "accept": Verb(
            actions.accept_answer,
            VERBS["accept"],
            "这张督办单到此结束，处理结果告知对方。",
            forms.AcceptForm,
        ),
        "send_back": Verb(
            actions.send_back_answer,
            VERBS["send_back"],
            "对方重新答复，答复期限从现在重新计算。",
            forms.ReasonForm,
        ),
        "lift": Verb(
            actions.lift_order,
            VERBS["lift"],
            "不再要求答复，理由记入经过并告知对方。",
            forms.ReasonForm,
            is_dangerous=True,
        ),
    }

    def find(self, pk: int) -> SupervisionOrder:
        """Returns an order in sight."""
        return order_in_sight(self.user, pk)

    def sentence(self, result: SupervisionOrder) -> str:
        """Returns what was done with which order."""
        return f"已{self.declaration.word}：{result.number}"

    def back(self) -> str:
        """Returns the address of the order."""
        return reverse("supervision:order", args=[self.row.pk])

    def context(self) -> Context:
        """Returns the title, and the questions above the form."""
        return {
            "title": f"{self.declaration.word} {self.row.number}",
            "heading": self.declaration.word,
            "under": f"{self.row.number} · {self.row.case.title}",
            "order": self.row,
            "above": "supervision/questions.html",
        }
