"""Files on their way out: photos to whom the door has shown that they may be seen, and what is made to take away."""

from __future__ import annotations

import re
import tempfile
from collections.abc import Callable
from contextlib import ExitStack
from typing import IO

from django.conf import settings
from django.db.models.fields.files import FieldFile
from django.http import FileResponse, Http404, HttpResponse, HttpResponseBase

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
NOT_IN_A_NAME = re.compile(r'[\\/:*?"<>|\s]+')


def jpeg_answer(photo: FieldFile | bytes, *, keep_seconds: int = 0) -> HttpResponseBase:
    """A photo, which never changes under its number: this person's browser may keep it so long, nobody else may.

    With ``MEDIA_ACCEL_PREFIX`` the web server in front sends the file; one that is gone is as missing.
    """
    answer = _body_of(photo)
    answer["Cache-Control"] = f"private, max-age={keep_seconds}" if keep_seconds else "private, no-store"
    answer["X-Content-Type-Options"] = "nosniff"
    answer["Content-Disposition"] = "inline"
    return answer


def _body_of(photo: FieldFile | bytes) -> HttpResponseBase:
    if isinstance(photo, bytes):
        return HttpResponse(photo, content_type="image/jpeg")
    if not photo.storage.exists(photo.name or ""):
        raise Http404
    if not settings.MEDIA_ACCEL_PREFIX:
        return FileResponse(photo.open("rb"), content_type="image/jpeg")
    answer = HttpResponse(content_type="image/jpeg")
    answer["X-Accel-Redirect"] = f"{settings.MEDIA_ACCEL_PREFIX}{photo.name}"
    return answer


def download(
    fill: Callable[[IO[bytes]], None], *, name: str, ending: str = ".xlsx", kind: str = XLSX
) -> FileResponse:
    """What ``fill`` writes as a download, sent from a file on disk so that it costs no memory."""
    with ExitStack() as stack:
        file = stack.enter_context(tempfile.TemporaryFile())
        fill(file)
        file.seek(0)
        stack.pop_all()  # the answer closes it once it is sent
    plain = NOT_IN_A_NAME.sub(" ", name).strip() + ending
    answer = FileResponse(file, as_attachment=True, filename=plain, content_type=kind)
    answer["Cache-Control"] = "private, no-store"
    return answer
