"""What can be done with posts, people and bodies, and the grants that follow."""

from personnel.actions.appoint import appoint_to_grid, appoint_to_office, close_if_last, relieve, stand_in
from personnel.actions.grants import expected_grants, sync_grants
from personnel.actions.organizations import (
    BodyDraft,
    change_organization,
    close_organization,
    found_organization,
)
from personnel.actions.people import PersonDraft, enrol
from personnel.actions.transfers import transfer
from personnel.actions.vacancies import vacant_posts, watch_vacancies

__all__ = [
    "BodyDraft",
    "PersonDraft",
    "appoint_to_grid",
    "appoint_to_office",
    "change_organization",
    "close_if_last",
    "close_organization",
    "enrol",
    "expected_grants",
    "found_organization",
    "relieve",
    "stand_in",
    "sync_grants",
    "transfer",
    "vacant_posts",
    "watch_vacancies",
]
