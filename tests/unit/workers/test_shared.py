from __future__ import annotations

import gc
import mmap
import os
import sys
from multiprocessing import resource_tracker
from pathlib import Path

import numpy as np
import pytest

from workstation.workers import SharedBuffer, shared

linux_only = pytest.mark.skipif(sys.platform != "linux", reason="reads /proc, or needs memfd")


def _descriptors() -> int:
    return sum(1 for _ in Path("/proc/self/fd").iterdir())


def test_a_new_buffer_is_zero_and_keeps_what_is_written() -> None:
    buffer = SharedBuffer.create(10_000)

    assert bytes(buffer.view) == bytes(10_000)
    buffer.view[9_999] = 7
    assert buffer.array(np.uint8, (10_000,))[9_999] == 7


def test_an_array_lies_in_the_buffer_at_its_offset() -> None:
    buffer = SharedBuffer.create(100)

    buffer.array(np.uint16, (2, 3), 10)[1, 2] = 0x1234

    assert bytes(buffer.view[20:22]) == b"\x34\x12"  # 10 + 2 × (1 × 3 + 2), little-endian


@pytest.mark.parametrize(("shape", "offset"), [((101,), 0), ((100,), 1), ((10, 11), 0)])
def test_an_array_that_does_not_fit_is_refused(shape: tuple[int, ...], offset: int) -> None:
    buffer = SharedBuffer.create(100)

    with pytest.raises(ValueError, match="buffer"):
        buffer.array(np.uint8, shape, offset)


@pytest.mark.parametrize(("offset", "length"), [(-1, 10), (0, 0), (0, 101), (100, 1), (50, 51), (0, -1)])
def test_a_slice_that_does_not_lie_inside_is_refused(offset: int, length: int) -> None:
    buffer = SharedBuffer.create(100)

    with pytest.raises(ValueError, match="shared buffer"):
        buffer.slice(offset, length)


def test_a_buffer_of_nothing_is_refused() -> None:
    with pytest.raises(ValueError, match="at least 1 byte"):
        SharedBuffer.create(0)


def test_a_closed_buffer_gives_nothing_out() -> None:
    buffer = SharedBuffer.create(100)
    buffer.close()
    buffer.close()

    assert buffer.closed
    with pytest.raises(ValueError, match="was closed"):
        _ = buffer.view
    with pytest.raises(ValueError, match="was closed"):
        buffer.array(np.uint8, (1,))
    with pytest.raises(ValueError, match="was closed"), buffer.lent():
        pass


def test_an_array_outlives_the_buffer_that_it_lay_in() -> None:
    buffer = SharedBuffer.create(100)
    array = buffer.array(np.uint8, (100,))
    array[:] = 5

    buffer.close()
    del buffer
    gc.collect()

    assert (array == 5).all()


@linux_only
def test_buffers_give_their_descriptors_back_closed_or_forgotten() -> None:
    before = _descriptors()
    closed = [SharedBuffer.create(4096) for _ in range(10)]
    forgotten = [SharedBuffer.create(4096) for _ in range(10)]
    assert _descriptors() > before

    for buffer in closed:
        buffer.close()
    del forgotten
    gc.collect()

    assert _descriptors() == before


@linux_only
def test_wiping_zeroes_what_an_array_sees_and_takes_no_memory_for_the_rest() -> None:
    buffer = SharedBuffer.create(256 << 20)
    array = buffer.array(np.uint8, (256 << 20,))
    array[:5000] = 1
    array[200 << 20] = 1
    with buffer.lent() as handle:
        descriptor = int(handle)

    buffer.wipe()

    assert os.fstat(descriptor).st_blocks == 0
    assert not array[:5000].any()
    assert array[200 << 20] == 0


def test_wiping_zeroes_where_holes_cannot_be_found(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delattr(os, "SEEK_DATA", raising=False)
    monkeypatch.delattr(mmap, "MADV_REMOVE", raising=False)
    buffer = SharedBuffer.create(100_000)
    buffer.view[:] = b"x" * 100_000

    buffer.wipe()

    assert bytes(buffer.view) == bytes(100_000)


@linux_only
def test_the_size_of_a_buffer_is_sealed() -> None:
    buffer = SharedBuffer.create(4096)

    with buffer.lent() as handle:
        for size in (0, 8192):
            with pytest.raises(PermissionError):
                os.ftruncate(int(handle), size)


@linux_only
def test_without_memfd_the_memory_is_shared_just_so_and_has_no_name(monkeypatch: pytest.MonkeyPatch) -> None:
    """The way of other POSIX systems, taken here."""
    monkeypatch.delattr(os, "memfd_create")
    folder = Path("/dev/shm")  # noqa: S108  where POSIX shared memory has its names on Linux
    names = set(folder.iterdir())
    try:
        buffer = SharedBuffer.create(10_000)

        with buffer.lent() as handle, shared.attach(handle, 0, 10_000, writable=True) as other:
            other[123] = 9
        assert buffer.view[123] == 9
        assert set(folder.iterdir()) == names
        buffer.close()
    finally:
        resource_tracker._resource_tracker._stop()  # type: ignore[attr-defined]  # a child of multiprocessing
