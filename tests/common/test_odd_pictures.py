"""Odd and hostile files are redrawn without metadata or refused with the right sentence, and none takes long."""

from __future__ import annotations

import io
import re
from contextlib import suppress
from functools import cache
from time import process_time

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from PIL import Image

from common.errors import RuleViolation
from common.pictures.intake import LONGEST_SIDE, Picture, look_at, read_picture
from demo.benches.odd_files import SECRET, SOUND_TO_LOOK_AT, TAKEN, OddFile, odd_files
from tests.faults import assert_none

MOST_SECONDS = 0.5  # of the process that serves pages
PARTS = 6
files = cache(odd_files)  # made when the first test asks, not in every worker that only reads this module


def test_there_are_enough_of_them_and_each_is_another() -> None:
    assert len({odd.content + odd.name.encode() + odd.content_type.encode() for odd in files()}) == len(
        files()
    )
    assert sum(odd.becomes != TAKEN for odd in files()) >= 60


def test_almost_all_that_is_refused_is_refused_before_it_is_decoded() -> None:
    passed = []
    for odd in files():
        upload = SimpleUploadedFile(odd.name or "x", odd.content, content_type=odd.content_type)
        with suppress(RuleViolation):
            look_at(upload, size=len(odd.content))
            passed.append(odd)
    assert [odd.label for odd in passed if odd.becomes != TAKEN] == list(SOUND_TO_LOOK_AT)
    assert len(passed) == sum(odd.becomes == TAKEN for odd in files()) + len(SOUND_TO_LOOK_AT)


def faults_of_drawn(odd: OddFile, picture: Picture) -> list[str]:
    """How the redrawn file differs from a JPEG without metadata of its size."""
    with Image.open(io.BytesIO(picture.content)) as drawn:
        drawn.load()
        wanted = {
            "a secret of the file": (SECRET in picture.content, False),
            "kind": ((drawn.format, drawn.mode), ("JPEG", "RGB")),
            "larger than allowed": (max(drawn.size) > LONGEST_SIDE, False),
            "size": ((drawn.size, (picture.width, picture.height)), (odd.size or drawn.size, drawn.size)),
            "exif": (bool(drawn.getexif()), False),
            "remarks": ({"icc_profile", "comment", "exif"} & set(drawn.info), set()),
        }
    return [f"{what}: {got}" for what, (got, right) in wanted.items() if got != right]


def faults_of_refusal(odd: OddFile, refusal: RuleViolation) -> list[str]:
    if odd.becomes != TAKEN and re.search(odd.becomes, refusal.sentence) and refusal.field == "photo":
        return []
    return [f"refused at {refusal.field}: {refusal.sentence}"]


def faults_of(odd: OddFile) -> list[str]:
    """How the result for a file differs from the expected one, and whether it took long."""
    upload = SimpleUploadedFile(odd.name or "x", odd.content, content_type=odd.content_type)
    started = process_time()
    try:
        picture = read_picture(upload, size=len(odd.content))
    except RuleViolation as refusal:
        took, faults = process_time() - started, faults_of_refusal(odd, refusal)
    else:
        took = process_time() - started
        faults = faults_of_drawn(odd, picture) if odd.becomes == TAKEN else ["taken"]
    return faults + ([f"took {took:.2f} s"] if took >= MOST_SECONDS else [])


@pytest.mark.slow
@pytest.mark.parametrize("part", range(PARTS))
def test_an_odd_file_is_drawn_bare_or_refused_with_a_reason(part: int) -> None:
    assert_none(f"{odd.label}: {fault}" for odd in files()[part::PARTS] for fault in faults_of(odd))
