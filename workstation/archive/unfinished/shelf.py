"""Keeps what came of large instances until they are continued: in memory, beyond a budget on the disk.

What goes to the disk is encrypted with a key that lives in memory alone, in a temporary file without a name;
whatever ends the program, nobody reads it any more. What has lain longest gives way to what is new.

Units:   bytes.
Errors:  none: what can't be kept, or be read again, has to come anew.
"""

from __future__ import annotations

import tempfile
import threading
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from typing import IO, Final

from workstation.archive.unfinished.begun import Begun
from workstation.security import new_key, seal, unseal, wipe
from workstation.security.ciphers import SEAL_OVERHEAD
from workstation.security.errors import SealBroken

MEMORY: Final = 256 << 20
MOST: Final = 4 << 30  # in memory and on the disk
_SLICE: Final = 4 << 20  # sealed at once


class Shelf:
    """Instances by their UIDs; safe for several threads."""

    def __init__(self, memory: int = MEMORY, most: int = MOST) -> None:
        self._memory = memory
        self._most = most
        self._lock = threading.Lock()
        self._kept: dict[str, _Lying] = {}  # what has lain longest comes first

    def put(self, begun: Begun) -> None:
        """Keep what came of an instance, in place of what was kept of it before."""
        size = len(begun.data)
        lying = _Lying(begun, size)
        with self._lock:
            self._drop(begun.uid)
            if size > self._most:
                return
            while self._bytes() + size > self._most:
                self._drop(next(iter(self._kept)))
            has_room = self._bytes(in_memory=True) + size <= self._memory
        try:
            if not has_room:
                lying.put_away()
        except OSError:  # a full disk; the instance comes anew
            lying.close()
            return
        with self._lock:
            self._kept[begun.uid] = lying

    def has(self, uid: str) -> bool:
        """Say whether something of an instance is kept."""
        return uid in self._kept

    def take(self, uid: str) -> Begun | None:
        """Return what was kept of an instance, None if nothing was; it is kept no more."""
        with self._lock:
            lying = self._kept.pop(uid, None)
        if lying is None:
            return None
        try:
            return lying.taken()
        except (OSError, SealBroken):
            return None
        finally:
            lying.close()

    def close(self) -> None:
        """Keep nothing any more."""
        with self._lock:
            for uid in tuple(self._kept):
                self._drop(uid)

    def _drop(self, uid: str) -> None:
        lying = self._kept.pop(uid, None)
        if lying is not None:
            lying.close()

    def _bytes(self, *, in_memory: bool = False) -> int:
        return sum(one.size for one in self._kept.values() if one.file is None or not in_memory)


@dataclass
class _Lying:
    begun: Begun
    size: int
    file: IO[bytes] | None = None
    _key: bytearray | None = None

    def put_away(self) -> None:
        """Write the bytes to the disk, sealed, and let go of them."""
        self._key = new_key()
        self.file = tempfile.TemporaryFile()  # noqa: SIM115  it lies there until it is taken
        with memoryview(self.begun.data) as data:
            for number, start in enumerate(range(0, self.size, _SLICE)):
                self.file.write(seal(self._key, data[start : start + _SLICE], _name(number)))
        self.file.flush()
        self.begun.data = bytearray()

    def taken(self) -> Begun:
        """Return the instance with its bytes."""
        if self.file is not None and self._key is not None:
            self.file.seek(0)
            self.begun.data = bytearray().join(self._slices(self.file, self._key))
        return self.begun

    def close(self) -> None:
        """Let go of everything."""
        if self._key is not None:
            wipe(self._key)
        if self.file is not None:
            with suppress(OSError):
                self.file.close()

    def _slices(self, file: IO[bytes], key: bytearray) -> Iterator[bytes]:
        for number, start in enumerate(range(0, self.size, _SLICE)):
            sealed = file.read(min(_SLICE, self.size - start) + SEAL_OVERHEAD)
            yield unseal(key, sealed, _name(number))


def _name(number: int) -> bytes:
    return b"unfinished %d" % number
