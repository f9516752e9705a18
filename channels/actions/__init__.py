"""The acts on channels: gateways, what people want, and what happens by itself."""

from channels.actions.digests import send_digests
from channels.actions.gateways import GatewayDraft, add_gateway, change_gateway, switch_off, switch_on
from channels.actions.preferences import Preference, keep_settings
from channels.actions.sending import send_outside
from channels.actions.spreading import spread_notices

__all__ = [
    "GatewayDraft",
    "Preference",
    "add_gateway",
    "change_gateway",
    "keep_settings",
    "send_digests",
    "send_outside",
    "spread_notices",
    "switch_off",
    "switch_on",
]
