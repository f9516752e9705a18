"""Photos on their way out: to whom the door has shown that they may be seen."""

from __future__ import annotations

from django.conf import settings
from django.db.models.fields.files import FieldFile
from django.http import FileResponse, Http404, HttpResponse, HttpResponseBase


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
