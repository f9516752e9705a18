"""Who may knock at the addresses of lists, proposals, filings and requests."""

from __future__ import annotations

from common.doors import declare, own

declare("api", {"matters": own()})
declare(
    "matters",
    {
        # proposals
        # editions and filings
        # import, export, burden, requests
    },
)
