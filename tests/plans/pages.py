"""The pages of plans as somebody reads them on the town's Monday, without scripts."""

from __future__ import annotations

import re
from typing import Any

from accounts.models import User
from plans.models import GridPlan
from tests.doors import Visitor


class Reader(Visitor):
    """A person at the pages of plans."""

    def __init__(self, person: User) -> None:
        super().__init__(person)

    def plan(self, plan: GridPlan, verb: str = "") -> Any:
        """The plan's page, or the page of a verb."""
        return self.get(address(plan, verb))

    def run_verb(self, plan: GridPlan, verb: str, *, version: int | None = None, **fields: Any) -> Any:
        """Send the form of a verb as it stands on the page now."""
        seen = version or GridPlan.objects.get(pk=plan.pk).version
        return self.post(address(plan, verb), {"version": seen, **fields})

    def buttons(self, plan: GridPlan) -> set[str]:
        """The verbs whose pages the plan's page leads to."""
        links = re.findall(rf'class="button[^"]*" href="/plans/{plan.pk}/([a-z-]+)/"', words(self.plan(plan)))
        return {link.replace("-", "_") for link in links} - {"map", "edit", "import"}


def address(plan: GridPlan, verb: str = "") -> str:
    return f"/plans/{plan.pk}/{verb.replace('_', '-')}/" if verb else f"/plans/{plan.pk}/"


def words(answer: Any) -> str:
    """The answer's text."""
    return str(answer.content.decode())


def plain(answer: Any) -> str:
    """The words of an answer without its tags, in one line."""
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", words(answer)))
