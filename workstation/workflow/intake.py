"""Files on their way into the store: read, examined in a worker, stored in groups; many at once.

One thread offers sources; a few read them into shared memory, several small ones together, and wait for
a worker's findings; one stores groups, so that a group's files share their syncs. What is on the way is
bounded in bytes, so a disc of any size takes the same memory. A cancel stops the offering; each instance
is then either stored whole or not at all. A study is in the audit trail as soon as something of it is in
the store, however the import ends.

Units:   bytes.
Errors:  a file that cannot be taken is a refusal in the tally; what stops everything (a full disk)
         comes out of ``offer`` or the end of the ``with`` block.
"""

from __future__ import annotations

import queue
import threading
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from types import TracebackType
from typing import Final, Protocol, Self, TypeVar

from workstation.dicom.errors import DiscDirectory
from workstation.dicom.examine import Examined
from workstation.errors import Cancelled, LumenError, calm
from workstation.security import Action
from workstation.store import DiskFailed, DiskFull, Incoming, Outcome, Receipt, StoreReadOnly
from workstation.workers import SharedBuffer
from workstation.workflow.answers import Refusal
from workstation.workflow.desk import Desk
from workstation.workflow.door import record
from workstation.workflow.examining import examine_several

T = TypeVar("T")

_READERS: Final = 3
_HANDFUL_FILES: Final = 12  # examined in one go, where so many wait
_HANDFUL_BYTES: Final = 6 << 20
_ON_THE_WAY: Final = 192 << 20
_GROUP_FILES: Final = 48
_GROUP_BYTES: Final = 48 << 20


class Source(Protocol):
    """A file that may be an instance (``dicom.sources`` finds them)."""

    @property
    def name(self) -> str:
        """Where it comes from, for a person."""
        ...

    @property
    def size(self) -> int:
        """Its length."""
        ...

    def readinto(self, buffer: memoryview) -> int:
        """Fill the buffer."""
        ...


@dataclass
class Tally:
    """What became of everything that was offered."""

    files: int = 0
    size: int = 0  # of all of them, as it was when they were found
    added: int = 0
    known: int = 0
    versions: int = 0
    others: int = 0  # known only once they were examined: a disc's directory under another name
    refused: list[Refusal] = field(default_factory=list)
    studies: dict[str, None] = field(default_factory=dict)  # UIDs, in the order in which they came


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


class Intake:
    """The way in, open for the length of a ``with`` block."""

    def __init__(
        self, desk: Desk, cancelled: Callable[[], bool], told: Callable[[Tally], object] = id
    ) -> None:
        self.tally = Tally()
        self._counting = threading.Lock()  # the tally and who hears of it: several threads count
        self._desk = desk
        self._cancelled = cancelled
        self._told = told
        self._room = _Room(_ON_THE_WAY)
        self._offered: queue.SimpleQueue[Source | None] = queue.SimpleQueue()
        self._arrived: queue.SimpleQueue[_Handful | None] = queue.SimpleQueue()
        self._stopped: BaseException | None = None
        self._readers = [
            threading.Thread(target=self._examine_all, name="import-read") for _ in range(_READERS)
        ]
        self._storing = threading.Thread(target=self._store_all, name="import-store")
        for thread in (*self._readers, self._storing):
            thread.start()
        desk.arriving += 1

    def offer(self, source: Source) -> bool:
        """Take a file on its way; waits for room. False once nothing more is wanted."""
        self._room.take(source.size)
        if self._cancelled() or self._stopped:
            self._room.give(source.size)
            return False
        self._offered.put(source)
        return True

    def refuse(self, refusal: Refusal, size: int = 0) -> None:
        """Note a file that can't be taken, or could not even be offered."""
        with self._counting:
            self.tally.refused.append(refusal)
            self._count(size)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        if error is not None:  # nobody waits for the rest
            self._stopped = self._stopped or error
        self._offered.put(None)
        for reader in self._readers:
            reader.join()
        self._arrived.put(None)
        self._storing.join()
        self._desk.arriving -= 1
        self._desk.studies_changed.emit("")
        if self._stopped is not None and error is None:
            raise self._stopped

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
        found = examine_several(self._desk.pool, buffer, [(offset, length) for _, offset, length in read])
        arrivals = []
        for (source, offset, length), what in zip(read, found, strict=True):
            if isinstance(what, LumenError):
                self._drop(source, what)
            else:
                arrivals.append(_Arrival(source, buffer.view[offset : offset + length], what))
        self._arrived.put(_Handful(buffer, arrivals))

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
        if isinstance(error, DiscDirectory):
            self._pass_over(source)
        elif not isinstance(error, Cancelled):
            self.refuse(Refusal(source.name, calm(error)), source.size)

    def _pass_over(self, source: Source) -> None:
        """Note a file that nobody misses."""
        with self._counting:
            self.tally.others += 1
            self._count(source.size)

    def _raise_if_stopped(self) -> None:
        if self._cancelled() or self._stopped:
            raise Cancelled("The import was stopped")

    def _store_all(self) -> None:
        while handfuls := _taken(self._arrived, _GROUP_FILES, _GROUP_BYTES, lambda handful: handful.size):
            group = [arrival for handful in handfuls for arrival in handful.arrivals]
            try:
                if self._stopped is None and group:
                    self._store(group)
            except BaseException as error:  # noqa: BLE001  told where the block ends
                self._stopped = error
            finally:
                self._let_go(handfuls)

    def _let_go(self, handfuls: Sequence[_Handful]) -> None:
        for handful in handfuls:
            for arrival in handful.arrivals:
                arrival.data.release()
                self._room.give(arrival.source.size)
            handful.buffer.close()

    def _store(self, group: list[_Arrival]) -> None:
        incoming = [Incoming(arrival.data, arrival.examined) for arrival in group]
        try:
            receipts = self._desk.store.intake.put(incoming)
        except (DiskFull, DiskFailed, StoreReadOnly):
            raise
        except Exception as error:  # noqa: BLE001  as above; nothing of the group was stored
            self._store_apart(group, error)
            return
        studies = dict.fromkeys(receipt.study_uid for receipt in receipts)
        record(self._desk, Action.IMPORT, [uid for uid in studies if uid not in self.tally.studies])
        with self._counting:
            for arrival, receipt in zip(group, receipts, strict=True):
                self._take_note(receipt)
                self._count(arrival.source.size)
        for uid in studies:
            self._desk.studies_changed.emit(uid)

    def _store_apart(self, group: list[_Arrival], error: Exception) -> None:
        """Store what can be stored of a group that can't as a whole: one must not cost its neighbours."""
        if len(group) == 1:
            self.refuse(Refusal(group[0].source.name, calm(error)), group[0].source.size)
            return
        for arrival in group:
            self._store([arrival])

    def _take_note(self, receipt: Receipt) -> None:
        self.tally.added += receipt.outcome is not Outcome.PRESENT
        self.tally.known += receipt.outcome is Outcome.PRESENT
        self.tally.versions += receipt.outcome is Outcome.VARIANT
        self.tally.studies.setdefault(receipt.study_uid)

    def _count(self, size: int) -> None:
        self.tally.files += 1
        self.tally.size += size
        self._told(self.tally)


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
