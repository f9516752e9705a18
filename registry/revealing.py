"""Personal values of the register: T2 to who works where the record lies, T3 to who is named for it (Art. 20)."""

from __future__ import annotations

from django.urls import reverse

from access.subjects import Piece, Subject, register
from accounts.models import User
from personnel.scopes import authority_of
from registry.fields import T3
from registry.models import Value
from registry.policies import is_named, keeps

KEEPERS_RULE = "居民的信息由本网格的网格员、本村（社区）的网格长和乡镇街道的机构查看，用于办理清单上的事项。"
NAMED_RULE = "敏感个人信息只有经专项授权的具名人员可以查看；需要时由所在机构申请、安全管理员审批。"


def sees_value(user: User, value: Value) -> bool:
    """Whether the user may know that the value is there, and sees it masked."""
    return Value.objects.visible_to(user).filter(pk=value.pk).exists()


def why_not(user: User, value: Value, name: str) -> str:
    """Returns why the user may not open a value; empty for a keeper of T2 data and for who is named for T3 data."""
    authority, record, field = authority_of(user), value.record, value.declared
    if field.tier == T3 or record.guarded_until is not None:
        is_open = is_named(authority, field.verb or "view_personal", record.village)
        return "" if is_open else NAMED_RULE
    return "" if keeps(authority, record) else KEEPERS_RULE


register(
    Subject(
        kind="value",
        model=Value,
        pieces={"text": Piece("登记内容", "T2")},
        in_sight=sees_value,
        refusal=why_not,
        person_id=lambda value: None,
        whose=lambda value: f"{value.record} 的{value.declared.label}",
        back=lambda value: reverse("registry:record", args=[value.record_id]),
        tier_of=lambda value: value.declared.tier,
        piece_of=lambda value: Piece(value.declared.label, value.declared.tier),
        mask_of=lambda value: value.declared.mask,
        words_of=lambda value, text: value.declared.words(text),
    )
)
