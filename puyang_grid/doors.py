"""Who may open the addresses that belong to no app."""

from __future__ import annotations

from common.web.doors import declare, own, public

declare("", {"livez": public("the proxy asks"), "readyz": public("the proxy asks")})
declare("api", {"schema": own(), "docs": own()})  # and only for technical staff
