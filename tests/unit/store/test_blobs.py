"""Blobs: what comes out is what went in, or an error; and no more is read than is asked for."""

from __future__ import annotations

import hashlib
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest
from store_instances import Maker

from workstation.store import BlobDamaged, BlobMissing, Options, Store, StoreDamaged, StoredInstance
from workstation.store.blobs import without_preamble
from workstation.store.files import DiskFiles, DiskHandle

CHUNK = 65_536


@pytest.fixture
def make() -> Maker:
    return Maker(size=3 * CHUNK + 100, frames=7)


@pytest.fixture
def stored(store: Store, make: Maker) -> StoredInstance:
    store.intake.put([make.incoming(uid="7"), make.incoming(uid="8")])
    return _get(store, "7")


def _get(store: Store, uid: str) -> StoredInstance:
    found = store.instances.get(uid)
    assert found is not None
    return found


def _path(store: Store, uid: str = "7") -> Path:
    return next(store.folder.rglob(_get(store, uid).blob.place.name))


def test_a_whole_instance_comes_back(store: Store, stored: StoredInstance, make: Maker) -> None:
    buffer = memoryview(bytearray(stored.blob.length + 5))

    assert bytes(store.blobs.read(stored.blob)) == make.data(uid="7")
    assert bytes(store.blobs.read(stored.blob, buffer)) == make.data(uid="7")


def test_each_frame_comes_back(store: Store, stored: StoredInstance, make: Maker) -> None:
    data = make.data(uid="7")
    for frame, ((offset, length),) in enumerate(stored.blob.frames.spans):
        buffer = memoryview(bytearray(length))
        assert stored.blob.frame_length(frame) == length
        assert bytes(store.blobs.read_frame(stored.blob, frame, buffer)) == data[offset : offset + length]


def test_a_frame_is_read_without_the_rest(
    store: Store, stored: StoredInstance, monkeypatch: pytest.MonkeyPatch
) -> None:
    read: list[int] = []
    original = DiskHandle.read_into

    def counting(self: DiskHandle, offset: int, out: memoryview) -> int:
        read.append(len(out))
        return original(self, offset, out)

    monkeypatch.setattr(DiskHandle, "read_into", counting)
    buffer = memoryview(bytearray(stored.blob.frame_length(0)))
    store.blobs.read_frame(stored.blob, 0, buffer)

    assert sum(read) == 68 + CHUNK + 16  # the header and the first chunk


def test_the_file_tells_nothing(store: Store, stored: StoredInstance) -> None:
    content = _path(store).read_bytes()

    assert b"DOE^JANE" not in content
    assert not any(part in str(_path(store)) for part in ("1.2", "/7", "JANE"))
    assert len(content) - stored.blob.length < 400


def test_the_same_instance_is_never_sealed_the_same_way(store: Store, stored: StoredInstance) -> None:
    before = _path(store).read_bytes()
    _path(store).unlink()
    with pytest.raises(BlobMissing):
        store.blobs.read(stored.blob)
    store.intake.put([Maker(size=3 * CHUNK + 100, frames=7).incoming(uid="7")])

    after = _path(store).read_bytes()
    assert len(after) == len(before)
    assert after[36:] != before[36:]


def test_two_files_that_changed_places_are_refused(store: Store, stored: StoredInstance) -> None:
    first, second = _path(store, "7"), _path(store, "8")
    content = first.read_bytes()
    shutil.copy(second, first)
    second.write_bytes(content)

    for uid in "78":
        with pytest.raises(BlobDamaged):
            store.blobs.read(_get(store, uid).blob)
    assert stored.uid == "7"


@pytest.mark.parametrize(("one", "other"), [(0, 1), (1, 2)])
def test_two_chunks_that_changed_places_are_refused(
    store: Store, stored: StoredInstance, one: int, other: int
) -> None:
    def chunk(number: int) -> slice:
        start = 68 + number * (CHUNK + 16)
        return slice(start, start + CHUNK + 16)

    content = bytearray(_path(store).read_bytes())
    content[chunk(one)], content[chunk(other)] = content[chunk(other)], content[chunk(one)]
    _path(store).write_bytes(content)

    with pytest.raises(BlobDamaged):
        store.blobs.read(stored.blob)


def test_bytes_after_the_end_are_refused(store: Store, stored: StoredInstance) -> None:
    with _path(store).open("ab") as file:
        file.write(b"\0")

    with pytest.raises(BlobDamaged):
        store.blobs.read(stored.blob)


def test_an_older_copy_that_was_put_back_is_noticed(
    store: Store, stored: StoredInstance, make: Maker
) -> None:
    """The older file verifies by itself: the same study, place and content, sealed at another time."""
    old = _path(store).read_bytes()
    _path(store).unlink()
    with pytest.raises(BlobMissing):
        store.blobs.read(stored.blob)
    store.intake.put([make.incoming(uid="7")])
    _path(store).write_bytes(old)

    with pytest.raises(BlobDamaged, match="another copy"):
        store.blobs.read(_get(store, "7").blob)
    assert store.check(repair=True).is_sound
    assert bytes(store.blobs.read(_get(store, "7").blob)) == make.data(uid="7")


def test_a_damaged_image_is_stored_again_when_it_comes_again(
    store: Store, stored: StoredInstance, make: Maker, reopen: Callable[[], Store]
) -> None:
    _path(store).write_bytes(b"rubbish")
    with pytest.raises(BlobDamaged):
        store.blobs.read(stored.blob)
    assert _get(store, "7").is_damaged

    store.intake.put([make.incoming(uid="7")])

    store.close()
    again = reopen()
    assert not _get(again, "7").is_damaged
    assert bytes(again.blobs.read(_get(again, "7").blob)) == make.data(uid="7")
    assert again.check().findings == []


def test_the_key_beside_the_blobs_serves_when_that_of_the_row_is_damaged(
    store: Store, stored: StoredInstance, make: Maker
) -> None:
    from dataclasses import replace

    store._parts.keys.forget_all()
    damaged = replace(stored.blob, sealed_key=bytes(len(stored.blob.sealed_key)))

    assert bytes(store.blobs.read(damaged)) == make.data(uid="7")
    store._parts.keys.forget_all()
    next(store.folder.rglob("study.key")).write_bytes(b"rubbish")
    with pytest.raises(StoreDamaged):
        store.blobs.read(damaged)


def test_what_stood_in_the_preamble_is_not_kept() -> None:
    part_10 = b"secret".ljust(128, b"\1") + b"DICM" + b"rest"

    assert bytes(without_preamble(part_10)) == bytes(128) + b"DICM" + b"rest"
    assert without_preamble(b"no preamble here" * 20) == b"no preamble here" * 20
    zeros = bytes(128) + b"DICM"
    assert without_preamble(zeros) is zeros
    assert hashlib.sha256(without_preamble(part_10)[128:]).digest() == hashlib.sha256(part_10[128:]).digest()


def test_a_disk_that_refuses_to_read_is_not_taken_for_damage(
    folder: Path, options: Options, make: Maker, monkeypatch: pytest.MonkeyPatch
) -> None:
    import errno

    from workstation.store import DiskFailed

    with Store.create(folder, bytes(range(32)), options) as store:
        store.intake.put([make.incoming(uid="7")])

        def refuse(_self: DiskFiles, _path: Path, *, write: bool = False) -> DiskHandle:
            raise OSError(errno.EIO, f"no {write}")

        with monkeypatch.context() as patched:
            patched.setattr(DiskFiles, "open", refuse)
            with pytest.raises(DiskFailed):
                store.blobs.read(_get(store, "7").blob)
        assert not _get(store, "7").is_damaged
