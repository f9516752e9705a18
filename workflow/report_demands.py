"""What the list demands of a report, told before it is sent and checked when it arrives (Art. 14). Pure."""

from __future__ import annotations

from matters.models import Matter

SELF_SETTLING = {
    "leader": "按清单由网格长办结，网格员请点“上报”。",
    "nobody": "按清单不得当场办结，请点“上报”。",
}
CLUE = "是保密线索，直接报乡镇街道，不在网格内处理，请点“上报”。"


def not_on_the_spot(matter: Matter) -> str:
    """Returns why a worker may not handle the matter by himself; empty if that is allowed (Art. 14, 20)."""
    if matter.confidential:
        return CLUE
    return SELF_SETTLING.get(matter.closes_on_spot, "")
