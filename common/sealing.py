"""Personal fields sealed before they reach the database (Art. 20, 26).

A sealed value is ``version ‖ cipher ‖ key name ‖ nonce ‖ ciphertext ‖ tag``; table, column and the row's ``uid`` are
authenticated with it, so a value moved to another row or column does not open. Keys live outside the database, a
ring for each purpose; a value names its key, so an old one opens until it has been sealed afresh.
"""

from __future__ import annotations

import hmac
import os
from typing import Any

from django.conf import settings
from django.db import models

from common.ciphers import CIPHERS, Key, SealBroken, decrypt, encrypt, read_rings

VERSION, NONCE_BYTES = 1, 12


def ring(purpose: str) -> tuple[Key, ...]:
    """The keys of a purpose, the one that seals new values last."""
    return read_rings(tuple(settings.SEALING_KEYS))[purpose]


def seal(plain: str, *, purpose: str, bound_to: str) -> bytes:
    """Seal a text under the newest key of its purpose; an empty text stays empty."""
    if not plain:
        return b""
    key, cipher, nonce = ring(purpose)[-1], settings.SEALING_CIPHER, os.urandom(NONCE_BYTES)
    name = key.name.encode()
    head = bytes([VERSION, CIPHERS[cipher], len(name)]) + name + nonce
    body = encrypt(
        plain.encode(), cipher=cipher, key=key.for_cipher(cipher), nonce=nonce, bound_to=bound_to.encode()
    )
    return head + body


def unseal(sealed: bytes, *, purpose: str, bound_to: str) -> str:
    """Open a sealed text; raises :class:`SealBroken`."""
    if not sealed:
        return ""
    raw = bytes(sealed)
    cipher = next((name for name, number in CIPHERS.items() if number == raw[1]), "")
    end = 3 + raw[2]
    key = next((key for key in ring(purpose) if key.name.encode() == raw[3:end]), None)
    if raw[0] != VERSION or not cipher or key is None:
        raise SealBroken("The sealed value names a key or a cipher that is not here.")
    nonce, body = raw[end : end + NONCE_BYTES], raw[end + NONCE_BYTES :]
    return decrypt(
        body, cipher=cipher, key=key.for_cipher(cipher), nonce=nonce, bound_to=bound_to.encode()
    ).decode()


def blind_index(text: str, *, column: str) -> str:
    """A keyed digest by which a sealed value can be found exactly, and only exactly; empty for an empty text.

    HMAC over SHA-256 or SM3 (GB/T 32905), by setting; the column is part of it, so equal values of two columns do
    not show that they are equal.
    """
    if not text:
        return ""
    key = ring("index")[-1]
    digest = "sm3" if settings.SEALING_CIPHER == "sm4-gcm" else "sha256"
    return hmac.new(key.material, f"{column}\x1f{text}".encode(), digest).hexdigest()


# --- Fields -----------------------------------------------------------------------------------------------


class SealedField(models.BinaryField):  # type: ignore[type-arg]
    """A column that holds sealed bytes. Reading the attribute never gives the text: ask the row to unseal it.

    ``purpose`` names the ring of keys, ``kind`` how the text is masked (common.masking).
    """

    def __init__(
        self, verbose_name: str = "", *, purpose: str = "personal", kind: str = "", **said: Any
    ) -> None:
        self.purpose, self.kind = purpose, kind
        said.setdefault("default", bytes)
        said.setdefault("blank", True)
        super().__init__(verbose_name, **said)

    def deconstruct(self) -> Any:
        """Keys and masks are no business of a migration."""
        name, _, args, kwargs = super().deconstruct()
        return name, "django.db.models.BinaryField", args, kwargs


class SealedRow(models.Model):
    """A row with sealed columns; needs a ``uid`` that never changes."""

    class Meta:
        abstract = True

    def seal(self, **plain: str) -> None:
        """Put texts under seal; where the row has a column ``…_index``, the blind index goes with it."""
        names = {field.name for field in self._meta.get_fields()}
        for name, text in plain.items():
            field = self._sealed(name)
            setattr(self, name, seal(text, purpose=field.purpose, bound_to=self._place(name)))
            if f"{name}_index" in names:
                setattr(self, f"{name}_index", blind_index(text, column=f"{self._meta.db_table}.{name}"))

    def unseal(self, name: str) -> str:
        """Open one column. Whoever shows the result to a person records the look first (Art. 26)."""
        field = self._sealed(name)
        return unseal(getattr(self, name), purpose=field.purpose, bound_to=self._place(name))

    @classmethod
    def index_of(cls, name: str, text: str) -> str:
        """What the blind index of ``name`` is for a text: to find the row that holds exactly it."""
        return blind_index(text, column=f"{cls._meta.db_table}.{name}")

    def _sealed(self, name: str) -> SealedField:
        field = self._meta.get_field(name)
        assert isinstance(field, SealedField), f"{name} is not sealed"
        return field

    def _place(self, name: str) -> str:
        return f"{self._meta.db_table}.{name}:{self.uid}"  # type: ignore[attr-defined]
