"""What the chain of an account protects: its owner, password, phones and second factor (Art. 20, 25)."""

from __future__ import annotations

from audit.witnesses import Rows, Witness, register

USER = (
    "username", "name", "phone", "password", "is_superuser", "is_active", "is_staff", "is_demonstration",
    "must_set_password", "password_ends_at", "date_joined",
)  # fmt: skip
USER_2 = (*USER, "closed_at")
DEVICE = ("name", "token_hash", "bound_at", "ends_at", "removed_at")

register(
    Witness(
        "account",
        (
            (
                Rows("accounts_user", USER),
                Rows("accounts_device", DEVICE, "t.user_id = s.id"),
                Rows("accounts_secondfactor", ("uid", "confirmed_at"), "t.user_id = s.id"),
            ),
            (
                Rows("accounts_user", USER_2),
                Rows("accounts_device", DEVICE, "t.user_id = s.id"),
                Rows("accounts_secondfactor", ("uid", "confirmed_at"), "t.user_id = s.id"),
            ),
        ),
        every="SELECT id FROM accounts_user",
    )
)
