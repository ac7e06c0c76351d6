from __future__ import annotations

import tempfile
import threading
from dataclasses import replace
from pathlib import Path
from typing import IO, Any

import pytest
from large_files import large

from workstation.archive.unfinished import Begun, Shelf, begun_of

FILE = large("explicit")
SIZE = FILE.ends[1]


def begun(uid: str = "1") -> Begun:
    made = begun_of(bytearray(FILE.data[:SIZE]), len(FILE.data), least=0)
    assert made is not None
    made._head = replace(made._head, uid=uid)
    return made


@pytest.fixture(name="files")
def files_made(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> list[Path]:
    """Give temporary files names, so that a test can look into them."""
    made: list[Path] = []

    def named() -> IO[Any]:
        made.append(tmp_path / str(len(made)))
        return made[-1].open("w+b")

    monkeypatch.setattr(tempfile, "TemporaryFile", named)
    return made


def test_what_was_kept_is_taken_once() -> None:
    shelf, kept = Shelf(), begun()
    shelf.put(kept)

    assert shelf.has("1")
    assert shelf.take("other") is None
    assert shelf.take("1") is kept
    assert shelf.take("1") is None
    assert not shelf.has("1")
    assert bytes(kept.data) == FILE.data[:SIZE]


def test_beyond_the_memory_s_budget_it_lies_on_the_disk_and_nobody_can_read_it(
    files: list[Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("workstation.archive.unfinished.shelf._SLICE", 100)
    shelf = Shelf(memory=SIZE + 10)
    first, second = begun("1"), begun("2")
    shelf.put(first)
    assert files == []

    shelf.put(second)

    lying = files[0].read_bytes()
    assert len(second.data) == 0
    assert len(lying) > SIZE
    assert not any(lying.find(FILE.data[at : at + 16]) >= 0 for at in range(0, SIZE - 16, 16))
    assert shelf.take("2") is second
    assert bytes(second.data) == FILE.data[:SIZE]
    assert len(first.data) == SIZE


@pytest.mark.parametrize("harm", [lambda data: data[:-1], lambda data: b"\1" + data[1:], lambda _: b""])
def test_what_can_t_be_read_back_has_to_come_anew(files: list[Path], harm: Any) -> None:  # noqa: ANN401  a lambda
    shelf = Shelf(memory=0)
    shelf.put(begun())
    files[0].write_bytes(harm(files[0].read_bytes()))

    assert shelf.take("1") is None


def test_what_has_lain_longest_gives_way() -> None:
    shelf = Shelf(most=2 * SIZE)
    for uid in ("1", "2", "1", "3"):
        shelf.put(begun(uid))

    assert [uid for uid in ("1", "2", "3") if shelf.take(uid)] == ["1", "3"]


def test_what_is_too_large_for_everything_pushes_nothing_out() -> None:
    shelf = Shelf(most=SIZE)
    kept, huge = begun("1"), begun("2")
    huge.data += bytes(10)
    shelf.put(kept)
    shelf.put(huge)

    assert (shelf.take("1"), shelf.take("2")) == (kept, None)


def test_a_full_disk_only_costs_the_way_here(monkeypatch: pytest.MonkeyPatch) -> None:
    def full() -> IO[Any]:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(tempfile, "TemporaryFile", full)
    shelf = Shelf(memory=0)
    shelf.put(begun())

    assert shelf.take("1") is None


def test_nothing_is_kept_of_a_closed_shelf() -> None:
    shelf = Shelf(memory=SIZE)
    shelf.put(begun("1"))
    shelf.put(begun("2"))
    shelf.close()

    assert shelf.take("1") is None
    assert shelf.take("2") is None


def test_several_threads_may_put_and_take() -> None:
    shelf = Shelf(memory=3 * SIZE)

    def busy(name: int) -> None:
        for _ in range(20):
            shelf.put(begun(str(name)))
            taken = shelf.take(str(name))
            assert taken is not None
            came.append(bytes(taken.data) == FILE.data[:SIZE])

    came: list[bool] = []
    threads = [threading.Thread(target=busy, args=(name,)) for name in range(5)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert came == [True] * 100
