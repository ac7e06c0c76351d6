"""Where objects come down: read, examined in a worker, stored in groups; many at once.

Whoever brings objects offers sources, from a disc or from a network. A few threads read them into shared
memory, several small ones together, and wait for a worker's findings; one stores groups, so that a
group's files share their syncs. What is on the way is bounded in bytes, so a source of any size takes
the same memory. Each object is stored whole or not at all, whenever it ends.

Units:   bytes.
Errors:  an object that cannot be taken is told to ``dropped``; what stops everything (a full disk)
         comes out of the end of the ``with`` block, and ``stopped`` is set.
"""

from __future__ import annotations

import queue
import threading
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from types import TracebackType
from typing import Final, Self, TypeVar

from workstation.dicom.examine import Examined
from workstation.dicom.examining import examine_several
from workstation.dicom.sources import Source
from workstation.errors import Cancelled, LumenError
from workstation.store import DiskFailed, DiskFull, Incoming, Receipt, StoreReadOnly
from workstation.workers import SharedBuffer, WorkerPool

T = TypeVar("T")

_READERS: Final = 3
_HANDFUL_FILES: Final = 12  # examined in one go, where so many wait
_HANDFUL_BYTES: Final = 6 << 20
_ON_THE_WAY: Final = 192 << 20
_GROUP_FILES: Final = 48
_GROUP_BYTES: Final = 48 << 20


@dataclass(frozen=True, slots=True)
class Landed:
    """A source whose object is in the store now."""

    source: Source
    receipt: Receipt


Put = Callable[[Sequence[Incoming]], Sequence[Receipt]]


@dataclass(frozen=True, slots=True)
class _Arrival:
    source: Source
    data: memoryview
    examined: Examined


@dataclass(frozen=True, slots=True)
class _Handful:
    """Files that lie in one buffer, and what was found of those that can be stored."""

    buffer: SharedBuffer
    arrivals: Sequence[_Arrival]

    @property
    def size(self) -> int:
        return sum(arrival.source.size for arrival in self.arrivals)


class Landing:
    """The way into the store, open for the length of a ``with`` block."""

    def __init__(
        self,
        pool: WorkerPool,
        put: Put,
        *,
        landed: Callable[[Sequence[Landed]], object],
        dropped: Callable[[Source, Exception], object],
        cancelled: Callable[[], bool] = lambda: False,
        check: Callable[[Source, Examined], object] = lambda *_: None,
    ) -> None:
        self.stopped: BaseException | None = None
        """What stopped everything, if something did."""
        self._pool = pool
        self._put = put
        self._landed = landed
        self._dropped = dropped
        self._cancelled = cancelled
        self._check = check  # may refuse, with a LumenError, what is not what was asked for
        self._room = _Room(_ON_THE_WAY)
        self._offered: queue.SimpleQueue[Source | None] = queue.SimpleQueue()
        self._arrived: queue.SimpleQueue[_Handful | None] = queue.SimpleQueue()
        self._readers = [
            threading.Thread(target=self._examine_all, name="landing-read") for _ in range(_READERS)
        ]
        self._storing = threading.Thread(target=self._store_all, name="landing-store")
        for thread in (*self._readers, self._storing):
            thread.start()

    def offer(self, source: Source) -> bool:
        """Take a file on its way; waits for room. False once nothing more is wanted."""
        self._room.take(source.size)
        if self._cancelled() or self.stopped:
            self._room.give(source.size)
            return False
        self._offered.put(source)
        return True

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        if error is not None:  # nobody waits for the rest
            self.stopped = self.stopped or error
        self.close()
        if self.stopped is not None and error is None:
            raise self.stopped

    def close(self) -> None:
        """Store what was offered, unless something stopped it, and end the threads."""
        self._offered.put(None)
        for reader in self._readers:
            reader.join()
        self._arrived.put(None)
        self._storing.join()

    def _examine_all(self) -> None:
        while sources := _taken(self._offered, _HANDFUL_FILES, _HANDFUL_BYTES, lambda source: source.size):
            buffer = None
            try:
                self._raise_if_stopped()
                buffer = SharedBuffer.create(max(1, sum(source.size for source in sources)))
                self._examine(sources, buffer)
            except Exception as error:  # noqa: BLE001  some strange files must not stop the others
                if buffer is not None:
                    buffer.close()
                for source in sources:
                    self._drop(source, error)

    def _examine(self, sources: Sequence[Source], buffer: SharedBuffer) -> None:
        """Read files and have them examined; of each exactly one thing comes."""
        read = list(self._read(sources, buffer))
        found = examine_several(self._pool, buffer, [(offset, length) for _, offset, length in read])
        arrivals = []
        for (source, offset, length), what in zip(read, found, strict=True):
            try:
                arrivals.append(
                    _Arrival(source, buffer.view[offset : offset + length], self._good(source, what))
                )
            except LumenError as error:
                self._drop(source, error)
        self._arrived.put(_Handful(buffer, arrivals))

    def _good(self, source: Source, found: Examined | LumenError) -> Examined:
        if isinstance(found, LumenError):
            raise found
        self._check(source, found)
        return found

    def _read(self, sources: Sequence[Source], buffer: SharedBuffer) -> Iterator[tuple[Source, int, int]]:
        """Yield each file that could be read, with where it lies in the buffer."""
        start = 0
        for source in sources:
            try:
                length = source.readinto(buffer.view[start : start + source.size])
            except Exception as error:  # noqa: BLE001  as above
                self._drop(source, error)
            else:
                yield source, start, length
            start += source.size

    def _drop(self, source: Source, error: Exception) -> None:
        self._room.give(source.size)
        self._dropped(source, error)

    def _raise_if_stopped(self) -> None:
        if self._cancelled() or self.stopped:
            raise Cancelled("Nothing more is taken in")

    def _store_all(self) -> None:
        while handfuls := _taken(self._arrived, _GROUP_FILES, _GROUP_BYTES, lambda handful: handful.size):
            group = [arrival for handful in handfuls for arrival in handful.arrivals]
            try:
                if group:
                    self._store_or_drop(group)
            except BaseException as error:  # noqa: BLE001  told where the block ends
                self.stopped = error
            finally:
                self._let_go(handfuls)

    def _let_go(self, handfuls: Sequence[_Handful]) -> None:
        for handful in handfuls:
            for arrival in handful.arrivals:
                arrival.data.release()
                self._room.give(arrival.source.size)
            handful.buffer.close()

    def _store_or_drop(self, group: list[_Arrival]) -> None:
        if self.stopped is None:
            self._store(group)
            return
        for arrival in group:
            self._dropped(arrival.source, Cancelled("Nothing more is taken in"))

    def _store(self, group: list[_Arrival]) -> None:
        try:
            receipts = self._put([Incoming(arrival.data, arrival.examined) for arrival in group])
        except (DiskFull, DiskFailed, StoreReadOnly) as error:
            for arrival in group:
                self._dropped(arrival.source, error)
            raise
        except Exception as error:  # noqa: BLE001  as above; nothing of the group was stored
            self._store_apart(group, error)
            return
        pairs = zip(group, receipts, strict=True)
        self._landed([Landed(arrival.source, receipt) for arrival, receipt in pairs])

    def _store_apart(self, group: list[_Arrival], error: Exception) -> None:
        """Store what can be stored of a group that can't as a whole: one must not cost its neighbours."""
        if len(group) == 1:
            self._dropped(group[0].source, error)
            return
        for arrival in group:
            self._store([arrival])


def _taken(
    waiting: queue.SimpleQueue[T | None], most: int, size: int, size_of: Callable[[T], int]
) -> list[T]:
    """Return what waits, at least one and about so much of it; empty when no more will come."""
    first = waiting.get()
    taken: list[T] = []
    while first is not None:
        taken.append(first)
        size -= size_of(first)
        if len(taken) == most or size <= 0:
            return taken
        try:
            first = waiting.get_nowait()
        except queue.Empty:
            return taken
    waiting.put(None)  # for the next who asks
    return taken


class _Room:
    """A bound on the bytes that are on their way; one file larger than all of it still gets through."""

    def __init__(self, size: int) -> None:
        self._size = size
        self._taken = 0
        self._changed = threading.Condition()

    def take(self, size: int) -> None:
        with self._changed:
            self._changed.wait_for(lambda: self._taken == 0 or self._taken + size <= self._size)
            self._taken += size

    def give(self, size: int) -> None:
        with self._changed:
            self._taken -= size
            self._changed.notify_all()
