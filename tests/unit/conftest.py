"""Workers that all tests share, and the parts that other proofs share with these."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1] / "soak"))
sys.path.insert(0, str(Path(__file__).parents[1] / "servers"))

import pytest
from quick_desk import SharedPool


@pytest.fixture(scope="session")
def pool() -> Iterator[SharedPool]:
    made = SharedPool()
    yield made
    made.end()
