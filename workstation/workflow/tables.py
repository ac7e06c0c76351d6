"""The look-up tables and overlays that an index record only promises: read from the file when needed.

A worker reads, beside the main thread; whoever asked is told when it is there. A header that can't
be read leaves its picture without them, with a note, never with guessed ones.
"""

from __future__ import annotations

import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Final

from workstation.dicom import tasks
from workstation.dicom.lookups import NONE, Lookups
from workstation.dicom.model import InstanceRecord
from workstation.errors import calm
from workstation.store import BlobRef, Store
from workstation.workers import Job, SharedBuffer, WorkerDied, WorkerPool, seconds_for

_ROOM: Final = 1 << 20  # enough for nearly all
_URGENT: Final = -1  # before frames: no picture is shown without its tables


class TableShelf:
    """The tables of one open study's images."""

    def __init__(self, store: Store, pool: WorkerPool, told: Callable[[str], object]) -> None:
        self._store = store
        self._pool = pool
        self._told = told
        self._lock = threading.Lock()
        self._found: dict[str, Lookups | None] = {}
        self._reader = ThreadPoolExecutor(1, thread_name_prefix="tables")

    def get(self, record: InstanceRecord) -> Lookups | None:
        """Return an image's tables; None while they are being read (``told`` hears of it)."""
        if not record.needs_header:
            return NONE
        with self._lock:
            if record.uid not in self._found:
                self._found[record.uid] = None
                self._reader.submit(self._read, record.uid)
            return self._found[record.uid]

    def read(self, record: InstanceRecord) -> Lookups:
        """Return an image's tables, however long it takes."""
        return self._tables(record.uid) if record.needs_header else NONE

    def close(self) -> None:
        """Stop reading."""
        self._reader.shutdown(wait=True, cancel_futures=True)

    def _read(self, uid: str) -> None:
        found = self._tables(uid)
        with self._lock:
            self._found[uid] = found
        self._told(uid)

    def _tables(self, uid: str) -> Lookups:
        try:
            instance = self._store.instances.get(uid)
            if instance is None:
                return NONE
            return self._read_file(instance.blob, instance.record)
        except Exception as error:  # noqa: BLE001  a hostile header costs its tables, no more
            return Lookups(notes=(f"Tables and overlays could not be read: {calm(error)}",))

    def _read_file(self, blob: BlobRef, record: InstanceRecord) -> Lookups:
        file = SharedBuffer.create(blob.length)
        try:
            self._store.blobs.read(blob, file.view)
            return read_tables(self._pool, file, record)
        finally:
            file.close()


def read_tables(pool: WorkerPool, file: SharedBuffer, record: InstanceRecord) -> Lookups:
    """Return the tables of a file that lies in shared memory; waits for a worker."""
    found = _asked(pool, file, record, _ROOM)
    if isinstance(found, int):
        found = _asked(pool, file, record, found)
    if isinstance(found, int):
        raise WorkerDied("The tables need more room each time they are asked for")
    return found


def _asked(pool: WorkerPool, file: SharedBuffer, record: InstanceRecord, size: int) -> Lookups | int:
    """Return the tables, or with how much room to ask again."""
    room = SharedBuffer.create(size)
    try:
        source, target = file.slice(0, file.size), room.slice(0, size)
        job = Job("tables", tasks.tables_arguments(record), source, target, seconds_for(file.size))
        reply = pool.submit(job, _URGENT).result()
        return tasks.tables_need(reply, file.size) or tasks.tables_found(reply, room.view)
    finally:
        room.close()
