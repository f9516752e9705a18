"""Who may open the addresses of places."""

from __future__ import annotations

from common.web.doors import declare, own

declare("api", {"locate": own(), "township_map": own(), "division_map": own()})
