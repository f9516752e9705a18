"""The actions of retention: publish a rule, place and lift holds, erase expired data."""

from __future__ import annotations

from retention.actions.holds import lift_hold, place_hold
from retention.actions.night import erase_what_is_over
from retention.actions.rules import RuleDraft, publish_rule

__all__ = ["RuleDraft", "erase_what_is_over", "lift_hold", "place_hold", "publish_rule"]
