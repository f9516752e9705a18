"""Ways in which an owner of the database can tamper with it, each with its statements.

``finder`` is the first check that notices: ``chain`` (links and their hashes), ``rows`` (rows against the last link
that speaks of them, and what `verify` asks besides), ``tree`` (links against their places and the anchors in the
database), ``anchor`` (only the file outside the database).
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from dataclasses import dataclass, replace

from django.db import connection

from audit.chain import Link, seal_of
from audit.merkle import Tree
from common.privacy.sealing import ring

Act = Callable[[], None]
FIRST_CASE = "(SELECT min(id) FROM workflow_case)"
FIRST_EVENT = "(SELECT min(id) FROM workflow_caseevent)"
LISTED = "(SELECT min(id) FROM matters_matterlist WHERE published_at IS NOT NULL)"
MIDDLE = (
    "(SELECT e.id FROM audit_entry e WHERE subject LIKE 'case:%' AND seq = 2 AND EXISTS"
    " (SELECT FROM audit_entry l WHERE l.subject = e.subject AND l.seq = 3) ORDER BY id LIMIT 1)"
)


@dataclass(frozen=True)
class Tampering:
    """One kind of tampering: its name, the check that must find it, and the statements."""

    name: str
    finder: str
    act: Act


def sql(*statements: str) -> Act:
    def act() -> None:
        with connection.cursor() as cursor:
            for statement in statements:
                cursor.execute(statement)
                assert cursor.rowcount != 0, f"nothing was bent by {statement}"

    return act


def change(table: str, assignments: str, where: str = "") -> Act:
    return sql(f"UPDATE {table} SET {assignments} WHERE id = {where or f'(SELECT min(id) FROM {table})'}")


def remove(table: str, where: str = "") -> Act:
    return sql(f"DELETE FROM {table} WHERE id = {where or f'(SELECT max(id) FROM {table})'}")


# A grant whose holder has not the same in place 1: which that is depends on the order in which the city was filled.
NOT_YET_IN_PLACE_1 = (
    "(SELECT min(id) FROM personnel_grant AS one WHERE NOT EXISTS (SELECT FROM personnel_grant AS other"
    " WHERE (other.user_id, other.permission_id, other.object_pk) = (one.user_id, one.permission_id, '1')))"
)


def copied(table: str, changes: str, where: str = "") -> Act:
    """Insert a copy of a row with some columns replaced (``column = SQL``)."""

    def act() -> None:
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT column_name FROM information_schema.columns WHERE table_name = %s AND column_name <> 'id'",
                [table],
            )
            replaced = dict(part.strip().split(" = ", 1) for part in changes.split(";"))
            names = [name for (name,) in cursor.fetchall()]
            values = ", ".join(replaced.get(name, f'"{name}"') for name in names)
            columns = ", ".join(f'"{name}"' for name in names)
            cursor.execute(
                f"INSERT INTO {table} ({columns}) SELECT {values} FROM {table}"
                f" WHERE id = {where or f'(SELECT min(id) FROM {table})'}"
            )
            assert cursor.rowcount == 1

    return act


# --- With the application's keys in hand ------------------------------------------------------------------


def links_of(subject: str) -> list[Link]:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT subject, seq, algorithm, actor_id, verb, at, record, prev_hash, hash FROM audit_entry"
            " WHERE subject = %s ORDER BY seq",
            [subject],
        )
        return [Link(*row) for row in cursor.fetchall()]


def longest_case() -> str:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT subject FROM audit_entry WHERE subject LIKE 'case:%' GROUP BY 1 ORDER BY count(*) DESC, 1 LIMIT 1"
        )
        subject: str = cursor.fetchone()[0]
        return subject


def written_again(subject: str, *, keyed: bool) -> None:
    """Write another actor into every link of a chain and hash it again, with the key or without one."""
    prev = ""
    for link in links_of(subject):
        bent = replace(link, actor_id=1, prev_hash=prev)
        digest = (
            seal_of(bent, ring("trace")[-1]) if keyed else hashlib.sha256(repr(bent).encode()).hexdigest()
        )
        with connection.cursor() as cursor:
            cursor.execute(
                "UPDATE audit_entry SET actor_id = 1, prev_hash = %s, hash = %s WHERE subject = %s AND seq = %s",
                [prev, digest, subject, link.seq],
            )
        prev = digest


def one_chain_without_key() -> None:
    written_again(longest_case(), keyed=False)


def one_chain_with_key() -> None:
    written_again(longest_case(), keyed=True)


def chain_and_places_with_key() -> None:
    one_chain_with_key()
    sql("UPDATE audit_seal s SET hash = e.hash FROM audit_entry e WHERE e.id = s.entry_id")()


def everything_with_key() -> None:
    """Rewrite the anchors in the database too: consistent in itself, but another history."""
    chain_and_places_with_key()
    tree = Tree()
    with connection.cursor() as cursor:
        cursor.execute("SELECT size FROM audit_anchor ORDER BY number")
        sizes = {size for (size,) in cursor.fetchall()}
        cursor.execute("SELECT hash FROM audit_seal ORDER BY position")
        for (digest,) in cursor.fetchall():
            tree.add(digest.encode())
            if tree.size in sizes:
                cursor.execute("UPDATE audit_anchor SET root = %s WHERE size = %s", [tree.root(), tree.size])


def last_step_never_happened() -> None:
    """Remove the last step of a case: its link, event and stay, and restore the row."""
    subject = longest_case()
    number = int(subject.removeprefix("case:"))
    last = links_of(subject)[-1]
    sql(
        f"DELETE FROM audit_entry WHERE subject = '{subject}' AND seq = {last.seq}",
        f"DELETE FROM workflow_caseevent WHERE case_id = {number} AND seq = {last.seq}",
    )()


def an_older_dump() -> None:
    """Everything since the last anchor is gone, and the database is consistent in itself."""
    sql(
        "DELETE FROM audit_entry WHERE id IN (SELECT entry_id FROM audit_seal WHERE position >"
        " (SELECT size FROM audit_anchor ORDER BY number DESC OFFSET 1 LIMIT 1))",
        "DELETE FROM audit_seal WHERE position >"
        " (SELECT size FROM audit_anchor ORDER BY number DESC OFFSET 1 LIMIT 1)",
        "DELETE FROM audit_anchor WHERE number = (SELECT max(number) FROM audit_anchor)",
    )()


BENT_RECORD = """UPDATE audit_entry SET record = '{"seq":2,"to":"closed"}' WHERE id = """

TAMPERINGS = (
    # the case
    Tampering(
        "a clue made an ordinary case", "rows", change("workflow_case", "confidential = NOT confidential")
    ),
    Tampering(
        "a case's deadline",
        "rows",
        change(
            "workflow_case",
            "due_at = due_at + interval '3 days'",
            "(SELECT min(id) FROM workflow_case WHERE due_at IS NOT NULL)",
        ),
    ),
    Tampering("a stay's deadline", "rows", change("workflow_stage", "due_at = due_at + interval '3 days'")),
    Tampering("a stay's alarms", "rows", change("workflow_stage", "alarms = '[]'")),
    Tampering("the version of a deadline", "rows", change("workflow_stage", "deadline_version = 9")),
    Tampering("a case's result", "rows", change("workflow_case", "result = '已办结'")),
    Tampering("a case's rating", "rows", change("workflow_case", "rating = 'satisfied'")),
    Tampering(
        "how often a case failed its check",
        "rows",
        change("workflow_case", "failed_checks = failed_checks + 1"),
    ),
    Tampering("who reported", "rows", change("workflow_case", "reporter_id = reporter_id + 1")),
    Tampering("the light of a case", "rows", change("workflow_case", "light = 'supervised'")),
    Tampering("the unit of an assignment", "rows", change("workflow_assignment", "unit_id = unit_id + 1")),
    Tampering("an event's note", "rows", change("workflow_caseevent", "note = '同意'")),
    Tampering("an event's actor", "rows", change("workflow_caseevent", "actor_id = NULL")),
    Tampering("an event's time", "rows", change("workflow_caseevent", "at = at - interval '1 day'")),
    Tampering("an event deleted", "rows", remove("workflow_caseevent")),
    Tampering("an event inserted", "rows", copied("workflow_caseevent", "seq = 99")),
    Tampering("an effect of the clock deleted", "rows", remove("workflow_stageeffect")),
    Tampering(
        "a photo's digest",
        "rows",
        copied("workflow_attachment", f"case_id = {FIRST_CASE}; uid = gen_random_uuid()"),
    ),
    Tampering(
        "a case deleted with its chain",
        "tree",
        sql(
            f"DELETE FROM audit_entry WHERE subject = 'case:' || {FIRST_CASE}",
            f"DELETE FROM workflow_case WHERE id = {FIRST_CASE}",
        ),
    ),
    Tampering("a case inserted", "rows", copied("workflow_case", "rating_code = 'abc'")),
    Tampering("a step's limit", "rows", change("workflow_steplimit", "amount = amount + 1")),
    Tampering("a later limit inserted", "rows", copied("workflow_steplimit", "effective_on = '2026-12-24'")),
    # people
    Tampering("an account made a superuser", "rows", change("accounts_user", "is_superuser = true")),
    Tampering(
        "a superuser inserted", "rows", copied("accounts_user", "username = 'zz'; is_superuser = true")
    ),
    Tampering("a password", "rows", change("accounts_user", "password = 'argon2$of$another'")),
    Tampering("an account closed", "rows", change("accounts_user", "is_active = NOT is_active")),
    Tampering("a name", "rows", change("accounts_user", "name = '另一人'")),
    Tampering(
        "a phone bound",
        "rows",
        sql(
            "INSERT INTO accounts_device (user_id, name, token_hash, bound_at, ends_at)"
            " SELECT min(id), '手机', repeat('0', 64), now(), now() + interval '30 days' FROM accounts_user"
        ),
    ),
    Tampering(
        "the first day of a post", "rows", change("personnel_gridposting", "starts_on = starts_on - 1")
    ),
    Tampering(
        "another role",
        "rows",
        change(
            "personnel_officeposting",
            "role = 'desk_head'",
            "(SELECT min(id) FROM personnel_officeposting WHERE role = 'dispatcher')",
        ),
    ),
    Tampering("a post deleted", "rows", remove("personnel_officeposting")),
    Tampering("a post inserted", "rows", copied("personnel_officeposting", "ends_on = '2026-01-01'")),
    Tampering("a body renamed", "rows", change("personnel_organization", "name = '另一机构'")),
    # grants and looks
    Tampering(
        "a special grant lengthened",
        "rows",
        change(
            "personnel_grant",
            "expires_at = expires_at + interval '1 year'",
            "(SELECT min(id) FROM personnel_grant WHERE is_special)",
        ),
    ),
    Tampering(
        "an application lengthened",
        "rows",
        change("access_grantrequest", "expires_at = expires_at + interval '5 days'"),
    ),
    Tampering(
        "who approved a grant",
        "rows",
        change(
            "access_grantrequest",
            "decided_by_id = decided_by_id + 1",
            "(SELECT min(id) FROM access_grantrequest WHERE decided_by_id IS NOT NULL)",
        ),
    ),
    Tampering(
        "a grant without a post",
        "rows",
        copied(
            "personnel_grant",
            "object_pk = '1'; is_special = false",
            NOT_YET_IN_PLACE_1,
        ),
    ),
    Tampering(
        "a special grant that nobody asked for",
        "rows",
        copied(
            "personnel_grant",
            "object_pk = '1'; is_special = true; expires_at = now() + interval '9 days'; purpose = 'x'",
            NOT_YET_IN_PLACE_1,
        ),
    ),
    Tampering("a look deleted", "rows", remove("audit_accessentry")),
    Tampering("the purpose of a look", "rows", change("audit_accessentry", "purpose = '排班'")),
    Tampering("whom somebody looked at", "rows", change("audit_accessentry", "person_id = person_id + 1")),
    Tampering("a look of somebody else", "rows", copied("audit_accessentry", "purpose = '核对信息'")),
    # conduct
    Tampering("what was found of a complaint", "rows", change("conduct_complaint", "finding = 'unfounded'")),
    Tampering("what somebody complained of", "rows", change("conduct_complaint", "text = '没有的事'")),
    Tampering("whom a complaint names", "rows", change("conduct_complaint", "person_id = NULL")),
    # lists
    Tampering(
        "a published matter's limit",
        "rows",
        change(
            "matters_matter",
            "times_per_month = 99",
            f"(SELECT min(id) FROM matters_matter WHERE edition_id = {LISTED})",
        ),
    ),
    Tampering(
        "a published matter taken out",
        "rows",
        remove("matters_matter", f"(SELECT min(id) FROM matters_matter WHERE edition_id = {LISTED})"),
    ),
    Tampering(
        "a matter put into a published list",
        "rows",
        copied("matters_matter", "code = '9-99'; name = '新事项'"),
    ),
    Tampering(
        "the first day of a list",
        "rows",
        change("matters_matterlist", "in_force_on = in_force_on - 1", LISTED),
    ),
    Tampering("the number of a filing", "rows", change("matters_listfiling", "receipt = '濮网格备9号'")),
    Tampering("a county's decision", "rows", change("matters_proposal", "decision = '同意'")),
    Tampering("a vote", "rows", change("matters_reviewvote", "reason = '反对'")),
    # the register
    Tampering(
        "a past version's border",
        "rows",
        change("grids_gridversion", "boundary = boundary || '\\x00'::bytea"),
    ),
    Tampering("the days of a version", "rows", change("grids_gridversion", "valid_from = valid_from - 30")),
    Tampering("a version inserted", "rows", copied("grids_gridversion", "valid_to = valid_from")),
    Tampering("a unit of a grid", "rows", change("grids_gridunit", "households = households + 100")),
    Tampering("the day of a code", "rows", change("grids_gridcode", "given_on = given_on - 1")),
    Tampering(
        "a division under another",
        "rows",
        change("grids_division", "parent_id = 1", "(SELECT max(id) FROM grids_division)"),
    ),
    Tampering("a consent to a plan", "rows", change("plans_planconsent", "note = '同意'")),
    Tampering("a norm", "rows", change("plans_gridnorm", "village_max = village_max + 100")),
    # boards and calendar
    Tampering("what a board had to show", "rows", change("boards_boardedition", "content = '{}'")),
    Tampering(
        "a board that is true again", "rows", change("boards_noticeboard", "changed_on = changed_on - 1")
    ),
    Tampering("office hours", "rows", change("worktime_officehours", "spans = '00:00-23:59'")),
    Tampering("a holiday", "rows", change("worktime_calendarday", "is_workday = NOT is_workday")),
    # the chain itself
    Tampering("a link's record", "chain", sql(BENT_RECORD + MIDDLE)),
    Tampering("a link's actor", "chain", change("audit_entry", "actor_id = 1", MIDDLE)),
    Tampering("a link's verb", "chain", change("audit_entry", "verb = 'void'", MIDDLE)),
    Tampering("a link's time", "chain", change("audit_entry", "at = at - interval '1 hour'", MIDDLE)),
    Tampering("a link's subject", "chain", change("audit_entry", "subject = 'case:999999'", MIDDLE)),
    Tampering("a link's key", "chain", change("audit_entry", "algorithm = 'sha256:trace.9'", MIDDLE)),
    Tampering("a link deleted in the middle", "chain", remove("audit_entry", MIDDLE)),
    Tampering(
        "two links swapped",
        "chain",
        sql(
            f"UPDATE audit_entry SET seq = 900 WHERE id = {MIDDLE}",
            "UPDATE audit_entry e SET seq = 2 FROM audit_entry o"
            " WHERE o.seq = 900 AND e.subject = o.subject AND e.seq = 3",
            "UPDATE audit_entry SET seq = 3 WHERE seq = 900",
        ),
    ),
    Tampering("a link replayed at the end", "chain", copied("audit_entry", "seq = 99", MIDDLE)),
    Tampering("a chain written again without the key", "chain", one_chain_without_key),
    Tampering("all links deleted", "rows", sql("DELETE FROM audit_entry")),
    # with the keys in hand
    Tampering("a chain written again with the key", "tree", one_chain_with_key),
    Tampering("a chain and its places written again with the key", "tree", chain_and_places_with_key),
    Tampering("the last step of a case taken back", "rows", last_step_never_happened),
    Tampering(
        "places deleted at the end",
        "tree",
        sql("DELETE FROM audit_seal WHERE position > (SELECT max(position) - 5 FROM audit_seal)"),
    ),
    Tampering("an anchor's root", "tree", change("audit_anchor", "root = repeat('0', 64)")),
    Tampering("chain, places and anchors written again with the key", "anchor", everything_with_key),
    Tampering("an older dump put back", "anchor", an_older_dump),
    Tampering("all anchors deleted", "anchor", sql("DELETE FROM audit_anchor")),
)
