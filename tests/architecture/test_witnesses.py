"""The chains vouch for every column that is not left out on purpose (Art. 25)."""

from __future__ import annotations

import re

import pytest
from django.apps import apps

from audit.models import AccessEntry, Anchor, Entry, Ledger, Seal
from audit.witnesses import Rows, witnesses
from common.privacy.sealing import SealedField
from common.records.append_only import append_only_models, published_columns
from tests.faults import assert_none

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
    "channels_gateway": {"version"},
    "conduct_complaint": {"version"},
    "conduct_complaintphoto": {"sent", "tries", "claimed_at", "sentence"},
    "duty_dutyshift": {"version"},
    "grids_division": {"sort_key", "initials", "outline"},
    "grids_grid": {"initials"},
    "grids_gridunit": {"initials"},
    "improvement_improvementtask": {"version"},
    "matters_gridrequest": {"version"},
    "matters_listfiling": {"reminded_at", "reminders", "version"},
    "matters_matterlist": {"version"},
    "matters_proposal": {"version", "reminded_at", "edition_id"},
    "personnel_organization": {"version"},
    "personnel_postrequest": {"version"},
    "plans_gridfiling": {"reminded_at", "reminders"},
    "matters_noticecomment": {
        "key"
    },  # of the form; it only keeps a form that is sent twice from counting twice
    "plans_gridplan": {"version"},
    "rechecks_recheck": {"version"},
    "registry_activity": {"version"},
    "registry_record": {"version"},
    "supervision_supervisionorder": {"version"},
    "workflow_assignment": {"version"},
    "workflow_case": {"version"},
    "workflow_replanning": {"claimed_at"},
    "workflow_stage": {"next_action_at", "overdue_at"},
}


def named_in(rows: Rows) -> set[str]:
    """The columns of a table that its digest is made of, and those by which its rows are found."""
    text = " ".join((*(c if c.isidentifier() else c.replace("t.", " ") for c in rows.columns), rows.of))
    return set(re.findall(r"[a-z_0-9]+", text))


def faults_of(rows: Rows) -> list[str]:
    """Columns that nothing vouches for, and columns that are left out by name though they need not be."""
    columns = {
        field.column
        for field in TABLES[rows.table]._meta.concrete_fields
        if not field.primary_key and not isinstance(field, SealedField)  # resealed; it cannot be bent unseen
    }
    left_out = LEFT_OUT.get(rows.table, set())
    return [
        *(f"{rows.table}.{name} is not vouched for" for name in columns - named_in(rows) - left_out),
        *(f"{rows.table}.{name} is left out and is no column" for name in left_out - columns),
        *(f"{rows.table}.{name} is left out and vouched for" for name in left_out & set(rows.columns)),
    ]


@pytest.mark.article(25)
def test_every_column_is_vouched_for_or_left_out_by_name() -> None:
    assert len(EVERY) > 40
    assert_none(fault for rows in EVERY for fault in faults_of(rows))


@pytest.mark.article(25)
def test_what_is_published_or_only_grows_is_vouched_for() -> None:
    tables = {model._meta.db_table for model in append_only_models()} | set(published_columns())
    assert tables - OWN - {rows.table for rows in EVERY} == set()


def test_rows_are_found_by_index_even_in_tables_without_statistics() -> None:
    """A semi-join reads a whole table for every subject as long as the planner takes it for an empty one."""
    assert_none(f"{rows.table}: {rows.of}" for rows in EVERY if re.search(r"\bIN \(\s*SELECT\b", rows.of))
