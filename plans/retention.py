"""Retention of uploaded files of grids: old files and the remarks on their rows are deleted (Art. 20)."""

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
