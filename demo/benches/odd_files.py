"""Odd and hostile picture files, generated here and small: all are harmless, within the limits or just above them."""

from __future__ import annotations

import io
import struct
import zlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from PIL import Image, PngImagePlugin

TAKEN = "taken"
SECRET = b"secret remark <script>alert(1)</script>"
NO_PICTURE, CUT_OFF, TOO_DEAR, DECLARED = "只收 JPG", "不完整", "太复杂", "标明是"
SOUND_TO_LOOK_AT = (
    "PNG: damaged",
    "PNG: not packed",
    "WebP: frame of noughts",
)  # refused only when they are drawn
Size = tuple[int, int]


@dataclass(frozen=True)
class OddFile:
    """A file with the name and type under which it is sent, and the result: taken, or a word from the refusal."""

    label: str
    content: bytes
    becomes: str
    name: str = ""
    content_type: str = ""
    size: Size | None = None  # of the picture drawn from it


def saved(picture: Image.Image, kind: str, **more: Any) -> bytes:
    """The picture as Pillow saves it."""
    written = io.BytesIO()
    picture.save(written, kind, **more)
    return written.getvalue()


@lru_cache
def scene(size: Size = (64, 48), mode: str = "RGB") -> Image.Image:
    """A visible test picture: red on the left, blue on the right."""
    seen = Image.new("RGB", size, (200, 30, 30))
    seen.paste((30, 30, 200), (size[0] // 2, 0, *size))
    return seen.convert(mode)


def segment(code: int, body: bytes) -> bytes:
    """A segment of a JPEG."""
    return struct.pack(">BBH", 0xFF, code, len(body) + 2) + body


def behind_start(content: bytes, added: bytes) -> bytes:
    """A JPEG with extra bytes after its first marker."""
    return content[:2] + added + content[2:]


def frame_at(content: bytes) -> int:
    """The position of a JPEG's frame header."""
    return next(at for code in (b"\xc0", b"\xc1", b"\xc2") if (at := content.find(b"\xff" + code)) > 0)


def with_frame(content: bytes, **changes: int) -> bytes:
    """A JPEG with changed values in its frame header: code, precision, height, width, components or sampling."""
    places = {
        "code": (1, "B"), "precision": (4, "B"), "height": (5, ">H"), "width": (7, ">H"), "components": (9, "B"),
        "sampling": (11, "B"),
    }  # fmt: skip
    changed, start = bytearray(content), frame_at(content)
    for name, value in changes.items():
        struct.pack_into(places[name][1], changed, start + places[name][0], value)
    return bytes(changed)


def scans_of(content: bytes) -> tuple[int, int]:
    """The start and the end of the last scan of a JPEG."""
    return content.rfind(b"\xff\xda"), content.rfind(b"\xff\xd9")


def with_more_scans(content: bytes, more: int) -> bytes:
    """A progressive JPEG whose last scan is repeated."""
    start, end = scans_of(content)
    return content[:end] + content[start:end] * more + content[end:]


def chunk(name: bytes, body: bytes) -> bytes:
    """A chunk of a PNG."""
    return struct.pack(">I", len(body)) + name + body + struct.pack(">I", zlib.crc32(name + body))


def png_of(
    header: Sequence[int], rows: bytes, *, before: bytes = b"", pieces: int = 1, behind: bytes = b""
) -> bytes:
    """A PNG of (width, height, depth, colour, interlace) and its unpacked rows, in ``pieces`` IDAT chunks."""
    packed, each = zlib.compress(rows), 0
    each = max(1, -(-len(packed) // pieces))
    idat = b"".join(chunk(b"IDAT", packed[at : at + each]) for at in range(0, len(packed), each))
    return png_around(header, before + idat + behind)


def png_around(header: Sequence[int], inner: bytes) -> bytes:
    """A PNG of a header and the given chunks."""
    width, height, depth, colour, interlace = header
    head = chunk(b"IHDR", struct.pack(">IIBBBBB", width, height, depth, colour, 0, 0, interlace))
    return b"\x89PNG\r\n\x1a\n" + head + inner + chunk(b"IEND", b"")


def flat_rows(width: int, height: int, bits: int, value: int) -> bytes:
    """The rows of an unfiltered picture in which every byte is ``value``."""
    return (b"\0" + bytes([value]) * -(-width * bits // 8)) * height


def interlaced(width: int, height: int) -> bytes:
    """An interlaced grey PNG with one level."""
    steps = ((0, 0, 8, 8), (4, 0, 8, 8), (0, 4, 4, 8), (2, 0, 4, 4), (0, 2, 2, 4), (1, 0, 2, 2), (0, 1, 1, 2))
    sizes = [(-(-(width - x) // across), -(-(height - y) // down)) for x, y, across, down in steps]
    rows = b"".join(flat_rows(*size, 8, 120) for size in sizes if min(size) > 0)
    return png_of((width, height, 8, 0, 1), rows)


def riff(*parts: bytes, size: int | None = None) -> bytes:
    """A WebP file of the given chunks."""
    body = b"WEBP" + b"".join(parts)
    return b"RIFF" + struct.pack("<I", len(body) if size is None else size) + body


def part(name: bytes, body: bytes) -> bytes:
    """A chunk of a WebP file."""
    return name + struct.pack("<I", len(body)) + body + b"\0" * (len(body) % 2)


def three(number: int) -> bytes:
    """The number in three bytes, lowest byte first."""
    return struct.pack("<I", number)[:3]


def canvas(width: int, height: int, *, moves: bool = False) -> bytes:
    """The VP8X chunk."""
    return part(b"VP8X", struct.pack("<I", 2 * moves) + three(width - 1) + three(height - 1))


def bare_frame(size: Size = (64, 48), *, lossless: bool = True) -> bytes:
    """The coded frame alone, as a chunk."""
    return saved(scene(size), "WEBP", lossless=lossless)[12:]


def moving_frame(size: Size = (64, 48), *, at: Size = (0, 0), declared: Size | None = None) -> bytes:
    """An ANMF chunk."""
    width, height = declared or size
    head = three(at[0] // 2) + three(at[1] // 2) + three(width - 1) + three(height - 1) + three(100) + b"\0"
    return part(b"ANMF", head + bare_frame(size))


def moving(frames: int, size: Size = (64, 48)) -> bytes:
    """An animated WebP of equal frames."""
    start = canvas(*size, moves=True) + part(b"ANIM", b"\0" * 6)
    return riff(start, moving_frame(size) * frames)


def odd_files() -> list[OddFile]:
    """All odd files."""
    return [
        odd
        for some in (_jpegs, _large_jpegs, _turned, _pngs, _large_pngs, _webps, _others, _misnamed)
        for odd in some()
    ]


def _jpegs() -> Iterator[OddFile]:
    plain = saved(scene(), "JPEG")
    coded = plain.find(b"\xff\xda")
    frame = plain[frame_at(plain) : plain.find(b"\xff\xc4")]
    made: dict[str, tuple[bytes, str]] = {
        "half a JPEG": (plain[: len(plain) // 2], CUT_OFF),
        "JPEG without its end": (plain[:-2], CUT_OFF),
        "JPEG: only a beginning": (plain[:3], CUT_OFF),
        "JPEG: beginning and end": (b"\xff\xd8\xff\xd9", NO_PICTURE),
        "JPEG: 48 million pixels in a few bytes": (with_frame(plain, width=20000, height=2400), CUT_OFF),
        "JPEG: 51 million pixels": (with_frame(plain, width=8000, height=6400), "8000×6400"),
        "JPEG of twelve bits": (with_frame(plain, precision=12), NO_PICTURE),
        "JPEG: lossless": (with_frame(plain, code=0xC3), NO_PICTURE),
        "JPEG: arithmetic codes": (with_frame(plain, code=0xC9), NO_PICTURE),
        "JPEG: hierarchical": (with_frame(plain, code=0xC5), NO_PICTURE),
        "JPEG: two frames": (behind_start(plain, frame), NO_PICTURE),
        "JPEG: scan before the frame": (behind_start(plain, plain[coded : coded + 14]), NO_PICTURE),
        "JPEG: segment longer than the file": (behind_start(plain, b"\xff\xe5\xff\xff"), CUT_OFF),
        "JPEG: segment shorter than its length": (behind_start(plain, b"\xff\xe5\x00\x01"), NO_PICTURE),
        "JPEG: no height": (with_frame(plain, height=0), NO_PICTURE),
        "JPEG: no width": (with_frame(plain, width=0), NO_PICTURE),
        "JPEG: five components": (with_frame(plain, components=5), NO_PICTURE),
        "JPEG: sampling of nothing": (with_frame(plain, sampling=0), NO_PICTURE),
        "JPEG: sampling of fifteen": (with_frame(plain, sampling=0xFF), NO_PICTURE),
        "JPEG: junk between segments": (behind_start(plain, b"junk"), NO_PICTURE),
    }
    yield from (
        OddFile(label, content, becomes, "a.jpg", "image/jpeg") for label, (content, becomes) in made.items()
    )


def _large_jpegs() -> Iterator[OddFile]:
    plain, stepwise = saved(scene(), "JPEG"), saved(scene(), "JPEG", progressive=True)
    coded = plain.find(b"\xff\xda")
    exif = Image.Exif()
    exif[0x8825] = {1: "N", 2: (35.0, 45.0, 0.0)}  # the place where the photo was taken
    exif[0x010E] = SECRET.decode()
    made: dict[str, tuple[bytes, str]] = {
        "JPEG: too many remarks": (behind_start(plain, segment(0xFE, b"") * 4100), TOO_DEAR),
        "JPEG: many remarks": (behind_start(plain, segment(0xFE, SECRET) * 3900), TAKEN),
        "JPEG: long fill": (behind_start(plain, b"\xff" * 500_000), TAKEN),
        "JPEG: too many scans": (with_more_scans(stepwise, 20), TOO_DEAR),
        "JPEG: many scans": (with_more_scans(stepwise, 14), TAKEN),
        "JPEG: too many passes over many pixels": (
            with_frame(with_more_scans(stepwise, 2), width=7000, height=7000), TOO_DEAR),
        "JPEG: many passes over many pixels": (
            with_more_scans(saved(scene((5000, 4000)), "JPEG", progressive=True), 14), TAKEN),
        "JPEG in steps": (stepwise, TAKEN),
        "JPEG without subsampling": (saved(scene((640, 480)), "JPEG", quality=95, subsampling=0), TAKEN),
        "JPEG: a restart in every block": (saved(scene((640, 480)), "JPEG", restart_marker_blocks=1), TAKEN),
        "JPEG in grey": (saved(scene(mode="L"), "JPEG"), TAKEN),
        "JPEG for print": (saved(scene(mode="CMYK"), "JPEG"), TAKEN),
        "JPEG: a second small picture": (
            saved(scene((1200, 900)), "MPO", save_all=True, append_images=[scene()]), TAKEN),
        "JPEG with a place and a remark": (saved(scene(), "JPEG", exif=exif, comment=SECRET), TAKEN),
        "JPEG: a broken profile": (saved(scene(), "JPEG", icc_profile=b"no profile" * 30), TAKEN),
        "JPEG: broken EXIF": (behind_start(plain, segment(0xE1, b"Exif\0\0MM\0*" + b"\xff" * 60)), TAKEN),
        "JPEG: a zip behind its end": (plain + b"PK\x03\x04" + SECRET, TAKEN),
        "JPEG: a page behind its end": (plain + b"<html>" + SECRET, TAKEN),
        "JPEG: a film behind its end": (plain + b"\0\0\0\x18ftypmp42" + SECRET * 40_000, TAKEN),
        "JPEG: a thin strip": (saved(scene((60_000, 2)), "JPEG"), TAKEN),
        "JPEG: coded data cut out": (plain[: coded + 20] + plain[-6:], TAKEN),
    }  # fmt: skip
    yield from (
        OddFile(label, content, becomes, "a.jpg", "image/jpeg") for label, (content, becomes) in made.items()
    )


def _turned() -> Iterator[OddFile]:
    for turn in range(1, 9):
        exif = Image.Exif()
        exif[0x0112] = turn
        size = (64, 48) if turn < 5 else (48, 64)
        for kind in ("JPEG", "PNG", "WEBP"):
            yield OddFile(f"{kind} turned {turn}", saved(scene(), kind, exif=exif), TAKEN, size=size)
    exif[0x0112] = 77
    yield OddFile("JPEG turned like nothing", saved(scene(), "JPEG", exif=exif), TAKEN, size=(64, 48))


def _pngs() -> Iterator[OddFile]:
    plain, grey = saved(scene(), "PNG"), (64, 48, 8, 0, 0)
    rows = flat_rows(64, 48, 8, 120)
    broken = bytearray(plain)
    broken[-20] ^= 0xFF
    made: dict[str, tuple[bytes, str]] = {
        "half a PNG": (plain[: len(plain) // 2], CUT_OFF),
        "PNG without its end": (plain[:-12], CUT_OFF),
        "PNG without a picture": (png_around(grey, b""), NO_PICTURE),
        "PNG: the picture before its header": (plain[:8] + chunk(b"IDAT", b"") + plain[8:], NO_PICTURE),
        "PNG: two headers": (plain[:33] + plain[8:], NO_PICTURE),
        "PNG: three bits": (png_of((64, 48, 3, 0, 0), rows), NO_PICTURE),
        "PNG: palette of sixteen bits": (png_of((64, 48, 16, 3, 0), rows), NO_PICTURE),
        "PNG: no such colour": (png_of((64, 48, 8, 5, 0), rows), NO_PICTURE),
        "PNG: no such interlacing": (png_of((64, 48, 8, 0, 2), rows), NO_PICTURE),
        "PNG: no width": (png_of((0, 48, 8, 0, 0), rows), NO_PICTURE),
        "PNG: palette without colours": (png_of((64, 48, 8, 3, 0), rows), NO_PICTURE),
        "PNG: short header": (plain[:8] + chunk(b"IHDR", b"\0" * 12) + plain[33:], NO_PICTURE),
        "PNG: chunk longer than the file": (plain[:33] + b"\xff\xff\xff\xffteXt" + plain[33:], CUT_OFF),
        "PNG: chunk without a name": (plain[:33] + chunk(b"\0\1\2\3", b"") + plain[33:], NO_PICTURE),
        "PNG: 16 million pixels in a few bytes": (png_of((4000, 4000, 8, 2, 0), rows), CUT_OFF),
        "PNG: more pixels than we take": (png_of((4001, 4000, 8, 0, 0), rows), "4001×4000"),
        "PNG: damaged": (bytes(broken), NO_PICTURE),
        "PNG: not packed": (png_around(grey, chunk(b"IDAT", b"not packed at all" * 9)), NO_PICTURE),
        "PNG: too few rows": (png_of((64, 480, 8, 0, 0), rows), TAKEN),
        "PNG: too many rows": (png_of((64, 24, 8, 0, 0), rows), TAKEN),
    }
    yield from (
        OddFile(label, content, becomes, "a.png", "image/png") for label, (content, becomes) in made.items()
    )


def _large_pngs() -> Iterator[OddFile]:
    plain, grey, rows = saved(scene(), "PNG"), (64, 48, 8, 0, 0), flat_rows(64, 48, 8, 120)
    remark = PngImagePlugin.PngInfo()
    remark.add_text("remark", (SECRET * 20_000).decode(), zip=True)
    frames = {"save_all": True, "append_images": [scene().rotate(each) for each in range(1, 4)]}
    control = chunk(b"fcTL", struct.pack(">IIIIIHHBB", 0, 64, 48, 0, 0, 1, 10, 0, 0))
    palette, clear = chunk(b"PLTE", bytes((200, 30, 30, 30, 30, 200))), chunk(b"tRNS", b"\0")
    made: dict[str, tuple[bytes, str]] = {
        "PNG: too many chunks": (plain[:33] + chunk(b"teXt", b"") * 4100 + plain[33:], TOO_DEAR),
        "PNG: many chunks": (plain[:33] + chunk(b"teXt", SECRET) * 3900 + plain[33:], TAKEN),
        "PNG: a picture in many small pieces": (png_of((1000, 800, 8, 0, 0), bytes(
            (0 if n % 1001 == 0 else n * n % 251) for n in range(1001 * 800)), pieces=3000), TAKEN),
        "PNG: interlaced": (interlaced(640, 480), TAKEN),
        "PNG: interlaced, as large as may be": (interlaced(4000, 3990), TAKEN),
        "PNG: interlaced, one pixel": (interlaced(1, 1), TAKEN),
        "PNG: a long packed remark": (saved(scene(), "PNG", pnginfo=remark), TAKEN),
        "PNG that moves": (saved(scene(), "PNG", **frames), TAKEN),
        "PNG that moves too much": (png_of(grey, rows, before=control * 61), TOO_DEAR),
        "PNG of one bit": (saved(scene(mode="1"), "PNG"), TAKEN),
        "PNG of two bits, one clear": (
            png_of((64, 48, 2, 0, 0), flat_rows(64, 48, 2, 0x55), before=chunk(b"tRNS", b"\0\1")), TAKEN),
        "PNG of sixteen bits": (png_of((64, 48, 16, 0, 0), flat_rows(64, 48, 16, 0x80)), TAKEN),
        "PNG of sixteen bits, colours": (png_of((64, 48, 16, 2, 0), flat_rows(64, 48, 48, 0x80)), TAKEN),
        "PNG of sixteen bits, clear colours": (png_of((64, 48, 16, 6, 0), flat_rows(64, 48, 64, 0x80)), TAKEN),
        "PNG: grey and clear": (saved(scene(mode="LA"), "PNG"), TAKEN),
        "PNG: palette with a clear colour": (
            png_of((64, 48, 8, 3, 0), flat_rows(64, 48, 8, 0), before=palette + clear), TAKEN),
        "PNG: a colour that the palette lacks": (
            png_of((64, 48, 8, 3, 0), flat_rows(64, 48, 8, 9), before=palette), TAKEN),
        "PNG: a zip behind its end": (plain + b"PK\x03\x04" + SECRET, TAKEN),
        "PNG: all clear, as large as may be": (saved(Image.new("RGBA", (4000, 4000)), "PNG"), TAKEN),
    }  # fmt: skip
    yield from (
        OddFile(label, content, becomes, "a.png", "image/png") for label, (content, becomes) in made.items()
    )


def _webps() -> Iterator[OddFile]:
    plain, frame = saved(scene(), "WEBP"), bare_frame()
    huge = bytearray(riff(frame))
    huge[21:25] = struct.pack("<I", 16382 | 16382 << 14)
    start = canvas(64, 48, moves=True) + part(b"ANIM", b"\0" * 6)
    made: dict[str, tuple[bytes, str]] = {
        "half a WebP": (plain[: len(plain) // 2], CUT_OFF),
        "WebP: only a head": (riff(), NO_PICTURE),
        "WebP longer than the file": (riff(frame, size=9999), CUT_OFF),
        "WebP shorter than the file": (riff(frame) + SECRET, TAKEN),
        "WebP without loss": (riff(frame), TAKEN),
        "WebP with clear parts": (saved(scene(mode="RGBA"), "WEBP"), TAKEN),
        "WebP with a remark": (saved(scene(), "WEBP", xmp=SECRET), TAKEN),
        "WebP of 268 million pixels": (bytes(huge), "16383×16383"),
        "WebP: two frames that stand still": (riff(canvas(64, 48), frame, frame), NO_PICTURE),
        "WebP: two canvases": (riff(canvas(64, 48), canvas(64, 48), frame), NO_PICTURE),
        "WebP: canvas unlike its frame": (riff(canvas(4000, 4000), frame), NO_PICTURE),
        "WebP: no frame": (riff(canvas(64, 48)), NO_PICTURE),
        "WebP: broken frame": (riff(part(b"VP8L", b"\x2e" + b"\0" * 20)), NO_PICTURE),
        "WebP: empty frame": (riff(part(b"VP8 ", b"")), NO_PICTURE),
        "WebP: frame of noughts": (riff(part(b"VP8L", b"\x2f\0\0\0\0")), NO_PICTURE),
        "WebP that moves": (moving(3), TAKEN),
        "WebP with as many frames as may be": (moving(60), TAKEN),
        "WebP with too many frames": (moving(61), TOO_DEAR),
        "WebP: a frame beside the canvas": (riff(start, moving_frame(at=(20, 0))), NO_PICTURE),
        "WebP: a frame unlike its own size": (
            riff(start, moving_frame((32, 24), declared=(64, 48))),
            NO_PICTURE,
        ),
        "WebP: moving frames that stand still": (riff(canvas(64, 48), moving_frame()), NO_PICTURE),
        "WebP: still frame among moving ones": (riff(start, moving_frame(), frame), NO_PICTURE),
        "WebP: too many chunks": (riff(canvas(64, 48), frame, part(b"NONE", b"") * 4100), TOO_DEAR),
        "WebP: many chunks": (riff(canvas(64, 48), frame, part(b"NONE", b"") * 3900), TAKEN),
        "WebP as large as may be": (saved(Image.new("RGB", (4000, 4000)), "WEBP", lossless=True), TAKEN),
    }
    yield from (
        OddFile(label, content, becomes, "a.webp", "image/webp") for label, (content, becomes) in made.items()
    )


def _others() -> Iterator[OddFile]:
    made: dict[str, bytes] = {
        "GIF": saved(scene(mode="P"), "GIF"),
        "BMP": saved(scene(), "BMP"),
        "TIFF": saved(scene(), "TIFF"),
        "ICO": saved(scene((32, 32)), "ICO"),
        "PDF": saved(scene(), "PDF"),
        "EPS": saved(scene(), "EPS"),
        "SVG": b'<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>',
        "a page": b"<html>" + SECRET,
        "a page with a picture in it": b"<html>" + saved(scene(), "JPEG"),
        "a zip": b"PK\x03\x04" + b"\0" * 60,
        "a programme": b"MZ" + b"\0" * 200,
        "nothing": b"",
        "one byte": b"\xff",
        "the head of a JPEG and a page": b"\xff\xd8\xff<html>" + SECRET,
        "the head of a PNG and a page": b"\x89PNG\r\n\x1a\n<html>" + SECRET,
        "the head of a WebP and a page": b"RIFF\x20\0\0\0WEBP<html>" + SECRET,
    }
    refused = f"{NO_PICTURE}|{CUT_OFF}"
    yield from (OddFile(label, content, refused) for label, content in made.items())
    yield OddFile("HEIC", b"\0\0\0\x18ftypheic" + b"\0" * 40, "HEIC", "a.heic", "image/heic")


def _misnamed() -> Iterator[OddFile]:
    names = {"JPEG": "a.jpg", "PNG": "a.png", "WEBP": "a.webp"}
    for kind in names:
        for other, name in names.items():
            becomes = TAKEN if other == kind else DECLARED
            yield OddFile(f"{kind} called {name}", saved(scene(), kind), becomes, name)
            yield OddFile(
                f"{kind} sent as {other}", saved(scene(), kind), becomes, "", f"image/{other.lower()}"
            )
    for name in ("a.html", "a.svg", "a.php", "a.jpg.exe", "a.pdf"):
        yield OddFile(f"JPEG called {name}", saved(scene(), "JPEG"), DECLARED, name)
    for name in ("A.JPEG", "现场.2026", "image", "1.tmp", "b.jfif"):
        yield OddFile(f"JPEG called {name}", saved(scene(), "JPEG"), TAKEN, name)
    yield OddFile("JPEG sent as a page", saved(scene(), "JPEG"), DECLARED, "", "text/html; charset=utf-8")
