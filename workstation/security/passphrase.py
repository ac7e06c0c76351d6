"""A key from a passphrase, slowly: what a person can remember against what a thief can try.

The cost is stored beside the slot and comes back from a file that somebody may have changed, so both
ends are bounded before a byte is allocated: a lower cost than the floor is refused (a thief's copy of
the store would be cheap to guess at), a higher one than the ceiling too (a bomb of memory).

Units:   memory in KiB; about 0.6 s and 256 MiB at the cost that new slots get.
Errors:  SlotsRefused for a cost that is not accepted, SecretRefused for a passphrase that cannot be one.
Source:  RFC 9106 (Argon2id); RFC 8265 section 4.2 (how a passphrase is prepared); NIST SP 800-63B
         section 3.1.1.2 (at least eight characters).
"""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass
from typing import Final

from cryptography.hazmat.primitives.kdf.argon2 import Argon2id

from workstation.security.ciphers import KEY_BYTES
from workstation.security.errors import SecretRefused, SlotsRefused

SALT_BYTES: Final = 16
LEAST_CHARACTERS: Final = 8

_MIB: Final = 1024


@dataclass(frozen=True)
class Cost:
    """What one guess at a passphrase costs."""

    memory_kib: int
    passes: int
    lanes: int


@dataclass(frozen=True)
class CostRange:
    """The costs that are accepted from a file, both ends included."""

    lowest: Cost
    highest: Cost

    def require(self, cost: Cost) -> None:
        """Refuse a cost outside, before any memory is taken for it."""
        pairs = (
            (self.lowest.memory_kib, cost.memory_kib, self.highest.memory_kib),
            (self.lowest.passes, cost.passes, self.highest.passes),
            (self.lowest.lanes, cost.lanes, self.highest.lanes),
        )
        if not all(low <= value <= high for low, value, high in pairs):
            raise SlotsRefused(
                "The passphrase slot asks for a cost that is not on the accept-list",
                remedy="The file of key slots was changed by someone. Restore it, or use another slot.",
            )


NEW_COST: Final = Cost(memory_kib=256 * _MIB, passes=3, lanes=4)
ACCEPTED: Final = CostRange(
    lowest=Cost(memory_kib=64 * _MIB, passes=3, lanes=1),
    highest=Cost(memory_kib=1024 * _MIB, passes=10, lanes=16),
)


def stretch(passphrase: str, salt: bytes, cost: Cost) -> bytes:
    """Return the 32-byte key of a passphrase; takes its time, so never on the main thread."""
    return Argon2id(
        salt=salt, length=KEY_BYTES, iterations=cost.passes, lanes=cost.lanes, memory_cost=cost.memory_kib
    ).derive(_prepared(passphrase).encode())


def require_long_enough(passphrase: str) -> None:
    """Refuse a new passphrase that is too short to be one."""
    if len(_prepared(passphrase)) < LEAST_CHARACTERS:
        raise SecretRefused(
            f"A passphrase needs at least {LEAST_CHARACTERS} characters",
            remedy="Several words are easier to remember than a short riddle, and harder to guess.",
        )


def _prepared(passphrase: str) -> str:
    """Return one form of what may be typed in several: é is one character or two, by keyboard."""
    spaced = "".join(" " if unicodedata.category(letter) == "Zs" else letter for letter in passphrase)
    return unicodedata.normalize("NFC", spaced)
