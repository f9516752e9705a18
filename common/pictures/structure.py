"""What a picture file declares about itself, piece by piece, and the limits for it. Nothing is decoded. Pure."""

from __future__ import annotations

from dataclasses import dataclass

from common.errors import RuleViolation

MOST_PIECES = 4_000  # segments or chunks; an 8 MB photo from a phone has a few hundred
MOST_PASSES = 24  # a progressive JPEG has ten or twelve
MOST_FRAMES = 60
MOST_PIXELS = {
    "JPEG": 50_000_000,
    "PNG": 16_000_000,
    "WEBP": 16_000_000,
}  # only a JPEG can be decoded at reduced size
MOST_WORK = 500_000_000  # pixels, times the number of passes of the decoder over them
MOST_HELD = 300_000_000  # bytes that a decoder keeps until the last pass

NO_PICTURE = "这个文件不是能打开的照片（只收 JPG、PNG、WebP）。其余内容都还在。"
CUT_OFF = (
    "这个文件不是能打开的照片：内容不完整，可能没有传完或已损坏。请重新选这张照片，或换一张；其余内容都还在。"
)
TOO_DEAR = "照片的结构太复杂，处理它会拖慢平台。请在相册里截图或另存一张再传；其余内容都还在。"


@dataclass(frozen=True)
class Structure:
    """What a file holds; ``content`` is only the picture: no comments, no second picture, nothing after its end."""

    kind: str
    width: int
    height: int
    content: bytes
    passes: int = 1
    frames: int = 1
    pieces: int = 1
    held: int = 0  # bytes that must be kept until the last pass
    frame_pixels: int = 0  # of all frames together
    is_whole: bool = True  # whether the file has enough bytes for its number of pixels

    @property
    def pixels(self) -> int:
        """The number of pixels of the whole picture."""
        return self.width * self.height


class Pieces:
    """Counts the pieces of a file while it is walked, and stops when there are too many."""

    def __init__(self) -> None:
        self.count = 0

    def one_more(self) -> None:
        """Count one piece; raises RuleViolation above the limit."""
        self.count += 1
        if self.count > MOST_PIECES:
            raise too_dear()


def no_picture() -> RuleViolation:
    """The refusal of a file that is not a picture, or not of a kind that we accept."""
    return RuleViolation(NO_PICTURE, field="photo")


def cut_off() -> RuleViolation:
    """The refusal of a file that holds less than it declares."""
    return RuleViolation(CUT_OFF, field="photo")


def too_dear() -> RuleViolation:
    """The refusal of a picture that is too expensive to decode."""
    return RuleViolation(TOO_DEAR, field="photo")


def require_bounded(found: Structure) -> None:
    """Refuse, before decoding, a picture with more pixels, passes or frames than a worker process can handle."""
    if found.width < 1 or found.height < 1:
        raise no_picture()
    most = MOST_PIXELS[found.kind]
    if found.pixels > most:
        raise RuleViolation(
            f"照片有 {found.width}×{found.height} 像素，太大了，请缩小到 {most // 1_000_000} 百万像素以内再传。",
            field="photo",
        )
    dear = (
        found.passes > MOST_PASSES,
        found.frames > MOST_FRAMES,
        found.passes * found.pixels > MOST_WORK,
        found.frame_pixels > MOST_WORK,
        found.held > MOST_HELD,
    )
    if any(dear):
        raise too_dear()
    if not found.is_whole:
        raise cut_off()
