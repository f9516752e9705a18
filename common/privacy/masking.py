"""The one function that masks personal data, for pages, API, exports and prints (Art. 20, 26). Pure."""

from __future__ import annotations

import re
from collections.abc import Callable

COMPOUND_SURNAMES = frozenset(
    (
        "欧阳",
        "上官",
        "司马",
        "诸葛",
        "东方",
        "皇甫",
        "尉迟",
        "公孙",
        "慕容",
        "令狐",
        "夏侯",
        "司徒",
        "南宫",
        "端木",
    )
)
STARS = "*"
NUMBER = re.compile(r"[0-9０-９]|[一二三四五六七八九十百]+(?=[号栋楼组单室])")


def mask_name(text: str) -> str:
    """张三 → 张*, 欧阳小明 → 欧阳**; a long name gets four stars, so that its length is not shown."""
    if len(text) < 2:
        return STARS
    kept = 2 if text[:2] in COMPOUND_SURNAMES and len(text) > 2 else 1
    return text[:kept] + STARS * min(len(text) - kept, 4)


def mask_phone(text: str) -> str:
    """13812345678 → 138****5678; a shorter number keeps its last two digits."""
    if len(text) >= 11:
        return f"{text[:3]}****{text[-4:]}"
    return STARS * max(len(text) - 2, 1) + text[-2:] if len(text) > 4 else STARS * 4


def mask_email(text: str) -> str:
    """name@example.cn → n****@example.cn."""
    name, at, host = text.partition("@")
    return f"{name[:1]}{STARS * 4}{at}{host}" if at else STARS * 4


def mask_id_number(text: str) -> str:
    """410901199001011234 → 410***********1234 without birthday and place."""
    return f"{text[:3]}{STARS * 11}{text[-4:]}" if len(text) >= 15 else STARS * 8


def mask_bank_card(text: str) -> str:
    """6222021234567890123 → ****0123."""
    return f"{STARS * 4}{text[-4:]}" if len(text) >= 12 else STARS * 4


def mask_address(text: str) -> str:
    """Show at most six characters, and nothing from the first digit on: house and door stay hidden."""
    number = NUMBER.search(text)
    kept = text[: min(6, number.start() if number else 6)]
    return f"{kept}****" if len(text) > 6 else "****"


def mask_all(text: str) -> str:
    """Hide the whole text."""
    return STARS * 4


MASKS: dict[str, Callable[[str], str]] = {
    "name": mask_name,
    "phone": mask_phone,
    "email": mask_email,
    "id_number": mask_id_number,
    "bank_card": mask_bank_card,
    "address": mask_address,
}


def mask(text: str, *, kind: str) -> str:
    """Mask a text by its kind; an unknown kind hides all of it, an empty text stays empty."""
    return MASKS.get(kind, mask_all)(text) if text else ""
