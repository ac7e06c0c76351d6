"""The few ciphers of the program, and the one form in which a small value is sealed.

Everything that the store keeps goes through here or through ``stream``; nobody else names an
algorithm. A sealed value says in its own header what it is, and only what stands on the accept-list
is opened: a header that asks for anything else is refused before a key is touched.

    bytes   what
    4       magic ``LUMs``
    1       version, 1
    1       algorithm, 1 = AES-256-GCM
    8       key id (``key_id``): tells a wrong key from damage
    12      nonce, random
    n       ciphertext
    16      tag

Header (the first 14 bytes) and the caller's associated data are authenticated, in this order; the
header's length is fixed, so the two cannot be mistaken for one another.

Units:   a key is 32 bytes; a key id 8; ``SEAL_OVERHEAD`` is what a seal adds to a value, in bytes.
Errors:  WrongKey when the key id differs, SealBroken for everything else that doesn't verify.
Limits:  NIST SP 800-38D section 8.3 allows 2**32 random nonces under one key. The key of a store seals
         one value a study and a handful of slots: far off.
Source:  AES-GCM NIST SP 800-38D; HKDF RFC 5869; HMAC RFC 2104; SHA-256 FIPS 180-4.
"""

from __future__ import annotations

import base64
import hmac
import secrets
from collections.abc import Callable
from typing import Final, TypeAlias

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from workstation.security.errors import SealBroken, SelfTestFailed, WrongKey
from workstation.security.known_answers import KNOWN_ANSWERS

Bytes: TypeAlias = bytes | bytearray | memoryview
Key: TypeAlias = bytes | bytearray

KEY_BYTES: Final = 32
KEY_ID_BYTES: Final = 8
NONCE_BYTES: Final = 12
TAG_BYTES: Final = 16

_MAGIC: Final = b"LUMs"
_VERSION_1: Final = b"\x01"
_AES_256_GCM: Final = b"\x01"
_ACCEPTED: Final = frozenset({_MAGIC + _VERSION_1 + _AES_256_GCM})
_HEAD_BYTES: Final = 6 + KEY_ID_BYTES
SEAL_OVERHEAD: Final = _HEAD_BYTES + NONCE_BYTES + TAG_BYTES


def new_key() -> bytearray:
    """Return 32 random bytes from the system, in a buffer that can be wiped."""
    return bytearray(secrets.token_bytes(KEY_BYTES))


def seal(key: Key, plain: Bytes, associated: bytes) -> bytes:
    """Return the value encrypted and authenticated, bound to ``associated`` (what it is and whose).

    >>> unseal(bytes(32), seal(bytes(32), b"12.0 mm", b"note"), b"note")
    b'12.0 mm'
    """
    head = _MAGIC + _VERSION_1 + _AES_256_GCM + key_id(key)
    nonce = secrets.token_bytes(NONCE_BYTES)
    return head + nonce + AESGCM(key).encrypt(nonce, plain, head + associated)


def unseal(key: Key, sealed: Bytes, associated: bytes) -> bytes:
    """Return what was sealed, or refuse."""
    head, nonce, body = _parts(sealed)
    if not same(head[-KEY_ID_BYTES:], key_id(key)):
        raise WrongKey("This was sealed with another key")
    try:
        return AESGCM(key).decrypt(nonce, body, head + associated)
    except InvalidTag:
        raise SealBroken("A sealed value is damaged or was altered") from None


def derive(key: Key, purpose: bytes, salt: bytes = b"") -> bytes:
    """Return a key of its own for each purpose and salt; none of them tells anything about ``key``."""
    return HKDF(algorithm=SHA256(), length=KEY_BYTES, salt=salt, info=purpose).derive(key)


def key_id(key: Key) -> bytes:
    """Return eight bytes by which a key is known; they tell nothing about it."""
    return derive(key, b"lumen/key-id/v1")[:KEY_ID_BYTES]


def tag(key: Key, text: str) -> str:
    """Return a name that nobody without the key can link to ``text``: 52 letters and digits.

    Lower case, so that it is one name on file systems that don't tell A from a.
    """
    digest = hmac.digest(key, text.encode(), "sha256")
    return base64.b32encode(digest).decode().rstrip("=").lower()


def same(left: Bytes, right: Bytes) -> bool:
    """Compare secrets in a time that doesn't depend on where they differ."""
    return hmac.compare_digest(left, right)


def wipe(secret: bytearray | memoryview) -> None:
    """Overwrite a secret where it stands; copies that Python made elsewhere are beyond reach."""
    secret[:] = bytes(len(secret))


def self_test() -> None:
    """Compute every known answer of the standards; raise SelfTestFailed at the first that differs.

    A store doesn't open before this passed; it takes a few milliseconds.
    """
    for name, answer_is_right in KNOWN_ANSWERS.items():
        if not _passes(answer_is_right):
            raise SelfTestFailed(
                f"{name} gives a wrong answer on this machine",
                remedy="Nothing was opened or written. Reinstall the program; if that doesn't help, "
                "have the computer's memory tested.",
            )


def _passes(answer_is_right: Callable[[], bool]) -> bool:
    try:
        return answer_is_right()
    except Exception:  # noqa: BLE001  a cipher that raises, whatever it raises, has failed
        return False


def _parts(sealed: Bytes) -> tuple[bytes, bytes, bytes]:
    data = bytes(sealed)
    if len(data) < SEAL_OVERHEAD or data[:6] not in _ACCEPTED:
        raise SealBroken("This is not a sealed value that this version knows")
    head, rest = data[:_HEAD_BYTES], data[_HEAD_BYTES:]
    return head, rest[:NONCE_BYTES], rest[NONCE_BYTES:]
