"""The institutions that answered for a case before its village or township moved to others (Art. 5, 28)."""

from __future__ import annotations

from django.db import models

from common.records.append_only import AppendOnly
from grids.models import Division
from workflow.models.cases import Case


class FormerDesk(AppendOnly):
    """The township and the county that answered for a case until a moment; they go on reading it."""

    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="former_desks", verbose_name="事项")
    township = models.ForeignKey(
        Division, on_delete=models.PROTECT, related_name="+", verbose_name="乡镇街道"
    )
    county = models.ForeignKey(Division, on_delete=models.PROTECT, related_name="+", verbose_name="县区")
    until = models.DateTimeField("截至")

    class Meta(AppendOnly.Meta):
        abstract = False
        verbose_name = verbose_name_plural = "事项原来的辖区"

    def __str__(self) -> str:
        return f"{self.case_id} {self.township}"
