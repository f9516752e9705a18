"""The phone of a closed account hands in what was written before the closing, and nothing else (Art. 10, 18)."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any
from uuid import uuid4

import pytest
from django.conf import settings
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client, override_settings
from django.urls import reverse

from accounts.actions import (
    bind_device,
    issue_device_code,
    reopen_account,
    sign_out_everywhere,
    unbind_device,
)
from accounts.actions.account import close_account
from accounts.handing_in import HANDED_IN_FOR
from accounts.models import Device, User
from common import clock
from common.web.doors import addresses
from notifications.models import Outbox
from personnel.actions import relieve
from personnel.models import Grant, GridPosting
from personnel.tasks import sync_changed_grants
from tests.town import MONDAY, Town
from tests.workflow.test_api import drawn
from tests.workflow.test_late_reports import end_post
from workflow.models import Attachment, Case
from workflow.writing import CLOCKS_DIFFER, KEPT_FOR

REPORTS, PHOTOS = "/api/v1/hand-in/cases/", "/api/v1/hand-in/photos/"
EVENING = MONDAY.replace(hour=20)
CLOSING = EVENING + timedelta(hours=5)  # in the night after the last day

pytestmark = [pytest.mark.article(10), pytest.mark.article(18)]


@dataclass
class Kept:
    """A phone that was bound to somebody; it keeps its token, and what it had written."""

    token: str
    client: Client = field(default_factory=Client)

    def __post_init__(self) -> None:
        self.client.cookies[settings.DEVICE_COOKIE_NAME] = self.token

    def post(self, fields: Any, *, key: str = "", path: str = REPORTS) -> Any:
        headers = {"Idempotency-Key": key or str(uuid4())}
        return self.client.post(path, fields, content_type="application/json", headers=headers)

    def upload(self, *, key: str = "") -> Any:
        photo = SimpleUploadedFile("p.jpg", drawn(10), content_type="image/jpeg")
        headers = {"Idempotency-Key": key or str(uuid4())}
        return self.client.post(PHOTOS, {"photo": photo, "kind": "report"}, headers=headers)


@pytest.fixture
def at(monkeypatch: pytest.MonkeyPatch) -> Callable[[datetime], None]:
    """Sets the hour at which the platform is asked."""

    def set_to(moment: datetime) -> None:
        monkeypatch.setattr(clock, "now", lambda: moment)
        monkeypatch.setattr(clock, "machine_now", lambda: moment)

    set_to(MONDAY)
    return set_to


def bound(town: Town, user: User, *, moment: datetime = MONDAY) -> Kept:
    code = issue_device_code(user, at=moment, by=town.tang)
    return Kept(bind_device(user, code, name="手机", at=moment)[1])


@pytest.fixture
def phone(town: Town, at: Callable[[datetime], None]) -> Kept:
    """Chen's phone, after his last post and his account have ended; it is the next morning."""
    kept = bound(town, town.chen)
    end_post(town, last=EVENING)
    close_account(town.chen, at=CLOSING, by=None)
    at(CLOSING + timedelta(hours=7))
    return kept


def written(town: Town, moment: datetime = EVENING, **fields: Any) -> dict[str, Any]:
    return town.report_payload(written_at=moment.isoformat(), **fields)


def test_what_was_written_before_goes_to_the_present_worker_and_he_is_told_so(
    town: Town, phone: Kept
) -> None:
    uid = phone.upload().json()["uid"]
    answer = phone.post(written(town, photos=[uid]))
    case = Case.objects.get()
    assert answer.status_code == 201
    assert answer.json() == {
        "number": case.number,
        "sentence": f"编号 {case.number}：您写这份上报时的岗位已经结束，内容已按写的时候收下，由Lin接着办。",
    }
    assert (case.reporter, case.caretaker, case.attachments.count()) == (town.chen, town.lin, 1)
    assert (
        case.events.get(verb="hand_over").note == "Chen写于11月16日 20:00，当时是本网格网格员；现由Lin负责。"
    )
    assert "移交给您" in Outbox.objects.get(audience=f"user:{town.lin.pk}").sentence


def test_without_a_present_worker_nothing_is_lost_and_the_sentence_is_true(
    town: Town, at: Callable[[datetime], None]
) -> None:
    kept = bound(town, town.chen)
    end_post(town, last=EVENING, successor="")
    Grant.objects.all().delete()
    close_account(town.chen, at=CLOSING, by=None)
    at(CLOSING + timedelta(hours=1))
    sentence = kept.post(written(town)).json()["sentence"]
    case = Case.objects.get()
    assert case.caretaker == town.chen, "until somebody can take it over"
    assert sentence == f"编号 {case.number}：内容已按写的时候收下，等乡镇街道指定接办的人。"


def test_the_same_report_counts_once_on_both_sides_of_the_closing(
    town: Town, at: Callable[[datetime], None]
) -> None:
    """Its answer was lost before the closing; what is sent again is the same report."""
    kept, key, photo_key = bound(town, town.chen), str(uuid4()), str(uuid4())
    kept.client.force_login(town.chen)
    photo = SimpleUploadedFile("p.jpg", drawn(10), content_type="image/jpeg")
    first = kept.client.post(
        "/api/v1/photos/", {"photo": photo, "kind": "report"}, headers={"Idempotency-Key": photo_key}
    )
    fields = written(town, MONDAY, photos=[first.json()["uid"]])
    assert kept.post(fields, key=key, path="/api/v1/cases/").status_code == 201
    end_post(town, last=EVENING)
    close_account(town.chen, at=CLOSING, by=None)
    at(CLOSING + timedelta(hours=1))
    assert kept.upload(key=photo_key).json() == {"uid": first.json()["uid"]}
    again = kept.post(fields, key=key)
    case = Case.objects.get()
    assert again.status_code == 201 and again.json()["number"] == case.number
    assert Attachment.objects.count() == 1
    changed = kept.post({**fields, "description": "别的事"}, key=key)
    assert (changed.status_code, changed.json()["code"], changed.json()["details"]) == (422, "key_reused", {})
    assert Case.objects.count() == 1


def test_before_the_closing_the_address_is_shut(town: Town, at: Callable[[datetime], None]) -> None:
    kept = bound(town, town.chen)
    for client in (kept.client, Client()):
        kept.client = client
        assert kept.post(written(town, MONDAY)).status_code == 403
        assert kept.upload().status_code == 403
    kept.client.force_login(town.chen)
    assert kept.post(written(town, MONDAY)).status_code == 403, "an open account reports where it always did"
    assert not Case.objects.exists()


@pytest.mark.parametrize(
    ("later", "status"), [(HANDED_IN_FOR - timedelta(minutes=1), 201), (HANDED_IN_FOR, 403)]
)
def test_after_the_days_are_over_nothing_is_taken(
    town: Town, phone: Kept, at: Callable[[datetime], None], later: timedelta, status: int
) -> None:
    at(CLOSING + later)
    GridPosting.objects.filter(user=town.chen).update(ends_on=CLOSING.date())
    answer = phone.post(written(town, CLOSING - timedelta(seconds=1)))
    assert answer.status_code == status, answer.json()
    if status == 403:
        assert answer.json()["code"] == "not_permitted" and "满 7 天" in answer.json()["sentence"]
    assert HANDED_IN_FOR == KEPT_FOR


def test_what_was_written_after_the_closing_is_refused_with_a_sentence(town: Town, phone: Kept) -> None:
    GridPosting.objects.filter(user=town.chen).update(ends_on=CLOSING.date() + timedelta(days=1))
    late = CLOSING + CLOCKS_DIFFER + timedelta(seconds=1)
    answer = phone.post(written(town, late))
    assert answer.status_code == 403
    assert answer.json()["sentence"].startswith("这份上报是账号停用以后写的，不能再交。")
    assert phone.post(town.report_payload()).status_code == 403, "without an hour of writing"
    assert not Case.objects.exists()
    assert phone.post(written(town, late - timedelta(seconds=1))).status_code == 201


def test_a_grid_in_which_the_writer_never_worked_takes_nothing(town: Town, phone: Kept) -> None:
    answer = phone.post(written(town, grid_id=town.grid_of("001002").pk))
    assert (answer.status_code, Case.objects.count()) == (403, 0)


@pytest.mark.article(20)
@pytest.mark.parametrize("token", ["", "wrong", "another"])
def test_a_wrong_phone_or_account_is_refused(
    town: Town, phone: Kept, at: Callable[[datetime], None], token: str
) -> None:
    """Without a token, with an invented one, and with that of somebody whose account is open."""
    other = bound(town, town.mei, moment=clock.now()).token if token == "another" else token
    kept = Kept(other)
    assert kept.post(written(town)).status_code == 403
    assert kept.upload().status_code == 403
    assert not Case.objects.exists() and not Attachment.objects.exists()


@pytest.mark.article(20)
@pytest.mark.parametrize("how", ["unbound", "signed out", "ended", "reopened"])
def test_a_phone_that_the_closing_did_not_unbind_proves_nothing(
    town: Town, at: Callable[[datetime], None], how: str
) -> None:
    kept = bound(town, town.chen)
    earlier = CLOSING - timedelta(hours=1)
    if how == "unbound":
        unbind_device(Device.objects.get(), at=earlier, by=town.tang)
    elif how == "signed out":
        sign_out_everywhere(town.chen, at=earlier, by=town.tang)
    elif how == "ended":
        Device.objects.update(ends_at=CLOSING + timedelta(minutes=30))
    end_post(town, last=EVENING)
    close_account(town.chen, at=CLOSING, by=None)
    if how == "reopened":
        reopen_account(town.chen, at=CLOSING + timedelta(minutes=10), by=town.tang)
        close_account(town.chen, at=CLOSING + timedelta(minutes=20), by=None)
    at(CLOSING + timedelta(hours=1))
    assert kept.post(written(town)).status_code == 403
    assert "data-outbox" not in kept.client.get("/sign-in/").content.decode()


@pytest.mark.article(20)
def test_it_reads_nothing_and_opens_no_other_door(town: Town, phone: Kept) -> None:
    phone.post(written(town))
    case = Case.objects.get()
    for path in (REPORTS, PHOTOS):
        assert phone.client.get(path).status_code == 405
    opened = []
    for name, route in addresses():
        if "<" in route or "(?P" in route or name in ("accounts:sign_out",):
            continue
        with_phone, stranger = phone.client.get(f"/{route}"), Client().get(f"/{route}")
        if with_phone.status_code != stranger.status_code and not name.startswith("api:hand_in"):
            opened.append(name)
    assert opened == []
    for path in (f"/cases/{case.pk}/", f"/api/v1/cases/{case.pk}/", "/api/v1/cases/", "/mine/"):
        assert phone.client.get(path).status_code in (302, 401), path
    assert phone.post(written(town), path="/api/v1/cases/").status_code == 401
    assert phone.post({"version": 1}, path=f"/api/v1/cases/{case.pk}/void/").status_code == 401
    assert settings.SESSION_COOKIE_NAME not in phone.client.cookies


@pytest.mark.article(20)
def test_a_page_of_another_site_hands_in_nothing(town: Town, phone: Kept) -> None:
    strict = Kept(phone.token, Client(enforce_csrf_checks=True))
    assert strict.post(written(town)).status_code == 403
    assert not Case.objects.exists()


def test_the_page_of_signing_in_offers_it_to_that_phone_alone(
    town: Town, phone: Kept, at: Callable[[datetime], None]
) -> None:
    page = phone.client.get("/sign-in/").content.decode()
    assert f'data-account="{town.chen.pk}"' in page and f'data-report-url="{REPORTS}"' in page
    assert "data-left data-whole" in page and "11月24日 01:00都可以交" in page and "js/outbox" in page
    assert "data-outbox" not in Client().get("/sign-in/").content.decode()
    at(CLOSING + HANDED_IN_FOR)
    assert "data-outbox" not in phone.client.get("/sign-in/").content.decode()


@override_settings(DEMO_MODE=False)
def test_a_demonstration_account_hands_in_nothing_outside_the_demonstration(town: Town, phone: Kept) -> None:
    User.objects.filter(pk=town.chen.pk).update(is_demonstration=True)
    assert phone.post(written(town)).status_code == 403


def test_relieving_somebody_of_the_last_post_is_such_a_closing(
    town: Town, at: Callable[[datetime], None]
) -> None:
    kept = bound(town, town.chen)
    post = GridPosting.objects.get(user=town.chen)
    at(EVENING)
    relieve(post, on=EVENING.date() + timedelta(days=1), at=EVENING, by=town.tang)
    town.chen.refresh_from_db()
    assert town.chen.is_active
    at(CLOSING)
    sync_changed_grants()
    town.chen.refresh_from_db()
    assert town.chen.closed_at == Device.objects.get().removed_at
    at(CLOSING + timedelta(hours=1))
    assert kept.post(written(town, MONDAY + timedelta(hours=1))).status_code == 201


def test_who_is_relieved_from_today_on_hands_in_what_he_wrote_this_morning(
    town: Town, at: Callable[[datetime], None]
) -> None:
    kept = bound(town, town.chen)
    at(EVENING)
    relieve(GridPosting.objects.get(user=town.chen), on=EVENING.date(), at=EVENING, by=town.tang)
    town.chen.refresh_from_db()
    assert town.chen.closed_at == EVENING
    assert kept.post(written(town, MONDAY)).status_code == 201
    assert kept.post(written(town, EVENING + timedelta(hours=1))).status_code == 422, "in the future"


def test_the_addresses_have_the_names_that_the_page_gives() -> None:
    assert (reverse("api:hand_in_report"), reverse("api:hand_in_photo")) == (REPORTS, PHOTOS)
