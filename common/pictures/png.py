"""The chunks of a PNG file (ISO/IEC 15948). Pure."""

from __future__ import annotations

from common.pictures.structure import Pieces, Structure, cut_off, no_picture

SIGNATURE = b"\x89PNG\r\n\x1a\n"
KEPT = (b"PLTE", b"tRNS", b"iCCP", b"eXIf", b"IDAT")  # the chunks that change how the picture looks
CHANNELS = {0: 1, 2: 3, 3: 1, 4: 2, 6: 4}  # by colour type
DEPTHS = {0: (1, 2, 4, 8, 16), 2: (8, 16), 3: (1, 2, 4, 8), 4: (8, 16), 6: (8, 16)}
PALETTE = 3
INTERLACED_PASSES = 7
CLOSEST = 1100  # a deflated stream has at least 1/1,032 of the unpacked length


def read(data: bytes) -> Structure:
    """Walk the file to its end; from an animated picture only the still image is kept."""
    at, pieces, frames, packed = len(SIGNATURE), Pieces(), 0, 0
    header, kept, seen = b"", [SIGNATURE], set()
    while True:
        pieces.one_more()
        name, body = data[at + 4 : at + 8], at + 8
        end = body + int.from_bytes(data[at : at + 4], "big")
        if end + 4 > len(data) or len(name) < 4:
            raise cut_off()
        if not name.isalpha() or (not header) is not (name == b"IHDR"):
            raise no_picture()
        seen.add(name)
        if name == b"IHDR":
            header = data[body:end]
        if name == b"IHDR" or name in KEPT or name == b"IEND":
            kept.append(data[at : end + 4])
        packed += end - body if name == b"IDAT" else 0
        frames += name == b"fcTL"
        at = end + 4
        if name == b"IEND":
            break
    width, height, passes, size = _header(header)
    if b"IDAT" not in seen or (header[9] == PALETTE and b"PLTE" not in seen):
        raise no_picture()
    return Structure(
        kind="PNG",
        width=width,
        height=height,
        content=b"".join(kept),
        passes=passes,
        frames=max(frames, 1),
        pieces=pieces.count,
        is_whole=size <= packed * CLOSEST,
    )


def _header(body: bytes) -> tuple[int, int, int, int]:
    """Width, height, passes, and the number of bytes before compression."""
    if len(body) != 13:
        raise no_picture()
    width, height = int.from_bytes(body[:4], "big"), int.from_bytes(body[4:8], "big")
    depth, colour, packing, filtering, interlace = body[8:]
    if depth not in DEPTHS.get(colour, ()) or packing or filtering or interlace > 1:
        raise no_picture()
    size = height * (1 + -(-width * CHANNELS[colour] * depth // 8))
    return width, height, INTERLACED_PASSES if interlace else 1, size
