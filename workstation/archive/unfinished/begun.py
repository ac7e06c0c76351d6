"""A large instance of which the beginning is here, and what continues it.

What is here is always a beginning of the archive's file. Further bytes of the file lengthen it; a frame does,
written as it has to stand there, once it is whole and the one before is there. So nothing whole comes twice,
whatever is cut and wherever, and the end is the file: where the archive has said how long it is, it has
that length; what came of the frame in which the stream was cut has to come again the same.

What can't be proven: that frames of unsaid length without an offset table lie in one fragment each to the
last, and that the file's padding is zero.

Units:   bytes; frames count from 0.
Errors:  Differs where what comes can't be of this file: it has to come anew.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Final

from workstation.archive.errors import BadAnswer
from workstation.archive.model import Wanted
from workstation.archive.unfinished.slots import Head, head_of
from workstation.dicom.errors import DicomRefused
from workstation.dicom.layout import EXPLICIT_LITTLE, IMPLICIT_LITTLE

LARGE: Final = 64 << 20
"""From this size on it pays to keep what came."""

_MOST_FRAMES: Final = 200  # in one request
_MOST_BYTES: Final = 32 << 20
_SAME: Final = (IMPLICIT_LITTLE, EXPLICIT_LITTLE)  # native frames are the same in both


class Differs(BadAnswer):
    """What comes is of another file than what is here."""


class Begun:
    """The beginning of one instance; one thread at a time continues it."""

    def __init__(self, head: Head, data: bytearray, length: int | None) -> None:
        self.data = data
        self.length = length  # of the file, where the archive has said it
        self.attempts = 0  # to continue it that were answered with nonsense
        self._head = head
        self._ahead: dict[int, bytes | bytearray] = {}  # frames that came before their turn
        self._count = self._end = 0  # frames that are whole, and where they end
        self._is_lengthened = False  # by bytes of the file, to its end
        self._look()

    @property
    def uid(self) -> str:
        """Return which instance it is."""
        return self._head.uid

    @property
    def wanted(self) -> Wanted:
        """Return how the instance is asked for."""
        return Wanted(self._head.study_uid, self._head.series_uid, self._head.uid)

    @property
    def missing(self) -> tuple[int, ...]:
        """Return the frames that are not here, or not whole."""
        every = range(self._count, self._head.slots.count)
        return tuple(frame for frame in every if frame not in self._ahead)

    @property
    def ends_with_pixels(self) -> bool | None:
        """Say whether nothing follows the pixels in the file, None where that can't be told from here."""
        end = self._head.slots.end
        return None if end is None or self.length is None else self.length == end

    def batches(self) -> Iterator[tuple[int, ...]]:
        """Yield the missing frames as they are asked for: not too many bytes in one request."""
        missing = self.missing
        start = 0
        while start < len(missing):
            size = max(1, min(_MOST_FRAMES, _MOST_BYTES // self._usual_bytes))
            yield missing[start : start + size]
            start += size

    def take(self, frame: int | None, chunks: Iterable[memoryview], transfer_syntax: str = "") -> None:
        """Take a frame, which counts once it is whole; None: bytes of the file, which count as they come."""
        if frame is None:
            self._lengthen(chunks)
            return
        pixels = bytearray()
        for chunk in chunks:
            pixels += chunk
        self._check_syntax(transfer_syntax)
        self._take_frame(frame, pixels)

    def whole(self) -> bytearray:
        """Return the file, once all that lacked has been taken."""
        if self.missing:
            raise _differs()
        if not self._is_lengthened:
            self._append(self._head.slots.tail)
        if self.length not in (None, len(self.data)):
            raise _differs()
        return self.data

    @property
    def _usual_bytes(self) -> int:
        """Return how many bytes a frame has had so far."""
        return (self._end - self._head.slots.start) // self._count if self._count else _MOST_BYTES

    def _lengthen(self, chunks: Iterable[memoryview]) -> None:
        try:
            for chunk in chunks:
                self.data += chunk
        finally:
            self._look()
        self._is_lengthened = True

    def _take_frame(self, frame: int, pixels: bytearray) -> None:
        written = self._head.slots.written(frame, pixels)
        is_missing = self._count <= frame < self._head.slots.count and frame not in self._ahead
        if not is_missing or written is None:
            raise _differs()
        self._ahead[frame] = written
        self._join()

    def _join(self) -> None:
        """Put frames that came before their turn where they belong, as far as that goes."""
        while self._count in self._ahead:
            self._append(self._ahead.pop(self._count))
            self._count, self._end = self._count + 1, len(self.data)

    def _append(self, written: bytes | bytearray) -> None:
        """Put something behind the last whole frame; what was there of it already has to be the same."""
        there = self.data[self._end :]
        if not written.startswith(there):
            raise _differs()
        del self.data[self._end :]
        self.data += written

    def _look(self) -> None:
        """See how many frames are whole."""
        try:
            with memoryview(self.data) as view:
                self._count, self._end = self._head.slots.whole(view)
        except DicomRefused:
            raise _differs() from None
        self._join()

    def _check_syntax(self, named: str) -> None:
        here = self._head.transfer_syntax
        if named not in ("", here) and not (named in _SAME and here in _SAME):
            raise _differs()


def begun_of(data: bytearray, length: int | None, *, least: int = LARGE) -> Begun | None:
    """Return what came of a file before it was cut, if it is large and can be continued."""
    if max(len(data), length or 0) < least:
        return None
    with memoryview(data) as view:
        head = head_of(view)
    try:
        return Begun(head, data, length) if head else None
    except Differs:
        return None


def _differs() -> Differs:
    return Differs("The archive gives other frames than its file has")
