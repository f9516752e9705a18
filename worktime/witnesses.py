"""What the chains of calendars and office hours vouch for, because every deadline depends on them (Art. 18, 25)."""

from __future__ import annotations

from audit.witnesses import Rows, Witness, register

EDITION = ("region_code", "year", "number", "document", "published_at")
DAY = ("day", "is_workday", "name")
HOURS = ("region_code", "effective_on", "spans", "document")

register(
    Witness(
        "calendar",
        (
            (
                Rows("worktime_calendaredition", EDITION),
                Rows("worktime_calendarday", DAY, "t.edition_id = s.id"),
            ),
        ),
        every="SELECT id FROM worktime_calendaredition",
    )
)
register(Witness("office_hours", ((Rows("worktime_officehours", HOURS, "true"),),), is_founded=True))
