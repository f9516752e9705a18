"""The verb pages of a record and of a relation."""

from __future__ import annotations

from typing import Any

from django.urls import reverse

from common import clock
from common.shapes import Context
from common.web.verb_page import Verb, VerbPage
from registry import actions, forms, policies
from registry.actions.records import LIFE
from registry.cards import title_of
from registry.circles import circle_of
from registry.kinds import RELATIONS
from registry.models import Record, Relation
from registry.states import VERBS
from registry.visibility import record_in_sight, relation_in_sight
from worktime.clocks import day_of


class RecordVerb(VerbPage):
    """A verb of a record in sight."""

    life = LIFE
    verbs = {
        "end": Verb(
            actions.end_record,
            VERBS["end"],
            "注销以后不再出现在名册里，和它有关的关系一起结束；登记错了可以恢复。",
            forms.EndForm,
            is_dangerous=True,
            done="已注销：{row}",
        ),
        "restore": Verb(
            actions.restore_record,
            VERBS["restore"],
            "恢复在册，随它结束的关系也恢复，已经另有登记的除外。",
            done="已恢复在册：{row}",
        ),
        "unmerge": Verb(
            actions.unmerge_records,
            VERBS["unmerge"],
            "两条重新分开，关系各回各处。",
            done="已分开：{row}",
        ),
        "move": Verb(
            actions.move_record,
            VERBS["move"],
            "历史留着：哪天从哪个网格到哪个网格，看得到。",
            forms.MoveForm,
            button="迁入",
            done="已改到{row.grid.name}：{row}",
        ),
    }

    def find(self, pk: int) -> Record:
        """Returns a record in sight."""
        return record_in_sight(self.user, pk)

    def form_options(self) -> dict[str, Any]:
        """Returns the grounds of this kind of record, or the grids of the user."""
        if self.verb == "end":
            return {"kind": self.row.kind}
        return {"grids": policies.keeping(self.user)} if self.verb == "move" else {}

    def sentence(self, result: Record) -> str:
        """Returns what became of the record."""
        return self.declaration.done.format(row=result)

    def back(self) -> str:
        """Returns the address of the card."""
        return reverse("registry:record", args=[self.row.pk])

    def context(self) -> Context:
        """Returns the name of the record below the heading."""
        return {
            "under": title_of(circle_of(self.user, self.row)),
            "modules": ["js/find_option.js"],
        }


class RelationVerb(VerbPage):
    """The end of a relation in sight; the version is that of the record from which it runs."""

    life = LIFE
    verb = "part"
    verbs = {
        "part": Verb(
            actions.part, VERBS["part"], "以前的关系留着，看得到起止日期。", forms.PartForm, button="结束"
        )
    }

    def find(self, pk: int) -> Record:
        """Returns the record from which the relation runs."""
        self.relation: Relation = relation_in_sight(self.user, pk)
        return record_in_sight(self.user, self.relation.source_id)

    def act(self, arguments: dict[str, Any]) -> Relation:
        """Ends the relation."""
        return actions.part(self.relation, **arguments, by=self.user, at=clock.now())

    def sentence(self, result: Relation) -> str:
        """Returns that the relation has ended."""
        return "这个关系已结束。"

    def form_options(self) -> dict[str, Any]:
        """Returns today as the usual day."""
        return {"initial": {"until": day_of(clock.now())}}

    def back(self) -> str:
        """Returns the address of the card on which it was shown."""
        return reverse("registry:record", args=[self.relation.target_id])

    def context(self) -> Context:
        """Returns what the relation is."""
        word = RELATIONS[self.relation.kind].word
        return {"under": f"{title_of(circle_of(self.user, self.row))} · {word}"}
