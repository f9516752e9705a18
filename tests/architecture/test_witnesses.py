"""What the chains vouch for is complete: a column that is not vouched for is left out on purpose (Art. 25)."""

from __future__ import annotations

import re

import pytest
from django.apps import apps

from audit.models import AccessEntry, Anchor, Entry, Ledger, Seal
from audit.witnesses import Rows, witnesses
from common.privacy.sealing import SealedField
from common.records.append_only import append_only_models, published_columns

TABLES = {model._meta.db_table: model for model in apps.get_models()}
EVERY = [rows for witness in witnesses() for rows in witness.editions[-1]]
OWN = {model._meta.db_table for model in (Entry, AccessEntry, Seal, Anchor, Ledger)}
# Counters of versions and reminders, what a machine notes for itself, what is made of other columns, and preferences.
LEFT_OUT = {
    "accounts_user": {
        *("last_login", "session_epoch", "prefers_large_text", "shortcuts_enabled"),
    },
    "accounts_device": {"seen_at"},
    "accounts_secondfactor": {"last_step"},
    "access_grantrequest": {"version"},
    "boards_noticeboard": {"version", "reminded_on"},
    "conduct_complaint": {"version"},
    "conduct_complaintphoto": {"sent", "tries", "claimed_at", "sentence"},
    "grids_division": {"sort_key", "initials", "outline"},
    "grids_grid": {"initials"},
    "grids_gridunit": {"initials"},
    "matters_gridrequest": {"version"},
    "matters_listfiling": {"reminded_at", "reminders", "version"},
    "matters_matterlist": {"version"},
    "matters_proposal": {"version", "reminded_at", "edition_id"},
    "personnel_organization": {"version"},
    "personnel_postrequest": {"version"},
    "plans_gridfiling": {"reminded_at", "reminders"},
    "plans_gridplan": {"version"},
    "workflow_case": {"version"},
    "workflow_stage": {"next_action_at", "overdue_at"},
}


def named_in(rows: Rows) -> set[str]:
    """The columns of a table that its digest is made of, and those by which its rows are found."""
    said = " ".join((*(c if c.isidentifier() else c.replace("t.", " ") for c in rows.columns), rows.of))
    return set(re.findall(r"[a-z_0-9]+", said))


@pytest.mark.article(25)
@pytest.mark.parametrize("rows", EVERY, ids=lambda rows: rows.table)
def test_every_column_is_vouched_for_or_left_out_by_name(rows: Rows) -> None:
    columns = {
        field.column
        for field in TABLES[rows.table]._meta.concrete_fields
        if not field.primary_key and not isinstance(field, SealedField)  # resealed; it cannot be bent unseen
    }
    missing = columns - named_in(rows) - LEFT_OUT.get(rows.table, set())
    assert missing == set()
    assert LEFT_OUT.get(rows.table, set()) <= columns
    assert not LEFT_OUT.get(rows.table, set()) & set(rows.columns)


@pytest.mark.article(25)
def test_what_is_published_or_only_grows_is_vouched_for() -> None:
    tables = {model._meta.db_table for model in append_only_models()} | set(published_columns())
    assert tables - OWN - {rows.table for rows in EVERY} == set()
