"""A file outside the store is whole or not there."""

from __future__ import annotations

from pathlib import Path

import pytest

from workstation.workflow import FileInTheWay, WorkflowError, whole_file


def test_a_file_gets_its_name_when_all_of_it_is_there(tmp_path: Path) -> None:
    with whole_file(tmp_path / "a.bin") as file:
        file.write(b"first half, ")
        file.flush()
        assert not (tmp_path / "a.bin").exists()
        file.write(b"second half")

    assert [path.name for path in tmp_path.iterdir()] == ["a.bin"]
    assert (tmp_path / "a.bin").read_bytes() == b"first half, second half"


@pytest.mark.parametrize("trouble", [ValueError("odd"), KeyboardInterrupt()])
def test_one_that_was_broken_off_leaves_nothing(tmp_path: Path, trouble: BaseException) -> None:
    def break_off() -> None:
        with whole_file(tmp_path / "a.bin") as file:
            file.write(b"half")
            raise trouble

    with pytest.raises(type(trouble)):
        break_off()
    assert list(tmp_path.iterdir()) == []


def test_a_file_that_is_there_stays_unless_it_is_to_be_replaced(tmp_path: Path) -> None:
    path = tmp_path / "a.bin"
    path.write_bytes(b"old")
    with pytest.raises(FileInTheWay), whole_file(path) as file:
        file.write(b"new")
    assert path.read_bytes() == b"old"

    with whole_file(path, replace=True) as file:
        file.write(b"new")
    assert path.read_bytes() == b"new"


def test_an_earlier_file_outlives_a_replacement_that_was_broken_off(tmp_path: Path) -> None:
    path = tmp_path / "a.bin"
    path.write_bytes(b"old")

    def break_off() -> None:
        with whole_file(path, replace=True) as file:
            file.write(b"half")
            raise ValueError

    with pytest.raises(ValueError, match=r"^$"):
        break_off()
    assert path.read_bytes() == b"old"


def test_a_folder_that_is_not_there_is_told_with_its_place(tmp_path: Path) -> None:
    with pytest.raises(WorkflowError, match="No such file") as told, whole_file(tmp_path / "no" / "a.bin"):
        pass
    assert told.value.where == str(tmp_path / "no" / "a.bin")
