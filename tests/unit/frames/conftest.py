"""A pool of real workers, and caches over a reader of our own."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent))  # for tasks that go wrong
sys.path.insert(0, str(Path(__file__).parents[2] / "soak"))  # for the invented stacks

import pytest
from memory_reader import MemoryReader

from workstation.dicom import tasks
from workstation.frames import FrameCache
from workstation.workers import WorkerPool


@pytest.fixture(scope="session")
def pool() -> Iterator[WorkerPool]:
    with WorkerPool(tasks.__name__, 2) as made:
        yield made


@pytest.fixture
def reader() -> MemoryReader:
    return MemoryReader()


@pytest.fixture
def make_cache(pool: WorkerPool, reader: MemoryReader) -> Iterator[Callable[..., FrameCache]]:
    """Return a maker of caches with a budget, 64 MiB unless said."""
    made = []

    def make(budget: int = 64 << 20) -> FrameCache:
        made.append(FrameCache(budget, pool, reader))
        return made[-1]

    yield make
    reader.gate.set()
    for cache in made:
        cache.close()


@pytest.fixture
def cache(make_cache: Callable[..., FrameCache]) -> FrameCache:
    return make_cache()
