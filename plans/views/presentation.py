"""A plan in words: its row in a list, its head, its timeline and its filing, as the templates need them."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.urls import reverse

from common.web.shapes import TimelineStep, timeline
from filing.life import FilingCard, FilingWords, filing_card, filing_words
from plans.models import GridFiling, GridPlan, PlanConsent, PlanEvent
from plans.states import ENDED
from plans.views.sentences import WORDS, day_words, effect_words, waiting_words


def parties_asked(consents: Iterable[PlanConsent]) -> list[str]:
    """Return the names of the parties whose answer is still open."""
    return [
        str(each.township or each.department)
        for each in consents
        if each.answer == PlanConsent.Answer.WAITING
    ]


@dataclass(frozen=True, slots=True)
class PlanRow:
    """One plan as a row of a list."""

    url: str
    number: str
    title: str
    county: str
    effective_on: date
    effect: str
    status: str
    status_name: str
    waiting: str
    filing: FilingWords | None


def row_of(plan: GridPlan, *, at: datetime, today: date) -> PlanRow:
    """Return one row of a list; the plan must carry ``asked`` (its open consents) and its filing."""
    asked = parties_asked(plan.asked)  # type: ignore[attr-defined]
    filing = getattr(plan, "filing", None)
    return PlanRow(
        url=reverse("plans:plan", args=[plan.pk]),
        number=plan.number,
        title=plan.title,
        county=plan.county.name,
        effective_on=plan.effective_on,
        effect=effect_words(plan.status, plan.effective_on, today=today),
        status=plan.status,
        status_name=plan.get_status_display(),
        waiting=waiting_words(plan.status, county=plan.county.name, asked=asked),
        filing=filing_words(filing, at=at) if filing and plan.status != "withdrawn" else None,
    )


def timeline_of(events: Iterable[PlanEvent]) -> list[TimelineStep]:
    """Return the timeline of a plan, oldest event first (parts/timeline.html)."""
    steps = [
        TimelineStep(
            at=event.at,
            sentence=_sentence(event),
            note="" if event.verb == "draft" else event.note,
            is_system=event.actor_id is None,
        )
        for event in events
    ]
    return timeline(steps)


def _sentence(event: PlanEvent) -> str:
    if event.actor is None:
        return "到生效日期，方案自动生效" if event.verb == "come_into_force" else WORDS[event.verb]
    post = f"（{event.post}）" if event.post else ""
    word = "修改了名称、理由或生效日期" if event.verb == "change" else WORDS[event.verb]
    return f"{event.actor.name or event.actor.username}{post}{word}"


@dataclass(frozen=True, slots=True)
class ConsentRow:
    """One party in the table of consents."""

    party: str
    answer: str
    key: str
    by: str
    at: datetime | None
    note: str


def consents_of(consents: Iterable[PlanConsent]) -> list[ConsentRow]:
    """Return the table of consents: who was asked, the answer, who signed and when."""
    return [
        ConsentRow(
            party=str(each.township or each.department),
            answer=each.get_answer_display(),
            key=each.answer,
            by=(each.by.name or each.by.username) if each.by else "",
            at=each.at,
            note=each.note,
        )
        for each in consents
    ]


@dataclass(frozen=True, slots=True)
class Hero:
    """The head of a plan's page."""

    waiting: str
    effect: str
    warning: str


def hero_of(plan: GridPlan, consents: Sequence[ConsentRow], *, notice_days: int, today: date) -> Hero:
    """Return the head of a plan's page: whose turn it is and how long until the day of effect."""
    asked = [row.party for row in consents if row.key == PlanConsent.Answer.WAITING]
    return Hero(
        waiting=waiting_words(plan.status, county=plan.county.name, asked=asked),
        effect=effect_words(plan.status, plan.effective_on, today=today),
        warning=_too_soon(plan, notice_days=notice_days, today=today),
    )


def _too_soon(plan: GridPlan, *, notice_days: int, today: date) -> str:
    """Return a warning if an unpublished plan's day of effect is too near for the notice period, else empty."""
    earliest = today + timedelta(days=notice_days)
    if plan.status in (*ENDED, "published") or plan.effective_on >= earliest:
        return ""
    return f"公布后至少 {notice_days} 天才能生效，最早 {day_words(earliest)}；须改好生效日期再会签。"


def filing_of(plan: GridPlan, *, at: datetime) -> FilingCard | None:
    """Return the filing of a published plan, or None before publication."""
    filing: GridFiling | None = getattr(plan, "filing", None)
    return filing_card(filing, at=at) if filing is not None else None
