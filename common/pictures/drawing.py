"""Redraws one picture in a separate process with little time and memory. Imports Pillow and none of our modules.

``python -I drawing.py KIND LONGEST_SIDE QUALITY SECONDS BYTES`` reads a picture from stdin and writes a line with width
and height, then a JPEG, to stdout. The exit code is 0, 3 for a picture that cannot be opened, or 4 if memory runs out;
the system ends the process when its time is over.
"""

from __future__ import annotations

import contextlib
import io
import os
import resource
import sys

from PIL import Image, ImageChops, ImageCms, JpegImagePlugin, PngImagePlugin, WebPImagePlugin

PLUGINS = (JpegImagePlugin, PngImagePlugin, WebPImagePlugin)  # so that Pillow loads no others
CANNOT_OPEN, NO_MEMORY = 3, 4
POLITENESS = 2  # requests for pages go first, but only slightly: a user waits for this picture too
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
    """The picture as a person sees it: upright, on white, in sRGB; as a JPEG that contains nothing but its pixels."""
    with Image.open(io.BytesIO(data), formats=[kind]) as picture:
        picture.draft("RGB", (longest, longest))  # a JPEG can be decoded at reduced size
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
    except Exception:  # a damaged comment may raise anything; the picture itself is sound
        return 1


def _flat(picture: Image.Image, *, depth: int, is_adobe: bool) -> Image.Image:
    """The picture without transparency, with eight bits: grey, RGB or CMYK."""
    if picture.mode.startswith("I"):
        return _from_sixteen_bits(picture)
    if picture.mode == "CMYK":  # Pillow treats every CMYK file as Adobe's, which are stored inverted
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
    """Convert 16-bit grey by taking the upper byte; Pillow's own conversion would clip everything bright to white."""
    values = picture.tobytes()  # the lower byte comes first in this mode
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
    """The transparent level or colour, on the scale of the pixels after Pillow converted them."""
    if isinstance(clear, tuple):
        return tuple(part >> 8 if depth == 16 else part for part in clear)
    return clear * 255 // ((1 << depth) - 1) if isinstance(clear, int) and depth < 8 else clear


def _in_srgb(flat: Image.Image, profile: bytes | None) -> Image.Image:
    """The colours according to the picture's own profile; unchanged if it has none or a broken one."""
    if profile:
        with contextlib.suppress(ImageCms.PyCMSError, OSError, ValueError, TypeError):
            source = ImageCms.ImageCmsProfile(io.BytesIO(profile))
            if not ImageCms.getProfileName(source).startswith("sRGB"):
                target = ImageCms.createProfile("sRGB")
                seen = ImageCms.profileToProfile(flat, source, target, outputMode="RGB")
                return seen if seen is not None else flat.convert("RGB")
    return flat.convert("RGB")


def bind(seconds: int, memory: int) -> None:
    """Limit the time and memory of this process before it reads anything; it writes no files and no core dump."""
    os.nice(POLITENESS)
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))
    resource.setrlimit(resource.RLIMIT_CPU, (seconds, seconds))
    resource.setrlimit(resource.RLIMIT_AS, (memory, memory))


def main(words: list[str]) -> int:
    """Limit this process, then read, draw and write the result."""
    kind, longest, quality, seconds, memory = words[0], *map(int, words[1:])
    bind(seconds, memory)
    try:
        width, height, content = draw(sys.stdin.buffer.read(), kind=kind, longest=longest, quality=quality)
    except MemoryError:
        return NO_MEMORY
    except Exception:  # a decoder may raise anything; all errors are treated alike
        return CANNOT_OPEN
    sys.stdout.buffer.write(f"{width} {height}\n".encode() + content)
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
