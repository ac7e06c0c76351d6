"""A file that takes up room on purpose: given up when the disk is full, so that work can still be stored."""

from __future__ import annotations

import contextlib
from pathlib import Path
from typing import Final

from workstation.store.files import Files

RESERVE_BYTES: Final = 64 << 20
_MARGIN: Final = 3  # taken up again only when this many times its size are free


class Reserve:
    """The room that is kept for work."""

    def __init__(self, files: Files, path: Path, size: int = RESERVE_BYTES) -> None:
        self._files = files
        self._path = path
        self._size = size

    @property
    def is_held(self) -> bool:
        """Say whether the room is still there to be given up."""
        return self._files.exists(self._path)

    @property
    def wants(self) -> int:
        """Return how much must be free for the room to be taken up again; 0 if it is held."""
        return 0 if self.is_held else _MARGIN * self._size

    def release(self) -> bool:
        """Give the room up; say whether there was any."""
        if not self.is_held:
            return False
        with contextlib.suppress(OSError):
            self._files.remove(self._path)
            return True
        return False

    def restore(self) -> bool:
        """Take the room up again if the disk has plenty; say whether it is held."""
        if self.is_held:
            return True
        with contextlib.suppress(OSError):
            if self._files.free(self._path.parent) >= self.wants:
                self._files.allocate(self._path, self._size)
                return True
            return False
        with contextlib.suppress(OSError):
            self._files.remove(self._path)  # half of it is of no use
        return False
