"""The life of a plan: lock the version that was read, check who may act and when, log each step (Art. 7, 25)."""

from __future__ import annotations

from personnel.life import Life
from plans.models import GridPlan
from plans.policies import WHO_MAY
from plans.states import PLAN_MOVES

LIFE = Life(lambda: GridPlan.objects.select_related("county"), WHO_MAY, PLAN_MOVES)
begin = LIFE.begin
