"""Who may open the addresses of improvement tasks."""

from __future__ import annotations

from common.web.doors import by_rule, declare

ROWS = "improvement.querysets.TaskQuerySet"

declare(
    "improvement",
    {
        "tasks": by_rule("improvement.policies.TASKS", ROWS),
        "task": by_rule(ROWS),
        "act": by_rule(ROWS, "improvement.policies.WHO_MAY"),
    },
)
