"""What is known of a record: one row for each value, with who, when, under which matter, from which source (Art. 15).

An earlier value stays beside the present one. The keys by which a sealed value is found are keyed digests; none of
them stands in clear (Art. 26).
"""

from __future__ import annotations

import uuid

from django.conf import settings
from django.db import models
from django.db.models import Q

from common.privacy.sealing import SealedField, SealedRow
from matters.models import Matter
from registry.fields import BY_KEY, FIELDS, NAMED, SOURCES, T3, Field
from registry.keys import digests
from registry.models.activities import Activity
from registry.models.records import Record
from registry.querysets import ValueQuerySet

LABELS = [(each.key, each.label) for each in FIELDS]


class Value(SealedRow):
    """One value of one field of a record: the present one if ``until`` is empty.

    Personal values stand in ``text``, sealed under the keys of their tier; values of T1 in ``shown``. An erased value
    keeps who gave it and when, and has neither text.
    """

    record = models.ForeignKey(
        Record, on_delete=models.PROTECT, related_name="values", verbose_name="登记对象"
    )
    uid = models.UUIDField("编号", default=uuid.uuid4, unique=True, editable=False)
    field = models.CharField("字段", max_length=20, choices=LABELS)
    text = SealedField("内容", purpose="personal", purposes=("personal", "sensitive", "secret"))
    shown = models.CharField("公开内容", max_length=100, blank=True)
    source = models.CharField("来源", max_length=10, choices=list(SOURCES.items()))
    supplier = models.CharField("提供单位", max_length=80, blank=True)
    matter = models.ForeignKey(
        Matter, on_delete=models.PROTECT, null=True, blank=True, related_name="+", verbose_name="采集事项"
    )
    activity = models.ForeignKey(
        Activity,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="values",
        verbose_name="哪次采集",
    )
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+", verbose_name="采集人"
    )
    at = models.DateTimeField("采集时间")
    confirmed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+", verbose_name="核对人"
    )
    confirmed_at = models.DateTimeField("核对时间")
    until = models.DateTimeField("更换时间", null=True, blank=True)
    erased_at = models.DateTimeField("清除时间", null=True, blank=True)

    objects = ValueQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "登记内容"
        constraints = [
            models.UniqueConstraint(
                fields=["record", "field"],
                condition=Q(until__isnull=True),
                name="one_present_value_of_a_field",
            ),
            models.CheckConstraint(
                condition=Q(shown="") | Q(field__in=[each.key for each in FIELDS if not each.is_sealed]),
                name="a_personal_value_stands_sealed",
            ),
            models.CheckConstraint(
                condition=Q(erased_at__isnull=True) | Q(shown="", text=b""),
                name="an_erased_value_has_no_text",
            ),
        ]
        indexes = [
            models.Index(fields=["record", "field", "id"], name="values_of_record"),
            models.Index(fields=["activity"], name="values_of_activity"),
        ]

    def __str__(self) -> str:
        return f"{self.record_id} {self.field}"

    @property
    def declared(self) -> Field:
        """The declaration of its field."""
        return BY_KEY[self.field]

    @property
    def key_number(self) -> str:
        """Its number as a text, for the key of the page that reveals it."""
        return str(self.pk)

    def purpose_of(self, name: str) -> str:
        """The ring that seals it: the one for sensitive data, and one of its own for what only named persons see."""
        field = self.declared
        if field.verb == NAMED:
            return "secret"
        return "sensitive" if field.tier == T3 else "personal"

    def seal_again(self, name: str) -> list[str]:
        """Seal the text under the newest key, and make the keys under which a present value is found again."""
        columns = super().seal_again(name)
        if self.until is None:
            self.find_by(self.plain())
        return columns

    def find_by(self, plain: str) -> None:
        """Makes the keys under which the record is found by this value, in place of earlier ones."""
        SearchKey.objects.filter(record=self.record_id, field=self.field).delete()
        township = self.record.township_id
        SearchKey.objects.bulk_create(
            [
                SearchKey(record_id=self.record_id, field=self.field, digest=each)
                for each in digests(self.field, plain, township=township)
            ]
        )

    def put(self, plain: str) -> None:
        """Sets the text, sealed if it is personal."""
        if self.declared.is_sealed:
            self.seal(text=plain)
        else:
            self.shown = plain

    def plain(self) -> str:
        """Returns the text itself. Before it is shown to a person, the caller records the access (Art. 26)."""
        return self.unseal("text") if self.declared.is_sealed else self.shown


class SearchKey(models.Model):
    """One keyed digest under which a record is found: of a whole value, a reading, a part of an address."""

    rows_may_go = True

    record = models.ForeignKey(
        Record, on_delete=models.PROTECT, related_name="search_keys", verbose_name="登记对象"
    )
    field = models.CharField("字段", max_length=20, choices=LABELS)
    digest = models.BinaryField("检索键", max_length=16)

    class Meta:
        verbose_name = verbose_name_plural = "检索键"
        indexes = [
            models.Index(fields=["digest"], name="records_by_key"),
            models.Index(fields=["record", "field"], name="keys_of_record"),
        ]

    def __str__(self) -> str:
        return f"{self.record_id} {self.field}"
