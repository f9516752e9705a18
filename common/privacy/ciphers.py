"""The ciphers and keys that seal personal fields (Art. 20; GB/T 32907 SM4, NIST SP 800-38D GCM). Pure."""

from __future__ import annotations

import base64
import hashlib
import hmac
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from django.core.exceptions import ImproperlyConfigured

from common.errors import Refusal

TAG_BYTES = 16
CIPHERS = {"aes-256-gcm": 1, "sm4-gcm": 2}
KEY_BYTES = {"aes-256-gcm": 32, "sm4-gcm": 16}
PURPOSES = ("personal", "sensitive", "secret", "index", "trace")


class SealBroken(Refusal):
    """A sealed value cannot be opened: another key, another row, or changed bytes."""

    code = "seal_broken"
    status = 503


@dataclass(frozen=True)
class Key:
    """One key of a ring: its name, such as ``personal.2``, and 32 secret bytes."""

    name: str
    material: bytes

    def for_cipher(self, cipher: str) -> bytes:
        """The key bytes for a cipher, derived from one secret; the two ciphers never share key bytes."""
        length = KEY_BYTES[cipher]
        return hmac.new(self.material, f"puyang {cipher}".encode(), hashlib.sha256).digest()[:length]


def encrypt(plain: bytes, *, cipher: str, key: bytes, nonce: bytes, bound_to: bytes) -> bytes:
    """Return ciphertext and tag of authenticated encryption; ``bound_to`` is authenticated but not encrypted."""
    if cipher == "aes-256-gcm":
        return AESGCM(key).encrypt(nonce, plain, bound_to)
    sealer = Cipher(algorithms.SM4(key), modes.GCM(nonce)).encryptor()
    sealer.authenticate_additional_data(bound_to)
    return sealer.update(plain) + sealer.finalize() + sealer.tag


def decrypt(sealed: bytes, *, cipher: str, key: bytes, nonce: bytes, bound_to: bytes) -> bytes:
    """Decrypt the result of :func:`encrypt`; raises :class:`SealBroken`."""
    try:
        if cipher == "aes-256-gcm":
            return AESGCM(key).decrypt(nonce, sealed, bound_to)
        tag = sealed[-TAG_BYTES:]
        opener = Cipher(algorithms.SM4(key), modes.GCM(nonce, tag)).decryptor()
        opener.authenticate_additional_data(bound_to)
        return opener.update(sealed[:-TAG_BYTES]) + opener.finalize()
    except InvalidTag as error:
        raise SealBroken("这项内容打不开：它不属于这里，或被改动过。请联系系统管理员。") from error


# --- Keys -------------------------------------------------------------------------------------------------


@lru_cache(maxsize=8)
def read_rings(lines: tuple[str, ...]) -> Mapping[str, tuple[Key, ...]]:
    """Read ``personal.1:BASE64`` … into rings by purpose, the newest key last.

    Raises :class:`ImproperlyConfigured` when a purpose has no key or a key is not 32 bytes.
    """
    rings: dict[str, list[Key]] = {purpose: [] for purpose in PURPOSES}
    for line in lines:
        name, _, text = line.strip().partition(":")
        purpose = name.partition(".")[0]
        try:
            material = base64.b64decode(text, validate=True)
        except ValueError as error:
            raise ImproperlyConfigured(f"SEALING_KEYS: {name} is not base64.") from error
        if purpose not in rings or len(material) != 32 or len(name) > 40:
            raise ImproperlyConfigured(f"SEALING_KEYS: {name} should be a key of 32 bytes for {PURPOSES}.")
        rings[purpose].append(Key(name, material))
    if missing := [purpose for purpose, keys in rings.items() if not keys]:
        raise ImproperlyConfigured(f"SEALING_KEYS has no key for {', '.join(missing)}.")
    return {purpose: tuple(keys) for purpose, keys in rings.items()}


def written_key(name: str, secret: bytes) -> str:
    """Return a key in the format of the setting, made from a secret of any length."""
    return f"{name}:{base64.b64encode(hashlib.sha256(secret).digest()).decode()}"
