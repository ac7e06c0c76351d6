"""A small part of the soak's harms to whole files, and the controls that show that they can fail."""

from pathlib import Path

import file_harms
import image_harms
import pytest
from file_harms import CACHE, JOURNAL, WORK
from proof import Batch, Outcome
from store_flips import Sample
from store_instances import Maker

SEED = 20261124


@pytest.mark.parametrize("name", [WORK, CACHE, JOURNAL])
def test_any_flipped_bit_of_a_database_or_the_journal_is_noticed(name: str, tmp_path: Path) -> None:
    outcome = file_harms.notice_every_byte(name, Batch(0, 200, SEED, tmp_path))

    assert (outcome.trials, outcome.texts) == (200, [])


@pytest.mark.parametrize("name", [WORK, CACHE, JOURNAL])
def test_a_store_opens_whole_after_a_flipped_bit(name: str, tmp_path: Path) -> None:
    outcome = file_harms.open_after_flips(name, Batch(0, 10, SEED, tmp_path))

    assert (outcome.trials, outcome.texts) == (10, [])


def test_a_store_opens_whole_with_a_file_cut_removed_swapped_or_older(tmp_path: Path) -> None:
    outcome = file_harms.open_after_exchange(Batch(0, 20, SEED, tmp_path))

    assert (outcome.trials, outcome.texts) == (20, [])


def test_an_image_that_was_cut_or_exchanged_is_refused(tmp_path: Path) -> None:
    last = image_harms.exchanges()

    outcome = image_harms.exchange(Batch(last - 12, 12, SEED, tmp_path))

    assert (outcome.trials, outcome.texts) == (12, [])


def test_each_byte_is_taken_once() -> None:
    assert {image_harms.spread(number, 448) for number in range(448)} == set(range(448))


def test_an_unharmed_file_is_not_called_harmed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("store_flips.Flip.do", lambda *_: None)

    file_and_image: list[Outcome] = [
        file_harms.notice_every_byte(JOURNAL, Batch(0, 2, SEED, tmp_path)),
        image_harms.flip_every_byte(Maker(size=300), Batch(0, 2, SEED, tmp_path / "image")),
    ]

    assert [outcome.complaints for outcome in file_and_image] == [2, 2]


def test_what_a_harmed_store_lacks_is_seen(tmp_path: Path) -> None:
    sample = Sample.make(tmp_path / "store")
    missing = min((sample.folder / "blobs").glob("*/*/*"))

    missing.unlink()

    assert sample.complaints_about(sample.folder)
