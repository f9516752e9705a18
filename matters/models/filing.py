"""The filing that a county owes the city for a published edition. It never delays the effect (Art. 14, 16)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pgtrigger
from django.db import models
from django.db.models import Q

from audit.models import Entry
from audit.versions import Versioned
from filing import life as filing
from matters.models.lists import MatterList
from matters.querysets import ListFilingQuerySet


class ListFiling(Versioned, filing.Filing):
    """The filing of one edition (清单备案)."""

    noun = "这件备案"

    edition = models.OneToOneField(
        MatterList, on_delete=models.PROTECT, related_name="filing", verbose_name="清单"
    )

    objects = ListFilingQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "清单备案"
        constraints = [
            models.CheckConstraint(
                condition=~Q(status="received") | ~Q(receipt=""), name="a_received_list_has_a_number"
            ),
            models.UniqueConstraint(
                fields=["receipt"], condition=~Q(receipt=""), name="one_filed_list_per_receipt"
            ),
        ]
        triggers = [
            pgtrigger.FSM(
                name="list_filing_moves_follow_the_state_table", field="status", transitions=filing.edges()
            ),
        ]

    def __str__(self) -> str:
        return f"{self.edition} {self.get_status_display()}"

    @property
    def chain_key(self) -> str:
        """The chain of the list."""
        return self.edition.chain_key

    def linked(self, verb: str, note: str) -> Mapping[str, Any]:
        """Returns the status of the filing and its number."""
        return {"filing": self.status, "receipt": self.receipt}

    def version_links(self) -> models.QuerySet[Entry]:
        """Returns the links of the list's chain that are about its filing."""
        return Entry.objects.filter(subject=self.chain_key, verb__in=filing.VERBS)
