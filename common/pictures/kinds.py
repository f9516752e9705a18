"""Which kind of picture a file is, by its first bytes, and whether its name and type agree. Pure."""

from __future__ import annotations

import re

from common.errors import RuleViolation
from common.pictures import jpeg, png, webp
from common.pictures.structure import Structure, no_picture, require_bounded

READERS = {"JPEG": jpeg.read, "PNG": png.read, "WEBP": webp.read}
NAMES = {"JPEG": "JPG", "PNG": "PNG", "WEBP": "WebP"}
ENDING = re.compile(r"\.([A-Za-z][A-Za-z0-9]{1,4})$")
BY_ENDING = {
    **dict.fromkeys(("jpg", "jpeg", "jpe", "jfif", "mpo"), "JPEG"),
    "png": "PNG",
    "apng": "PNG",
    "webp": "WEBP",
}
BY_TYPE = {
    **dict.fromkeys(("image/jpeg", "image/jpg", "image/pjpeg", "image/mpo"), "JPEG"),
    **dict.fromkeys(("image/png", "image/x-png", "image/apng"), "PNG"),
    "image/webp": "WEBP",
}
SAYS_NOTHING = (  # a form part that names no type counts as text/plain (RFC 7578, 4.4)
    "", "tmp", "bin", "dat", "part", "text/plain", "application/octet-stream", "binary/octet-stream",
)  # fmt: skip
APPLE = (b"heic", b"heix", b"hevc", b"mif1", b"msf1", b"avif")
HEIC = (
    "这是 HEIC 照片，平台打不开。请在手机“设置 → 相机 → 格式”里选“兼容性最佳”再拍，"
    "或在相册里另存为 JPG 再传；其余内容都还在。"
)


def read_structure(data: bytes, *, name: str = "", content_type: str = "") -> Structure:
    """Walk a picture's file; raises RuleViolation unless it is sound, of limited cost and of the declared kind."""
    kind = kind_of(data)
    require_declared(kind, name=name, content_type=content_type)
    found = READERS[kind](data)
    require_bounded(found)
    return found


def kind_of(data: bytes) -> str:
    """The kind of picture, according to the first bytes."""
    if data.startswith(jpeg.START + b"\xff"):
        return "JPEG"
    if data.startswith(png.SIGNATURE):
        return "PNG"
    if data[:4] == b"RIFF" and data[8:12] == b"WEBP":
        return "WEBP"
    if data[4:8] == b"ftyp" and data[8:12] in APPLE:
        raise RuleViolation(HEIC, field="photo")
    raise no_picture()


def require_declared(kind: str, *, name: str, content_type: str) -> None:
    """Refuse a file whose name or content type declares another kind."""
    ending = found[1].lower() if (found := ENDING.search(name)) else ""
    sent = content_type.partition(";")[0].strip().lower()
    for label, known in ((ending, BY_ENDING), (sent, BY_TYPE)):
        if label not in SAYS_NOTHING and known.get(label) != kind:
            declared = NAMES.get(known.get(label, ""), label)
            raise RuleViolation(
                f"照片{_quoted(name)}标明是 {declared}，内容却是 {NAMES[kind]}。"
                "请在相册里截图或另存一张再传；其余内容都还在。",
                field="photo",
            )


def _quoted(name: str) -> str:
    return f"“{name[-40:]}”" if name else ""
