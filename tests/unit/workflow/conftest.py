"""A desk on a store in a temporary folder, with the workers that all tests share."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from group_archive import GroupArchive, connect_to, slices
from quick_desk import SharedPool, quick_desk

from workstation.workflow import Desk


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / "store"


@pytest.fixture
def disc(tmp_path: Path) -> Path:
    """Return a folder for files that are offered."""
    made = tmp_path / "disc"
    made.mkdir()
    return made


@pytest.fixture
def reopen(folder: Path, pool: SharedPool) -> Iterator[Callable[..., Desk]]:
    """Close the desk that is open, if one is, and open one again; ``meanwhile`` something may happen."""
    opened: list[Desk] = []

    def again(meanwhile: Callable[[], object] = lambda: None) -> Desk:
        while opened:
            opened.pop().close()
        meanwhile()
        opened.append(quick_desk(folder, pool))
        return opened[-1]

    yield again
    for desk in opened:
        desk.close()


@pytest.fixture
def desk(reopen: Callable[[], Desk]) -> Desk:
    return reopen()


@pytest.fixture
def group() -> GroupArchive:
    """Return an archive with one study of three slices."""
    made = GroupArchive()
    made.keep(*slices(3))
    return made


@pytest.fixture
def connected(desk: Desk, group: GroupArchive, monkeypatch: pytest.MonkeyPatch) -> Desk:
    """Return a desk that knows what the archive lists; nothing runs yet."""
    connect_to(desk, {"harbor": group}, monkeypatch).read_lists()
    return desk
