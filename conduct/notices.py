"""The notices about complaints, only to the people who must know."""

from __future__ import annotations

from datetime import datetime

from conduct.models import Complaint
from notifications.actions import tell
from personnel.scopes import audience

TOPIC = "complaint"


def received(complaint: Complaint, *, at: datetime) -> None:
    """Tell the examiners about a new complaint; the sentence names neither side."""
    to = audience("handle_conduct", "division", complaint.division_id)
    _tell(to, complaint, f"收到行为投诉 {complaint.number}，请受理。", at=at)


def asked(complaint: Complaint, *, at: datetime) -> None:
    """Ask the person concerned for a statement."""
    _tell(f"user:{complaint.person_id}", complaint, "有一件关于您的投诉，请说明情况。", at=at)


def answered(complaint: Complaint, *, at: datetime) -> None:
    """Tell the examiners that the person has made a statement."""
    to = audience("handle_conduct", "division", complaint.division_id)
    _tell(to, complaint, f"投诉 {complaint.number} 本人已说明。", at=at)


def decided(complaint: Complaint, *, at: datetime) -> None:
    """Tell the person the conclusion."""
    if complaint.person_id is not None:
        sentence = (
            f"关于您的投诉已有结论：{complaint.get_finding_display()}，{complaint.get_effect_display()}。"
        )
        _tell(f"user:{complaint.person_id}", complaint, sentence, at=at)


def _tell(to: str, complaint: Complaint, sentence: str, *, at: datetime) -> None:
    tell(to, topic=TOPIC, subject=f"complaint:{complaint.pk}", sentence=sentence, at=at)
