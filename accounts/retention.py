"""Account data that is kept for a limited time; bound phones stay, to show who used which phone when (Art. 20)."""

from __future__ import annotations

from accounts.models import DeviceCode, IdempotencyKey, KnownNetwork
from common.privacy.datasets import DataSet, delete_rows, register

OF_ACCOUNT = {"account": "user_id"}

register(
    DataSet(
        "accounts.answers",
        "重复提交的应答",
        IdempotencyKey.objects.all,
        {"stored": "created_at"},
        delete_rows(IdempotencyKey),
        OF_ACCOUNT,
    ),
    DataSet(
        "accounts.networks",
        "登录过的网络",
        KnownNetwork.objects.all,
        {"seen": "seen_at"},
        delete_rows(KnownNetwork),
        OF_ACCOUNT,
    ),
    DataSet(
        "accounts.codes",
        "手机绑定码",
        DeviceCode.objects.all,
        {"expired": "expires_at"},
        delete_rows(DeviceCode),
        OF_ACCOUNT,
    ),
)
