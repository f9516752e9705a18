"""What the chains of retention protect: the rules, every hold, every night (Art. 20, 25)."""

from __future__ import annotations

from audit.witnesses import Rows, Witness, register

RULE = ("dataset", "keep_days", "anchor", "effective_on", "document")
HOLD = ("subject", "reason", "placed_by_id", "placed_at", "lifted_by_id", "lifted_at", "lift_reason")
PROOF = ("dataset", "rule_id", "at", "before", "erased", "held", "left", "digest")

register(Witness("retention_rules", ((Rows("retention_retentionrule", RULE, "true"),),), is_founded=True))
register(
    Witness("legal_hold", ((Rows("retention_legalhold", HOLD),),), every="SELECT id FROM retention_legalhold")
)
register(
    Witness(
        "erasure", ((Rows("retention_erasureproof", PROOF),),), every="SELECT id FROM retention_erasureproof"
    )
)
