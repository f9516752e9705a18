"""What happens to open votes of the joint review when a named reviewer leaves (Art. 10, 16)."""

from __future__ import annotations

from matters.actions.review import open_votes, recuse_leaver
from personnel.holdings import Holding, register

register(Holding("待表决的会审", of_post=open_votes, pass_on=recuse_leaver, becomes="离任后记为回避"))
