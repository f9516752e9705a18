"""A report that was sent a second time with other words: names the first one, to which they can be added."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar

from django.urls import reverse

from common.errors import KeyReused
from workflow.models import Case

Answer = TypeVar("Answer")


def report_repeated(report: Callable[[], Answer]) -> Answer:
    """Returns what ``report`` returns. A :class:`KeyReused` gets the number and the address of the first report."""
    try:
        return report()
    except KeyReused as refusal:
        answer = refusal.answer if isinstance(refusal.answer, dict) else {}
        first = Case.objects.filter(pk=answer.get("id")).first()
        if first is None:
            raise
        sentence = f"这件事已经上报过，编号 {first.number}。后来改动的内容没有发出，可以补充到那一件。"
        url = reverse("workflow:case", args=[first.pk])
        raise KeyReused(answer, sentence, id=first.pk, number=first.number, url=url) from refusal
