"""What is kept of uploaded files of grids: neither the file nor what was said of its rows, once it is old (Art. 20)."""

from __future__ import annotations

from common.privacy.datasets import DataSet, register
from plans.actions.import_leftovers import drop_files
from plans.models import ImportJob

register(
    DataSet(
        "plans.imports",
        "网格导入的原文件和各行",
        lambda: ImportJob.objects.exclude(status="reading").exclude(file=""),
        {"uploaded": "at"},
        drop_files,
    )
)
