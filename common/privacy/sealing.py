"""Personal fields sealed before they reach the database (Art. 20, 26).

A sealed value is ``version ‖ cipher ‖ key name ‖ nonce ‖ ciphertext ‖ tag``; table, column and the row's ``uid`` are
authenticated with it, so a value moved to another row or column does not open. Keys live outside the database, a
ring for each purpose; a value names its key, so an old one opens until it has been sealed afresh.
"""

from __future__ import annotations

import hmac
import json
import os
from base64 import b64decode, b64encode
from typing import Any
from uuid import UUID, uuid4

from django.conf import settings
from django.db import models

from common.privacy.ciphers import CIPHERS, Key, SealBroken, decrypt, encrypt, read_rings

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


def unseal(sealed: bytes, *, purposes: tuple[str, ...], bound_to: str) -> str:
    """Open a sealed text under the key that it names, of one of these purposes; raises :class:`SealBroken`."""
    if not sealed:
        return ""
    raw = bytes(sealed)
    cipher = next((name for name, number in CIPHERS.items() if number == raw[1]), "")
    end = 3 + raw[2]
    keys = (key for purpose in purposes for key in ring(purpose))
    key = next((key for key in keys if key.name.encode() == raw[3:end]), None)
    if raw[0] != VERSION or not cipher or key is None:
        named = raw[3:end].decode(errors="replace")
        raise SealBroken(f"这项内容用的密钥 {named} 不在钥匙串里，打不开。请联系系统管理员。", key=named)
    nonce, body = raw[end : end + NONCE_BYTES], raw[end + NONCE_BYTES :]
    return decrypt(
        body, cipher=cipher, key=key.for_cipher(cipher), nonce=nonce, bound_to=bound_to.encode()
    ).decode()


def is_current(sealed: bytes, *, purpose: str) -> bool:
    """Whether a sealed text lies under the newest key of its purpose and the cipher in use."""
    return not sealed or bytes(sealed).startswith(current_head(purpose))


def current_head(purpose: str) -> bytes:
    """How every value begins that lies under the newest key of ``purpose`` and the cipher in use."""
    name = ring(purpose)[-1].name.encode()
    return bytes([VERSION, CIPHERS[settings.SEALING_CIPHER], len(name)]) + name


def blind_indexes(text: str, *, column: str) -> list[str]:
    """Keyed digests by which a sealed value can be found exactly, and only exactly: the newest key's first.

    HMAC over SHA-256 or SM3 (GB/T 32905), by setting; the column is part of it, so equal values of two columns do
    not show that they are equal. What was written under an older key, or the other digest, is found too until it is
    sealed afresh. Empty for an empty text.
    """
    if not text:
        return []
    first = "sm3" if settings.SEALING_CIPHER == "sm4-gcm" else "sha256"
    return [
        hmac.new(key.material, f"{column}\x1f{text}".encode(), digest).hexdigest()
        for digest in (first, *({"sm3", "sha256"} - {first}))
        for key in reversed(ring("index"))
    ]


def blind_index(text: str, *, column: str) -> str:
    """The blind index under which a value is stored; empty for an empty text."""
    return next(iter(blind_indexes(text, column=column)), "")


# --- Fields -----------------------------------------------------------------------------------------------


class SealedField(models.BinaryField):  # type: ignore[type-arg]
    """A column that holds sealed bytes. Reading the attribute never gives the text: ask the row to unseal it.

    ``purpose`` names the ring of keys, ``kind`` how the text is masked (common.privacy.masking).
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
            setattr(self, name, seal(text, purpose=self.purpose_of(name), bound_to=self._place(name)))
            if f"{name}_index" in names:
                setattr(self, f"{name}_index", blind_index(text, column=f"{self._meta.db_table}.{name}"))

    def unseal(self, name: str) -> str:
        """Open one column. Whoever shows the result to a person records the look first (Art. 26)."""
        purposes = tuple(dict.fromkeys((self.purpose_of(name), self._sealed(name).purpose)))
        return unseal(getattr(self, name), purposes=purposes, bound_to=self._place(name))

    def purpose_of(self, name: str) -> str:
        """The ring that seals a column of this row; a row of which more must be kept secret says so."""
        return self._sealed(name).purpose

    @classmethod
    def indexes_of(cls, name: str, text: str) -> list[str]:
        """Under which blind indexes of ``name`` a text may be stored: to find the row that holds exactly it."""
        return blind_indexes(text, column=f"{cls._meta.db_table}.{name}")

    def _sealed(self, name: str) -> SealedField:
        field = self._meta.get_field(name)
        assert isinstance(field, SealedField), f"{name} is not sealed"
        return field

    def _place(self, name: str) -> str:
        return f"{self._meta.db_table}.{name}:{self.uid}"  # type: ignore[attr-defined]


# --- Texts that are sealed only where the row is secret ------------------------------------------------------

MARK = "\x1asealed:"


class OpenedText(str):
    """A text out of the seal of one column, which it keeps: saving it there unchanged changes no byte."""

    sealed: str
    column: str


class OpenedList(list[Any]):
    """The same of a JSON list."""

    sealed: str
    column: str


class _SealedWhen:
    """A column whose value is sealed in secret rows and plain in others; reading it gives the text in both.

    ``when`` is the path to the flag of the row. The gate of sight decides who reads the row at all; the seal keeps the
    text out of dumps, backups, logs and the eyes of whoever runs the database.
    """

    def __init__(self, *args: Any, when: str = "confidential", **said: Any) -> None:
        self.when = when
        super().__init__(*args, **said)

    def is_secret(self, row: models.Model) -> bool:
        """Whether the row's value is to be sealed."""
        found: Any = row
        for name in self.when.split("."):
            found = getattr(found, name)
        return bool(found)

    def seal_text(self, plain: str) -> str:
        """Seal a text under the ring of secrets, as a text."""
        uid = uuid4()
        return (
            MARK
            + b64encode(uid.bytes + seal(plain, purpose="secret", bound_to=f"{self.place}:{uid}")).decode()
        )

    def open_text(self, kept: str) -> str:
        """Open what :meth:`seal_text` made; raises :class:`SealBroken`."""
        try:
            raw = b64decode(kept.removeprefix(MARK), validate=True)
        except ValueError as error:
            raise SealBroken("这项内容打不开：它被改动过。请联系系统管理员。") from error
        return unseal(raw[16:], purposes=("secret",), bound_to=f"{self.place}:{UUID(bytes=raw[:16])}")

    @property
    def place(self) -> str:
        """The column, as the seal is bound to it."""
        return f"{self.model._meta.db_table}.{self.attname}"  # type: ignore[attr-defined]


class SealedWhenText(_SealedWhen, models.TextField):  # type: ignore[type-arg]
    """A text column, sealed in secret rows."""

    def deconstruct(self) -> Any:
        """To the database it is a text."""
        name, _, args, kwargs = super().deconstruct()
        return name, "django.db.models.TextField", args, kwargs

    def from_db_value(self, value: str | None, expression: object, connection: object) -> str | None:
        """Open a sealed value."""
        if value is None or not value.startswith(MARK):
            return value
        opened = OpenedText(self.open_text(value))
        opened.sealed, opened.column = value, self.place
        return opened

    def pre_save(self, model_instance: models.Model, add: bool) -> Any:
        """Seal the value of a secret row; one that has not changed keeps its seal."""
        text: str = getattr(model_instance, self.attname)
        if isinstance(text, OpenedText) and text.column == self.place:
            return text.sealed
        plain = text.lstrip("\x1a")
        if not plain or not self.is_secret(model_instance):
            return plain
        opened = OpenedText(plain)
        opened.sealed, opened.column = self.seal_text(plain), self.place
        setattr(model_instance, self.attname, opened)
        return opened.sealed


class SealedWhenList(_SealedWhen, models.JSONField):
    """A JSON list, sealed in secret rows: kept as ``{"sealed": …}``."""

    def deconstruct(self) -> Any:
        """To the database it is JSON."""
        name, _, args, kwargs = super().deconstruct()
        return name, "django.db.models.JSONField", args, kwargs

    def from_db_value(self, value: Any, expression: Any, connection: Any) -> Any:
        """Open a sealed value."""
        found = super().from_db_value(value, expression, connection)
        if not isinstance(found, dict) or "sealed" not in found:
            return found
        opened = OpenedList(json.loads(self.open_text(found["sealed"])))
        opened.sealed, opened.column = found["sealed"], self.place
        return opened

    def pre_save(self, model_instance: models.Model, add: bool) -> Any:
        """Seal the value of a secret row; one that has not changed keeps its seal."""
        found: list[Any] = getattr(model_instance, self.attname)
        if isinstance(found, OpenedList) and found.column == self.place:
            return {"sealed": found.sealed}
        if not found or not self.is_secret(model_instance):
            return found
        opened = OpenedList(found)
        opened.sealed, opened.column = self.seal_text(json.dumps(found, ensure_ascii=False)), self.place
        setattr(model_instance, self.attname, opened)
        return {"sealed": opened.sealed}
