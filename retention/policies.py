"""Only the audit administrator, who has nothing to gain from erased data, may place and lift holds (Art. 20, 25)."""

from __future__ import annotations

from accounts.models import User
from common.errors import NotPermitted
from personnel.scopes import authority_of

BY_AUDIT = "暂停清除由审计管理员登记和解除。"


def require_holder(by: User, *, verb: str) -> None:
    """Raise :class:`NotPermitted` unless ``by`` administers the audit."""
    if not authority_of(by).holds("administer_audit"):
        raise NotPermitted(BY_AUDIT, verb=verb)
