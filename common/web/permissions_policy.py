"""What our pages may use of the device: the camera, the position and the clipboard, and nothing else."""

from __future__ import annotations

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse

OURS = ("camera", "clipboard-write", "geolocation")
# Features that browsers know today; for a feature that is not listed the browser's own default applies.
OFF = (
    "accelerometer", "autoplay", "bluetooth", "browsing-topics", "captured-surface-control", "clipboard-read",
    "compute-pressure", "cross-origin-isolated", "digital-credentials-get", "display-capture", "encrypted-media",
    "fullscreen", "gamepad", "gyroscope", "hid", "identity-credentials-get", "idle-detection", "keyboard-map",
    "language-detector", "language-model", "local-fonts", "local-network-access", "magnetometer", "microphone", "midi",
    "on-device-speech-recognition", "otp-credentials", "payment", "picture-in-picture",
    "publickey-credentials-create", "publickey-credentials-get", "screen-wake-lock", "serial", "speaker-selection",
    "storage-access", "summarizer", "sync-xhr", "translator", "usb", "web-share", "window-management",
    "xr-spatial-tracking",
)  # fmt: skip
POLICY = ", ".join([*(f"{name}=(self)" for name in OURS), *(f"{name}=()" for name in OFF)])


class PermissionsPolicy:
    """Middleware: adds the policy to every response."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        answer = self.get_response(request)
        answer.headers.setdefault("Permissions-Policy", POLICY)
        return answer
