"""The daily report to the audit administrator, so that a person outside the database knows the trace (Art. 25)."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from audit.models import Anchor
from grids.models import Division
from notifications.actions import tell
from notifications.models import Outbox
from personnel.scopes import audience
from worktime.clocks import day_of

TOPIC = "anchor_report"


@transaction.atomic
def report_anchor(*, at: datetime) -> int:
    """Send the newest root to the city's audit administrators, once a day; returns how many notices were written."""
    anchor = Anchor.objects.order_by("-number").first()
    city = Division.objects.filter(level=Division.Level.CITY).defer("outline").first()
    if anchor is None or city is None:
        return 0
    subject = f"anchor_report:{day_of(at):%Y-%m-%d}"
    if Outbox.objects.filter(subject=subject, topic=TOPIC).exists():
        return 0
    sentence = (
        f"审计留痕第 {anchor.number} 号锚定：共 {anchor.size} 环，根散列 {anchor.root}。"
        "请保存本条，核对时与数据库外的锚定文件比对。"
    )
    tell(
        audience("administer_audit", "division", city.pk),
        topic=TOPIC,
        subject=subject,
        sentence=sentence,
        at=at,
    )
    return 1
