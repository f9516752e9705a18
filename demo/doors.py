"""Who may knock at the demonstration."""

from __future__ import annotations

from common.web.doors import declare, public

declare("demo", {"components": public("the developers' page; only in demo mode or for staff")})
