"""Personal fields are sealed: published answers, bound to their row, opened by named keys only (Art. 20, 26)."""

from __future__ import annotations

import os
from typing import Any
from uuid import uuid4

import pytest
from django.core.exceptions import ImproperlyConfigured
from hypothesis import given
from hypothesis import strategies as st

from common.privacy import ciphers, sealing_vectors
from common.privacy.ciphers import PURPOSES, SealBroken, read_rings, written_key
from common.privacy.masking import mask
from common.privacy.sealing import blind_index, seal, unseal
from personnel.models import ContactRecord, IdentityRecord
from tests.shapes import Sent

CIPHERS = ["aes-256-gcm", "sm4-gcm"]


def keys(*names: str) -> list[str]:
    return [written_key(name, os.urandom(32)) for name in names]


@pytest.mark.article(20)
def test_both_ciphers_and_the_digest_give_their_published_answers() -> None:
    sealing_vectors.require_known_answers()


def test_a_cipher_that_answers_wrongly_stops_the_start(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sealing_vectors, "encrypt", lambda plain, **options: plain)
    monkeypatch.setattr(sealing_vectors, "decrypt", lambda sealed, **options: sealed)
    with pytest.raises(ImproperlyConfigured):
        sealing_vectors.require_known_answers()


@pytest.mark.parametrize("cipher", CIPHERS)
@given(text=st.text(min_size=1, max_size=200))
def test_what_was_sealed_opens_again(cipher: str, text: str) -> None:
    key, nonce = os.urandom(ciphers.KEY_BYTES[cipher]), os.urandom(12)
    options: Sent = {"cipher": cipher, "key": key, "nonce": nonce, "bound_to": b"here"}
    sealed = ciphers.encrypt(text.encode(), **options)
    assert ciphers.decrypt(sealed, **options).decode() == text
    with pytest.raises(SealBroken):
        ciphers.decrypt(sealed, **{**options, "bound_to": b"there"})
    with pytest.raises(SealBroken):
        ciphers.decrypt(sealed[:-1] + bytes([sealed[-1] ^ 1]), **options)


@pytest.mark.parametrize("cipher", CIPHERS)
@pytest.mark.article(20)
def test_a_sealed_column_shows_nothing_and_opens_only_in_its_own_row(settings: Any, cipher: str) -> None:
    settings.SEALING_CIPHER = cipher
    row, other = ContactRecord(uid=uuid4()), ContactRecord(uid=uuid4())
    row.seal(private_phone="19900001234", home_address="示范路一号")
    assert b"1990" not in row.private_phone and "示范".encode() not in row.home_address
    assert row.unseal("private_phone") == "19900001234"
    other.private_phone = row.private_phone
    with pytest.raises(SealBroken):
        other.unseal("private_phone")
    row.home_address = row.private_phone
    with pytest.raises(SealBroken):
        row.unseal("home_address")


def test_equal_texts_are_sealed_differently_and_found_by_their_index() -> None:
    one, two = IdentityRecord(uid=uuid4()), IdentityRecord(uid=uuid4())
    one.seal(id_number="410999199001010017")
    two.seal(id_number="410999199001010017")
    assert one.id_number != two.id_number
    assert (
        one.id_number_index
        == two.id_number_index
        == IdentityRecord.indexes_of("id_number", "410999199001010017")[0]
    )
    assert IdentityRecord.indexes_of("id_number", "４１０９９９ 199001010017") == IdentityRecord.indexes_of(
        "id_number", "410999199001010017"
    )
    assert blind_index("1", column="a") != blind_index("1", column="b")
    assert blind_index("", column="a") == ""


def test_the_tiers_have_keys_of_their_own() -> None:
    sealed = seal("410999199001010017", purpose="sensitive", bound_to="here")
    with pytest.raises(SealBroken):
        unseal(sealed, purposes=("personal",), bound_to="here")


def test_an_older_key_opens_what_it_sealed_and_seals_nothing_new(settings: Any) -> None:
    old = keys(*(f"{purpose}.1" for purpose in PURPOSES))
    settings.SEALING_KEYS = old
    before = seal("示范", purpose="personal", bound_to="here")
    settings.SEALING_KEYS = [*old, *keys("personal.2")]
    after = seal("示范", purpose="personal", bound_to="here")
    assert b"personal.1" in before and b"personal.2" in after
    assert unseal(before, purposes=("personal",), bound_to="here") == "示范"
    settings.SEALING_KEYS = [key for key in settings.SEALING_KEYS if not key.startswith("personal.1:")]
    with pytest.raises(SealBroken):
        unseal(before, purposes=("personal",), bound_to="here")


def test_a_value_sealed_by_one_cipher_opens_after_the_setting_has_changed(settings: Any) -> None:
    settings.SEALING_CIPHER = "aes-256-gcm"
    sealed = seal("示范", purpose="personal", bound_to="here")
    settings.SEALING_CIPHER = "sm4-gcm"
    assert unseal(sealed, purposes=("personal",), bound_to="here") == "示范"


@pytest.mark.parametrize("wrong", [["personal.1:xx"], ["personal.1:AAAA"], ["other.1:" + "A" * 43 + "="], []])
def test_wrong_keys_are_named_and_stop_the_start(wrong: list[str]) -> None:
    with pytest.raises(ImproperlyConfigured, match="SEALING_KEYS"):
        read_rings(tuple(wrong))


@pytest.mark.parametrize(
    ("kind", "text", "masked"),
    [
        ("name", "张三", "张*"),
        ("name", "欧阳小明", "欧阳**"),
        ("name", "阿卜杜热合曼·买买提", "阿****"),
        ("phone", "13812345678", "138****5678"),
        ("phone", "4412345", "*****45"),
        ("phone", "110", "****"),
        ("id_number", "410999199001010017", "410***********0017"),
        ("address", "示范路一号院三单元", "示范路****"),
        ("address", "一号", "****"),
        ("address", "石化路88号3", "石化路****"),
        ("name", "张", "*"),
        ("health", "高血压", "****"),
        ("phone", "", ""),
    ],
)
def test_one_function_masks_each_kind(kind: str, text: str, masked: str) -> None:
    assert mask(text, kind=kind) == masked
