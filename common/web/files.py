"""Files for download: photos that the door has allowed the user to see, and generated files."""

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
    """A photo, which never changes under its number: only this user's browser may cache it, for ``keep_seconds``.

    With ``MEDIA_ACCEL_PREFIX`` the web server in front sends the file. A file that no longer exists is a 404.
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
    """The output of ``fill`` as a download, sent from a file on disk so that it needs no memory."""
    with ExitStack() as stack:
        file = stack.enter_context(tempfile.TemporaryFile())
        fill(file)
        file.seek(0)
        stack.pop_all()  # the response closes the file after sending it
    plain = NOT_IN_A_NAME.sub(" ", name).strip() + ending
    answer = FileResponse(file, as_attachment=True, filename=plain, content_type=kind)
    answer["Cache-Control"] = "private, no-store"
    return answer
