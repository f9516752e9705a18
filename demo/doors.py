"""Who may open the addresses of the demo."""

from __future__ import annotations

from common.web.doors import declare, public

declare("demo", {"components": public("the developers' page; only in demo mode or for staff")})
