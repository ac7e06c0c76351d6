"""One key slot: the store's key, sealed so that one thing opens it.

| slot          | opened by                            | kept in the slot                       |
|---------------|--------------------------------------|----------------------------------------|
| keyring       | a random key in the OS keyring       | the entry's name                       |
| passphrase    | Argon2id of the passphrase           | salt and cost                          |
| organisation  | the organisation's private key       | its public key                         |
| personal      | the recovery key printed on paper    | its public key                         |

Whatever a slot says about itself (and the store's name) is associated data of its seal, so a slot that
was changed, or moved over from another store, doesn't open.

Errors:  SecretRefused, the keyring's four states, and SlotsRefused for a slot that is damaged.
"""

from __future__ import annotations

import json
import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import ClassVar, TypeAlias

from workstation.security import keyrings, passphrase, recovery
from workstation.security.ciphers import KEY_BYTES, Bytes, Key, new_key, seal, unseal, wipe
from workstation.security.errors import SealBroken, SecretRefused, SlotsRefused, WrongKey

Json: TypeAlias = "str | int | Mapping[str, Json] | list[Json]"


class SlotKind(StrEnum):
    """Who or what opens a slot."""

    KEYRING = "keyring"
    PASSPHRASE = "passphrase"  # noqa: S105  a kind, not a secret
    ORGANISATION = "organisation"
    PERSONAL = "personal"


@dataclass(frozen=True)
class KeyringSlot:
    """Opened by the OS keyring of one person on one machine."""

    entry: str
    sealed: bytes = b""

    kind: ClassVar[SlotKind] = SlotKind.KEYRING

    def facts(self) -> Mapping[str, Json]:
        """Return what the slot says about itself."""
        return {"kind": self.kind, "entry": self.entry}


@dataclass(frozen=True)
class PassphraseSlot:
    """Opened by a passphrase."""

    salt: bytes
    cost: passphrase.Cost
    sealed: bytes = b""

    kind: ClassVar[SlotKind] = SlotKind.PASSPHRASE

    def facts(self) -> Mapping[str, Json]:
        """Return what the slot says about itself."""
        cost = {"memory_kib": self.cost.memory_kib, "passes": self.cost.passes, "lanes": self.cost.lanes}
        return {"kind": self.kind, "salt": self.salt.hex(), "argon2id": cost}


@dataclass(frozen=True)
class RecoverySlot:
    """Opened by the private part of a recovery key, which this machine doesn't have."""

    kind: SlotKind
    public: bytes
    sealed: bytes = b""

    def facts(self) -> Mapping[str, Json]:
        """Return what the slot says about itself."""
        return {"kind": self.kind, "public": self.public.hex()}


Slot: TypeAlias = KeyringSlot | PassphraseSlot | RecoverySlot


def seal_to_keyring(kek: Key, store: str, keyring: keyrings.Keyring) -> KeyringSlot:
    """Put a new random key into the keyring, under a name never used before, and seal with it.

    An earlier entry stays until its slot is gone from the disk: a crash in between locks nobody out.
    """
    blank = KeyringSlot(entry=f"{store}.{secrets.token_hex(4)}")
    secret = new_key()
    keyrings.write_secret(keyring, blank.entry, secret)
    sealed = seal(secret, kek, binding(store, blank))
    wipe(secret)
    return KeyringSlot(blank.entry, sealed)


def seal_to_passphrase(kek: Key, store: str, words: str, cost: passphrase.Cost) -> PassphraseSlot:
    """Seal with a passphrase, new salt and all."""
    passphrase.require_long_enough(words)
    blank = PassphraseSlot(salt=secrets.token_bytes(passphrase.SALT_BYTES), cost=cost)
    secret = passphrase.stretch(words, blank.salt, cost)
    return PassphraseSlot(blank.salt, cost, seal(secret, kek, binding(store, blank)))


def seal_to_public(kek: Key, store: str, kind: SlotKind, public: bytes) -> RecoverySlot:
    """Seal to a public key."""
    blank = RecoverySlot(kind, public)
    return RecoverySlot(kind, public, recovery.seal_to(public, kek, binding(store, blank)))


def open_with_keyring(slot: KeyringSlot, store: str, keyring: keyrings.Keyring) -> bytearray:
    """Return the store's key, or raise which of the keyring's states stands in the way."""
    secret = keyrings.read_secret(keyring, slot.entry)
    try:
        return _unsealed(secret, slot, store)
    except WrongKey:
        raise keyrings.wrong_entry() from None


def open_with_passphrase(
    slot: PassphraseSlot, store: str, words: str, accepted: passphrase.CostRange
) -> bytearray:
    """Return the store's key; half a second of work by design."""
    accepted.require(slot.cost)
    try:
        return _unsealed(passphrase.stretch(words, slot.salt, slot.cost), slot, store)
    except WrongKey:
        raise SecretRefused("This passphrase does not open this store", remedy="Try it again.") from None


def open_with_private(slot: RecoverySlot, store: str, private: Key) -> bytearray:
    """Return the store's key, opened with a recovery key's private part."""
    return bytearray(recovery.open_with(private, slot.sealed, binding(store, slot)))


def binding(store: str, slot: Slot) -> bytes:
    """Return what a slot's seal is bound to: the store's name and what the slot says about itself."""
    return b"lumen/key-slot/v1\x00" + canonical({"store": store, "slot": slot.facts()})


def canonical(value: Mapping[str, Json]) -> bytes:
    """Return the one way to write a value down."""
    return json.dumps(value, sort_keys=True, separators=(",", ":")).encode()


def to_json(slot: Slot) -> dict[str, Json]:
    """Return a slot as it stands in the file."""
    return {**slot.facts(), "sealed": slot.sealed.hex()}


def from_json(value: Mapping[str, object]) -> Slot:
    """Return the slot that stands in a file; anything but the exact fields of its kind is refused."""
    slot = _parsed(value)
    if to_json(slot) != value:
        raise damaged()
    return slot


def damaged() -> SlotsRefused:
    """Return the error for slots that are not as they were written."""
    return SlotsRefused(
        "The file of key slots is damaged or was altered",
        remedy="Restore it from a backup. Nothing was changed, and no new key was made.",
    )


def _parsed(value: Mapping[str, object]) -> Slot:
    try:
        kind = SlotKind(str(value["kind"]))
        sealed = bytes.fromhex(str(value["sealed"]))
        if kind is SlotKind.KEYRING:
            return KeyringSlot(str(value["entry"]), sealed)
        if kind is SlotKind.PASSPHRASE:
            return PassphraseSlot(bytes.fromhex(str(value["salt"])), _cost(value["argon2id"]), sealed)
        return RecoverySlot(kind, bytes.fromhex(str(value["public"])), sealed)
    except (KeyError, TypeError, ValueError):
        raise damaged() from None


def _cost(value: object) -> passphrase.Cost:
    if not isinstance(value, Mapping):
        raise TypeError("a cost has names and numbers")
    return passphrase.Cost(int(value["memory_kib"]), int(value["passes"]), int(value["lanes"]))


def _unsealed(secret: Bytes, slot: Slot, store: str) -> bytearray:
    try:
        kek = unseal(bytes(secret), slot.sealed, binding(store, slot))
    except WrongKey:
        raise
    except SealBroken:
        raise damaged() from None
    if len(kek) != KEY_BYTES:
        raise damaged()
    return bytearray(kek)
