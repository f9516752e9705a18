"""Who may knock at the addresses of the matter list."""

from __future__ import annotations

from common.doors import declare, own

declare("api", {"matters": own()})
