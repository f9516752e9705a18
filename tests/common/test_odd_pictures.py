"""Odd and hostile files: each is drawn afresh and bare, or refused with the sentence that fits, and none takes long."""

from __future__ import annotations

import io
import re
from contextlib import suppress
from time import process_time

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from PIL import Image

from common.errors import RuleViolation
from common.pictures.intake import LONGEST_SIDE, look_at, read_picture
from demo.benches.odd_files import SECRET, SOUND_TO_LOOK_AT, TAKEN, OddFile, odd_files

FILES = odd_files()
MOST_SECONDS = 0.5  # of the process that serves pages


def test_there_are_enough_of_them_and_each_is_another() -> None:
    assert len({odd.content + odd.name.encode() + odd.content_type.encode() for odd in FILES}) == len(FILES)
    assert sum(odd.becomes != TAKEN for odd in FILES) >= 60


def test_almost_all_that_is_refused_is_refused_before_it_is_decoded() -> None:
    passed = []
    for odd in FILES:
        upload = SimpleUploadedFile(odd.name or "x", odd.content, content_type=odd.content_type)
        with suppress(RuleViolation):
            look_at(upload, size=len(odd.content))
            passed.append(odd)
    assert [odd.label for odd in passed if odd.becomes != TAKEN] == list(SOUND_TO_LOOK_AT)
    assert len(passed) == sum(odd.becomes == TAKEN for odd in FILES) + len(SOUND_TO_LOOK_AT)


@pytest.mark.parametrize("odd", FILES, ids=lambda odd: odd.label)
def test_an_odd_file_is_drawn_bare_or_refused_with_a_reason(odd: OddFile) -> None:
    upload = SimpleUploadedFile(odd.name or "x", odd.content, content_type=odd.content_type)
    started = process_time()
    if odd.becomes == TAKEN:
        picture = read_picture(upload, size=len(odd.content))
        assert process_time() - started < MOST_SECONDS
        assert SECRET not in picture.content
        with Image.open(io.BytesIO(picture.content)) as drawn:
            drawn.load()
            assert (drawn.format, drawn.mode) == ("JPEG", "RGB")
            assert max(drawn.size) <= LONGEST_SIDE
            assert drawn.size == (odd.size or drawn.size) == (picture.width, picture.height)
            assert not drawn.getexif()
            assert not {"icc_profile", "comment", "exif"} & set(drawn.info)
    else:
        with pytest.raises(RuleViolation) as caught:
            read_picture(upload, size=len(odd.content))
        assert process_time() - started < MOST_SECONDS
        assert re.search(odd.becomes, caught.value.sentence)
        assert caught.value.field == "photo"
