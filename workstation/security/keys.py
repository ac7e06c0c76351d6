"""The store's key in its slots, and a key of its own for every study.

A store has one random key, the KEK. It is never written down: each slot holds it sealed, so that the
keyring, a passphrase or a recovery key opens it, and any of these can be changed without touching a
study. Every study has a random data key, sealed under the KEK and bound to the study's tag: deleting
that sealed key shreds the study.

The file of slots is JSON, small enough to read over the telephone:

    format, version   ``lumen-key-slots``, 1; nothing else is opened
    store             the store's random name
    check             key-check value: HKDF of the KEK; tells the right key from any other
    slots             see ``slots``, at most one of each kind, never none
    mac               HMAC-SHA256 under a key derived from the KEK, over all of the above: a slot put in,
                      taken out or changed by someone without the KEK is seen as soon as the store opens
    sha256            plain digest over all of the above: damage is seen before anything is asked for

Rules:   no function here makes a KEK except ``new_kek``; opening never falls back to another slot, or to
         no key at all, on its own. The last slot cannot be taken out.
Limits:  taking a slot out doesn't stop someone who kept an old copy of the file and what opened it.
Errors:  see ``slots``; WrongKey when a change is asked for with a key that isn't this store's.
Units:   keys are 32 bytes, handed out as bytearray, so that the owner can ``wipe`` them.
"""

from __future__ import annotations

import hashlib
import hmac
import json
import secrets
from dataclasses import dataclass, replace
from typing import Any, Final, TypeVar

from workstation.security import recovery, slots
from workstation.security.ciphers import Key, derive, new_key, same, seal, unseal, wipe
from workstation.security.errors import SecretRefused, SlotsRefused, WrongKey
from workstation.security.keyrings import Keyring
from workstation.security.passphrase import ACCEPTED, NEW_COST, Cost, CostRange
from workstation.security.slots import Json, KeyringSlot, PassphraseSlot, RecoverySlot, Slot, SlotKind

_FORMAT: Final = "lumen-key-slots"
_VERSION: Final = 1
_FILE_BYTES_MAX: Final = 64 * 1024
_STORE_NAME_BYTES: Final = 16

_Form = TypeVar("_Form", KeyringSlot, PassphraseSlot)


def new_kek() -> bytearray:
    """Return the key of a new store; only for a folder that holds none."""
    return new_key()


def new_data_key() -> bytearray:
    """Return a fresh key for one study."""
    return new_key()


def wrap_data_key(kek: Key, data_key: Key, study_tag: str) -> bytes:
    """Return a study's key sealed under the store's, for this study alone."""
    return seal(kek, data_key, _study_binding(study_tag))


def unwrap_data_key(kek: Key, wrapped: bytes, study_tag: str) -> bytearray:
    """Return a study's key; SealBroken if it is damaged or another study's, WrongKey if another store's."""
    return bytearray(unseal(kek, wrapped, _study_binding(study_tag)))


@dataclass(frozen=True)
class KeySlots:
    """A store's slots as they stand in its file; every change gives a new value, proved by the KEK."""

    store: str
    check: bytes
    slots: tuple[Slot, ...]
    mac: bytes = b""

    @classmethod
    def create(cls, kek: Key) -> KeySlots:
        """Return the beginnings of a new store's slots; they can be written once one is in."""
        return _signed(kek, cls(secrets.token_hex(_STORE_NAME_BYTES), _check_value(kek), ()))

    @property
    def kinds(self) -> frozenset[SlotKind]:
        """Which kinds of slot there are."""
        return frozenset(slot.kind for slot in self.slots)

    @property
    def keyring_entry(self) -> str | None:
        """The name under which the keyring holds this store's secret, None without such a slot."""
        return next((slot.entry for slot in self.slots if isinstance(slot, KeyringSlot)), None)

    def with_keyring(self, kek: Key, keyring: Keyring) -> KeySlots:
        """Add the keyring's slot, or renew it; once this is saved, ``forget_secret`` the old entry."""
        self._prove(kek)
        return self._with(kek, slots.seal_to_keyring(kek, self.store, keyring))

    def with_passphrase(self, kek: Key, words: str, cost: Cost = NEW_COST) -> KeySlots:
        """Add a passphrase, or change it."""
        self._prove(kek)
        return self._with(kek, slots.seal_to_passphrase(kek, self.store, words, cost))

    def with_organisation(self, kek: Key, public: bytes) -> KeySlots:
        """Add the organisation's recovery key (``recovery.public_key`` reads it), or change it."""
        self._prove(kek)
        return self._with(kek, slots.seal_to_public(kek, self.store, SlotKind.ORGANISATION, public))

    def with_personal(self, kek: Key, recovery_key: str) -> KeySlots:
        """Add the person's own recovery key (``recovery.new_recovery_key`` makes one), or change it."""
        self._prove(kek)
        public = recovery.public_of(recovery.private_key(recovery_key))
        return self._with(kek, slots.seal_to_public(kek, self.store, SlotKind.PERSONAL, public))

    def without(self, kek: Key, kind: SlotKind) -> KeySlots:
        """Take a slot out; the last one stays."""
        self._prove(kek)
        rest = tuple(slot for slot in self.slots if slot.kind is not kind)
        if not rest:
            raise SlotsRefused(
                "The last way to open this store cannot be taken away", remedy="Add another one first."
            )
        return _signed(kek, replace(self, slots=rest))

    def unlock_with_keyring(self, keyring: Keyring) -> bytearray:
        """Return the KEK, or raise which of the keyring's states stands in the way."""
        return self._verified(slots.open_with_keyring(self._slot(KeyringSlot), self.store, keyring))

    def unlock_with_passphrase(self, words: str, accepted: CostRange = ACCEPTED) -> bytearray:
        """Return the KEK, or raise SecretRefused."""
        slot = self._slot(PassphraseSlot)
        return self._verified(slots.open_with_passphrase(slot, self.store, words, accepted))

    def unlock_with_recovery_key(self, text: str) -> bytearray:
        """Return the KEK for a printed recovery key, or for the organisation's private key as PEM."""
        private = recovery.private_key(text)
        public = recovery.public_of(private)
        for slot in self.slots:
            if isinstance(slot, RecoverySlot) and slot.public == public:
                return self._verified(slots.open_with_private(slot, self.store, private))
        raise SecretRefused("This recovery key does not belong to this store")

    def to_bytes(self) -> bytes:
        """Return the file's content."""
        if not self.slots:
            raise SlotsRefused("A store without any key slot could never be opened again")
        signed = self.to_json()
        digest = hashlib.sha256(slots.canonical(signed)).hexdigest()
        return json.dumps({**signed, "sha256": digest}, indent=1, sort_keys=True).encode() + b"\n"

    @classmethod
    def from_bytes(cls, data: bytes) -> KeySlots:
        """Return what a file holds; nothing but this format, this version and a whole file is taken."""
        value = _whole(data)
        try:
            found = cls(
                store=value["store"],
                check=bytes.fromhex(value["check"]),
                slots=tuple(slots.from_json(slot) for slot in value["slots"]),
                mac=bytes.fromhex(value["mac"]),
            )
        except (KeyError, TypeError, ValueError):
            raise slots.damaged() from None
        if found.to_json() != value or len(found.kinds) != len(found.slots):
            raise slots.damaged()
        return found

    def to_json(self) -> dict[str, Json]:
        """Return the fields of the file without its digest."""
        return {**self.body(), "mac": self.mac.hex()}

    def body(self) -> dict[str, Json]:
        """Return the fields that the MAC covers."""
        return {
            "format": _FORMAT,
            "version": _VERSION,
            "store": self.store,
            "check": self.check.hex(),
            "slots": [slots.to_json(slot) for slot in self.slots],
        }

    def _slot(self, form: type[_Form]) -> _Form:
        for slot in self.slots:
            if isinstance(slot, form):
                return slot
        raise SlotsRefused(f"This store has no {form.kind} slot", remedy="Open it in another way.")

    def _with(self, kek: Key, slot: Slot) -> KeySlots:
        others = tuple(other for other in self.slots if other.kind is not slot.kind)
        return _signed(kek, replace(self, slots=(*others, slot)))

    def _prove(self, kek: Key) -> None:
        if not same(_check_value(kek), self.check):
            raise WrongKey("This is not the key of this store")

    def _verified(self, kek: bytearray) -> bytearray:
        """Return a key that a slot gave, once it is known to be this store's and the slots to be its own."""
        if not (same(_check_value(kek), self.check) and same(_mac(kek, self), self.mac)):
            wipe(kek)
            raise slots.damaged()
        return kek


def _whole(data: bytes) -> dict[str, Any]:
    """Return a file's fields without its digest, once format, version and digest are right."""
    try:
        value = json.loads(data) if len(data) <= _FILE_BYTES_MAX else None
    except (ValueError, RecursionError):
        value = None
    if not isinstance(value, dict):
        raise slots.damaged()
    if (value.get("format"), value.get("version")) != (_FORMAT, _VERSION):
        raise SlotsRefused(
            "These key slots have a form that this version doesn't know",
            remedy="Open the store with the version that wrote it, or a newer one.",
        )
    digest = value.pop("sha256", None)
    if digest != hashlib.sha256(slots.canonical(value)).hexdigest():
        raise slots.damaged()
    return value


def _signed(kek: Key, unsigned: KeySlots) -> KeySlots:
    return replace(unsigned, mac=_mac(kek, unsigned))


def _mac(kek: Key, unsigned: KeySlots) -> bytes:
    key = derive(kek, b"lumen/key-slots-mac/v1")
    return hmac.digest(key, slots.canonical(unsigned.body()), "sha256")


def _check_value(kek: Key) -> bytes:
    return derive(kek, b"lumen/key-check/v1")


def _study_binding(study_tag: str) -> bytes:
    return b"lumen/data-key/v1\x00" + study_tag.encode()
