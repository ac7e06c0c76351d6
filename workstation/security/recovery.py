"""Sealing to someone who isn't here: the organisation's recovery key, and a person's own on paper.

When the keyring is gone and the passphrase forgotten, unsent reports must still be reachable. A slot
sealed to a public key needs no secret on this machine; whoever holds the private part opens it. There
are two holders: the organisation (a key pair of its own making, for instance with
``openssl genpkey -algorithm x25519``), and the person, whose pair is made here and whose private part
is shown once, to be printed:

    7HQ2-M4XP-0RVD-9CKT-WYJA-3NBG-E5S8-ZF61

That is base32 in Crockford's letters (no I, L, O, U; case, spaces and hyphens don't matter) of a seed
of 16 bytes and 4 bytes of its SHA-256, so that a slip of the pen is told from a wrong key.

Errors:  SecretRefused for a text that is no key, or a key that doesn't fit.
Source:  RFC 9180 (HPKE, base mode: DHKEM X25519, HKDF-SHA256, AES-256-GCM); RFC 7748; RFC 5958 and 7468
         (PEM); crockford.com/base32.html.
"""

from __future__ import annotations

import base64
import hashlib
import secrets
from typing import Final

from cryptography.exceptions import InvalidTag, UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey, X25519PublicKey
from cryptography.hazmat.primitives.hpke import AEAD, KDF, KEM, Suite
from cryptography.hazmat.primitives.serialization import load_pem_private_key, load_pem_public_key

from workstation.security.ciphers import KEY_BYTES, Key, derive, same
from workstation.security.errors import SecretRefused

_SUITE: Final = Suite(KEM.X25519, KDF.HKDF_SHA256, AEAD.AES_256_GCM)
_SEED_BYTES: Final = 16
_SUM_BYTES: Final = 4
_GROUP: Final = 4
_RFC_4648: Final = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567"
_CROCKFORD: Final = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
_TO_PAPER: Final = str.maketrans(_RFC_4648, _CROCKFORD)
_FROM_PAPER: Final = str.maketrans(_CROCKFORD + "OIL", _RFC_4648 + "ABB", " -\t\r\n")


def new_recovery_key() -> str:
    """Return a fresh personal recovery key, to be shown once and kept on paper."""
    seed = secrets.token_bytes(_SEED_BYTES)
    letters = base64.b32encode(seed + _checksum(seed)).decode().translate(_TO_PAPER)
    return "-".join(letters[at : at + _GROUP] for at in range(0, len(letters), _GROUP))


def private_key(text: str) -> bytes:
    """Return the private key that a text holds: a printed recovery key, or a PEM file's text."""
    if "-----BEGIN" in text:
        return _private_from_pem(text)
    return derive(_seed(text), b"lumen/recovery-key/v1")


def public_key(text: str) -> bytes:
    """Return the organisation's public key from a PEM file's text, or its 32 bytes in base64."""
    try:
        if "-----BEGIN" not in text:
            return _require_length(base64.b64decode(text.strip(), validate=True))
        key = load_pem_public_key(text.encode())
    except (ValueError, UnsupportedAlgorithm) as error:
        raise _no_key("public key") from error
    if not isinstance(key, X25519PublicKey):
        raise _no_key("public key")
    return key.public_bytes_raw()


def public_of(private: Key) -> bytes:
    """Return the public part of a private key."""
    return X25519PrivateKey.from_private_bytes(private).public_key().public_bytes_raw()


def seal_to(public: bytes, plain: Key, info: bytes) -> bytes:
    """Return ``plain`` so that only the holder of the private key opens it, bound to ``info``."""
    try:
        return _SUITE.encrypt(plain, X25519PublicKey.from_public_bytes(public), info)
    except ValueError as error:  # a point of small order: everyone would know the shared secret
        raise _no_key("public key") from error


def open_with(private: Key, sealed: bytes, info: bytes) -> bytes:
    """Return what was sealed to this key's public part, or raise SecretRefused."""
    try:
        return _SUITE.decrypt(sealed, X25519PrivateKey.from_private_bytes(private), info)
    except (InvalidTag, ValueError):
        raise SecretRefused("This recovery key does not open this store") from None


def _seed(text: str) -> bytes:
    try:
        data = base64.b32decode(text.upper().translate(_FROM_PAPER))
    except ValueError:
        data = b""
    seed, checksum = data[:_SEED_BYTES], data[_SEED_BYTES:]
    if len(seed) != _SEED_BYTES or not same(checksum, _checksum(seed)):
        raise SecretRefused(
            "This is not a whole recovery key",
            remedy="Compare it with the paper, group by group; one letter off is enough.",
        )
    return seed


def _checksum(seed: bytes) -> bytes:
    return hashlib.sha256(b"lumen/recovery-key/v1" + seed).digest()[:_SUM_BYTES]


def _private_from_pem(text: str) -> bytes:
    try:
        key = load_pem_private_key(text.encode(), password=None)
    except (ValueError, TypeError, UnsupportedAlgorithm) as error:
        raise _no_key("private key") from error
    if not isinstance(key, X25519PrivateKey):
        raise _no_key("private key")
    return key.private_bytes_raw()


def _require_length(raw: bytes) -> bytes:
    if len(raw) != KEY_BYTES:
        raise ValueError("an X25519 key has 32 bytes")
    return raw


def _no_key(kind: str) -> SecretRefused:
    return SecretRefused(
        f"This is not an X25519 {kind}",
        remedy="Expected is a PEM file as openssl writes it, without a password of its own.",
    )
