import errno
import os
from pathlib import Path

import pytest
from simulated_disk import Fault, SimulatedDisk

from workstation.store.errors import DiskFailed, DiskFull
from workstation.store.files import DiskFiles, Files, read_file, temporary_of, translated, write_file


@pytest.mark.parametrize("files", [DiskFiles(), SimulatedDisk()], ids=["real", "simulated"])
def test_the_real_and_the_simulated_disk_do_the_same(files: Files, tmp_path: Path) -> None:
    assert files.make_folder(tmp_path / "a") is True
    assert files.make_folder(tmp_path / "a") is False
    with files.create(tmp_path / "a" / "x") as handle:
        handle.append(b"hello ")
        handle.append(memoryview(b"world"))
        handle.truncate(8)
        handle.append(b"!")
        handle.sync()
        assert handle.size() == 9
    assert read_file(files, tmp_path / "a" / "x", 100) == b"hello wo!"
    assert read_file(files, tmp_path / "a" / "x", 5) == b"hello"
    with pytest.raises(FileExistsError):
        files.create(tmp_path / "a" / "x")
    with pytest.raises(FileNotFoundError):
        files.open(tmp_path / "a" / "y")
    files.rename(tmp_path / "a" / "x", tmp_path / "a" / "y")
    files.sync_folder(tmp_path / "a")
    assert files.names(tmp_path / "a") == ["y"]
    assert files.names(tmp_path / "b") == []
    with pytest.raises(OSError, match="empty"):
        files.remove_folder(tmp_path / "a")
    files.remove(tmp_path / "a" / "y")
    files.remove(tmp_path / "a" / "y")
    files.remove_folder(tmp_path / "a")
    assert not files.exists(tmp_path / "a")


def test_reading_tells_where_a_file_ends(tmp_path: Path) -> None:
    (tmp_path / "x").write_bytes(b"0123456789")
    buffer = memoryview(bytearray(8))

    with DiskFiles().open(tmp_path / "x") as handle:
        assert handle.read_into(4, buffer) == 6
        assert bytes(buffer[:6]) == b"456789"


@pytest.mark.skipif(os.name != "posix", reason="permissions as on Unix")
def test_a_new_file_is_for_this_user_alone(tmp_path: Path) -> None:
    files = DiskFiles()
    files.make_folder(tmp_path / "folder")
    files.create(tmp_path / "file").close()

    assert (tmp_path / "file").stat().st_mode & 0o077 == 0
    assert (tmp_path / "folder").stat().st_mode & 0o077 == 0


def test_allocated_room_is_really_taken(tmp_path: Path) -> None:
    DiskFiles().allocate(tmp_path / "reserve", 1 << 20)

    assert (tmp_path / "reserve").stat().st_blocks * 512 >= 1 << 20


@pytest.mark.parametrize("step", range(1, 6))
def test_a_file_that_could_not_be_written_leaves_the_old_one_and_nothing_else(step: int) -> None:
    disk, path = SimulatedDisk(), Path("/f/x")
    write_file(disk, path, [b"old"])
    disk.fault = Fault(disk.steps + step, errno.ENOSPC)

    with pytest.raises(OSError, match="space"):
        write_file(disk, path, [b"new", b"er"])

    assert disk.names(path.parent) == ["x"]
    assert read_file(disk, path, 10) == b"old"


def test_remains_of_an_earlier_attempt_are_no_hindrance(tmp_path: Path) -> None:
    temporary_of(tmp_path / "x").write_bytes(b"half")

    write_file(DiskFiles(), tmp_path / "x", [b"whole"])

    assert (tmp_path / "x").read_bytes() == b"whole"


@pytest.mark.parametrize(
    ("code", "kind"),
    [
        (errno.ENOSPC, DiskFull),
        (errno.EDQUOT, DiskFull),
        (errno.EFBIG, DiskFull),
        (errno.EIO, DiskFailed),
        (errno.EROFS, DiskFailed),
        (errno.EACCES, DiskFailed),
    ],
)
def test_the_systems_errors_become_calm(code: int, kind: type[Exception]) -> None:
    with pytest.raises(kind, match=r"\(a/place\)"), translated("a/place"):
        raise OSError(code, os.strerror(code))
