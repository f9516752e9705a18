"""What can be done with posts: appoint, relieve, and the grants that follow."""

from personnel.actions.appoint import appoint_to_grid, appoint_to_office, relieve
from personnel.actions.grants import expected_grants, sync_grants

__all__ = ["appoint_to_grid", "appoint_to_office", "expected_grants", "relieve", "sync_grants"]
