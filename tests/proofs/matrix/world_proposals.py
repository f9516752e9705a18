"""Proposals at several stations: one's own county's, another's, and one that is not there."""

from __future__ import annotations

from dataclasses import replace

from matters import actions
from tests.matters.conftest import body, draft_of, proposal_in
from tests.proofs.matrix.oracle import MISSING, Thing
from tests.proofs.matrix.oracle_proposals import AUTHORITY
from tests.shapes import Names
from tests.town import MONDAY, Town

OPEN_VERBS = {
    "drafting": "submit",
    "formal_check": "pass_check",
    "legal_review": "clear",
    "joint_review": "vote",
    "noticed": "reconsider",
}
RATHER = 10**9


def proposals_of(town: Town) -> dict[str, list[tuple[Names, Thing]]]:
    """A proposal of 城市管理 at each station, one of another county's authority, and what was said of one."""
    rows, noticed = [], None
    for status, verb in OPEN_VERBS.items():
        found = proposal_in(status, town, name=f"矩阵事项{status}")
        reviewers = ("tang", "qian", "sun") if status in ("joint_review", "noticed") else ()
        thing = Thing(
            "proposal", "city/hualong", status=status, keeper="sun", unit="chengguan", reviewers=reviewers
        )
        rows.append(({"pk": found.pk, "verb": verb}, thing))
        noticed = found
    assert noticed is not None
    draft = replace(
        draft_of("exit"), applicant=body("auth-qf"), matter=town.matter("路灯故障", county="410922")
    )
    other = actions.propose(draft, by=town.gu, at=MONDAY)
    other = actions.submit(other, by=town.gu, at=MONDAY)
    far = Thing("proposal", "city/qingfeng", status="formal_check", keeper="gu", unit=AUTHORITY)
    comment = actions.comment(noticed, text="先划停车区", at=MONDAY)
    return {
        "proposal": [
            *rows,
            ({"pk": other.pk, "verb": "pass_check"}, far),
            ({"pk": RATHER, "verb": "pass_check"}, MISSING),
        ],
        "comment": [({"pk": comment.pk}, Thing("comment", "city/hualong")), ({"pk": RATHER}, MISSING)],
        "notice": [({"number": noticed.number}, Thing("notice")), ({"number": "SX-1"}, MISSING)],
    }
