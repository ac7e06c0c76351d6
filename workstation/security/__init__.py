"""Keys, ciphers, sealing, audit records: what keeps a stranger out of the store.

Its data come from the system (random bytes, the OS keyring) and from the person (a passphrase, a
recovery key); it keeps nothing itself but the file of key slots. ``store``, ``workflow``, ``app`` may
import it; the only package that imports ``cryptography`` and ``keyring``.
"""

from workstation.security.ciphers import derive, new_key, seal, tag, unseal
from workstation.security.errors import (
    KeyFileRefused,
    KeyringLocked,
    KeyringNoEntry,
    KeyringUnavailable,
    KeyringWrongEntry,
    SealBroken,
    SecretRefused,
    SelfTestFailed,
    SlotsRefused,
    WrongKey,
)
from workstation.security.stream import ChunkCipher, chunk_count, sealed_size

__all__ = [
    "ChunkCipher",
    "KeyFileRefused",
    "KeyringLocked",
    "KeyringNoEntry",
    "KeyringUnavailable",
    "KeyringWrongEntry",
    "SealBroken",
    "SecretRefused",
    "SelfTestFailed",
    "SlotsRefused",
    "WrongKey",
    "chunk_count",
    "derive",
    "new_key",
    "seal",
    "sealed_size",
    "tag",
    "unseal",
]
