"""Texts that another program has destroyed on their way: nothing is left of them but question marks. Pure."""

from __future__ import annotations

import re

# The character that programs write for bytes that they cannot read, and how it looks after it was read once more.
GARBLED = re.compile("\ufffd|锟斤拷|烫烫烫|屯屯屯")
FEWEST = 2
ADVICE = "在导出时已经丢失，只剩问号或乱码。请回到原来的软件重新导出：编码选 UTF-8，或者导出成 Excel 工作簿、GeoJSON。"


def is_lost(text: str) -> bool:
    """Whether the letters of a text were replaced: one mark of an unknown letter, or mostly question marks."""
    if GARBLED.search(text):
        return True
    marks = text.count("?")
    return marks >= FEWEST and 2 * marks >= len("".join(text.split()))
