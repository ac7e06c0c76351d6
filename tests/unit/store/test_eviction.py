from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path

import pytest
from store_instances import KEK, Maker

from workstation.clock import ManualClock
from workstation.store import BlobDamaged, BlobMissing, DiskFull, Limits, Options, Store, StudyKept
from workstation.store.files import DiskFiles

SIZE = 3000


def _fill(store: Store, make: Maker) -> None:
    """Store four studies of one image each; only the first is work."""
    store.intake.put([make.incoming("w", "w.1")])
    for uid in ("a", "b", "c"):
        store.intake.put([make.incoming(uid, f"{uid}.1")], verified=True)


def _uids(store: Store) -> set[str]:
    return {row.uid for row in store.studies.list()}


@pytest.fixture
def small(folder: Path, make: Maker) -> Callable[[], Store]:
    """Return a store with room for four images."""

    def create() -> Store:
        limits = Limits(quota=4 * SIZE, floor=0)
        return Store.create(folder, KEK, Options(ManualClock(), limits, examine=make.look, reserve=4096))

    return create


def test_what_was_opened_longest_ago_goes_first(small: Callable[[], Store], make: Maker) -> None:
    with small() as store:
        _fill(store, make)
        store.studies.touch("a")

        store.intake.put([make.incoming("d", "d.1")], verified=True)
        assert _uids(store) == {"w", "a", "c", "d"}
        store.intake.put([make.incoming("e", "e.1")], verified=True)
        assert _uids(store) == {"w", "a", "d", "e"}


def test_work_and_what_is_pinned_or_measured_never_goes(small: Callable[[], Store], make: Maker) -> None:
    from datetime import UTC, datetime

    from workstation.measurement import Length, Point

    with small() as store:
        _fill(store, make)
        store.pins.add("a", "teaching")
        store.measurements.put(
            Length("m", "b", "s", "b.1", 0, Point(0, 0), Point(1, 1), datetime(2026, 1, 1, tzinfo=UTC))
        )
        store.intake.put([make.incoming("d", "d.1")], verified=True)  # c makes room
        with pytest.raises(DiskFull):
            store.intake.put([make.incoming("e", "e.1"), make.incoming("f", "f.1")], verified=True)

        assert _uids(store) >= {"w", "a", "b"}
        for uid in ("w", "a", "b"):
            with pytest.raises(StudyKept):
                store.eviction.evict(uid)
        store.pins.remove("a", "teaching")
        store.eviction.evict("a")
        store.eviction.evict("unknown")
        assert "a" not in _uids(store)


def test_work_is_taken_beyond_the_quota(small: Callable[[], Store], make: Maker) -> None:
    with small() as store:
        store.intake.put([make.incoming("w", f"w.{n}") for n in range(6)])

        assert store.studies.list()[0].instances == 6


def test_the_floor_of_free_disk_is_kept_for_what_can_be_fetched_again(
    folder: Path, make: Maker, monkeypatch: pytest.MonkeyPatch
) -> None:
    free = 500 << 20
    monkeypatch.setattr(DiskFiles, "free", lambda _self, _folder: free)
    options = Options(ManualClock(), Limits(floor=free), examine=make.look, reserve=4096)
    with Store.create(folder, KEK, options) as store:
        with pytest.raises(DiskFull):
            store.intake.put([make.incoming("a", "a.1")], verified=True)
        store.intake.put([make.incoming("w", "w.1")])
        free = 100 << 20  # below even what work must leave
        with pytest.raises(DiskFull):
            store.intake.put([make.incoming("w", "w.2")])


def test_the_usual_floor_is_ten_gibibytes_or_five_per_cent(store: Store) -> None:
    from workstation.store.eviction import Eviction

    usual = Eviction(
        DiskFiles(),
        store._parts.names,
        store._parts.keys,
        store._parts.index,
        store._parts.reserve,
        Limits(),
        pinned=frozenset,
    )
    total = shutil.disk_usage(store.folder).total

    assert usual._floor() == max(10 * 2**30, int(total * 0.05))


def test_a_removed_study_is_gone_for_good(
    store: Store, make: Maker, tmp_path: Path, reopen: Callable[[], Store]
) -> None:
    """Copies of its files that someone kept do not open any more, even beside a copy of its key's row."""
    store.intake.put([make.incoming("a", "a.1")])
    (instance,) = store.instances.of_study("a")
    study_folder = store._parts.names.folder(instance.blob.place.study_tag)
    kept = tmp_path / "kept"
    shutil.copytree(study_folder, kept)
    store.pins.add("a", "teaching")

    store.eviction.remove("a")

    assert store.studies.get("a") is None
    assert not study_folder.exists()
    with pytest.raises((BlobMissing, BlobDamaged)):
        store.blobs.read(instance.blob)
    store.eviction.remove("a")
    store.intake.put([make.incoming("a", "a.1")])
    with pytest.raises((BlobMissing, BlobDamaged)):  # another key, another file
        store.blobs.read(instance.blob)
    store.close()
    assert _uids(reopen()) == {"a"}


def test_the_key_of_a_removed_study_is_left_in_no_log(
    store: Store, make: Maker, monkeypatch: pytest.MonkeyPatch
) -> None:
    store.intake.put([make.incoming("a", "a.1")])
    log = store.folder / "cache.db-wal"
    sizes = [log.stat().st_size]
    monkeypatch.setattr(store.eviction, "_remove_files", lambda _tag: sizes.append(log.stat().st_size))

    store.eviction.remove("a")

    assert sizes[0] > 0
    assert sizes[1] == 0


def test_a_removal_that_was_cut_short_is_finished_by_the_next_start(
    store: Store, make: Maker, reopen: Callable[[], Store], monkeypatch: pytest.MonkeyPatch
) -> None:
    store.intake.put([make.incoming("a", "a.1")])
    blob = store.instances.of_study("a")[0].blob
    study_folder = store._parts.names.folder(blob.place.study_tag)

    def refuse(_self: DiskFiles, _path: Path) -> None:
        raise OSError(5, "no")

    with monkeypatch.context() as patched:
        patched.setattr(DiskFiles, "remove", refuse)
        store.eviction.remove("a")
    assert study_folder.exists()
    store.close()

    again = reopen()

    assert not study_folder.exists()
    assert _uids(again) == set()
    assert again.orphans == 0
