"""Shared memory that a job borrows: what it reads and, if need be, what it writes; used again and again.

Units:   bytes.
"""

from __future__ import annotations

from typing import Final

from workstation.frames.storage import Pixels
from workstation.workers import BufferSlice, SharedBuffer

_LEAST: Final = 1 << 20


class Slot:
    """Memory for one job at a time."""

    def __init__(self) -> None:
        self.wipes = 0  # how many wipes there had been when it was taken
        self.target_used = False  # or else the worker writes where the frame will lie
        self._source: SharedBuffer | None = None
        self._target: SharedBuffer | None = None

    def source_of(self, length: int) -> BufferSlice:
        """Return room to read ``length`` bytes into; at least one, which a codec then refuses."""
        self._source = _at_least(self._source, length)
        return self._source.slice(0, max(length, 1))

    def target_of(self, length: int) -> BufferSlice:
        """Return room to decode ``length`` bytes into."""
        self._target = _at_least(self._target, length)
        return self._target.slice(0, length)

    def decoded(self, offset: int, like: Pixels) -> Pixels:
        """Return what was decoded at an offset, in the form of another array."""
        assert self._target is not None  # noqa: S101  something was decoded into it
        return self._target.array(like.dtype, like.shape, offset)

    def wipe(self) -> None:
        """Give the memory up, zeroed."""
        for buffer in (self._source, self._target):
            if buffer is not None:
                buffer.wipe()
                buffer.close()
        self._source = self._target = None


def _at_least(buffer: SharedBuffer | None, length: int) -> SharedBuffer:
    if buffer is not None and buffer.size >= length:
        return buffer
    if buffer is not None:
        buffer.close()
    return SharedBuffer.create(max(_LEAST, 1 << (length - 1).bit_length()))
