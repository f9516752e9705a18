"""How much a file may hold, with a sentence for each limit. Pure.

The limits bound memory and time: within them, reading uses less than 300 MB (tests/exchange/test_limits.py).
"""

from __future__ import annotations

from pathlib import Path

from common.errors import RuleViolation

MEGABYTE = 1024 * 1024
FILE_BYTES = 30 * MEGABYTE
UNZIPPED_BYTES = 200 * MEGABYTE
UNZIPPED_RATIO = 100
RATIO_FREE_BYTES = MEGABYTE  # parts smaller than this may have any compression ratio: they do no harm
ARCHIVE_ENTRIES = 20
WORKBOOK_PARTS = 200  # an office program writes a dozen parts for a workbook and more for each sheet
ROWS = 20_000
UNITS = 100_000
VERTICES = 20_000  # of one grid
ALL_VERTICES = 2_000_000
RINGS = 500  # of one grid: each ring may have to be compared with each other
ALL_RINGS = 100_000  # not counting the first ring of each grid
ALL_PAIRS = (
    10_000_000  # pairs of rings within a grid that may be compared, in the whole file: about five seconds
)
TEXT_BYTES = 96 * MEGABYTE  # memory that a workbook's table of texts takes
TEXTS = 400_000
FEATURE_CHARS = 4 * MEGABYTE  # 20,000 vertices take less than half of this
COLUMNS = 200

TOO_MUCH_TEXT = f"工作簿里的文字超过{TEXT_BYTES // MEGABYTE} MB。请按乡镇街道分成几个文件。"


def check_size(path: Path) -> None:
    """Refuse a file that is empty or above the limit, before it is opened."""
    size = path.stat().st_size
    if size == 0:
        raise RuleViolation("文件是空的。请重新导出后再上传。", field="文件")
    if size > FILE_BYTES:
        taken = f"{size / MEGABYTE:.1f}"
        raise RuleViolation(
            f"文件有{taken} MB，超过{FILE_BYTES // MEGABYTE} MB。请按乡镇街道分成几个文件。", field="文件"
        )


def check_rows(count: int) -> None:
    """Refuse more rows than one import takes."""
    if count > ROWS:
        raise RuleViolation(f"文件超过{ROWS}行。请按乡镇街道分成几个文件。", field="文件")


def check_units(count: int) -> None:
    """Refuse more units than one import takes."""
    if count > UNITS:
        raise RuleViolation(f"单元超过{UNITS // 10_000}万个。请按乡镇街道分成几个文件。", field="文件")


def check_all_vertices(count: int) -> None:
    """Refuse more vertices than one import takes."""
    if count > ALL_VERTICES:
        raise RuleViolation(
            f"所有边界合计超过{ALL_VERTICES // 10_000}万个点。请简化边界，或分成几个文件。", field="边界"
        )


def check_all_rings(rings: int, pairs: int) -> None:
    """Refuse more rings, or more comparisons of rings, than one import takes."""
    if rings > ALL_RINGS or pairs > ALL_PAIRS:
        raise RuleViolation("边界里的孔和分块合计太多。请简化边界，或分成几个文件。", field="边界")


def too_many_rings(count: int) -> str:
    """The sentence for a border of one grid with too many rings."""
    return f"边界由{count}个环组成（外边界和孔），最多{RINGS}个。请简化边界。"


def too_many_vertices(count: int) -> str:
    """The sentence for a border of one grid with too many points."""
    return f"边界有{count}个点，最多{VERTICES}个。请简化边界。"
