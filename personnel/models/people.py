"""Personal data of staff: sealed, each tier in its own table and under its own keys (Art. 20, 26)."""

from __future__ import annotations

import uuid

from django.conf import settings
from django.db import models
from django.db.models import Q

from common.privacy.sealing import SealedField, SealedRow


class ContactRecord(SealedRow):
    """Private telephone and home of a person: tier T2, shown masked, revealed only with a reason."""

    user = models.OneToOneField(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="contact", verbose_name="人员"
    )
    uid = models.UUIDField("编号", default=uuid.uuid4, unique=True, editable=False)
    private_phone = SealedField("私人电话", purpose="personal", kind="phone")
    private_phone_index = models.CharField("私人电话索引", max_length=64, blank=True, db_index=True)
    home_address = SealedField("住址", purpose="personal", kind="address")

    class Meta:
        verbose_name = verbose_name_plural = "个人联系方式"

    def __str__(self) -> str:
        return f"contact {self.pk}"


class IdentityRecord(SealedRow):
    """Identity number of a person: tier T3, under its own keys, found only by an exact search."""

    user = models.OneToOneField(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="identity", verbose_name="人员"
    )
    uid = models.UUIDField("编号", default=uuid.uuid4, unique=True, editable=False)
    id_number = SealedField("身份证号", purpose="sensitive", kind="id_number")
    id_number_index = models.CharField("身份证号索引", max_length=64, blank=True, db_index=True)

    class Meta:
        verbose_name = verbose_name_plural = "身份信息"
        constraints = [
            models.UniqueConstraint(
                fields=["id_number_index"],
                condition=~Q(id_number_index=""),
                name="one_person_per_identity_number",
            )
        ]

    def __str__(self) -> str:
        return f"identity {self.pk}"
