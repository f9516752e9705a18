"""Forms for the city's answer to a filing: its number, or what the county must complete (Art. 7, 14)."""

from __future__ import annotations

from common.web.form_fields import area_field, reference_field
from common.web.versions import VersionedForm
from filing.life import RECEIPT_LIMIT, REMARKS_LIMIT


class ReceiptForm(VersionedForm):
    """The city's number for a filing."""

    receipt = reference_field(
        "备案号",
        limit=RECEIPT_LIMIT,
        missing=f"请填写备案号，最多 {RECEIPT_LIMIT} 字。",
        help_text="市主管部门自己的编号，一个号只用一次。",
    )


class RemarksForm(VersionedForm):
    """What the county must complete."""

    remarks = area_field(
        "补正意见",
        limit=REMARKS_LIMIT,
        missing=f"请写明需要补正什么，最多 {REMARKS_LIMIT} 字。",
        help_text="县区主管部门会看到，报送时限从退回起重新计算。",
    )
