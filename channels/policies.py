"""Who keeps the gateways (Art. 26): the administrator of the system alone."""

from __future__ import annotations

from channels import states
from channels.models import Gateway
from personnel.rules import Entrance, Rule, Rules, holding
from personnel.scopes import Authority

BY_ADMINISTRATOR = "消息通道由市里的系统管理员登记和启停。"


def administers(authority: Authority, gateway: Gateway) -> bool:
    """Whether the account administers the system."""
    return authority.sees_all or authority.holds("administer_system")


WHO_MAY: Rules[Gateway] = Rules(
    {verb: Rule(administers, BY_ADMINISTRATOR) for verb in ("change_gateway", "switch_on", "switch_off")},
    moves=states.GATEWAY_MOVES,
)
KEEPERS = Entrance(holding("administer_system"), BY_ADMINISTRATOR)
