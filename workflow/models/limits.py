"""The step limits in force from a day on (Art. 17, 18)."""

from __future__ import annotations

from django.db import models

from worktime.clocks import Clock


class StepLimit(models.Model):
    """How long a step may take, from a day on: the city's setting, not ours (decision 0009)."""

    may_change = ()

    class Purpose(models.TextChoices):
        DUE = "due", "到期"
        ESCALATE = "escalate", "超期多久升级"
        SUPERVISE = "supervise", "超期多久督办"
        LAPSE = "lapse", "多久自动了结"
        REPEAT = "repeat", "多久再叫一次"
        CLIMB = "climb", "多久叫下一位"

    step = models.CharField("环节", max_length=24)
    purpose = models.CharField("用途", max_length=10, choices=Purpose.choices)
    urgent = models.BooleanField("紧急", default=False)
    clock = models.CharField("时钟", max_length=20, choices=[(clock.value, clock.value) for clock in Clock])
    amount = models.PositiveIntegerField("数量", help_text="小时类为分钟，日类为天")
    effective_on = models.DateField("生效日期")
    document = models.CharField("依据", max_length=200, default="平台默认值，可由市级修改")

    class Meta:
        verbose_name = verbose_name_plural = "环节时限"
        constraints = [
            models.UniqueConstraint(
                fields=["step", "purpose", "urgent", "effective_on"],
                name="one_limit_per_step_purpose_urgency_and_day",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.step} {self.get_purpose_display()}"
