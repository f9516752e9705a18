"""The verb pages of an improvement task."""

from __future__ import annotations

from typing import Any

from django.urls import reverse

from common import clock
from common.shapes import Context
from common.web.verb_page import Verb, VerbPage
from improvement import actions, forms
from improvement.models import ImprovementTask
from improvement.owners import owners_of
from improvement.states import VERBS
from improvement.visibility import task_in_sight
from worktime.clocks import day_of


class TaskVerb(VerbPage):
    """A verb of an improvement task in sight."""

    life = actions.LIFE
    verbs = {
        "name_owner": Verb(
            actions.name_owner,
            VERBS["name_owner"],
            "对方马上收到；期限到了没有办完，对方、本机构和上级主管部门都会收到提醒。",
            forms.OwnerForm,
            button="确定",
        ),
        "plan": Verb(
            actions.write_plan, VERBS["plan"], "机构看得到；改了的，以前写的留在经过里。", forms.PlanForm
        ),
        "report": Verb(actions.report_done, VERBS["report"], "由机构到现场看过再验收。", forms.ResultForm),
        "accept": Verb(
            actions.accept_work,
            VERBS["accept"],
            "任务到此完成；以后再发生，会另立一件并注明这一次。",
            forms.NoteForm,
        ),
        "send_back": Verb(
            actions.send_back_work, VERBS["send_back"], "对方继续治理，期限从现在重新计算。", forms.ReasonForm
        ),
        "extend": Verb(
            actions.extend_task, VERBS["extend"], "只能延长一次，原来的期限留在经过里。", forms.ExtendForm
        ),
        "drop": Verb(
            actions.drop_task,
            VERBS["drop"],
            "任务到此结束，理由记入经过并告知对方。",
            forms.ReasonForm,
            is_dangerous=True,
        ),
    }

    def find(self, pk: int) -> ImprovementTask:
        """Returns a task in sight."""
        return task_in_sight(self.user, pk)

    def form_options(self) -> dict[str, Any]:
        """Returns whom the task may be given to; the first is proposed. A plan is changed from its last text."""
        if self.verb == "name_owner":
            owners = owners_of(self.row, day=day_of(clock.now()))
            return {"owners": owners, "initial": {"owner": owners[0].key if owners else ""}}
        return {"initial": {"plan": self.row.plan}} if self.verb == "plan" else {}

    def sentence(self, result: ImprovementTask) -> str:
        """Returns what was done with which task."""
        return f"已{self.declaration.word}：{result.number}"

    def back(self) -> str:
        """Returns the address of the task."""
        return reverse("improvement:task", args=[self.row.pk])

    def context(self) -> Context:
        """Returns the title, and what the task is about below it."""
        return {
            "title": f"{self.declaration.word} {self.row.number}",
            "heading": self.declaration.word,
            "under": f"{self.row.number} · {self.row.subject}",
        }
