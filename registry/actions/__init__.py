"""The verbs of the register."""

from __future__ import annotations

from registry.actions.activities import begin_activity, collect, finish_activity, give_up_activity
from registry.actions.imports import confirm_people, discard_people, lines_of, take_people, write_people
from registry.actions.merging import (
    merge_records,
    propose_all_doubles,
    propose_doubles,
    tell_apart,
    unmerge_records,
)
from registry.actions.placing import follow_divisions, follow_grids, move_record
from registry.actions.records import (
    NewRecord,
    end_record,
    register_record,
    release_grown_ups,
    restore_record,
)
from registry.actions.relations import part, relate
from registry.actions.values import Given, put_values

__all__ = [
    "Given",
    "NewRecord",
    "begin_activity",
    "collect",
    "confirm_people",
    "discard_people",
    "end_record",
    "finish_activity",
    "follow_divisions",
    "follow_grids",
    "give_up_activity",
    "lines_of",
    "merge_records",
    "move_record",
    "part",
    "propose_all_doubles",
    "propose_doubles",
    "put_values",
    "register_record",
    "relate",
    "release_grown_ups",
    "restore_record",
    "take_people",
    "tell_apart",
    "unmerge_records",
    "write_people",
]
