"""Photos are sent by the platform itself, or by the web server in front of it."""

from __future__ import annotations

from typing import Any

import pytest
from django.core.files.base import ContentFile
from django.core.files.storage import InMemoryStorage
from django.db.models import FileField
from django.db.models.fields.files import FieldFile
from django.http import Http404

from common.web.files import jpeg_answer


@pytest.fixture
def kept() -> FieldFile:
    """A photo in a store."""
    storage = InMemoryStorage()
    storage.save("2026/a.jpg", ContentFile(b"a photo"))
    return FieldFile(None, FileField(storage=storage), "2026/a.jpg")


def test_the_platform_sends_the_file_itself(kept: FieldFile, settings: Any) -> None:
    settings.MEDIA_ACCEL_PREFIX = ""
    answer: Any = jpeg_answer(kept, keep_seconds=60)
    assert b"".join(answer.streaming_content) == b"a photo"
    assert answer["Cache-Control"] == "private, max-age=60"
    assert (answer["X-Content-Type-Options"], answer["Content-Disposition"]) == ("nosniff", "inline")


def test_the_web_server_in_front_sends_it_and_the_platform_opens_nothing(
    kept: FieldFile, settings: Any
) -> None:
    settings.MEDIA_ACCEL_PREFIX = "/photos/"
    answer: Any = jpeg_answer(kept)
    assert (answer["X-Accel-Redirect"], answer.content) == ("/photos/2026/a.jpg", b"")
    assert (answer["Content-Type"], answer["Cache-Control"]) == ("image/jpeg", "private, no-store")


def test_a_file_that_is_gone_is_as_missing(kept: FieldFile) -> None:
    kept.storage.delete("2026/a.jpg")
    with pytest.raises(Http404):
        jpeg_answer(kept)
