"""Draws one picture afresh, in a process of its own that has little time and memory. Knows Pillow, nothing of ours.

``python -I drawing.py KIND LONGEST_SIDE QUALITY SECONDS BYTES``: a picture comes on stdin, a line with width and height
and a JPEG leave on stdout. The process ends with 0, with 3 for what cannot be opened, with 4 for want of memory; the
system ends it when its time is over.
"""

from __future__ import annotations

import contextlib
import io
import os
import resource
import sys

from PIL import Image, ImageChops, ImageCms, JpegImagePlugin, PngImagePlugin, WebPImagePlugin

PLUGINS = (JpegImagePlugin, PngImagePlugin, WebPImagePlugin)  # named, so that Pillow does not load all it has
CANNOT_OPEN, NO_MEMORY = 3, 4
POLITENESS = 2  # whoever waits for a page goes first, if only a little: somebody waits for this too
ORIENTATION = 0x0112
TURNS = {
    2: (Image.Transpose.FLIP_LEFT_RIGHT,),
    3: (Image.Transpose.ROTATE_180,),
    4: (Image.Transpose.FLIP_TOP_BOTTOM,),
    5: (Image.Transpose.TRANSPOSE,),
    6: (Image.Transpose.ROTATE_270,),
    7: (Image.Transpose.TRANSVERSE,),
    8: (Image.Transpose.ROTATE_90,),
}
WHITE = (255, 255, 255)


def draw(data: bytes, *, kind: str, longest: int, quality: int) -> tuple[int, int, bytes]:
    """The picture as it looks to a person: upright, on white, in sRGB; as a JPEG without anything beside its pixels."""
    with Image.open(io.BytesIO(data), formats=[kind]) as picture:
        picture.draft("RGB", (longest, longest))  # a JPEG is decoded small at once
        picture.load()
        turns = TURNS.get(_orientation(picture), ())
        profile = picture.info.get("icc_profile")
        flat = _flat(picture, depth=data[24] if kind == "PNG" else 8, is_adobe="adobe" in picture.info)
    flat.thumbnail((longest, longest), reducing_gap=2.0)
    seen = _in_srgb(flat, profile)
    for turn in turns:
        seen = seen.transpose(turn)
    bare = Image.new("RGB", seen.size)
    bare.paste(seen)
    written = io.BytesIO()
    bare.save(written, "JPEG", quality=quality)
    return bare.width, bare.height, written.getvalue()


def _orientation(picture: Image.Image) -> int:
    try:
        return int(picture.getexif().get(ORIENTATION, 1))
    except Exception:  # whatever a damaged remark raises: the picture itself is sound
        return 1


def _flat(picture: Image.Image, *, depth: int, is_adobe: bool) -> Image.Image:
    """Without transparency and in eight bits: grey, RGB or CMYK."""
    if picture.mode.startswith("I"):
        return _from_sixteen_bits(picture)
    if picture.mode == "CMYK":  # Pillow takes every file for one of Adobe's, which are written upside down
        return picture if is_adobe else ImageChops.invert(picture)
    if "transparency" in picture.info and picture.mode in ("1", "L", "RGB"):
        picture.info["transparency"] = _in_eight_bits(picture.info["transparency"], depth)
    if "transparency" in picture.info or picture.mode in ("RGBA", "LA", "PA", "RGBa", "La"):
        seen = picture.convert("RGBA")
        ground = Image.new("RGB", seen.size, WHITE)
        ground.paste(seen, mask=seen.getchannel("A"))
        return ground
    return picture if picture.mode in ("L", "RGB") else picture.convert("RGB")


def _from_sixteen_bits(picture: Image.Image) -> Image.Image:
    """Grey of 16 bits: the upper byte of each; Pillow's own conversion would cut everything bright to white."""
    values = picture.tobytes()  # the lower byte first, as this kind of picture has it
    grey = Image.frombytes("L", picture.size, values[1::2])
    clear = picture.info.get("transparency")
    if isinstance(clear, int):
        low = Image.frombytes("L", picture.size, values[::2])
        same = [
            part.point([255 * (level == wanted) for level in range(256)])
            for part, wanted in ((grey, clear >> 8), (low, clear & 255))
        ]
        grey.paste(255, mask=ImageChops.darker(*same))
    return grey


def _in_eight_bits(clear: object, depth: int) -> object:
    """The level or colour that is transparent, on the scale to which Pillow has brought the pixels but not this."""
    if isinstance(clear, tuple):
        return tuple(part >> 8 if depth == 16 else part for part in clear)
    return clear * 255 // ((1 << depth) - 1) if isinstance(clear, int) and depth < 8 else clear


def _in_srgb(flat: Image.Image, profile: bytes | None) -> Image.Image:
    """The colours as the picture's own profile means them; without one, or with a broken one, as they stand."""
    if profile:
        with contextlib.suppress(ImageCms.PyCMSError, OSError, ValueError, TypeError):
            source = ImageCms.ImageCmsProfile(io.BytesIO(profile))
            if not ImageCms.getProfileName(source).startswith("sRGB"):
                target = ImageCms.createProfile("sRGB")
                seen = ImageCms.profileToProfile(flat, source, target, outputMode="RGB")
                return seen if seen is not None else flat.convert("RGB")
    return flat.convert("RGB")


def bind(seconds: int, memory: int) -> None:
    """Bound this process, before it has read a byte: its time, its memory; it writes no file and leaves no dump."""
    os.nice(POLITENESS)
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))
    resource.setrlimit(resource.RLIMIT_CPU, (seconds, seconds))
    resource.setrlimit(resource.RLIMIT_AS, (memory, memory))


def main(words: list[str]) -> int:
    """Bind this process, then read, draw and answer."""
    kind, longest, quality, seconds, memory = words[0], *map(int, words[1:])
    bind(seconds, memory)
    try:
        width, height, content = draw(sys.stdin.buffer.read(), kind=kind, longest=longest, quality=quality)
    except MemoryError:
        return NO_MEMORY
    except Exception:  # a decoder may raise anything; what it was makes no difference
        return CANNOT_OPEN
    sys.stdout.buffer.write(f"{width} {height}\n".encode() + content)
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
