"""Who may open the register of grids."""

from __future__ import annotations

from common.web.doors import by_rule, declare

POSTED = by_rule("register.lookup.require_post")

declare("register", dict.fromkeys(("register", "grid", "at"), POSTED))
declare("api", dict.fromkeys(("grid", "grid_at"), POSTED))
