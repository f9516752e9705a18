"""Who may open the addresses of signing in and of the user's own account."""

from __future__ import annotations

from common.web.doors import KILOBYTE, allow_body, declare, own, public

declare(
    "accounts",
    {
        "sign_in": public("how one gets in"),
        "sign_in_as": public("the people of the demonstration; only in demo mode"),
        "sign_out": public("signing out twice is no fault"),
        **dict.fromkeys(("account", "change_password", "sign_out_everywhere", "unbind"), own()),
        **dict.fromkeys(("set_password", "second_factor", "enrol", "device", "confirm"), own()),
    },
)
# These steps come before the full sign-in, so they accept no larger body than the sign-in page.
allow_body("accounts", dict.fromkeys(("set_password", "second_factor", "enrol"), 64 * KILOBYTE))
