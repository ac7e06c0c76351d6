"""The index may be lost, older, or damaged: the images tell the same again."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path

import pytest
from store_instances import Maker

from workstation.dicom import record_json
from workstation.store import Store, StoreDamaged
from workstation.store.files import DiskFiles


def _everything(store: Store) -> set[tuple[str, str, bytes]]:
    return {
        (study.uid, one.uid, bytes(store.blobs.read(one.blob)))
        for study in store.studies.list()
        for one in store.instances.all_of(study.uid)
    }


@pytest.fixture
def filled(store: Store, make: Maker) -> Store:
    store.intake.put([make.incoming("1.1", "1"), make.incoming("1.1", "2"), make.incoming("1.2", "3")])
    store.intake.put([make.incoming("1.1", "1", content="other")])
    return store


def _harms() -> list[Callable[[Path], None]]:
    def lost(path: Path) -> None:
        path.unlink()

    def emptied(path: Path) -> None:
        path.write_bytes(b"")

    def garbled(path: Path) -> None:
        path.write_bytes(bytes(byte ^ 1 for byte in path.read_bytes()))

    return [lost, emptied, garbled]


@pytest.mark.parametrize("harm", _harms(), ids=lambda harm: harm.__name__)
def test_an_index_that_is_lost_or_damaged_is_built_again_from_the_images(
    filled: Store, reopen: Callable[[], Store], harm: Callable[[Path], None]
) -> None:
    before = _everything(filled)
    filled.close()
    harm(filled.folder / "cache.db")

    again = reopen()

    assert _everything(again) == before
    assert any("listed again" in note for note in again.report.notes)
    assert again.studies.list()[0].is_work  # nobody knows whether an archive has it
    again.close()
    assert reopen().report.notes == []


def test_an_older_index_that_was_put_back_hides_nothing(
    filled: Store, make: Maker, reopen: Callable[[], Store]
) -> None:
    filled.close()
    old = Path(shutil.copy(filled.folder / "cache.db", filled.folder / "old"))
    opened = reopen()
    opened.intake.put([make.incoming("1.3", "4")])
    opened.eviction.remove("1.2")
    before = _everything(opened)
    opened.close()
    old.replace(filled.folder / "cache.db")

    again = reopen()

    assert _everything(again) == before


def test_an_older_index_of_the_same_study_with_another_key_hides_nothing(
    filled: Store, make: Maker, reopen: Callable[[], Store]
) -> None:
    """The study was removed and came again meanwhile: its key and its files are new."""
    filled.close()
    old = Path(shutil.copy(filled.folder / "cache.db", filled.folder / "old"))
    opened = reopen()
    opened.eviction.remove("1.2")
    opened.intake.put([make.incoming("1.2", "3"), make.incoming("1.2", "5")])
    before = _everything(opened)
    opened.close()
    old.replace(filled.folder / "cache.db")

    again = reopen()

    assert _everything(again) == before
    assert again.check().findings == []


def test_a_start_after_an_orderly_end_looks_into_no_folder(
    filled: Store, reopen: Callable[[], Store], monkeypatch: pytest.MonkeyPatch
) -> None:
    filled.close()
    looked: list[Path] = []
    original = DiskFiles.names

    def counting(self: DiskFiles, folder: Path) -> list[str]:
        looked.append(folder)
        return original(self, folder)

    monkeypatch.setattr(DiskFiles, "names", counting)
    reopen()

    assert looked == [filled.folder]


def test_a_start_after_a_crash_does(filled: Store, folder: Path, tmp_path: Path) -> None:
    copy = tmp_path / "crashed"
    shutil.copytree(folder, copy)

    assert not (copy / "clean").exists()
    assert filled.folder == folder


def test_records_of_another_version_are_examined_again(
    filled: Store, reopen: Callable[[], Store], monkeypatch: pytest.MonkeyPatch
) -> None:
    before = _everything(filled)
    filled.close()
    monkeypatch.setattr(record_json, "VERSION", record_json.VERSION + 1)

    again = reopen()

    assert "another version's" in again.report.notes[0]
    assert _everything(again) == before


def test_a_page_that_is_found_damaged_while_running_is_mended_at_the_next_start(
    filled: Store, reopen: Callable[[], Store], monkeypatch: pytest.MonkeyPatch
) -> None:
    before = _everything(filled)

    def refuse(*_: object) -> None:
        raise StoreDamaged("A file of the store is damaged")

    with monkeypatch.context() as patched:
        patched.setattr(filled._parts.index.reader(), "rows", refuse)
        with pytest.raises(StoreDamaged):
            filled.studies.list()
    filled.close()

    assert not (filled.folder / "clean").exists()
    assert _everything(reopen()) == before
