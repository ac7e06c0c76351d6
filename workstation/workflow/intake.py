"""Files on their way into the store: read, examined in a worker, stored in groups; many at once.

One thread offers sources; a few read each into shared memory and wait for a worker's findings; one
stores groups, so that a group's files share their syncs. What is on the way is bounded in bytes, so
a disc of any size takes the same memory. A cancel stops the offering; each instance is then either
stored whole or not at all. A study is in the audit trail as soon as something of it is in the store,
however the import ends.

Units:   bytes.
Errors:  a file that cannot be taken is a refusal in the tally; what stops everything (a full disk)
         comes out of ``offer`` or the end of the ``with`` block.
"""

from __future__ import annotations

import queue
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from types import TracebackType
from typing import Final, Protocol, Self

from workstation.dicom.examine import Examined
from workstation.errors import Cancelled, calm
from workstation.security import Action
from workstation.store import DiskFailed, DiskFull, Incoming, Outcome, Receipt, StoreReadOnly
from workstation.workers import SharedBuffer
from workstation.workflow.answers import Refusal
from workstation.workflow.desk import Desk
from workstation.workflow.door import record
from workstation.workflow.examining import examine_shared

_READERS: Final = 4
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
    refused: list[Refusal] = field(default_factory=list)
    studies: dict[str, None] = field(default_factory=dict)  # UIDs, in the order in which they came


@dataclass(frozen=True, slots=True)
class _Arrival:
    source: Source
    buffer: SharedBuffer
    length: int
    examined: Examined


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
        self._readers = ThreadPoolExecutor(_READERS, thread_name_prefix="import-read")
        self._arrived: queue.SimpleQueue[_Arrival | None] = queue.SimpleQueue()
        self._storing = threading.Thread(target=self._store_all, name="import-store")
        self._stopped: BaseException | None = None
        self._storing.start()
        desk.arriving += 1

    def offer(self, source: Source) -> bool:
        """Take a file on its way; waits for room. False once nothing more is wanted."""
        self._room.take(source.size)
        if self._cancelled() or self._stopped:
            self._room.give(source.size)
            return False
        self._readers.submit(self._examine, source)
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
        self._readers.shutdown(wait=True)
        self._arrived.put(None)
        self._storing.join()
        self._desk.arriving -= 1
        self._desk.studies_changed.emit("")
        if self._stopped is not None and error is None:
            raise self._stopped

    def _examine(self, source: Source) -> None:
        """Read one file and have it examined; whatever happens, exactly one thing comes of it."""
        buffer = None
        try:
            self._raise_if_stopped()
            buffer = SharedBuffer.create(max(1, source.size))
            length = source.readinto(buffer.view[: source.size])
            examined = examine_shared(self._desk.pool, buffer, length)
        except Exception as error:  # noqa: BLE001  one strange file must not stop the others
            if buffer is not None:
                buffer.close()
            self._room.give(source.size)
            if not isinstance(error, Cancelled):
                self.refuse(Refusal(source.name, calm(error)), source.size)
            return
        self._arrived.put(_Arrival(source, buffer, length, examined))

    def _raise_if_stopped(self) -> None:
        if self._cancelled() or self._stopped:
            raise Cancelled("The import was stopped")

    def _store_all(self) -> None:
        while group := self._next_group():
            try:
                if self._stopped is None:
                    self._store(group)
            except BaseException as error:  # noqa: BLE001  told where the block ends
                self._stopped = error
            finally:
                for arrival in group:
                    arrival.buffer.close()
                    self._room.give(arrival.source.size)

    def _next_group(self) -> list[_Arrival]:
        """Return what has arrived, at least one; empty when no more will."""
        first = self._arrived.get()
        if first is None:
            return []
        group, size = [first], first.source.size
        while len(group) < _GROUP_FILES and size < _GROUP_BYTES:
            try:
                arrival = self._arrived.get_nowait()
            except queue.Empty:
                break
            if arrival is None:
                self._arrived.put(None)
                break
            group.append(arrival)
            size += arrival.source.size
        return group

    def _store(self, group: list[_Arrival]) -> None:
        incoming = [Incoming(arrival.buffer.view[: arrival.length], arrival.examined) for arrival in group]
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
