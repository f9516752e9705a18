"""A database guard over both tables of posts against posts that exclude each other (Art. 5, 14, 20)."""

from __future__ import annotations

import pgtrigger

from personnel.posts import ADMINISTRATORS, pairs_that_exclude

CONSTRAINT = "posts_that_exclude_each_other"
# An exclusion constraint of their own table already forbids two administrator posts.
_PAIRS = [pair for pair in pairs_that_exclude() if not {pair[0], pair[1]} <= set(ADMINISTRATORS)]
_VALUES = ", ".join(f"('{one}', '{other}', {str(local).lower()})" for one, other, local in _PAIRS)
_HERE = {
    "grid": "NEW.village_id",
    "office": "(SELECT division_id FROM personnel_organization WHERE id = NEW.organization_id)",
}
_WITHIN = """EXISTS (
    WITH RECURSIVE up (id, parent_id) AS (
        SELECT id, parent_id FROM grids_division WHERE id = {inner}
        UNION ALL SELECT above.id, above.parent_id FROM grids_division above JOIN up ON above.id = up.parent_id
    ) SELECT 1 FROM up WHERE up.id = {outer})"""
# The row of the account is locked first, so that posts of one account are written one after the other.
_BODY = f"""
PERFORM 1 FROM accounts_user WHERE id = NEW.user_id FOR NO KEY UPDATE;
IF EXISTS (
    SELECT 1 FROM (
        SELECT 'grid' AS kind, id, role, starts_on, ends_on, village_id AS place
        FROM personnel_gridposting WHERE user_id = NEW.user_id
        UNION ALL
        SELECT 'office', post.id, post.role, post.starts_on, post.ends_on, body.division_id
        FROM personnel_officeposting post JOIN personnel_organization body ON body.id = post.organization_id
        WHERE post.user_id = NEW.user_id
    ) held
    JOIN (VALUES {_VALUES}) AS pair (one, other, is_local) ON pair.one = NEW.role AND pair.other = held.role
    WHERE NOT (held.kind = '@kind' AND held.id = NEW.id)
    AND daterange(held.starts_on, held.ends_on, '[]') && daterange(NEW.starts_on, NEW.ends_on, '[]')
    AND (NOT pair.is_local
        OR {_WITHIN.format(inner="held.place", outer="@here")}
        OR {_WITHIN.format(inner="@here", outer="held.place")})
) THEN
    RAISE EXCEPTION USING ERRCODE = 'exclusion_violation', CONSTRAINT = '{CONSTRAINT}',
        MESSAGE = '{CONSTRAINT}: the account holds a post that excludes this one';
END IF;
RETURN NEW;
"""


def exclusion_trigger(kind: str) -> pgtrigger.Trigger:
    """Return the guard of one table of posts, ``grid`` or ``office``."""
    place = "village_id" if kind == "grid" else "organization_id"
    columns = ("user_id", "role", "starts_on", "ends_on", place)
    return pgtrigger.Trigger(
        name="exclude_each_other",
        when=pgtrigger.Before,
        operation=pgtrigger.Insert | pgtrigger.UpdateOf(*columns),  # type: ignore[no-untyped-call]
        func=_BODY.replace("@kind", kind).replace("@here", _HERE[kind]),
    )
