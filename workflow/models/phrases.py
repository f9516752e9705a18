"""The phrases of a person: sentences written once and used in many answers."""

from __future__ import annotations

from django.conf import settings
from django.db import models

LONGEST_PHRASE = 200


class Phrase(models.Model):
    """A sentence that its owner puts into a text by typing ``;;``. It names nobody."""

    rows_may_go = True

    owner = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="phrases", verbose_name="所有人"
    )
    text = models.CharField("短语", max_length=LONGEST_PHRASE)
    created_at = models.DateTimeField("写下时间")

    class Meta:
        verbose_name = verbose_name_plural = "短语"
        constraints = [
            models.UniqueConstraint(fields=["owner", "text"], name="one_phrase_of_a_text_per_person")
        ]

    def __str__(self) -> str:
        return self.text
