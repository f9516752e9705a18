"""Known answers that the ciphers must give before the platform starts (RFC 8998 A.1; NIST SP 800-38D; GB/T 32905)."""

from __future__ import annotations

import hashlib

from django.core.exceptions import ImproperlyConfigured

from common.privacy.ciphers import decrypt, encrypt

# name, key, nonce, authenticated data, plain text, ciphertext and tag; hexadecimal
VECTORS = (
    (
        "sm4-gcm",
        "0123456789abcdeffedcba9876543210",
        "00001234567800000000abcd",
        "feedfacedeadbeeffeedfacedeadbeefabaddad2",
        "aaaaaaaaaaaaaaaabbbbbbbbbbbbbbbbccccccccccccccccdddddddddddddddd"
        "eeeeeeeeeeeeeeeeffffffffffffffffeeeeeeeeeeeeeeeeaaaaaaaaaaaaaaaa",
        "17f399f08c67d5ee19d0dc9969c4bb7d5fd46fd3756489069157b282bb200735"
        "d82710ca5c22f0ccfa7cbf93d496ac15a56834cbcf98c397b4024a2691233b8d"
        "83de3541e4c2b58177e065a9bf7b62ec",
    ),
    (
        "aes-256-gcm",
        "00" * 32,
        "00" * 12,
        "",
        "00" * 16,
        "cea7403d4d606b6e074ec5d3baf39d18d0d1c8a799996bf0265b98b5d48ab919",
    ),
)
SM3_OF_ABC = "66c7f0f462eeedd9d1f2d46bdc10e4e24167c4875cf2f7a2297da02b8f4ba8e0"


def require_known_answers() -> None:
    """Raise :class:`ImproperlyConfigured` when a cipher or the digest on this machine gives a wrong answer."""
    for cipher, *words in VECTORS:
        key, nonce, bound_to, plain, expected = map(bytes.fromhex, words)
        sealed = encrypt(plain, cipher=cipher, key=key, nonce=nonce, bound_to=bound_to)
        opened = decrypt(sealed, cipher=cipher, key=key, nonce=nonce, bound_to=bound_to)
        if sealed != expected or opened != plain:
            raise ImproperlyConfigured(f"{cipher} does not give the published answer on this machine.")
    if hashlib.new("sm3", b"abc").hexdigest() != SM3_OF_ABC:
        raise ImproperlyConfigured("sm3 does not give the published answer on this machine.")
