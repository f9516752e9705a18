"""The length of a password: the same rule for setting and for typing one. Pure."""

from __future__ import annotations

from typing import Any

from django.core.exceptions import ValidationError

SHORTEST, LONGEST = 10, 128
HINT = f"{SHORTEST}–{LONGEST} 位，不要全是数字，不要用常见密码或自己的姓名、电话。"
TOO_SHORT = f"密码至少 {SHORTEST} 位，请再写长一些。"
TOO_LONG = f"密码最多 {LONGEST} 位，请写短一些。"


class LengthValidator:
    """For Django's list of password rules: not too short, and not longer than the sign-in page accepts."""

    def validate(self, password: str, user: Any = None) -> None:
        """Raise :class:`ValidationError` with a sentence."""
        if len(password) < SHORTEST:
            raise ValidationError(TOO_SHORT, code="password_too_short")
        if len(password) > LONGEST:
            raise ValidationError(TOO_LONG, code="password_too_long")

    def get_help_text(self) -> str:
        """The rule in words."""
        return HINT
