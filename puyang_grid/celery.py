"""Everything that happens by itself: the Celery application and the one beat table."""

from __future__ import annotations

from celery import Celery
from celery.signals import setup_logging
from django_structlog.celery.steps import DjangoStructLogInitStep

app = Celery("puyang_grid")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()
app.steps["worker"].add(DjangoStructLogInitStep)

# A wake-up that waited longer than its own period is worthless: the next one does the same work.
app.conf.beat_schedule = {
    "sweep due stages": {
        "task": "workflow.tasks.sweep_due_stages",
        "schedule": 30.0,
        "options": {"expires": 30},
    },
    "relay the outbox": {
        "task": "notifications.tasks.relay_outbox",
        "schedule": 5.0,
        "options": {"expires": 5},
    },
}


@setup_logging.connect
def keep_our_logging(**kwargs: object) -> None:
    """Django's LOGGING is in force already; connecting here stops Celery from replacing it."""
