"""Having a file examined in a worker: the window's process never parses what a stranger wrote.

Units:   seconds; bytes.
Errors:  the refusals of ``dicom``, the failures of ``workers``.
"""

from __future__ import annotations

from typing import Final

from workstation.dicom import tasks
from workstation.dicom.examine import Examined
from workstation.workers import Job, SharedBuffer, WorkerPool

_SECONDS: Final = 10.0  # facts, "Bombs and limits": 10 s + 1 s for each MB
_SECONDS_A_BYTE: Final = 1e-6


def examine_shared(pool: WorkerPool, buffer: SharedBuffer, length: int) -> Examined:
    """Examine the first bytes of shared memory; waits for a worker."""
    data = buffer.slice(0, length) if length else None  # a file may have become empty since it was found
    seconds = _SECONDS + length * _SECONDS_A_BYTE
    return tasks.examined(pool.submit(Job("examine", {}, data, None, seconds)).result())


def examine_in_worker(pool: WorkerPool, data: memoryview) -> Examined:
    """Examine bytes of this process: they are copied into shared memory first."""
    buffer = SharedBuffer.create(max(1, data.nbytes))
    try:
        buffer.view[: data.nbytes] = data
        return examine_shared(pool, buffer, data.nbytes)
    finally:
        buffer.close()
