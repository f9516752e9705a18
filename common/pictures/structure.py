"""What a picture's file says of itself, piece by piece, and how much of it is too much. Nothing is decoded. Pure."""

from __future__ import annotations

from dataclasses import dataclass

from common.errors import RuleViolation

MOST_PIECES = 4_000  # segments or chunks; an 8 MB picture of a phone has some hundred
MOST_PASSES = 24  # a progressive JPEG has ten or twelve
MOST_FRAMES = 60
MOST_PIXELS = {
    "JPEG": 50_000_000,
    "PNG": 16_000_000,
    "WEBP": 16_000_000,
}  # only a JPEG is decoded small at once
MOST_WORK = 500_000_000  # pixels, as often as a decoder goes over them
MOST_HELD = 300_000_000  # bytes that a decoder keeps until the last pass

NO_PICTURE = "这个文件不是能打开的照片（只收 JPG、PNG、WebP）。其余内容都还在。"
CUT_OFF = (
    "这个文件不是能打开的照片：内容不完整，可能没有传完或已损坏。请重新选这张照片，或换一张；其余内容都还在。"
)
TOO_DEAR = "照片的结构太复杂，处理它会拖慢平台。请在相册里截图或另存一张再传；其余内容都还在。"


@dataclass(frozen=True)
class Structure:
    """What a file holds; ``content`` is the picture alone: no remarks, no second picture, nothing behind its end."""

    kind: str
    width: int
    height: int
    content: bytes
    passes: int = 1
    frames: int = 1
    pieces: int = 1
    held: int = 0  # bytes that must be kept until the last pass
    frame_pixels: int = 0  # of all frames together
    is_whole: bool = True  # whether there are as many bytes as so many pixels must have

    @property
    def pixels(self) -> int:
        """Of the whole picture."""
        return self.width * self.height


class Pieces:
    """Counts the pieces of a file while they are walked, and stops at too many."""

    def __init__(self) -> None:
        self.count = 0

    def one_more(self) -> None:
        """Count one; raises RuleViolation above the limit."""
        self.count += 1
        if self.count > MOST_PIECES:
            raise too_dear()


def no_picture() -> RuleViolation:
    """The refusal of what is no picture, or none that we take."""
    return RuleViolation(NO_PICTURE, field="photo")


def cut_off() -> RuleViolation:
    """The refusal of a file that holds less than it says."""
    return RuleViolation(CUT_OFF, field="photo")


def too_dear() -> RuleViolation:
    """The refusal of a picture that costs too much to decode."""
    return RuleViolation(TOO_DEAR, field="photo")


def require_bounded(found: Structure) -> None:
    """Refuse, before anything is decoded, more pixels, passes or frames than a worker bears."""
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
