"""Plans of changes to grids on a future day, with their consents, drawing steps and events (Art. 7)."""

from __future__ import annotations

import pgtrigger
from django.conf import settings
from django.db import models
from django.db.models import Q

from audit.events import Event, WithEvents
from audit.versions import Change
from exchange.columns import LONGEST_CODE
from grids.models import Division, Grid, GridFacts, GridVersion
from personnel.models import Organization
from plans import states
from plans.querysets import GridPlanQuerySet


class GridPlan(WithEvents):
    """A proposed division or adjustment of a county's grids. ``states.py`` has its moves."""

    chain, noun = "grid_plan", "这个方案"

    class Kind(models.TextChoices):
        DIVISION = "division", "划分方案"
        ADJUSTMENT = "adjustment", "调整方案"

    number = models.CharField("方案编号", max_length=24, unique=True, help_text="县区代码-年-序号")
    county = models.ForeignKey(
        Division, on_delete=models.PROTECT, related_name="grid_plans", verbose_name="县区"
    )
    kind = models.CharField("类别", max_length=10, choices=Kind.choices, default=Kind.ADJUSTMENT)
    title = models.CharField("名称", max_length=80)
    reason = models.TextField("理由", max_length=2000)
    effective_on = models.DateField("生效日期")
    status = models.CharField("状态", max_length=12, choices=list(states.STATUSES.items()))
    event_count = models.PositiveIntegerField("经过数", default=0)
    reverses = models.ForeignKey(
        "self",
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="reversals",
        verbose_name="恢复哪个方案之前",
    )
    drafted_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", verbose_name="起草人"
    )
    drafted_at = models.DateTimeField("起草时间")
    published_at = models.DateTimeField("公布时间", null=True, blank=True)
    in_force_at = models.DateTimeField("生效时间", null=True, blank=True)

    objects = GridPlanQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "划分调整方案"
        constraints = [
            models.CheckConstraint(
                condition=~Q(status__in=states.PUBLIC) | Q(published_at__isnull=False),
                name="a_public_plan_was_published",
            ),
            models.CheckConstraint(
                condition=~Q(status="in_force") | Q(in_force_at__isnull=False),
                name="a_plan_in_force_says_since_when",
            ),
        ]
        indexes = [
            models.Index(fields=["county", "status", "-id"], name="plan_of_county"),
            models.Index(
                fields=["effective_on"], name="plan_waiting_for_its_day", condition=Q(status="published")
            ),
        ]
        triggers = [
            pgtrigger.FSM(
                name="plan_moves_follow_the_state_table",
                field="status",
                transitions=sorted(
                    states.PLAN_MOVES.edges() | {(status, status) for status in states.STATUSES}
                ),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.title}（{self.number}）"

    def last_change(self) -> Change | None:
        """Return who made the present version, by a verb or by a drawing step, which leaves no audit link."""
        steps = self.changes.exclude(touched_at=None).order_by("-touched_at", "-seq")
        found = [Change(by, at) for by, at in steps.values_list("touched_by", "touched_at")[:1] if at]
        found += [link] if (link := super().last_change()) else []
        return max(found, key=lambda one: one.at, default=None)


class PlannedGrid(GridFacts):
    """One grid as the plan changes it: new, changed or retired. A grid without a row stays as it is.

    Rows read from a file have no plan until a user confirms the import.
    """

    rows_may_go = True

    plan = models.ForeignKey(
        GridPlan, on_delete=models.CASCADE, null=True, related_name="grids", verbose_name="方案"
    )
    key = models.CharField("键", max_length=24, help_text="g 加网格号，或 n 加方案内序号")
    grid = models.ForeignKey(
        Grid, on_delete=models.PROTECT, null=True, related_name="plans", verbose_name="网格"
    )
    base = models.ForeignKey(
        GridVersion, on_delete=models.PROTECT, null=True, related_name="+", verbose_name="以哪一版为底"
    )
    village = models.ForeignKey(Division, on_delete=models.PROTECT, related_name="+", verbose_name="村社区")
    units = models.JSONField("基本单元", default=list)
    department = models.ForeignKey(
        Organization,
        on_delete=models.PROTECT,
        null=True,
        related_name="+",
        verbose_name="职能部门",
        help_text="专属网格由它和属地双重管理",
    )
    code = models.CharField("编码", max_length=LONGEST_CODE, blank=True)
    is_retired = models.BooleanField("停用", default=False)
    successor_key = models.CharField("并入", max_length=24, blank=True)
    crs_source = models.CharField("原坐标系", max_length=20, blank=True)
    import_job = models.ForeignKey(
        "plans.ImportJob",
        on_delete=models.PROTECT,
        null=True,
        related_name="planned",
        verbose_name="导入批次",
    )
    import_row = models.PositiveIntegerField("文件行号", null=True)

    class Meta:
        verbose_name = verbose_name_plural = "拟划网格"
        constraints = [
            models.UniqueConstraint(fields=["plan", "key"], name="one_planned_grid_per_key"),
            models.UniqueConstraint(fields=["plan", "grid"], name="one_planned_state_per_grid"),
            models.CheckConstraint(
                condition=Q(plan__isnull=False) | Q(import_job__isnull=False),
                name="a_planned_grid_has_a_plan_or_waits_in_an_import",
            ),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def is_new(self) -> bool:
        """Whether the plan creates the grid."""
        return self.base_id is None


class PlanChange(models.Model):
    """One drawing step: what it did, and the data needed to undo and redo it."""

    rows_may_go = True

    plan = models.ForeignKey(GridPlan, on_delete=models.CASCADE, related_name="changes", verbose_name="方案")
    seq = models.PositiveIntegerField("序号")
    verb = models.CharField("动作", max_length=16)
    sentence = models.CharField("说明", max_length=300)
    before = models.JSONField("之前", default=dict)
    after = models.JSONField("之后", default=dict)
    import_job = models.ForeignKey(
        "plans.ImportJob",
        on_delete=models.PROTECT,
        null=True,
        related_name="+",
        verbose_name="导入批次",
        help_text="一次导入的网格随批次进出，不写进之前和之后",
    )
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", verbose_name="操作人"
    )
    at = models.DateTimeField("时间")
    undone_at = models.DateTimeField("撤销时间", null=True)
    touched_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        null=True,
        related_name="+",
        verbose_name="最近由谁做、撤或重做",
    )
    touched_at = models.DateTimeField("最近何时做、撤或重做", null=True)

    class Meta:
        verbose_name = verbose_name_plural = "绘制步骤"
        constraints = [models.UniqueConstraint(fields=["plan", "seq"], name="one_change_per_plan_and_seq")]

    def __str__(self) -> str:
        return self.sentence


class PlanConsent(models.Model):
    """The consent of a township, or of a dedicated grid's department, that the county needs before it approves."""

    rows_may_go = True

    class Answer(models.TextChoices):
        WAITING = "waiting", "待会签"
        CONSENTED = "consented", "同意"
        OBJECTED = "objected", "不同意"

    plan = models.ForeignKey(GridPlan, on_delete=models.CASCADE, related_name="consents", verbose_name="方案")
    township = models.ForeignKey(
        Division, on_delete=models.PROTECT, null=True, related_name="+", verbose_name="乡镇街道"
    )
    department = models.ForeignKey(
        Organization, on_delete=models.PROTECT, null=True, related_name="+", verbose_name="职能部门"
    )
    answer = models.CharField("意见", max_length=10, choices=Answer.choices, default=Answer.WAITING)
    note = models.CharField("说明", max_length=500, blank=True)
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+", verbose_name="签署人"
    )
    at = models.DateTimeField("时间", null=True)

    class Meta:
        verbose_name = verbose_name_plural = "会签"
        constraints = [
            models.UniqueConstraint(fields=["plan", "township"], name="one_consent_per_township"),
            models.UniqueConstraint(fields=["plan", "department"], name="one_consent_per_department"),
            models.CheckConstraint(
                condition=Q(township__isnull=True, department__isnull=False)
                | Q(township__isnull=False, department__isnull=True),
                name="a_consent_is_a_township_s_or_a_department_s",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.township or self.department} {self.get_answer_display()}"


class PlanEvent(Event):
    """One event in the plan's timeline."""

    plan = models.ForeignKey(GridPlan, on_delete=models.PROTECT, related_name="events", verbose_name="方案")
    verb = models.CharField("动作", max_length=16, choices=list(states.VERBS.items()))
    to_status = models.CharField("状态", max_length=12, choices=list(states.STATUSES.items()))

    class Meta(Event.Meta):
        abstract = False
        verbose_name = verbose_name_plural = "方案经过"
        constraints = [models.UniqueConstraint(fields=["plan", "seq"], name="one_event_per_plan_and_seq")]
