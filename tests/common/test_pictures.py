"""A photo looks as its sender saw it; a bounded child process decodes it, never the server itself."""

from __future__ import annotations

import io
import signal
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from PIL import Image, ImageChops, ImageCms

from common.errors import RuleViolation
from common.pictures import drawing
from common.pictures import intake as pictures
from common.pictures.intake import Picture, read_picture
from demo.benches.odd_files import chunk, flat_rows, png_of, saved, scene

RED, BLUE, WHITE = (200, 30, 30), (30, 30, 200), (255, 255, 255)
NEAR = 6  # of a level; a JPEG is never exact


def drawn(content: bytes) -> Image.Image:
    picture: Picture = read_picture(io.BytesIO(content), size=len(content))
    return Image.open(io.BytesIO(picture.content))


def is_near(seen: Any, meant: tuple[int, int, int], within: int = NEAR) -> bool:
    return all(abs(one - other) <= within for one, other in zip(seen, meant, strict=True))


def half_clear(mode: str) -> Image.Image:
    """Red and opaque on the left, clear on the right; what is clear is black underneath."""
    picture = Image.new("RGBA", (64, 48), (*RED, 255))
    picture.paste((0, 0, 0, 0), (32, 0, 64, 48))
    return picture.convert(mode)


def left_and_right(picture: Image.Image) -> tuple[Any, Any]:
    return picture.getpixel((8, 24)), picture.getpixel((56, 24))


@pytest.mark.parametrize("kind", ["PNG", "WEBP"])
def test_what_is_clear_is_white(kind: str) -> None:
    left, right = left_and_right(drawn(saved(half_clear("RGBA"), kind)))
    assert is_near(left, RED) and is_near(right, WHITE)


def test_a_clear_colour_of_a_palette_is_white() -> None:
    picture = scene().quantize(4)
    clear = picture.getpixel((56, 24))
    left, right = left_and_right(drawn(saved(picture, "PNG", transparency=clear)))
    assert is_near(left, RED) and is_near(right, WHITE)


def test_grey_with_clear_parts_keeps_its_grey() -> None:
    grey = Image.merge("LA", (Image.new("L", (64, 48), 90), half_clear("RGBA").getchannel("A")))
    left, right = left_and_right(drawn(saved(grey, "PNG")))
    assert is_near(left, (90, 90, 90)) and is_near(right, WHITE)


@pytest.mark.parametrize(("level", "meant"), [(0, 0), (0x4000, 64), (0x8000, 128), (0xFFFF, 255)])
def test_sixteen_bits_are_scaled_and_not_cut(level: int, meant: int) -> None:
    grey = Image.new("I;16", (64, 48), level)
    assert is_near(drawn(saved(grey, "PNG")).getpixel((8, 8)), (meant,) * 3)


@pytest.mark.parametrize(("clear", "meant"), [(0x8080, 255), (0x8081, 128)])
def test_one_clear_level_of_sixteen_bits_is_met_exactly(clear: int, meant: int) -> None:
    rows = flat_rows(64, 48, 16, 0x80)
    content = png_of((64, 48, 16, 0, 0), rows, before=chunk(b"tRNS", clear.to_bytes(2, "big")))
    assert is_near(drawn(content).getpixel((8, 8)), (meant,) * 3)


@pytest.mark.parametrize(("clear", "meant"), [(1, 255), (2, 85)])
def test_one_clear_level_of_two_bits_is_met_exactly(clear: int, meant: int) -> None:
    content = png_of((64, 48, 2, 0, 0), flat_rows(64, 48, 2, 0x55), before=chunk(b"tRNS", bytes((0, clear))))
    assert is_near(drawn(content).getpixel((8, 8)), (meant,) * 3)


def test_a_clear_colour_of_sixteen_bits_is_white() -> None:
    content = png_of((64, 48, 16, 2, 0), flat_rows(64, 48, 48, 0x80), before=chunk(b"tRNS", b"\x80\x80" * 3))
    assert is_near(drawn(content).getpixel((8, 8)), WHITE)


def test_colours_for_print_are_colours_of_a_screen() -> None:
    left, right = left_and_right(drawn(saved(scene(mode="CMYK"), "JPEG", quality=95)))
    assert is_near(left, RED, 12) and is_near(right, BLUE, 12)


def test_colours_for_print_that_are_not_adobes_are_not_turned_upside_down() -> None:
    content = saved(ImageChops.invert(scene(mode="CMYK")), "JPEG", quality=95)
    at = content.find(b"\xff\xee")
    unmarked = content[:at] + content[at + 16 :]
    assert b"Adobe" in content and b"Adobe" not in unmarked
    left, right = left_and_right(drawn(unmarked))
    assert is_near(left, RED, 12) and is_near(right, BLUE, 12)


def test_colours_are_those_that_the_pictures_own_profile_means() -> None:
    lab = ImageCms.ImageCmsProfile(ImageCms.createProfile("LAB")).tobytes()
    picture = Image.new("RGB", (64, 48), RED)
    plain = drawn(saved(picture, "JPEG", icc_profile=lab)).getpixel((8, 8))
    assert is_near(plain, RED)  # a profile of another colour model is none
    swapped = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
    red, green = swapped.find(b"rXYZ", 128), swapped.find(b"gXYZ", 128)
    turned = bytearray(swapped)
    turned[red : red + 4], turned[green : green + 4] = b"gXYZ", b"rXYZ"
    named = bytes(turned).replace(b"s\0R\0G\0B", b"m\0i\0n\0e")
    seen = drawn(saved(picture, "JPEG", icc_profile=named)).getpixel((8, 8))
    assert seen[1] > 150 > 100 > seen[0]  # its red is our green


def test_a_phones_photo_with_a_second_small_picture_is_taken_like_its_pixels_alone() -> None:
    large, small = Image.new("RGB", (5712, 4284), RED), Image.new("RGB", (64, 64))
    both = saved(large, "MPO", save_all=True, append_images=[small])
    assert b"MPF\0" in both
    assert drawn(both).tobytes() == drawn(saved(large, "JPEG")).tobytes()


def test_no_decoder_runs_where_pages_are_served(monkeypatch: pytest.MonkeyPatch) -> None:
    def here(*args: object, **more: object) -> None:
        raise AssertionError("decoded here")

    content = saved(scene(), "JPEG")
    with monkeypatch.context() as patched:
        for name in ("open", "new", "frombytes"):
            patched.setattr(Image, name, here)
        picture = read_picture(io.BytesIO(content), size=len(content))
    assert (picture.width, picture.height) == (64, 48)


def test_the_child_process_gets_no_secret(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    script = tmp_path / "tell.py"
    script.write_text(
        "import os, sys; sys.stdin.buffer.read(); "
        "print('1 1'); print(sorted(os.environ), os.getcwd(), os.listdir('/proc/self/fd'))"
    )
    monkeypatch.setenv("SECRET_KEY", "not for the child")
    monkeypatch.setattr(drawing, "__file__", str(script))
    content = saved(scene(), "JPEG")
    output = read_picture(io.BytesIO(content), size=len(content)).content.decode()
    assert "SECRET_KEY" not in output and "DATABASE_URL" not in output
    assert " / " in output
    assert len(output.split("[")[2].split(",")) <= 4  # its three streams, and the folder that it lists


@pytest.mark.parametrize(
    ("name", "value", "word"),
    [("MEMORY", 60 * 1024 * 1024, "太复杂"), ("PATIENCE", 0.001, "很忙")],
)
def test_a_child_at_its_limit_ends_with_a_sentence(
    monkeypatch: pytest.MonkeyPatch, name: str, value: float, word: str
) -> None:
    monkeypatch.setattr(pictures, name, value)
    content = saved(scene((3000, 3000)), "PNG")
    with pytest.raises(RuleViolation) as caught:
        read_picture(io.BytesIO(content), size=len(content))
    assert word in caught.value.sentence and caught.value.field == "photo"


@pytest.mark.parametrize(
    ("act", "ends"),
    [
        ("while True: pass", (-signal.SIGKILL, -signal.SIGXCPU)),
        ("bytearray(1 << 30)", (1,)),
        ("open('dump', 'w').write('x' * 99999)", (1, -signal.SIGXFSZ)),
    ],
)
def test_the_limits_of_a_child_hold(act: str, ends: tuple[int, ...], tmp_path: Path) -> None:
    words = f"import runpy; runpy.run_path({drawing.__file__!r})['bind'](1, 400 << 20)\n{act}"
    done = subprocess.run(
        [sys.executable, "-I", "-c", words], cwd=tmp_path, stderr=subprocess.DEVNULL, timeout=30, check=False
    )
    assert done.returncode in ends


def test_a_file_longer_than_its_declared_size_is_refused(settings: Any) -> None:
    settings.PHOTO_SIZE_LIMIT = 1000
    with pytest.raises(RuleViolation) as caught:
        read_picture(io.BytesIO(saved(scene((300, 200)), "JPEG", quality=95) + b"\0" * 1000), size=10)
    assert "MB" in caught.value.sentence
