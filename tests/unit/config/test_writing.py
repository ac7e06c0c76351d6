"""A person's file is the old one or the new one, and nothing lies beside it."""

import errno
import os
from pathlib import Path

import pytest

from workstation.config.writing import write_whole


def test_a_text_takes_a_files_place(tmp_path: Path) -> None:
    file = tmp_path / "own" / "settings.toml"
    for text in ("a = 1\n", "b = 'ä'\n"):
        write_whole(file, text)
        assert file.read_text(encoding="utf-8") == text
    assert list(file.parent.iterdir()) == [file]


def test_a_full_disk_leaves_the_file_as_it_was(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    file = tmp_path / "settings.toml"
    write_whole(file, "a = 1\n")

    def full(_: int) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(OSError, match="No space"):
        write_whole(file, "b = 2\n")

    assert file.read_text(encoding="utf-8") == "a = 1\n"
    assert list(tmp_path.iterdir()) == [file]
