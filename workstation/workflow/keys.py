"""Where the store's key comes from, and the first making of a store.

The demonstration's key lies beside it. A real store's key comes from the system's keyring, from a
passphrase, or from a printed recovery key; nothing falls back from one to another by itself, and a
new key is only ever made for a folder that holds nothing.

Errors:  those of ``security`` for each state of the keyring and each wrong word; WrongStore for a folder
         that can't be one.
"""

from __future__ import annotations

import contextlib
import os
import shutil
from collections.abc import Iterator
from dataclasses import dataclass, field
from enum import Enum
from pathlib import Path
from typing import Final

from workstation.config import Places, Settings
from workstation.errors import LumenError
from workstation.security import (
    KeyringLocked,
    KeyringNoEntry,
    KeyringUnavailable,
    KeyringWrongEntry,
    KeySlots,
    SecretRefused,
    SlotFile,
    SlotKind,
    create_demo_key,
    load_demo_key,
    new_kek,
    new_recovery_key,
    system_keyring,
)
from workstation.security.ciphers import wipe
from workstation.security.passphrase import LEAST_CHARACTERS
from workstation.security.recovery import private_key
from workstation.store import Options, Store, StoreMissing
from workstation.workflow.errors import WrongStore

_DEMO_KEY: Final = "demo.key"
_KEYS: Final = ("keys.copy.json", "keys.json", _DEMO_KEY)
_BUILDING: Final = ".new"


class _Kind(Enum):
    DEMO = "demo"
    KEYRING = "keyring"
    PASSPHRASE = "passphrase"  # noqa: S105  a kind, not a secret
    RECOVERY = "recovery"


@dataclass(frozen=True, slots=True)
class KeySource:
    """One way to the key; its words are never printed."""

    kind: _Kind
    words: str = field(default="", repr=False)

    @classmethod
    def demo(cls) -> KeySource:
        """Return the way to the demonstration."""
        return cls(_Kind.DEMO)

    @classmethod
    def keyring(cls) -> KeySource:
        """Return the way through the system's keyring."""
        return cls(_Kind.KEYRING)

    @classmethod
    def passphrase(cls, words: str) -> KeySource:
        """Return the way with a passphrase."""
        return cls(_Kind.PASSPHRASE, words)

    @classmethod
    def recovery(cls, words: str) -> KeySource:
        """Return the way with a recovery key."""
        return cls(_Kind.RECOVERY, words)


@dataclass(frozen=True, slots=True)
class NewStore:
    """A store that was just made; the recovery key is shown once and kept nowhere."""

    folder: Path
    recovery_key: str = field(default="", repr=False)


def store_exists(folder: Path) -> bool:
    """Tell whether a store lies in this folder, or its keys do."""
    return SlotFile(folder).exists() or (folder / _DEMO_KEY).exists()


def own_folder(settings: Settings, places: Places) -> Path:
    """Return where the person's own store lies; ``~`` in the settings is the person's home."""
    told = settings.text("store.folder")
    return Path(told).expanduser() if told else places.store


def opens_with_keyring(folder: Path) -> bool:
    """Tell whether a store has its key in the keyring."""
    return SlotKind.KEYRING in SlotFile(folder).load().kinds


def asks_for_words(error: BaseException) -> bool:
    """Tell whether only the passphrase or the recovery key leads on from here."""
    return isinstance(error, (KeyringUnavailable, KeyringLocked, KeyringNoEntry, KeyringWrongEntry))


def keyring_trouble() -> str:
    """Return why this computer's keyring cannot be used, "" if it can."""
    try:
        system_keyring()
    except LumenError as error:
        return str(error)
    return ""


def shortest_passphrase() -> int:
    """Return how many characters a passphrase must have."""
    return LEAST_CHARACTERS


def looks_like_recovery_key(words: str) -> bool:
    """Tell a printed recovery key (its checksum says so) from a passphrase."""
    try:
        private_key(words)
    except SecretRefused:
        return False
    return True


def create_store(*, folder: Path, key: KeySource, with_recovery: bool = False) -> NewStore:
    """Make an empty store, whole or not at all: it is built elsewhere and then put in its place.

    The folder may be there already, if it is empty: prepared by IT, or a disk of its own.
    """
    folder = folder.absolute()
    try:
        _require_empty(folder)
        with _building_place(folder) as building:
            recovery_key = _build(building, key, with_recovery=with_recovery)
            _put_in_place(building, folder)
    except OSError as error:
        raise WrongStore(
            f"The store cannot be made here: {error.strerror}",
            where=str(folder),
            remedy="Choose another folder.",
        ) from error
    return NewStore(folder, recovery_key)


def open_store(*, folder: Path, key: KeySource, options: Options) -> Store:
    """Open a store with its key."""
    return Store.open(folder, _unlocked(folder, key), options)


def _build(folder: Path, key: KeySource, *, with_recovery: bool) -> str:
    """Make keys and databases; return the recovery key, if one is wanted."""
    if key.kind is _Kind.DEMO:
        Store.create(folder, create_demo_key(folder / _DEMO_KEY)).close()
        return ""
    kek = new_kek()
    slots = _first_slot(KeySlots.create(kek), kek, key)
    recovery_key = new_recovery_key() if with_recovery else ""
    if recovery_key:
        slots = slots.with_personal(kek, recovery_key)
    SlotFile(folder).save(slots)
    Store.create(folder, kek).close()
    wipe(kek)
    return recovery_key


def _require_empty(folder: Path) -> None:
    if store_exists(folder):
        raise WrongStore("There is a store here already", where=str(folder), remedy="Open it instead.")
    if folder.exists() and any(path.name != _BUILDING for path in folder.iterdir()):
        raise WrongStore("Other files lie in this folder", where=str(folder), remedy="Choose an empty one.")


@contextlib.contextmanager
def _building_place(folder: Path) -> Iterator[Path]:
    """Make the folder in which a store is built; what an interrupted building left goes first.

    It lies beside the store's own, so that one rename puts all of it in place; inside where the folder
    above may not be written, or the folder is a disk.
    """
    folder.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    is_fixed = folder.exists() and (os.path.ismount(folder) or not os.access(folder.parent, os.W_OK))
    building = folder / _BUILDING if is_fixed else folder.with_name(f".{folder.name}{_BUILDING}")
    shutil.rmtree(building, ignore_errors=True)
    building.mkdir(mode=0o700)
    try:
        yield building
    finally:
        shutil.rmtree(building, ignore_errors=True)


def _put_in_place(building: Path, folder: Path) -> None:
    if building.parent != folder:
        if folder.exists():
            folder.rmdir()
        building.rename(folder)
        return
    for path in sorted(
        building.iterdir(), key=lambda path: path.name in _KEYS
    ):  # with its keys it is a store
        path.rename(folder / path.name)


def _unlocked(folder: Path, key: KeySource) -> bytearray:
    if key.kind is _Kind.DEMO:
        return load_demo_key(folder / _DEMO_KEY)
    if (folder / _DEMO_KEY).exists():
        raise WrongStore(
            "This is the demonstration's store", where=str(folder), remedy="workstation demo opens it."
        )
    if not SlotFile(folder).exists():
        raise StoreMissing(
            "There is no store here yet", where=str(folder), remedy="Import something, or create it."
        )
    slots = SlotFile(folder).load()
    if key.kind is _Kind.KEYRING:
        return slots.unlock_with_keyring(system_keyring())
    if key.kind is _Kind.PASSPHRASE:
        return slots.unlock_with_passphrase(key.words)
    return slots.unlock_with_recovery_key(key.words)


def _first_slot(slots: KeySlots, kek: bytearray, key: KeySource) -> KeySlots:
    if key.kind is _Kind.KEYRING:
        return slots.with_keyring(kek, system_keyring())
    if key.kind is _Kind.PASSPHRASE:
        return slots.with_passphrase(kek, key.words)
    raise WrongStore("A new store needs the keyring or a passphrase, not a recovery key")
