"""The notices about posts to the township, the county and the people concerned."""

from __future__ import annotations

from datetime import datetime

from grids.models import Division
from notifications.actions import tell
from personnel.models import PostRequest, Vacancy
from personnel.scopes import anybody_holds, audience

VACANT, WANTED = "vacancy", "post_request"
ANSWERS = {"confirmed": "已由{by}确认", "refused": "{by}不同意（{note}）", "withdrawn": "已由申请人收回"}


def vacant(vacancy: Vacancy, *, at: datetime) -> None:
    """Tell township and county that a required post is vacant; the township must fill it (Art. 10)."""
    township = vacancy.village.parent
    sentence = f"{vacancy.grid or vacancy.village}缺{vacancy.get_role_display()}，请尽快配备（条例第十条）。"
    for place in (township, township.parent if township else None):
        if place is not None:
            to = audience("manage_staff", "division", place.pk)
            tell(to, topic=VACANT, subject=f"staffing:{place.pk}", sentence=sentence, at=at)


def asked_for(request: PostRequest, outside: list[Division], *, at: datetime) -> None:
    """Ask the superiors where the person serves, and tell the person about the application."""
    post = f"{request.where}{request.get_role_display()}"
    sentence = f"{request.asked_by.name}申请任命{request.user.name}为{post}，请确认。"
    for place_id in sorted({found for place in outside if (found := _keeper_of(place))}):
        _tell(audience("manage_staff", "division", place_id), request, sentence, at=at)
    to_person = f"{request.asked_by.name}申请任命您为{post}，等您现任上级确认。"
    _tell(f"user:{request.user_id}", request, to_person, at=at)


def answered(request: PostRequest, *, at: datetime) -> None:
    """Tell the applicant and the person the result."""
    by = request.decided_by.name if request.decided_by else ""
    answer = ANSWERS[request.status].format(by=by, note=request.note[:60])
    post = f"{request.where}{request.get_role_display()}"
    _tell(f"user:{request.user_id}", request, f"任命您为{post}的申请{answer}。", at=at)
    if request.decided_by is not None:
        sentence = f"任命{request.user.name}为{post}的申请{answer}。"
        _tell(f"user:{request.asked_by_id}", request, sentence, at=at)


def _keeper_of(place: Division) -> int | None:
    """Return the nearest place, from here upwards, whose staff somebody manages."""
    step: Division | None = place
    while step is not None:
        if anybody_holds("manage_staff", "division", step.pk):
            return step.pk
        step = step.parent
    return None


def _tell(to: str, request: PostRequest, sentence: str, *, at: datetime) -> None:
    tell(to, topic=WANTED, subject=f"post_request:{request.pk}", sentence=sentence, at=at)
