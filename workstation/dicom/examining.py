"""Having a file examined in a worker: the window's process never parses what a stranger wrote.

Units:   seconds; bytes.
Errors:  the refusals of ``dicom``, the failures of ``workers``.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from contextlib import suppress

from workstation.dicom import tasks
from workstation.dicom.content_digest import COERCED
from workstation.dicom.examine import Examined
from workstation.errors import LumenError
from workstation.workers import Job, SharedBuffer, WorkerPool, seconds_for


def examine_shared(pool: WorkerPool, buffer: SharedBuffer, length: int, offset: int = 0) -> Examined:
    """Examine a file that lies in shared memory; waits for a worker."""
    data = buffer.slice(offset, length) if length else None  # a file may have become empty since it was found
    job = Job("examine", {}, data, None, seconds_for(length))
    return tasks.examined(pool.submit(job).result())


def examine_several(
    pool: WorkerPool, buffer: SharedBuffer, parts: Sequence[tuple[int, int]]
) -> list[Examined | LumenError]:
    """Examine several files at their (offset, length) in shared memory: what each is, or why not.

    One worker takes them all, which saves the way to it. If that fails as a whole (one of them costs
    the worker its life or its time), each goes alone, so that only the one that did it is refused.
    """
    if len(parts) > 1 and all(length for _, length in parts):
        stop = max(offset + length for offset, length in parts)
        job = Job("examine all", tasks.examine_arguments(parts), buffer.slice(0, stop))
        with suppress(LumenError):
            return [*tasks.all_examined(pool.submit(job).result())]
    return [_examined_alone(pool, buffer, length, offset) for offset, length in parts]


def digest_in_worker(pool: WorkerPool, data: memoryview, ignored: Collection[int] = COERCED) -> str:
    """Return the digest of what a file of this process says (``content_digest``)."""
    buffer = SharedBuffer.create(max(1, data.nbytes))
    try:
        buffer.view[: data.nbytes] = data
        whole = buffer.slice(0, data.nbytes) if data.nbytes else None
        job = Job("digest", tasks.digest_arguments(ignored), whole, None, seconds_for(data.nbytes))
        return tasks.digest_found(pool.submit(job).result())
    finally:
        buffer.close()


def _examined_alone(
    pool: WorkerPool, buffer: SharedBuffer, length: int, offset: int
) -> Examined | LumenError:
    try:
        return examine_shared(pool, buffer, length, offset)
    except LumenError as error:
        return error


def examine_in_worker(pool: WorkerPool, data: memoryview) -> Examined:
    """Examine bytes of this process: they are copied into shared memory first."""
    buffer = SharedBuffer.create(max(1, data.nbytes))
    try:
        buffer.view[: data.nbytes] = data
        return examine_shared(pool, buffer, data.nbytes)
    finally:
        buffer.close()
