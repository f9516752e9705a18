"""The chunks and frames of a WebP file (RFC 9649). Pure."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

from common.pictures.structure import Pieces, Structure, cut_off, no_picture

KEY_FRAME = b"\x9d\x01\x2a"
LOSSLESS = 0x2F
MOVES = 0x02  # the animation bit in the flags of VP8X


@dataclass(slots=True)
class _Walk:
    canvas: tuple[int, int] | None = None
    moves: bool = False
    frames: int = 0
    frame_pixels: int = 0
    pieces: Pieces = field(default_factory=Pieces)


def read(data: bytes) -> Structure:
    """Walk the file to its declared end; raises RuleViolation when a frame does not fit."""
    end = 8 + int.from_bytes(data[4:8], "little")
    if end > len(data):
        raise cut_off()
    walk = _Walk()
    for name, body in _chunks(data, 12, end, walk.pieces):
        if name == b"VP8X":
            _canvas(walk, body)
        elif name == b"ANMF":
            _moving(walk, body)
        elif name in (b"VP8 ", b"VP8L"):
            if walk.moves:
                raise no_picture()
            _frame(walk, _size(name, body), walk.canvas)
    if walk.canvas is None or not walk.frames or (walk.frames > 1 and not walk.moves):
        raise no_picture()
    return Structure(
        kind="WEBP",
        width=walk.canvas[0],
        height=walk.canvas[1],
        content=data[:end],
        frames=walk.frames,
        pieces=walk.pieces.count,
        frame_pixels=walk.frame_pixels,
    )


def _chunks(data: bytes, at: int, end: int, pieces: Pieces) -> Iterator[tuple[bytes, bytes]]:
    while at < end:
        pieces.one_more()
        stop = at + 8 + int.from_bytes(data[at + 4 : at + 8], "little")
        if at + 8 > end or stop > end:
            raise cut_off()
        yield data[at : at + 4], data[at + 8 : stop]
        at = stop + (stop - at) % 2


def _canvas(walk: _Walk, body: bytes) -> None:
    if len(body) < 10 or walk.canvas is not None:
        raise no_picture()
    walk.canvas = _three(body, 4) + 1, _three(body, 7) + 1
    walk.moves = bool(body[0] & MOVES)


def _moving(walk: _Walk, body: bytes) -> None:
    """Check one frame of an animated picture: it must lie on the canvas and hold what it declares."""
    if not walk.moves or walk.canvas is None or len(body) < 16:
        raise no_picture()
    x, y, declared = 2 * _three(body, 0), 2 * _three(body, 3), (_three(body, 6) + 1, _three(body, 9) + 1)
    if x + declared[0] > walk.canvas[0] or y + declared[1] > walk.canvas[1]:
        raise no_picture()
    held = [
        _size(name, part)
        for name, part in _chunks(body, 16, len(body), walk.pieces)
        if name in (b"VP8 ", b"VP8L")
    ]
    if len(held) != 1:
        raise no_picture()
    _frame(walk, held[0], declared)


def _frame(walk: _Walk, size: tuple[int, int], declared: tuple[int, int] | None) -> None:
    if declared not in (None, size):
        raise no_picture()
    walk.canvas = walk.canvas or size
    walk.frames += 1
    walk.frame_pixels += size[0] * size[1]


def _size(name: bytes, body: bytes) -> tuple[int, int]:
    """Width and height, read from the coded frame itself."""
    if name == b"VP8L":
        if len(body) < 5 or body[0] != LOSSLESS:
            raise no_picture()
        bits = int.from_bytes(body[1:5], "little")
        return (bits & 0x3FFF) + 1, (bits >> 14 & 0x3FFF) + 1
    if len(body) < 10 or body[0] & 1 or body[3:6] != KEY_FRAME:
        raise no_picture()
    return int.from_bytes(body[6:8], "little") & 0x3FFF, int.from_bytes(body[8:10], "little") & 0x3FFF


def _three(body: bytes, at: int) -> int:
    return int.from_bytes(body[at : at + 3], "little")
