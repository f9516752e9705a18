"""The two entry points of reading: a first look at a file, and its whole content. Pure."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

from common.errors import RuleViolation
from exchange import geojson, limits, shapefile, workbook
from exchange.archive import ZIP_MAGIC
from exchange.crs import candidates, check_declared, system_of
from exchange.drafts import Draft
from exchange.encodings import NAMES
from exchange.lost import ADVICE
from exchange.matching import NO_MATCHES, Matches, lacks_names, not_recognised
from exchange.outlines import NO_BORDER, Gathered
from exchange.placing import place
from exchange.polygons import polygons
from exchange.rows import FORM_NAMES, FileFault, Form, Reading, Survey

READERS: Mapping[Form, Callable[[Path, Matches], Gathered]] = {
    "geojson": geojson.read,
    "shapefile": shapefile.read,
    "workbook": lambda path, matches: workbook.read(
        path
    ),  # its headings are written by people and told to them
}
FORM_BY_ENDING: Mapping[str, Form] = {
    ".geojson": "geojson", ".json": "geojson", ".zip": "shapefile", ".xlsx": "workbook",
}  # fmt: skip
OLD_OFFICE_MAGIC = b"\xd0\xcf\x11\xe0"
UNKNOWN_ENDING = (
    "不能读这种文件。请上传 GeoJSON（.geojson 或 .json）、Shapefile（.zip）或 Excel 工作簿（.xlsx）。"
)
CONVERTED = "文件的坐标已按它声明的“{}”的全部参数换算成 CGCS2000 经纬度。"
ENDINGS_EXPLAINED = {
    ".shp": "请把 .shp、.shx、.dbf、.prj 一起打包成 .zip 再上传。",
    ".xls": "旧的 .xls 格式不能读。请在 Excel 里另存为 .xlsx。",
    ".xlsm": "带宏的工作簿不能读。请在 Excel 里另存为 .xlsx。",
}


def form_of(name: str) -> Form:
    """The form of file that a file name indicates; raises RuleViolation for any other."""
    ending = Path(name).suffix.lower()
    if ending in ENDINGS_EXPLAINED:
        raise RuleViolation(ENDINGS_EXPLAINED[ending], field="文件")
    if ending not in FORM_BY_ENDING:
        raise RuleViolation(UNKNOWN_ENDING, field="文件")
    return FORM_BY_ENDING[ending]


def check_content(path: Path, form: Form) -> None:
    """Refuse a file whose first bytes do not match its form."""
    limits.check_size(path)
    with path.open("rb") as file:
        head = file.read(4)
    if head == OLD_OFFICE_MAGIC:
        raise RuleViolation("这是加密的工作簿或旧的 .xls 格式。请另存为不加密的 .xlsx 再上传。", field="文件")
    if (head == ZIP_MAGIC) != (form != "geojson"):
        raise RuleViolation(f"文件的内容不是{FORM_NAMES[form]}。请核对文件类型。", field="文件")


def survey(path: Path, name: str) -> Survey:
    """Take a first look at an upload; ``name`` is its original name. Raises RuleViolation if it cannot be read."""
    form = form_of(name)
    check_content(path, form)
    gathered = READERS[form](path, NO_MATCHES)
    bounds = gathered.flat().bounds()
    return Survey(
        form,
        NAMES.get(gathered.encoding, gathered.encoding),
        gathered.declared.key,
        gathered.rows,
        bounds,
        candidates(bounds),
        gathered.declared.name,
        tuple(gathered.fields),
    )


def read_grids(
    path: Path, *, form: Form, crs: str, only_whole: bool = True, matches: Matches = NO_MATCHES
) -> Reading:
    """Read all grids of a file whose coordinates are in ``crs``, a key of ``crs.SYSTEMS``.

    A border of several pieces is a fault, and so is a missing one in a file of shapes. Without ``only_whole`` both are
    returned, for a caller that knows which grids are kept like that. ``matches`` says which field is which column.
    Never raises because of the content of a file: a file refused as a whole is a Reading with one fault without a row.
    """
    try:
        check_content(path, form)
        system_of(crs)
        return _settled(READERS[form](path, matches), crs, only_whole=only_whole)
    except RuleViolation as refusal:
        return Reading((), (FileFault(None, refusal.field, refusal.sentence),), crs, 0)


def _settled(gathered: Gathered, crs: str, *, only_whole: bool) -> Reading:
    """Apply the rules of geometry to what a reader gathered."""
    drafts, flat = gathered.drafts, gathered.flat()
    if not drafts:
        raise RuleViolation("文件里没有网格。请核对文件。", field="文件")
    _require_texts(drafts)
    if gathered.fields and lacks_names(gathered.fields):
        raise RuleViolation(not_recognised(gathered.fields), field="文件")
    check_declared(gathered.declared.key, crs)
    located = set(flat.rows().tolist())
    converted = [CONVERTED.format(gathered.declared.name)] if gathered.declared.name else []
    notes = [*gathered.notes, *converted, *place(flat, drafts, crs)]
    shapes = polygons(flat, drafts, only_whole=only_whole)
    del flat
    for draft in drafts:
        if only_whole and draft.lacks_border:
            draft.refuse(NO_BORDER)
    good = [
        draft.read_grid(shapes.get(number))
        for number, draft in enumerate(drafts)
        if not draft.faults and (number in shapes or number not in located)
    ]
    faults = sorted((fault for draft in drafts for fault in draft.faults), key=lambda fault: fault.row or 0)
    return Reading(tuple(good), tuple(faults), crs, len(drafts), tuple(notes))


def _require_texts(drafts: Sequence[Draft]) -> None:
    """Refuse a file as a whole whose texts are lost, instead of each of its rows."""
    lost = sum(any(ADVICE in fault.reason for fault in draft.faults) for draft in drafts)
    if lost > 1 and 2 * lost > len(drafts):
        raise RuleViolation(f"文件里{lost}个网格的汉字{ADVICE}", field="文件")
