"""A small part of the soak's harms: bits, cuts, files of another time, on the disk that is really there."""

import shutil
from pathlib import Path

import pytest
from store_flips import (
    REPAIRED,
    Sample,
    blob_path,
    cuts,
    flips,
    harm_blob,
    harm_database,
    harm_store,
    options,
)
from store_instances import KEK, Maker
from store_power import seeded

from workstation.store import Store
from workstation.store.disk import Disk
from workstation.store.work import WorkFiles


@pytest.fixture(scope="module")
def sample(tmp_path_factory: pytest.TempPathFactory) -> Sample:
    return Sample.make(tmp_path_factory.mktemp("sample") / "store")


@pytest.mark.parametrize("name", REPAIRED)
def test_a_bit_flipped_in_a_file_that_is_kept_twice_loses_nothing(
    sample: Sample, name: str, tmp_path: Path
) -> None:
    size = sample.file(name).stat().st_size
    offsets = range(0, size, max(1, size // 4))

    result = harm_store(sample, name, flips(offsets, seeded(name)), tmp_path / "copy")

    assert result.complaints == []


@pytest.mark.parametrize("name", REPAIRED)
def test_a_file_that_is_kept_twice_may_be_cut_or_emptied(sample: Sample, name: str, tmp_path: Path) -> None:
    size = sample.file(name).stat().st_size

    result = harm_store(sample, name, cuts((0, size // 2, size - 1)), tmp_path / "copy")

    assert result.complaints == []


def test_a_bit_flipped_in_the_log_of_an_index_that_was_not_closed_loses_nothing(tmp_path: Path) -> None:
    sample = Sample.left_open(tmp_path / "store")
    size = sample.file("cache.db-wal").stat().st_size

    harms = flips(range(40, size, size // 3), seeded("wal"))
    result = harm_store(sample, "cache.db-wal", harms, tmp_path / "copy")

    assert result.complaints == []


def test_every_flipped_bit_of_the_work_record_is_noticed(sample: Sample, tmp_path: Path) -> None:
    copy = Path(shutil.copy(sample.folder / "work.db", tmp_path))
    files = WorkFiles(sample.folder, KEK, Disk())

    result = harm_database(
        copy, files.open_database, flips(range(0, copy.stat().st_size, 53), seeded("work"))
    )

    assert result.complaints == []


@pytest.mark.parametrize(("size", "frames", "stride"), [(300, 1, 1), (150_000, 1, 997), (150_000, 5, 997)])
def test_an_image_that_was_altered_or_cut_is_refused(
    size: int, frames: int, stride: int, tmp_path: Path
) -> None:
    maker = Maker(size=size, frames=frames)
    with Store.create(tmp_path / "store", KEK, options(maker)) as store:
        store.intake.put([maker.incoming(uid="7")])
        on_disk = blob_path(store, "7").stat().st_size

        altered = harm_blob(store, "7", maker.data(uid="7"), flips(range(0, on_disk, stride), seeded(size)))
        cut = harm_blob(store, "7", maker.data(uid="7"), cuts(range(0, on_disk, 1 + on_disk // 50)))

    assert altered.complaints == []
    assert cut.complaints == []
