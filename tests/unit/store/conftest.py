"""A store in a temporary folder."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[2] / "soak"))  # for the parts that the soak shares

import pytest
from store_instances import KEK, Maker

from workstation.clock import ManualClock
from workstation.store import Limits, Options, Store

SMALL_RESERVE = 1 << 16


@pytest.fixture
def make() -> Maker:
    return Maker()


@pytest.fixture
def options(make: Maker) -> Options:
    return Options(clock=ManualClock(), limits=Limits(floor=0), examine=make.look, reserve=SMALL_RESERVE)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / "store"


@pytest.fixture
def reopen(folder: Path, options: Options) -> Iterator[Callable[[], Store]]:
    """Close the store that is open, if one is, and open it again."""
    opened: list[Store] = []

    def again() -> Store:
        for store in opened:
            store.close()
        opened.append(Store.open(folder, KEK, options))
        return opened[-1]

    yield again
    for store in opened:
        store.close()


@pytest.fixture
def store(folder: Path, options: Options) -> Iterator[Store]:
    with Store.create(folder, KEK, options) as opened:
        yield opened
