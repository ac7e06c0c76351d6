from collections.abc import Iterator

import pytest
from dicom_objects import ct, part10
from quick_desk import SharedPool

from workstation.dicom.errors import NotDicom
from workstation.dicom.examine import examine
from workstation.dicom.examining import examine_in_worker, examine_several
from workstation.errors import LumenError
from workstation.workers import Job, SharedBuffer, Ticket, WorkerDied, WorkerPool


def test_a_file_is_examined_in_a_worker_as_it_would_be_here(pool: SharedPool) -> None:
    data = memoryview(part10(ct()))

    assert examine_in_worker(pool, data) == examine(data)


def test_a_file_that_has_become_empty_is_refused_like_any_other(pool: SharedPool) -> None:
    with pytest.raises(NotDicom):
        examine_in_worker(pool, memoryview(b""))


class _Deadly:
    """A pool in which a worker dies of one file, alone or among others."""

    def __init__(self, pool: WorkerPool, deadly: int) -> None:
        self._pool = pool
        self._deadly = deadly
        self.deaths = 0

    def submit(self, job: Job) -> Ticket:
        assert job.input is not None
        if job.input.offset <= self._deadly < job.input.offset + job.input.length:
            self.deaths += 1
            raise WorkerDied("The worker died")
        return self._pool.submit(job)


@pytest.fixture
def three() -> Iterator[tuple[SharedBuffer, list[tuple[int, int]], bytes]]:
    data = part10(ct())
    buffer = SharedBuffer.create(3 * len(data))
    buffer.view[:] = data * 3
    yield buffer, [(n * len(data), len(data)) for n in range(3)], data
    buffer.close()


def test_several_files_take_one_way_to_a_worker(
    pool: SharedPool, three: tuple[SharedBuffer, list[tuple[int, int]], bytes]
) -> None:
    buffer, parts, data = three

    assert examine_several(pool, buffer, parts) == [examine(memoryview(data))] * 3


def test_a_file_that_kills_workers_costs_only_itself(
    pool: SharedPool, three: tuple[SharedBuffer, list[tuple[int, int]], bytes]
) -> None:
    buffer, parts, data = three
    deadly = _Deadly(pool, parts[1][0])
    first, killer, last = examine_several(deadly, buffer, parts)  # type: ignore[arg-type] # it has what is used

    assert first == last == examine(memoryview(data))
    assert isinstance(killer, LumenError)
    assert deadly.deaths == 2  # with the others, and alone


def test_an_empty_file_among_others_is_refused(pool: SharedPool) -> None:
    data = part10(ct())
    buffer = SharedBuffer.create(len(data))
    buffer.view[:] = data
    sound, empty = examine_several(pool, buffer, [(0, len(data)), (len(data), 0)])
    buffer.close()

    assert sound == examine(memoryview(data))
    assert isinstance(empty, NotDicom)
