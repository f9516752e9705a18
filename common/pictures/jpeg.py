"""The segments and scans of a JPEG file (ITU-T T.81, Annex B). Pure."""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from common.pictures.structure import Pieces, Structure, cut_off, no_picture

START = b"\xff\xd8"
END = b"\xff\xd9"
EOI, SOS, DRI = 0xD9, 0xDA, 0xDD
FRAMES = (0xC0, 0xC1, 0xC2)  # baseline, extended, progressive, all with Huffman codes
TABLES = (0xC4, 0xDB, DRI)
REMARK = 0xFE
FILL = re.compile(rb"\xff+")
MARKER = re.compile(rb"\xff[\x01-\xcf\xd8-\xfe]")  # in a scan: no stuffed byte, no restart
KEPT = {0xE0: b"", 0xE1: b"Exif\0\0", 0xE2: b"ICC_PROFILE\0", 0xEE: b"Adobe"}  # they change how it looks
MOST_SAMPLING = 4


@dataclass(slots=True)
class _Frame:
    """The frame header: the size of the picture, and the memory for its coefficients if all must be kept."""

    width: int
    height: int
    blocks: int  # of 8 × 8 samples
    components: int
    is_progressive: bool


@dataclass(slots=True)
class _Walk:
    data: bytes
    at: int = 2
    frame: _Frame | None = None
    scans: int = 0
    scan_bytes: int = 0
    kept: list[bytes] = field(default_factory=lambda: [START])
    pieces: Pieces = field(default_factory=Pieces)


def read(data: bytes) -> Structure:
    """Walk the file to the end of its first picture; raises RuleViolation if it is not a JPEG."""
    walk = _Walk(data)
    while (code := _marker(walk)) != EOI:
        _take(walk, code)
    frame = walk.frame
    if frame is None or not walk.scans:
        raise no_picture()
    keeps_all = frame.is_progressive or walk.scans > 1
    return Structure(
        kind="JPEG",
        width=frame.width,
        height=frame.height,
        content=b"".join([*walk.kept, END]),
        passes=walk.scans,
        pieces=walk.pieces.count,
        held=frame.blocks * 128 if keeps_all else 0,
        is_whole=walk.scan_bytes * 8 >= frame.blocks // frame.components,  # each block takes at least a bit
    )


def _marker(walk: _Walk) -> int:
    """Return the code of the marker at the current position and move the walk past it."""
    walk.pieces.one_more()
    fill = FILL.match(walk.data, walk.at)
    if fill is None:
        raise cut_off() if walk.at >= len(walk.data) else no_picture()
    walk.at = fill.end() + 1
    if walk.at > len(walk.data):
        raise cut_off()
    return walk.data[fill.end()]


def _take(walk: _Walk, code: int) -> None:
    """Read one segment, and the coded data after it if a scan begins."""
    body = _body(walk)
    if code in FRAMES:
        if walk.frame is not None:
            raise no_picture()
        walk.frame = _frame(body, is_progressive=code == 0xC2)
    elif code == SOS:
        _scan(walk, body)
        return
    elif code in KEPT:
        if not body.startswith(KEPT[code]):
            return
    elif code == REMARK or 0xE0 <= code <= 0xEF:
        return
    elif code not in TABLES:  # arithmetic coding, lossless and hierarchical pictures: no camera writes them
        raise no_picture()
    walk.kept.append(_segment(code, body))


def _body(walk: _Walk) -> bytes:
    size = int.from_bytes(walk.data[walk.at : walk.at + 2], "big")
    start, end = walk.at + 2, walk.at + size
    if end > len(walk.data):
        raise cut_off()
    if size < 2:
        raise no_picture()
    walk.at = end
    return walk.data[start:end]


def _segment(code: int, body: bytes) -> bytes:
    return bytes((0xFF, code)) + (len(body) + 2).to_bytes(2, "big") + body


def _frame(body: bytes, *, is_progressive: bool) -> _Frame:
    if len(body) < 6 or len(body) != 6 + 3 * body[5] or body[0] != 8 or body[5] not in (1, 3, 4):
        raise no_picture()
    height, width = int.from_bytes(body[1:3], "big"), int.from_bytes(body[3:5], "big")
    sampling = [(each >> 4, each & 15) for each in body[7::3]]
    if not width or not height or any(not 1 <= part <= MOST_SAMPLING for pair in sampling for part in pair):
        raise no_picture()
    across, down = max(pair[0] for pair in sampling), max(pair[1] for pair in sampling)
    blocks = sum(_blocks(width * x, across) * _blocks(height * y, down) for x, y in sampling)
    return _Frame(width, height, blocks, len(sampling), is_progressive)


def _blocks(samples: int, most: int) -> int:
    return -(-samples // (8 * most))


def _scan(walk: _Walk, header: bytes) -> None:
    if walk.frame is None or not header or header[0] > walk.frame.components:
        raise no_picture()
    found = MARKER.search(walk.data, walk.at)
    if found is None:
        raise cut_off()
    coded = walk.data[walk.at : found.start()]
    walk.kept += (_segment(SOS, header), coded)
    walk.scans += 1
    walk.scan_bytes += len(coded)
    walk.at = found.start()
