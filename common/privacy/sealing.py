"""Seals personal fields before they reach the database (Art. 20, 26).

A sealed value is ``version ‖ cipher ‖ key name ‖ nonce ‖ ciphertext ‖ tag``; table, column and the row's ``uid`` are
authenticated with it, so a value moved to another row or column does not open. Keys are kept outside the database, one
ring for each purpose; a value names its key, so an old value can be opened until it is sealed again.
"""

from __future__ import annotations

import hmac
import json
import os
from base64 import b64decode, b64encode
from collections.abc import Callable, Mapping
from typing import Any
from uuid import UUID, uuid4

from django.conf import settings
from django.db import models

from common.phones import normal_phone
from common.privacy.ciphers import CIPHERS, Key, SealBroken, decrypt, encrypt, read_rings
from common.typed import identity_in

VERSION, NONCE_BYTES = 1, 12


def ring(purpose: str) -> tuple[Key, ...]:
    """The keys of a purpose; the last one seals new values."""
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
    """Open a sealed text with the key that it names, from one of these purposes; raises :class:`SealBroken`."""
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
    """Whether a sealed text uses the newest key of its purpose and the current cipher."""
    return not sealed or bytes(sealed).startswith(current_head(purpose))


def current_head(purpose: str) -> bytes:
    """The first bytes of every value that uses the newest key of ``purpose`` and the current cipher."""
    name = ring(purpose)[-1].name.encode()
    return bytes([VERSION, CIPHERS[settings.SEALING_CIPHER], len(name)]) + name


def blind_indexes(text: str, *, column: str) -> list[str]:
    """Keyed digests that find a sealed value by its exact text only; the digest with the newest key comes first.

    HMAC over SHA-256 or SM3 (GB/T 32905), by setting. The column is part of the digest, so equal values in two columns
    have different digests. A value that was stored under an older key or the other digest is also found until it is
    sealed again. Empty for an empty text.
    """
    if not text:
        return []
    first = "sm3" if settings.SEALING_CIPHER == "sm4-gcm" else "sha256"
    return [
        hmac.new(key.material, f"{column}\x1f{text}".encode(), digest).hexdigest()
        for digest in (first, *({"sm3", "sha256"} - {first}))
        for key in reversed(ring("index"))
    ]


SPELLINGS: Mapping[str, Callable[[str], str]] = {"id_number": identity_in, "phone": normal_phone}


def blind_index(text: str, *, column: str) -> str:
    """The blind index under which a value is stored; empty for an empty text."""
    return next(iter(blind_indexes(text, column=column)), "")


# --- Fields -----------------------------------------------------------------------------------------------


class SealedField(models.BinaryField):  # type: ignore[type-arg]
    """A column that holds sealed bytes. Its attribute never returns the text: call ``unseal`` of the row.

    ``purpose`` names the ring of keys, ``kind`` how the text is masked (common.privacy.masking). ``purposes`` are all
    rings that ``purpose_of`` of its row may choose.
    """

    def __init__(
        self,
        verbose_name: str = "",
        *,
        purpose: str = "personal",
        purposes: tuple[str, ...] = (),
        kind: str = "",
        **options: Any,
    ) -> None:
        self.purpose, self.kind = purpose, kind
        self.purposes = purposes or (purpose, "secret")
        options.setdefault("default", bytes)
        options.setdefault("blank", True)
        super().__init__(verbose_name, **options)

    def deconstruct(self) -> Any:
        """Leave keys and masks out of migrations."""
        name, _, args, kwargs = super().deconstruct()
        return name, "django.db.models.BinaryField", args, kwargs


class SealedRow(models.Model):
    """A row with sealed columns; needs a ``uid`` that never changes."""

    class Meta:
        abstract = True

    def seal(self, **plain: str) -> None:
        """Seal texts into their columns; if the row has a column ``…_index``, the blind index is set too."""
        names = {field.name for field in self._meta.get_fields()}
        for name, text in plain.items():
            setattr(self, name, seal(text, purpose=self.purpose_of(name), bound_to=self._place(name)))
            if f"{name}_index" in names:
                setattr(self, f"{name}_index", next(iter(self.indexes_of(name, text)), ""))

    def seal_again(self, name: str) -> list[str]:
        """Seal the text of one column under the newest key; returns the columns to save."""
        self.seal(**{name: self.unseal(name)})
        return [name, *([f"{name}_index"] if hasattr(self, f"{name}_index") else [])]

    def unseal(self, name: str) -> str:
        """Open one column. Before the result is shown to a person, the caller records the access (Art. 26)."""
        purposes = tuple(dict.fromkeys((self.purpose_of(name), self._sealed(name).purpose)))
        return unseal(getattr(self, name), purposes=purposes, bound_to=self._place(name))

    def purpose_of(self, name: str) -> str:
        """The ring that seals a column of this row; rows that need more secrecy override this."""
        return self._sealed(name).purpose

    @classmethod
    def indexes_of(cls, name: str, text: str) -> list[str]:
        """The blind indexes under which a text may be stored in ``name``; numbers are found in every spelling."""
        spelling = SPELLINGS.get(cls._sealed(name).kind, str)
        return blind_indexes(spelling(text), column=f"{cls._meta.db_table}.{name}")

    @classmethod
    def _sealed(cls, name: str) -> SealedField:
        field = cls._meta.get_field(name)
        assert isinstance(field, SealedField), f"{name} is not sealed"
        return field

    def _place(self, name: str) -> str:
        return f"{self._meta.db_table}.{name}:{self.uid}"  # type: ignore[attr-defined]


# --- Texts that are sealed only where the row is secret ------------------------------------------------------

MARK = "\x1asealed:"


class OpenedText(str):
    """A text opened from the seal of one column; it keeps the seal, so saving it there unchanged changes no byte."""

    sealed: str
    column: str


class OpenedList(list[Any]):
    """A JSON list opened from a seal, like :class:`OpenedText`."""

    sealed: str
    column: str


class _SealedWhen:
    """A column whose value is sealed in secret rows and plain in others; reading it returns the text in both cases.

    ``when`` is the path to the flag of the row. The rule of sight decides who may read the row; the seal keeps the text
    out of dumps, backups and logs, and hides it from the administrators of the database.
    """

    def __init__(self, *args: Any, when: str = "confidential", **options: Any) -> None:
        self.when = when
        super().__init__(*args, **options)

    def is_secret(self, row: models.Model) -> bool:
        """Whether the value of this row must be sealed."""
        found: Any = row
        for name in self.when.split("."):
            found = getattr(found, name)
        return bool(found)

    def seal_text(self, plain: str) -> str:
        """Seal a text under the ring for secret rows; the result is a text."""
        uid = uuid4()
        return (
            MARK
            + b64encode(uid.bytes + seal(plain, purpose="secret", bound_to=f"{self.place}:{uid}")).decode()
        )

    def open_text(self, kept: str) -> str:
        """Open the result of :meth:`seal_text`; raises :class:`SealBroken`."""
        try:
            raw = b64decode(kept.removeprefix(MARK), validate=True)
        except ValueError as error:
            raise SealBroken("这项内容打不开：它被改动过。请联系系统管理员。") from error
        return unseal(raw[16:], purposes=("secret",), bound_to=f"{self.place}:{UUID(bytes=raw[:16])}")

    @property
    def place(self) -> str:
        """The name of the column to which the seal is bound."""
        return f"{self.model._meta.db_table}.{self.attname}"  # type: ignore[attr-defined]


class SealedWhenText(_SealedWhen, models.TextField):  # type: ignore[type-arg]
    """A text column, sealed in secret rows."""

    def deconstruct(self) -> Any:
        """The database sees a text column."""
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
        """Seal the value of a secret row; an unchanged value keeps its seal."""
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
    """A JSON list, sealed in secret rows as ``{"sealed": …}``."""

    def deconstruct(self) -> Any:
        """The database sees a JSON column."""
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
        """Seal the value of a secret row; an unchanged value keeps its seal."""
        found: list[Any] = getattr(model_instance, self.attname)
        if isinstance(found, OpenedList) and found.column == self.place:
            return {"sealed": found.sealed}
        if not found or not self.is_secret(model_instance):
            return found
        opened = OpenedList(found)
        opened.sealed, opened.column = self.seal_text(json.dumps(found, ensure_ascii=False)), self.place
        setattr(model_instance, self.attname, opened)
        return {"sealed": opened.sealed}
