"""A proposal to admit, adjust or end a matter: what is proposed, who reviewed it, what was decided (Art. 14, 16)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pgtrigger
from django.conf import settings
from django.db import models
from django.db.models import F, Q

from audit.events import Event, WithEvents
from grids.models import Division
from matters import negative, states
from matters.models.lists import Matter, MatterList
from matters.querysets import ProposalQuerySet
from personnel.models import Organization


class Proposal(WithEvents):
    """准入、调整、退出 or 临时准入 of one matter of one county. ``states.py`` has its possible moves."""

    chain, noun = "proposal", "这件申请"

    number = models.CharField("申请编号", max_length=24, unique=True, help_text="SX-县区代码-年-序号")
    county = models.ForeignKey(
        Division, on_delete=models.PROTECT, related_name="proposals", verbose_name="县区"
    )
    kind = models.CharField("类别", max_length=10, choices=list(states.KINDS.items()))
    status = models.CharField("状态", max_length=14, choices=list(states.STATUSES.items()))
    event_count = models.PositiveIntegerField("经过数", default=0)
    applicant = models.ForeignKey(
        Organization, on_delete=models.PROTECT, related_name="proposals", verbose_name="申请单位"
    )
    drafted_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", verbose_name="起草人"
    )
    drafted_at = models.DateTimeField("起草时间")
    title = models.CharField("事项", max_length=80)
    code = models.CharField("事项编码", max_length=10, blank=True, help_text="准入的事项列入清单时给编码")
    base = models.ForeignKey(
        Matter,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name="以哪一版为底",
    )
    content = models.JSONField("拟列内容", default=dict, blank=True)
    reason = models.TextField("理由", max_length=2000)
    funding = models.CharField("经费保障", max_length=500, blank=True)
    training = models.CharField("培训安排", max_length=500, blank=True)
    held_elsewhere = models.CharField("已有数据", max_length=500, blank=True)
    due_at = models.DateTimeField("本步到期", null=True, blank=True)
    explanation = models.CharField("期限说明", max_length=600, blank=True)
    reminded_at = models.DateTimeField("最近提醒", null=True, blank=True)
    barred_as = models.CharField(
        "属于禁止事项",
        max_length=12,
        blank=True,
        choices=[(bar.key, bar.word) for bar in negative.BARS.values()],
    )
    exception_law = models.CharField("例外依据", max_length=200, blank=True)
    legal_opinion = models.CharField("合法性审查意见", max_length=500, blank=True)
    legal_reviewer = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name="合法性审查人",
    )
    decision = models.CharField("决定理由", max_length=500, blank=True)
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name="决定人",
    )
    noticed_on = models.DateField("公示起", null=True, blank=True)
    notice_ends_on = models.DateField("公示至", null=True, blank=True, help_text="含当日")
    edition = models.ForeignKey(
        MatterList,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="proposals",
        verbose_name="列入哪一版",
    )

    objects = ProposalQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "事项申请"
        constraints = [
            models.CheckConstraint(
                condition=Q(barred_as="")
                | ~Q(exception_law="")
                | Q(
                    status__in=["drafting", "formal_check", "legal_review", "barred", "refused", "withdrawn"]
                ),
                name="a_barred_matter_is_admitted_only_with_a_cited_exception",
            ),
            models.CheckConstraint(
                condition=~Q(status="listed") | Q(edition__isnull=False, decided_by__isnull=False),
                name="a_listed_proposal_was_decided_and_names_its_edition",
            ),
            models.CheckConstraint(
                condition=Q(kind="admit") | Q(kind="temporary") | Q(base__isnull=False),
                name="an_exit_or_adjustment_names_its_matter",
            ),
            models.CheckConstraint(
                condition=Q(legal_reviewer__isnull=True) | ~Q(legal_reviewer=F("drafted_by")),
                name="nobody_reviews_the_law_of_his_own_proposal",
            ),
            models.CheckConstraint(
                condition=Q(decided_by__isnull=True) | ~Q(decided_by=F("drafted_by")),
                name="nobody_decides_his_own_proposal",
            ),
            models.CheckConstraint(
                condition=Q(decided_by__isnull=True)
                | Q(legal_reviewer__isnull=True)
                | ~Q(decided_by=F("legal_reviewer")),
                name="who_reviewed_the_law_does_not_decide",
            ),
            models.UniqueConstraint(
                fields=["county", "code"],
                condition=Q(status__in=states.OPEN) & ~Q(code=""),
                name="one_open_proposal_per_matter",
            ),
        ]
        indexes = [
            models.Index(fields=["county", "status", "-id"], name="proposal_of_county"),
            models.Index(
                fields=["notice_ends_on"], name="proposal_under_notice", condition=Q(status="noticed")
            ),
        ]
        triggers = [
            pgtrigger.FSM(
                name="proposal_moves_follow_the_state_table",
                field="status",
                transitions=sorted(
                    states.PROPOSAL_MOVES.edges() | {(status, status) for status in states.STATUSES}
                ),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()}“{self.title}”（{self.number}）"

    def event_columns(self) -> Mapping[str, Any]:
        """Returns the time by which the step must be done."""
        return {"due_at": self.due_at}


class ReviewVote(models.Model):
    """A named reviewer of the joint review, the body that they represent, the vote and the reason."""

    rows_may_go = True

    proposal = models.ForeignKey(
        Proposal, on_delete=models.CASCADE, related_name="votes", verbose_name="申请"
    )
    reviewer = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="review_votes", verbose_name="会审人"
    )
    organization = models.ForeignKey(
        Organization, on_delete=models.PROTECT, related_name="+", verbose_name="代表单位"
    )
    answer = models.CharField("意见", max_length=10, choices=list(states.ANSWERS.items()), default="waiting")
    reason = models.CharField("理由", max_length=500, blank=True)
    at = models.DateTimeField("时间", null=True, blank=True)

    class Meta:
        verbose_name = verbose_name_plural = "会审意见"
        constraints = [
            models.UniqueConstraint(fields=["proposal", "reviewer"], name="one_vote_per_reviewer"),
            models.CheckConstraint(
                condition=Q(answer="waiting") | Q(at__isnull=False) & ~Q(reason=""),
                name="a_vote_has_a_reason_and_a_time",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.reviewer} {self.get_answer_display()}"


class NoticeComment(models.Model):
    """A comment on a proposal under public notice. No name is needed."""

    proposal = models.ForeignKey(
        Proposal, on_delete=models.PROTECT, related_name="comments", verbose_name="申请"
    )
    text = models.CharField("意见", max_length=1000)
    key = models.UUIDField(
        "表单编号", null=True, unique=True, editable=False, help_text="同一份表单再提交一次，不再记一条"
    )
    at = models.DateTimeField("时间")
    reply = models.CharField("答复", max_length=500, blank=True)
    replied_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name="答复人",
    )
    replied_at = models.DateTimeField("答复时间", null=True, blank=True)

    class Meta:
        verbose_name = verbose_name_plural = "公示意见"

    def __str__(self) -> str:
        return self.text[:40]


class ProposalEvent(Event):
    """One event in the proposal's history."""

    proposal = models.ForeignKey(
        Proposal, on_delete=models.PROTECT, related_name="events", verbose_name="申请"
    )
    verb = models.CharField("动作", max_length=16, choices=list(states.VERBS.items()))
    to_status = models.CharField("状态", max_length=14, choices=list(states.STATUSES.items()))
    due_at = models.DateTimeField("这一步应在何时", null=True, blank=True)

    class Meta(Event.Meta):
        abstract = False
        verbose_name = verbose_name_plural = "申请经过"
        constraints = [
            models.UniqueConstraint(fields=["proposal", "seq"], name="one_event_per_proposal_and_seq")
        ]
