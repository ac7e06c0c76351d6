"""Lets the tests use the harnesses that the soak runs for hours, and servers that run on loopback."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1] / "soak"))
sys.path.insert(0, str(Path(__file__).parents[1] / "servers"))

import pytest
from orthanc import Orthanc, Setup, missing, running_orthanc


@pytest.fixture(scope="session")
def shared_orthanc(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Orthanc]:
    if why := missing():
        pytest.skip(why)
    with running_orthanc(tmp_path_factory.mktemp("orthanc")) as running:
        yield running


@pytest.fixture
def orthanc(shared_orthanc: Orthanc) -> Orthanc:
    """Return the one that tests share, emptied; who kills or freezes one makes a ``new_orthanc``."""
    shared_orthanc.clear()
    return shared_orthanc


@pytest.fixture
def new_orthanc(tmp_path: Path) -> Iterator[Callable[..., Orthanc]]:
    """Start as many of one's own as a test needs, each as its ``Setup`` says."""
    if why := missing():
        pytest.skip(why)
    with ExitStack() as stack:
        count = 0

        def new(setup: Setup | None = None) -> Orthanc:
            nonlocal count
            count += 1
            return stack.enter_context(running_orthanc(tmp_path / f"orthanc-{count}", setup))

        yield new
