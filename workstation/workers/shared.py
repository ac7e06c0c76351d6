"""Memory that this process and its workers see at once, so that pixels cross without a copy.

It has no name that outlives us: on Linux an anonymous file of the kernel (memfd), elsewhere on POSIX
a shared memory object unlinked at birth, on Windows a mapping backed by the page file. Whoever dies,
the kernel frees it, and decoded pictures are left in no folder. On Linux its size is sealed: a
hostile worker cannot shrink it under our feet.

Units:   bytes.
Errors:  ValueError for a slice that does not fit or a buffer that was closed; OSError when the
         system has no memory to give.
Source:  memfd_create(2), fcntl(2) on file sealing, madvise(2).
"""

from __future__ import annotations

import math
import mmap
import os
import secrets
import sys
import threading
import weakref
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, TypeAlias

if TYPE_CHECKING:
    from numpy.typing import DTypeLike, NDArray

Handle: TypeAlias = "int | str"  # a file descriptor, or the name of the mapping on Windows


class SharedBuffer:
    """A block of shared memory, zero at first; pages are taken as they are first written."""

    def __init__(self, size: int) -> None:
        if size < 1:
            raise ValueError(f"a shared buffer needs at least 1 byte, not {size}")
        self._lock = threading.RLock()  # a job may read and write the same buffer
        self._handle = _anonymous(size)
        self._give_up = weakref.finalize(self, _close_handle, self._handle)
        self._memory = attach(self._handle, 0, size, writable=True)
        self.size = size
        if hasattr(mmap, "MADV_DONTDUMP"):
            self._memory.madvise(mmap.MADV_DONTDUMP)

    @classmethod
    def create(cls, size: int) -> SharedBuffer:
        """Return a new buffer of ``size`` bytes, all zero."""
        return cls(size)

    @property
    def closed(self) -> bool:
        """Tell whether it was closed."""
        return not self._give_up.alive

    @property
    def name(self) -> str | None:
        """Return by which name a worker finds it; None where a descriptor is passed instead."""
        return self._handle if isinstance(self._handle, str) else None

    @property
    def view(self) -> memoryview:
        """Return all of it, writable."""
        self._refuse_if_closed()
        return memoryview(self._memory)

    def array(self, dtype: DTypeLike, shape: tuple[int, ...], offset: int = 0) -> NDArray[Any]:
        """Return a writable array over the bytes from ``offset`` on; the memory lives while it does."""
        import numpy as np

        # np.ndarray(buffer=…) would hold the mapping without keeping it from being closed.
        return np.frombuffer(self.view, dtype, math.prod(shape), offset).reshape(shape)

    def slice(self, offset: int, length: int) -> BufferSlice:
        """Return the part that a job reads or writes."""
        return BufferSlice(self, offset, length)

    @contextmanager
    def lent(self) -> Iterator[Handle]:
        """Keep the handle valid while it is passed to a worker."""
        with self._lock:
            self._refuse_if_closed()
            yield self._handle

    def wipe(self) -> None:
        """Zero what was written, in every process that sees it, and give the pages back."""
        with self.lent() as handle:
            for start, end in _written(handle, self.size):
                self._memory[start:end] = bytes(end - start)
            if hasattr(mmap, "MADV_REMOVE"):
                self._memory.madvise(mmap.MADV_REMOVE)

    def close(self) -> None:
        """Give it up; arrays and views that are still held keep the memory until they go."""
        with self._lock:
            self._give_up()
            with suppress(BufferError):
                self._memory.close()

    def _refuse_if_closed(self) -> None:
        if self.closed:
            raise ValueError("this shared buffer was closed")


@dataclass(frozen=True, slots=True)
class BufferSlice:
    """A part of a shared buffer."""

    buffer: SharedBuffer
    offset: int
    length: int

    def __post_init__(self) -> None:
        """Refuse a part that does not lie inside."""
        if self.offset < 0 or self.length < 1 or self.offset + self.length > self.buffer.size:
            raise ValueError(
                f"bytes {self.offset} to {self.offset + self.length} do not lie in a shared buffer "
                f"of {self.buffer.size}"
            )


def attach(handle: Handle, offset: int, size: int, *, writable: bool, at_once: bool = False) -> mmap.mmap:
    """Map ``size`` bytes from ``offset``, which must be a multiple of ``mmap.ALLOCATIONGRANULARITY``.

    ``at_once`` takes all pages in one go, where the system can: faster for what is used whole.
    """
    if sys.platform == "win32":
        access = mmap.ACCESS_WRITE if writable else mmap.ACCESS_READ
        return mmap.mmap(-1, size, tagname=str(handle), access=access, offset=offset)
    flags = mmap.MAP_SHARED | (getattr(mmap, "MAP_POPULATE", 0) if at_once else 0)
    protection = mmap.PROT_READ | (mmap.PROT_WRITE if writable else 0)
    return mmap.mmap(int(handle), size, flags, protection, offset=offset)


def _anonymous(size: int) -> Handle:
    if sys.platform == "win32":
        return f"Local\\lumen-{secrets.token_hex(16)}"
    if hasattr(os, "memfd_create"):
        return _sealed_memfd(size)
    return _unlinked_shared_memory(size)


def _sealed_memfd(size: int) -> int:
    import fcntl

    handle = os.memfd_create("lumen", os.MFD_CLOEXEC | os.MFD_ALLOW_SEALING)
    try:
        os.ftruncate(handle, size)
        fcntl.fcntl(handle, fcntl.F_ADD_SEALS, fcntl.F_SEAL_SHRINK | fcntl.F_SEAL_GROW | fcntl.F_SEAL_SEAL)
    except OSError:
        os.close(handle)
        raise
    return handle


def _unlinked_shared_memory(size: int) -> int:
    from multiprocessing.shared_memory import SharedMemory

    memory = SharedMemory(create=True, size=size)
    try:
        return os.dup(memory._fd)  # type: ignore[attr-defined]  # noqa: SLF001  its only way to the descriptor
    finally:
        memory.unlink()
        memory.close()


def _close_handle(handle: Handle) -> None:
    if isinstance(handle, int):
        os.close(handle)


_WIPE_STEP = 16 << 20


def _written(handle: Handle, size: int) -> Iterator[tuple[int, int]]:
    """Yield the stretches that hold pages, in steps; wiping the rest would first take memory for it."""
    start = 0
    while start < size:
        end = size
        if isinstance(handle, int) and hasattr(os, "SEEK_DATA"):
            try:
                start = os.lseek(handle, start, os.SEEK_DATA)
            except OSError:  # ENXIO: nothing but holes from here on
                return
            end = os.lseek(handle, start, os.SEEK_HOLE)
        end = min(end, start + _WIPE_STEP)
        yield start, end
        start = end
