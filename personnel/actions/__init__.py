"""The actions on posts, people and bodies, and the grants that follow."""

from personnel.actions.accounts import (
    give_device_code,
    give_first_password,
    reopen,
    reset_factor,
    sign_person_out,
    unbind_phone,
)
from personnel.actions.appoint import (
    appoint_to_grid,
    appoint_to_office,
    close_if_last,
    name_while_vacant,
    relieve,
    stand_in,
)
from personnel.actions.grants import expected_grants, sync_grants
from personnel.actions.organizations import (
    BodyDraft,
    change_organization,
    close_organization,
    found_organization,
)
from personnel.actions.people import enrol
from personnel.actions.post_requests import (
    PostDraft,
    ask_for_post,
    confirm_post,
    post_or_ask,
    refuse_post,
    withdraw_post,
)
from personnel.actions.rosters import (
    confirm_roster,
    discard_roster,
    drop_rosters,
    lines_of,
    refresh_roster,
    take_roster,
)
from personnel.actions.transfers import transfer
from personnel.actions.vacancies import sweep_vacancies, vacant_posts, watch_vacancies
from personnel.identity import PersonDraft

__all__ = [
    "BodyDraft",
    "PersonDraft",
    "PostDraft",
    "appoint_to_grid",
    "appoint_to_office",
    "ask_for_post",
    "change_organization",
    "close_if_last",
    "close_organization",
    "confirm_post",
    "confirm_roster",
    "discard_roster",
    "drop_rosters",
    "enrol",
    "expected_grants",
    "found_organization",
    "give_device_code",
    "give_first_password",
    "lines_of",
    "name_while_vacant",
    "post_or_ask",
    "refresh_roster",
    "refuse_post",
    "relieve",
    "reopen",
    "reset_factor",
    "sign_person_out",
    "stand_in",
    "sweep_vacancies",
    "sync_grants",
    "take_roster",
    "transfer",
    "unbind_phone",
    "vacant_posts",
    "watch_vacancies",
    "withdraw_post",
]
