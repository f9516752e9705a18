"""What is confidential stays so: in the inbox, through corrections, merges and leavers; and every look is traced."""

from __future__ import annotations

import io
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from PIL import Image, PngImagePlugin

from accounts.models import User
from audit.models import AccessEntry
from common.errors import NotPermitted, RuleViolation
from frame.inbox import messages_for
from notifications.actions import relay_waiting
from personnel.actions import relieve
from personnel.models import GridPosting
from retention.actions import erase_what_is_over
from tests.cases import STEP, case_in, photo, refused, reported
from tests.town import MONDAY, Town
from workflow import actions
from workflow.actions.evidence import MOST_UNUSED
from workflow.models import Attachment, Case

LATER = MONDAY + 10 * STEP


def secret(town: Town) -> Case:
    return reported(town, matter_id=town.matter("非法集资线索").pk)


def subjects_for(user: User) -> set[str]:
    relay_waiting(at=LATER + timedelta(days=1))
    return set(messages_for(user).values_list("subject", flat=True))


@pytest.mark.article(20)
def test_a_notice_ends_with_the_sight_of_its_case(town: Town) -> None:
    case = reported(town)
    assert f"case:{case.pk}" in subjects_for(town.wang)
    case = actions.return_for_correction(case, note="请说明", by=town.wang, at=LATER)
    changed = actions.Correction(matter_id=town.matter("非法集资线索").pk)
    case = actions.resubmit_case(case, correction=changed, by=town.chen, at=LATER + STEP)
    assert case.confidential
    assert f"case:{case.pk}" not in subjects_for(town.wang)
    assert f"case:{case.pk}" in subjects_for(town.zhao)


@pytest.mark.article(20)
def test_a_former_unit_gets_no_more_notices(town: Town) -> None:
    case = case_in("awaiting_signature", town)
    assert f"case:{case.pk}" in subjects_for(town.sun)
    case = actions.hand_back_case(case, note="属公安", by=town.sun, at=LATER)
    actions.uphold_return(case, unit=town.gongan, reason="治安", by=town.zhao, at=LATER + STEP)
    assert f"case:{case.pk}" not in subjects_for(town.sun)
    assert f"case:{case.pk}" in subjects_for(town.qian)


@pytest.mark.article(20)
def test_a_reporter_cannot_lift_the_secret_by_correcting_it(town: Town) -> None:
    case = actions.return_for_correction(secret(town), note="涉及某人", by=town.zhao, at=LATER)
    changed = actions.Correction(matter_id=town.matter("邻里纠纷").pk)
    case = actions.resubmit_case(case, correction=changed, by=town.chen, at=LATER + STEP)
    assert (case.confidential, case.status) == (True, "awaiting_acceptance")


@pytest.mark.article(20)
def test_an_ordinary_case_is_not_merged_into_a_secret_one(town: Town) -> None:
    case = case_in("awaiting_acceptance", town)
    with refused(RuleViolation) as caught:
        actions.merge_case(case, into=secret(town), by=town.zhao, at=LATER)
    assert "保密" in caught.value.sentence


@pytest.mark.article(20)
def test_whoever_has_left_sees_and_does_nothing_any_more(town: Town) -> None:
    ordinary, clue = reported(town), secret(town)
    relieve(GridPosting.objects.get(user=town.chen), on=MONDAY.date(), at=LATER, by=None)
    chen = User.objects.get(username="chen")
    assert not Case.objects.visible_to(chen).filter(pk__in=[ordinary.pk, clue.pk]).exists()
    with refused(NotPermitted):
        actions.withdraw_case(ordinary, note="误报", by=chen, at=LATER)


@pytest.mark.article(17)
def test_nobody_rates_his_own_work(town: Town) -> None:
    case = reported(town, outcome="solved", result="已劝和", for_resident=True)
    case = actions.pass_check(case, by=town.li, at=LATER)
    with refused(NotPermitted) as caught:
        actions.rate_case(case, rating="satisfied", by=town.chen, at=LATER)
    assert "自己办的事不能自己评价" in caught.value.sentence
    assert actions.rate_by_resident(case.rating_code, rating="satisfied", at=LATER).status == "closed"


@pytest.mark.article(26)
@pytest.mark.parametrize(
    "path", ["/cases/{pk}/", "/cases/{pk}/preview/", "/api/v1/cases/{pk}/", "/api/v1/cases/{pk}/events/"]
)
def test_every_look_at_a_secret_is_traced_and_an_ordinary_one_is_not(town: Town, path: str) -> None:
    client = Client()
    client.force_login(town.zhao)
    ordinary, clue = reported(town), secret(town)
    for case in (ordinary, clue):
        assert client.get(path.format(pk=case.pk)).status_code == 200
    entry = AccessEntry.objects.get()
    assert (entry.subject, entry.actor_id, entry.purpose) == (f"case:{clue.pk}", town.zhao.pk, "查看保密事项")


def picture(size: tuple[int, int], kind: str, **more: object) -> io.BytesIO:
    written = io.BytesIO()
    Image.new("RGB", size, (10, 20, 30)).save(written, kind, **more)
    written.seek(0)
    return written


def test_more_pixels_than_a_worker_bears_are_refused_before_decoding(town: Town) -> None:
    bomb = picture((4001, 4000), "PNG")
    with refused(RuleViolation) as caught:
        actions.take_photo(bomb, size=1000, kind="report", by=town.chen, at=MONDAY)
    assert "4001×4000" in caught.value.sentence


@pytest.mark.parametrize("kind", ["PNG", "JPEG"])
def test_no_comment_survives_in_the_stored_picture(town: Town, kind: str) -> None:
    remark = PngImagePlugin.PngInfo()
    remark.add_text("comment", "secret remark")
    more: dict[str, object] = {"pnginfo": remark} if kind == "PNG" else {"comment": b"secret remark"}
    stored = actions.take_photo(
        picture((60, 40), kind, **more), size=1000, kind="report", by=town.chen, at=MONDAY
    )
    with stored.file.open("rb") as file:
        assert b"secret remark" not in file.read()


@pytest.mark.parametrize("who", ["zheng", "wu", "nobody"])
def test_who_neither_reports_nor_handles_stores_no_photo(town: Town, who: str) -> None:
    with refused(NotPermitted):
        photo(getattr(town, who))


def test_unused_photos_have_an_end_in_number_and_in_time(
    town: Town, django_capture_on_commit_callbacks: Any
) -> None:
    uid = photo(town.chen, at=MONDAY)
    kept = Attachment.objects.get(uid=uid)
    Attachment.objects.bulk_create(
        Attachment(
            uploader=town.chen,
            kind="report",
            file=f"x{n}.jpg",
            width=1,
            height=1,
            size=1,
            sha256="",
            created_at=LATER,
        )
        for n in range(MOST_UNUSED - 1)
    )
    with refused(RuleViolation) as caught:
        photo(town.chen)
    assert "还没有用上" in caught.value.sentence
    with django_capture_on_commit_callbacks(execute=True):
        assert erase_what_is_over(at=MONDAY + timedelta(days=2, minutes=1)) >= 1
    assert not kept.file.storage.exists(kept.file.name)
