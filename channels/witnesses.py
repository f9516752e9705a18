"""What the chain of a gateway proves (Art. 25). Its address and secret are sealed, and reseal themselves."""

from __future__ import annotations

from audit.witnesses import Rows, Witness, register

GATEWAY = ("uid", "name", "kind", "host", "template", "status", "entered_by_id", "entered_at")

register(
    Witness(
        "gateway",
        ((Rows("channels_gateway", GATEWAY),),),
        every="SELECT id FROM channels_gateway",
    )
)
