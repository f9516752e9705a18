"""The tasks that end special grants and report the trace to the audit administrator."""

from __future__ import annotations

from celery import shared_task

from access.actions import end_grants as end
from access.actions.anchor_report import report_anchor as report
from common import clock


@shared_task(name="access.tasks.end_grants")
def end_grants() -> int:
    """End grants that expired, were not reviewed in time, or whose account has closed."""
    return end(at=clock.now())


@shared_task(name="access.tasks.report_anchor")
def report_anchor() -> int:
    """Report the newest root of the trace, once a day."""
    return report(at=clock.now())
