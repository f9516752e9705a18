"""Words that people searched a county's list for in vain, for its editors (Art. 14, 16)."""

from __future__ import annotations

from django.db import models

from grids.models import Division


class MissedWord(models.Model):
    """A word, how often it was searched for in vain, and when last; nothing about whoever searched."""

    rows_may_go = True

    county = models.ForeignKey(Division, on_delete=models.CASCADE, related_name="+", verbose_name="县区")
    word = models.CharField("词", max_length=40)
    times = models.PositiveIntegerField("次数")
    last_on = models.DateField("最近一次")

    class Meta:
        verbose_name = verbose_name_plural = "没有查到的词"
        constraints = [models.UniqueConstraint(fields=["county", "word"], name="one_row_per_missed_word")]
        indexes = [models.Index(fields=["county", "last_on"], name="missed_word_by_day")]

    def __str__(self) -> str:
        return self.word
