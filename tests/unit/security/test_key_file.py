from __future__ import annotations

import os
from pathlib import Path

import pytest

from workstation.security import KeyFileRefused, SlotsRefused, key_file
from workstation.security.key_file import SlotFile
from workstation.security.keys import KeySlots
from workstation.security.passphrase import Cost

KEK = bytes(range(32))
NAMES = ["keys.json", "keys.copy.json"]


@pytest.fixture
def slots(cheap: Cost) -> KeySlots:
    return KeySlots.create(KEK).with_passphrase(KEK, "correct horse", cheap)


def test_what_was_saved_is_there_twice_for_the_owner_alone(tmp_path: Path, slots: KeySlots) -> None:
    SlotFile(tmp_path).save(slots)

    assert SlotFile(tmp_path).load() == slots
    assert sorted(path.name for path in tmp_path.iterdir()) == sorted(NAMES)
    for name in NAMES:
        assert KeySlots.from_bytes((tmp_path / name).read_bytes()) == slots
        assert (tmp_path / name).stat().st_mode & 0o777 == 0o600


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("harm", ["missing", "empty", "flipped"])
def test_either_copy_may_be_lost_and_is_made_again(
    name: str, harm: str, tmp_path: Path, slots: KeySlots
) -> None:
    SlotFile(tmp_path).save(slots)
    path = tmp_path / name
    if harm == "missing":
        path.unlink()
    else:
        data = bytearray(path.read_bytes())
        data[100] ^= 1
        path.write_bytes(b"" if harm == "empty" else bytes(data))

    assert SlotFile(tmp_path).load() == slots
    assert path.read_bytes() == slots.to_bytes()


def test_both_copies_lost_is_refused_and_nothing_is_made_up(tmp_path: Path, slots: KeySlots) -> None:
    SlotFile(tmp_path).save(slots)
    for name in NAMES:
        (tmp_path / name).write_bytes(b"{}")

    assert SlotFile(tmp_path).exists()
    with pytest.raises(SlotsRefused, match="no new key"):
        SlotFile(tmp_path).load()
    assert (tmp_path / NAMES[0]).read_bytes() == b"{}"


def test_the_keys_of_another_store_are_never_written_over(
    tmp_path: Path, slots: KeySlots, cheap: Cost
) -> None:
    """Not even where they are damaged: somebody may still have a backup of them, and the data is there."""
    other = KeySlots.create(KEK).with_passphrase(KEK, "correct horse", cheap)
    SlotFile(tmp_path).save(slots)
    with pytest.raises(SlotsRefused, match="another store"):
        SlotFile(tmp_path).save(other)
    assert SlotFile(tmp_path).load() == slots

    for name in NAMES:
        (tmp_path / name).write_bytes(b"damaged")
    with pytest.raises(SlotsRefused, match="another store"):
        SlotFile(tmp_path).save(other)
    assert (tmp_path / NAMES[0]).read_bytes() == b"damaged"


def test_after_a_crash_between_the_copies_the_newer_one_counts(
    tmp_path: Path, slots: KeySlots, cheap: Cost
) -> None:
    SlotFile(tmp_path).save(slots)
    newer = slots.with_passphrase(KEK, "another horse", cheap)
    (tmp_path / NAMES[0]).write_bytes(newer.to_bytes())

    assert SlotFile(tmp_path).load() == newer
    assert (tmp_path / NAMES[1]).read_bytes() == newer.to_bytes()


def test_a_disk_that_cannot_be_written_may_still_be_read(
    tmp_path: Path, slots: KeySlots, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full_disk(_path: Path, _data: bytes) -> None:
        raise OSError(28, "No space left on device")

    SlotFile(tmp_path).save(slots)
    (tmp_path / NAMES[1]).unlink()
    monkeypatch.setattr(key_file, "write_whole", full_disk)

    assert SlotFile(tmp_path).load() == slots


def test_a_folder_without_keys_says_so(tmp_path: Path) -> None:
    assert not SlotFile(tmp_path).exists()


@pytest.mark.parametrize("call", ["open", "fsync", "replace"])
def test_a_write_that_fails_leaves_the_old_file_and_no_litter(
    call: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "file"
    key_file.write_whole(path, b"old")

    def fails(*_: object, **__: object) -> int:
        raise OSError(5, "Input/output error")

    monkeypatch.setattr(Path if call == "replace" else os, call, fails)
    with pytest.raises(OSError, match="Input/output"):
        key_file.write_whole(path, b"new")
    monkeypatch.undo()

    assert path.read_bytes() == b"old"
    assert list(tmp_path.iterdir()) == [path]


def test_the_order_of_a_durable_write_is_kept(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Write, sync the file, rename, sync the folder: the design's write protocol."""
    path = tmp_path / "file"
    seen: list[str] = []
    fsync, replace = os.fsync, Path.replace

    def synced(descriptor: int) -> None:
        is_folder = os.path.isdir(f"/proc/self/fd/{descriptor}")  # noqa: PTH112  a link of the kernel's
        written = tmp_path.joinpath(".file.tmp")
        assert is_folder or written.read_bytes() == b"new"
        seen.append("folder" if is_folder else "file")
        fsync(descriptor)

    def renamed(self: Path, target: Path) -> Path:
        seen.append("rename")
        return replace(self, target)

    monkeypatch.setattr(os, "fsync", synced)
    monkeypatch.setattr(Path, "replace", renamed)
    key_file.write_whole(path, b"new")

    assert seen == ["file", "rename", "folder"]


def test_litter_of_an_earlier_crash_is_no_obstacle(tmp_path: Path) -> None:
    (tmp_path / ".file.tmp").write_bytes(b"half")
    key_file.write_whole(tmp_path / "file", b"new")

    assert [path.read_bytes() for path in tmp_path.iterdir()] == [b"new"]


def test_the_demo_key_is_found_again(tmp_path: Path) -> None:
    made = key_file.create_demo_key(tmp_path / "demo.key")

    assert key_file.load_demo_key(tmp_path / "demo.key") == made
    assert (tmp_path / "demo.key").stat().st_mode & 0o777 == 0o600


def test_a_demo_key_is_never_written_over(tmp_path: Path) -> None:
    made = key_file.create_demo_key(tmp_path / "demo.key")

    with pytest.raises(KeyFileRefused):
        key_file.create_demo_key(tmp_path / "demo.key")
    assert key_file.load_demo_key(tmp_path / "demo.key") == made


def test_a_damaged_demo_key_is_refused_at_every_byte(tmp_path: Path) -> None:
    path = tmp_path / "demo.key"
    made = key_file.create_demo_key(path)
    good = path.read_bytes()
    for at in range(len(good) - 1):
        bad = bytearray(good)
        bad[at] ^= 1
        path.write_bytes(bytes(bad))
        try:
            assert key_file.load_demo_key(path) == made, at
        except KeyFileRefused:
            continue


def test_a_missing_demo_key_is_refused(tmp_path: Path) -> None:
    with pytest.raises(KeyFileRefused, match="missing"):
        key_file.load_demo_key(tmp_path / "demo.key")
