"""Keys on the disk: the file of slots, twice, and the demo's own key. The only module here that writes.

Losing the slots loses every report that wasn't sent, so they are class A of the store's design: written
whole under another name, synced, renamed, the folder synced; and kept in two copies, so that a bad
sector in one costs nothing. The first copy counts; the second is read when the first is damaged.

The demo's key lies in the open in its store's folder, readable by its owner: its patients are invented,
and its store opens without any question. Real data never goes there (``store`` and ``workflow`` see to it).

Errors:  SlotsRefused, KeyFileRefused; OSError from the system as it is.
"""

from __future__ import annotations

import contextlib
import hashlib
import os
from pathlib import Path
from typing import Final

from workstation.security.ciphers import KEY_BYTES, new_key
from workstation.security.errors import KeyFileRefused, SlotsRefused
from workstation.security.keys import KeySlots

_OWNER_ONLY: Final = 0o600
_DEMO_FORMAT: Final = "lumen-demo-key-1"
_SUM_LETTERS: Final = 16


class SlotFile:
    """A store's key slots in its folder."""

    def __init__(self, folder: Path) -> None:
        self._paths = (folder / "keys.json", folder / "keys.copy.json")

    def exists(self) -> bool:
        """Tell whether this folder has (or had, for one copy is enough) a store's keys."""
        return any(path.exists() for path in self._paths)

    def load(self) -> KeySlots:
        """Return the slots, from the second copy if need be; bring the two in step again."""
        first, second = self._copies()
        found = first or second
        if found is None:
            raise SlotsRefused(
                "The file of key slots is missing or damaged, and so is its copy",
                where=str(self._paths[0]),
                remedy="Restore it from a backup. Nothing was changed, and no new key was made.",
            )
        if first != second:
            with contextlib.suppress(OSError):  # a read-only disk may still be read
                self.save(found)
        return found

    def save(self, slots: KeySlots) -> None:
        """Write both copies, durably, one after the other; never over the keys of another store."""
        first, second = self._copies()
        found = first or second
        if self.exists() and (found is None or found.store != slots.store):
            raise SlotsRefused(
                "This folder holds the keys of another store",
                where=str(self._paths[0].parent),
                remedy="Choose an empty folder. Nothing was changed.",
            )
        data = slots.to_bytes()
        for path in self._paths:
            write_whole(path, data)

    def _copies(self) -> tuple[KeySlots | None, KeySlots | None]:
        first, second = self._paths
        return _read(first), _read(second)


def create_demo_key(path: Path) -> bytearray:
    """Make the demo's key; an existing one is never written over."""
    if path.exists():
        raise KeyFileRefused("There is a demo key already", where=str(path), remedy="Open the demo with it.")
    key = new_key()
    write_whole(path, f"{_DEMO_FORMAT} {key.hex()} {_checksum(key)}\n".encode())
    return key


def load_demo_key(path: Path) -> bytearray:
    """Return the demo's key."""
    try:
        name, digits, checksum = path.read_text(encoding="ascii").split()
        key = bytearray.fromhex(digits)
    except (FileNotFoundError, ValueError):
        raise _no_demo_key(path) from None
    if name != _DEMO_FORMAT or len(key) != KEY_BYTES or checksum != _checksum(key):
        raise _no_demo_key(path)
    return key


def write_whole(path: Path, data: bytes) -> None:
    """Put a file in place so that a power cut leaves the old one or the new one, never a piece."""
    temporary = path.with_name(f".{path.name}.tmp")
    temporary.unlink(missing_ok=True)
    descriptor = os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_EXCL, _OWNER_ONLY)
    try:
        with open(descriptor, "wb") as file:  # noqa: PTH123  a descriptor is opened, not a path
            file.write(data)
            file.flush()
            _sync(file.fileno())
        temporary.replace(path)
    except BaseException:
        temporary.unlink(missing_ok=True)
        raise
    _sync_folder(path.parent)


def _read(path: Path) -> KeySlots | None:
    try:
        return KeySlots.from_bytes(path.read_bytes())
    except (FileNotFoundError, SlotsRefused):
        return None


def _sync(descriptor: int) -> None:
    """Bring a file to the medium; on macOS plain fsync stops at the drive's own cache."""
    try:
        from fcntl import F_FULLFSYNC, fcntl  # type: ignore[attr-defined]  # macOS alone has it
    except ImportError:
        os.fsync(descriptor)
    else:
        fcntl(descriptor, F_FULLFSYNC)


def _sync_folder(folder: Path) -> None:
    if os.name == "nt":  # Windows has no such call; the rename itself is journaled
        return
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def _checksum(key: bytearray) -> str:
    return hashlib.sha256(key).hexdigest()[:_SUM_LETTERS]


def _no_demo_key(path: Path) -> KeyFileRefused:
    return KeyFileRefused(
        "The demo's key is missing or damaged",
        where=str(path),
        remedy="Its patients are invented: delete the demo's folder and start the demo again.",
    )
