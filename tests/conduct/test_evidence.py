"""Photos from strangers are stored as sent, decoded only by the worker process, and counted (Art. 12)."""

from __future__ import annotations

import io
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import IntegrityError, transaction
from PIL import Image

from accounts.models import Counter
from common.errors import RuleViolation
from common.pictures import intake as pictures
from conduct import evidence
from conduct.models import Complaint, ComplaintPhoto
from conduct.tasks import draw_photos
from conduct.views import public
from demo.benches.odd_files import SECRET, png_of, saved, scene
from puyang_grid.celery import app
from tests.doors import Visitor
from tests.shapes import Sent
from tests.town import MONDAY, Town

COMPLAINT: Sent = {"kind": "sham", "text": "照片里的不是现场"}
LATER = MONDAY + evidence.ABANDONED_AFTER + timedelta(seconds=1)


def upload(content: bytes, name: str = "a.jpg") -> SimpleUploadedFile:
    return SimpleUploadedFile(name, content)


def complain(town: Town, *files: SimpleUploadedFile) -> Any:
    return Visitor().post(f"/complain/{town.grid.code}/", {**COMPLAINT, "photos": list(files)})


def sent(town: Town, content: bytes | None = None) -> ComplaintPhoto:
    assert complain(town, upload(content or saved(scene(), "JPEG"))).status_code == 302
    return ComplaintPhoto.objects.order_by("pk").last()  # type: ignore[return-value]


@pytest.mark.article(12)
def test_nothing_of_a_strangers_photo_is_decoded_in_his_request(
    town: Town, monkeypatch: pytest.MonkeyPatch, django_capture_on_commit_callbacks: Callable[..., Any]
) -> None:
    with monkeypatch.context() as patched:
        patched.setattr(pictures, "draw", lambda found: pytest.fail("decoded in the request"))
        photo = sent(town, saved(scene(), "JPEG", comment=SECRET) + SECRET)
    kept = photo.sent.read()
    assert (photo.state, bool(photo.file)) == ("waiting", False) and SECRET not in kept
    with django_capture_on_commit_callbacks(execute=True):
        assert draw_photos() == 1
    photo.refresh_from_db()
    assert (photo.state, photo.sent.name, photo.tries) == ("ready", "", 1)
    with Image.open(photo.file) as drawn:
        assert (drawn.format, drawn.size) == ("JPEG", (64, 48))
    assert not photo.file.storage.exists(f"complaints/sent/{photo.pk}")


@pytest.mark.article(12)
def test_the_page_says_where_each_photo_stands(town: Town) -> None:
    waiting, page = sent(town), f"/conduct/{Complaint.objects.get().pk}/"
    picture = f"/conduct/photos/{waiting.uid}/"
    tang = Visitor(town.tang)
    assert "照片处理中" in tang.text(page)
    assert tang.get(picture).status_code == 404
    evidence.draw_waiting(at=MONDAY)
    shown = tang.text(page)
    assert "照片处理中" not in shown and picture in shown
    assert tang.get(picture)["Content-Type"] == "image/jpeg"


@pytest.mark.article(12)
def test_an_unreadable_photo_is_reported_to_both_sides(town: Town) -> None:
    damaged = png_of(
        (64, 48, 8, 0, 0), b"\x09" * 48 * 65
    )  # sound to look at; its rows are filtered like none
    assert complain(town, upload(damaged, "a.png")).status_code == 302
    found = Complaint.objects.get()
    evidence.draw_waiting(at=MONDAY)
    photo = found.photos.get()
    assert (photo.state, photo.sent.name, photo.file.name) == ("refused", "", "")
    assert photo.sentence == "这个文件不是能打开的照片（只收 JPG、PNG、WebP）。"
    assert "不能打开" in Visitor(town.tang).text(f"/conduct/{found.pk}/")


def test_the_complainant_reads_it_by_his_code(town: Town, monkeypatch: pytest.MonkeyPatch) -> None:
    sent(town)
    monkeypatch.setattr(public, "complaint_by_code", lambda code: Complaint.objects.with_names().get())
    fields = {"code": "0000-0000-0000-0000"}
    assert "照片处理中" in Visitor().post("/complain/progress/", fields).content.decode()
    evidence.draw_waiting(at=MONDAY)
    assert "第 1 张：已收到" in Visitor().post("/complain/progress/", fields).content.decode()


def test_a_photo_that_took_the_worker_with_it_twice_is_given_up(
    town: Town, monkeypatch: pytest.MonkeyPatch
) -> None:
    class Killed(BaseException):
        """Stands for the end of the process at this point."""

    def die(*args: object, **more: object) -> None:
        raise Killed

    photo, neighbour = sent(town), sent(town)
    at = MONDAY
    with monkeypatch.context() as patched:
        patched.setattr(evidence, "read_picture", die)
        for _ in range(2):
            with pytest.raises(Killed):
                evidence.draw_waiting(at=at)
            assert evidence._claim(photo.pk, at=at) is None, "the claim of the first is still fresh"
            assert evidence._claim(neighbour.pk, at=at) == neighbour
            ComplaintPhoto.objects.filter(pk=neighbour.pk).update(claimed_at=None, tries=0)
            at += evidence.ABANDONED_AFTER + timedelta(seconds=1)
    assert evidence.draw_waiting(at=at) == 2
    photo.refresh_from_db()
    neighbour.refresh_from_db()
    assert (photo.state, photo.sentence) == ("refused", evidence.GIVEN_UP)
    assert neighbour.state == "ready"
    assert evidence.draw_waiting(at=at + timedelta(days=1)) == 0


def test_a_photo_that_raises_holds_up_no_other(town: Town, monkeypatch: pytest.MonkeyPatch) -> None:
    first, second = sent(town), sent(town)
    first.sent.storage.delete(first.sent.name)
    assert evidence.draw_waiting(at=MONDAY) == 2
    first.refresh_from_db()
    second.refresh_from_db()
    assert (first.state, first.sentence, second.state) == ("refused", evidence.BROKEN, "ready")


def test_a_busy_machine_has_a_second_try(town: Town, monkeypatch: pytest.MonkeyPatch) -> None:
    photo = sent(town)
    with monkeypatch.context() as patched:
        patched.setattr(pictures, "PATIENCE", 0.001)
        evidence.draw_waiting(at=MONDAY)
    photo.refresh_from_db()
    assert photo.state == "waiting"
    evidence.draw_waiting(at=LATER)
    photo.refresh_from_db()
    assert (photo.state, photo.tries) == ("ready", 2)


def test_what_must_not_be_decoded_is_not_even_kept(town: Town) -> None:
    answer = complain(town, upload(b"<svg onload=alert(1)>", "a.svg"))
    assert answer.status_code == 422 and "能打开的照片" in answer.content.decode()
    assert "照片里的不是现场" in answer.content.decode()
    assert not Complaint.objects.exists() and not ComplaintPhoto.objects.exists()


def test_photos_of_one_network_are_counted(town: Town, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(public, "PHOTOS_A_DAY", 4)
    content = saved(scene(), "JPEG")
    assert complain(town, upload(content), upload(content), upload(content)).status_code == 302
    refused = complain(town, upload(content), upload(content))
    assert refused.status_code == 422 and public.TOO_MANY_PHOTOS in refused.content.decode()
    assert ComplaintPhoto.objects.count() == 3
    assert complain(town).status_code == 302


def test_photos_of_all_together_have_an_end(town: Town, monkeypatch: pytest.MonkeyPatch) -> None:
    sent(town)
    monkeypatch.setattr(evidence, "MOST_WAITING", 1)
    answer = complain(town, upload(saved(scene(), "JPEG")))
    assert answer.status_code == 422 and "等待处理的照片太多" in answer.content.decode()


def test_a_photo_is_either_waiting_or_drawn_or_refused(town: Town) -> None:
    photo = sent(town)
    for wrong in ({"state": "ready"}, {"sent": ""}, {"state": "refused", "sent": ""}):
        with pytest.raises(IntegrityError, match="a_photo_is_kept"), transaction.atomic():
            ComplaintPhoto.objects.filter(pk=photo.pk).update(**wrong)


def test_beat_draws_photos() -> None:
    entry = app.conf.beat_schedule["photos that strangers have sent"]
    assert entry["task"] == draw_photos.name and entry["schedule"] <= 5


def test_where_a_stranger_writes_from_is_not_kept_readable(town: Town) -> None:
    sent(town)
    kept = list(Counter.objects.values_list("key", flat=True))
    assert len(kept) == 2 and not any("127.0.0.1" in key for key in kept)


def test_a_file_above_the_limit_is_refused(town: Town, settings: Any) -> None:
    settings.PHOTO_SIZE_LIMIT = 100
    with pytest.raises(RuleViolation) as caught:
        evidence.look_at_photos([(io.BytesIO(saved(scene(), "JPEG")), 600)])
    assert "MB" in caught.value.sentence
