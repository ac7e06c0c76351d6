"""A pool of the tests' own tasks; the children find the module as they find everything, by the path."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from workstation.workers import Limits, WorkerPool

HERE = str(Path(__file__).parent)


@pytest.fixture(scope="session", autouse=True)
def _tasks_on_the_path() -> Iterator[None]:
    sys.path.append(HERE)
    yield
    sys.path.remove(HERE)


@pytest.fixture(scope="module")
def pool() -> Iterator[WorkerPool]:
    """Two workers with room for 300 MiB and replies of 64 KiB, shared by the tests of a module."""
    with WorkerPool("echo_tasks", 2, Limits(memory_bytes=300 << 20, reply_bytes=64 << 10)) as made:
        yield made
