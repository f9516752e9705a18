"""The Celery application and the one beat table for everything that runs by itself."""

from __future__ import annotations

import os

from celery import Celery
from celery.schedules import crontab
from celery.signals import setup_logging
from django_structlog.celery.steps import DjangoStructLogInitStep

app = Celery("puyang_grid")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()
app.steps["worker"].add(DjangoStructLogInitStep)

# Seconds between two wake-ups; only tests that cannot wait change it.
SWEEP_PERIOD = float(os.environ.get("SWEEP_PERIOD", "10"))  # an urgent case calls within it
RELAY_PERIOD = float(os.environ.get("RELAY_PERIOD", "5"))
CALENDAR_PERIOD = float(
    os.environ.get("CALENDAR_PERIOD", "30")
)  # what comes on its day: plans, public notices

# A wake-up that waited longer than its own period is useless: the next one does the same work.
app.conf.beat_schedule = {
    "sweep due stages": {
        "task": "workflow.tasks.sweep_due_stages",
        "schedule": SWEEP_PERIOD,
        "options": {"expires": SWEEP_PERIOD},
    },
    "relay the outbox": {
        "task": "notifications.tasks.relay_outbox",
        "schedule": RELAY_PERIOD,
        "options": {"expires": RELAY_PERIOD},
    },
    "make the rows of the channels outside": {
        "task": "channels.tasks.spread_notices",
        "schedule": RELAY_PERIOD,
        "options": {"expires": RELAY_PERIOD},
    },
    "send over the channels outside": {
        "task": "channels.tasks.send_outside",
        "schedule": RELAY_PERIOD,
        "options": {"expires": RELAY_PERIOD},
    },
    "seal and anchor the trace": {
        "task": "audit.tasks.anchor",
        "schedule": crontab(),  # every minute
        "options": {"expires": 60},
    },
    "sessions and failures that are over": {
        "task": "accounts.tasks.forget",
        "schedule": crontab(minute=40, hour=3),
        "options": {"expires": 3600},
    },
    "photos that strangers have sent": {
        "task": "conduct.tasks.draw_photos",
        "schedule": RELAY_PERIOD,
        "options": {"expires": RELAY_PERIOD},
    },
    "data whose time of keeping is over": {
        "task": "retention.tasks.erase",
        "schedule": crontab(minute=10, hour=3),
        "options": {"expires": 3600},
    },
    "plans and code rules whose day has come": {
        "task": "plans.tasks.bring_into_force",
        "schedule": CALENDAR_PERIOD,
        "options": {"expires": CALENDAR_PERIOD},
    },
    "read waiting files of grids": {
        "task": "plans.tasks.read_imports",
        "schedule": RELAY_PERIOD,
        "options": {"expires": RELAY_PERIOD},
    },
    "remind of overdue filings": {
        "task": "plans.tasks.remind_filings",
        "schedule": crontab(minute=5),  # every hour; each filing is reminded of once a day
        "options": {"expires": 3600},
    },
    "public notices of proposals that are over": {
        "task": "matters.tasks.end_notices",
        "schedule": CALENDAR_PERIOD,
        "options": {"expires": CALENDAR_PERIOD},
    },
    "remind of overdue proposals and filings of lists": {
        "task": "matters.tasks.remind",
        "schedule": crontab(minute=20),  # every hour; each is reminded of once a day
        "options": {"expires": 3600},
    },
    "special grants that end": {
        "task": "access.tasks.end_grants",
        "schedule": crontab(),  # every minute; an expired grant opens nothing even before that
        "options": {"expires": 60},
    },
    "tell the audit administrator the newest root": {
        "task": "access.tasks.report_anchor",
        "schedule": crontab(minute=5, hour=8),
        "options": {"expires": 3600},
    },
    "boards that are no longer true": {
        "task": "boards.tasks.renew_boards",
        "schedule": crontab(),  # every minute
        "options": {"expires": 60},
    },
    "remind of overdue boards": {
        "task": "boards.tasks.remind_of_boards",
        "schedule": crontab(minute=35),  # every hour; each board is reminded of once a day
        "options": {"expires": 3600},
    },
    "posts that nobody holds": {
        "task": "personnel.tasks.watch_vacancies",
        "schedule": crontab(),  # every minute
        "options": {"expires": 60},
    },
    "cases whose caretaker has left": {
        "task": "workflow.tasks.hand_over_left_behind",
        "schedule": crontab(minute="*/5"),
        "options": {"expires": 300},
    },
    "cases whose village has moved": {
        "task": "workflow.tasks.follow_divisions",
        "schedule": crontab(),  # every minute; the move itself takes along all that it finds
        "options": {"expires": 60},
    },
    "what comes back three times": {
        "task": "improvement.tasks.follow_recurrences",
        "schedule": crontab(),  # every minute
        "options": {"expires": 60},
    },
    "records whose grid has changed": {
        "task": "registry.tasks.follow_grids",
        "schedule": crontab(),  # every minute
        "options": {"expires": 60},
    },
    "files of people that were confirmed": {
        "task": "registry.tasks.write_people",
        "schedule": RELAY_PERIOD,
        "options": {"expires": RELAY_PERIOD},
    },
    "records that look like one": {
        "task": "registry.tasks.propose_doubles",
        "schedule": crontab(minute=30, hour=2),
        "options": {"expires": 3600},
    },
    "supervision orders": {
        "task": "supervision.tasks.follow_cases",
        "schedule": CALENDAR_PERIOD,
        "options": {"expires": CALENDAR_PERIOD},
    },
    "deadlines that follow new settings": {
        "task": "workflow.tasks.replan",
        "schedule": RELAY_PERIOD,
        "options": {"expires": RELAY_PERIOD},
    },
    "rosters that nobody decided": {
        "task": "personnel.tasks.forget_rosters",
        "schedule": crontab(minute=25),  # every hour
        "options": {"expires": 3600},
    },
    "posts that begin or end today": {
        "task": "personnel.tasks.sync_changed_grants",
        "schedule": crontab(minute=1),  # every hour, soon after midnight too
        "options": {"expires": 3600},
    },
}


@setup_logging.connect
def keep_our_logging(**kwargs: object) -> None:
    """LOGGING of Django is already active; being connected here stops Celery from replacing it."""
