"""A start after an end that was not in order, with the accidents made by hand.

The simulated disk makes them at every step (tests/integration/test_store_faults.py); here each rule alone.
"""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from store_instances import KEK, Looked, Maker

from workstation.errors import LumenError
from workstation.store import Options, Store
from workstation.store.recovery import Examine

Crash = Callable[..., Store]


@pytest.fixture
def filled(store: Store, make: Maker) -> Store:
    store.intake.put([make.incoming("1.1", "1"), make.incoming("1.1", "2")])
    store.intake.put([make.incoming("1.2", "3")], verified=True)
    return store


@pytest.fixture
def after_a_crash(filled: Store, options: Options) -> Iterator[Crash]:
    """Open again as after a crash: whoever closed it did not sign off."""
    opened: list[Store] = []

    def again(examine: Examine | None = None) -> Store:
        filled.close()
        (filled.folder / "clean").unlink()
        opened.append(Store.open(filled.folder, KEK, replace(options, examine=examine or options.examine)))
        return opened[-1]

    yield again
    for store in opened:
        store.close()


def _path(store: Store, uid: str) -> Path:
    found = store.instances.get(uid)
    assert found is not None
    return store._parts.names.path(found.blob.place)


def _uids(store: Store) -> set[str]:
    return {one.uid for study in store.studies.list() for one in store.instances.of_study(study.uid)}


def test_nothing_is_said_if_all_is_well(after_a_crash: Crash) -> None:
    again = after_a_crash()

    assert again.report.notes == []
    assert _uids(again) == {"1", "2", "3"}


def test_files_that_were_never_finished_go(filled: Store, after_a_crash: Crash) -> None:
    ours = ("work.db.tmp", "work.db.tmp-journal", "work.journal.tmp", "clean.tmp")
    left = [_path(filled, "1").with_name("half.tmp"), *(filled.folder / name for name in ours)]
    of_the_key_slots = filled.folder / "keys.json.tmp"
    for path in (*left, of_the_key_slots):
        path.write_bytes(b"half")

    after_a_crash()

    assert not any(path.exists() for path in left)
    assert of_the_key_slots.exists()


def test_adoption_can_be_stopped_and_taken_up_again(filled: Store, make: Maker, options: Options) -> None:
    filled.close()
    (filled.folder / "cache.db").unlink()
    with Store.open(filled.folder, KEK, replace(options, examine=None)) as again:
        assert again.adopt(make.look, lambda _done, _total: False) == 0
        assert again.orphans == 3
        assert again.adopt(make.look) == 3


def test_a_row_without_a_file_goes_and_is_named_if_no_archive_has_it(
    filled: Store, after_a_crash: Crash
) -> None:
    _path(filled, "1").unlink()
    _path(filled, "3").unlink()

    again = after_a_crash()

    assert _uids(again) == {"2"}
    assert again.studies.get("1.2") is None
    assert again.report.notes == [
        "2 image(s) are not on the disk any more and are listed no more.",
        "No archive is known to have 1 of them: import them again.",
    ]


def test_a_study_whose_folder_is_gone_is_listed_no_more(filled: Store, after_a_crash: Crash) -> None:
    shutil.rmtree(_path(filled, "3").parent)

    assert _uids(after_a_crash()) == {"1", "2"}


def test_files_without_key_and_row_are_of_no_use_and_go(filled: Store, after_a_crash: Crash) -> None:
    folder = _path(filled, "3").parent
    with filled._parts.index.writing() as database:
        database.rows("DELETE FROM studies WHERE uid = '1.2'")
    (folder / "study.key").unlink()

    again = after_a_crash()

    assert not folder.exists()
    assert _uids(again) == {"1", "2"}


def test_a_damaged_key_without_a_row_is_left_for_better_tools(filled: Store, after_a_crash: Crash) -> None:
    folder = _path(filled, "3").parent
    with filled._parts.index.writing() as database:
        database.rows("DELETE FROM studies WHERE uid = '1.2'")
    (folder / "study.key").write_bytes(b"rubbish")
    before = {path.name: path.read_bytes() for path in folder.iterdir()}

    again = after_a_crash()

    assert {path.name: path.read_bytes() for path in folder.iterdir()} == before
    assert again.report.notes == ["The key of a study is damaged: its 1 image(s) can't be shown."]


@pytest.mark.parametrize("content", [None, b"", b"rubbish"])
def test_a_lost_or_damaged_key_file_is_made_again_from_the_row(
    filled: Store, after_a_crash: Crash, content: bytes | None
) -> None:
    path = _path(filled, "1").with_name("study.key")
    whole = path.read_bytes()
    path.unlink()
    if content is not None:
        path.write_bytes(content)

    after_a_crash()

    assert path.read_bytes() == whole


def test_a_damaged_key_in_the_row_is_made_again_from_the_file(
    filled: Store, make: Maker, after_a_crash: Crash
) -> None:
    with filled._parts.index.writing() as database:
        database.rows("UPDATE studies SET sealed_key = x'00' WHERE uid = '1.1'")

    again = after_a_crash()

    (path,) = {_path(again, "1").with_name("study.key")}
    assert again.instances.of_study("1.1")[0].blob.sealed_key == path.read_bytes()
    assert bytes(again.blobs.read(again.instances.of_study("1.1")[0].blob)) == make.data("1.1", "1")


def _forget_rows(store: Store) -> None:
    with store._parts.index.writing() as database:
        database.rows("DELETE FROM studies WHERE uid = '1.1'")


def test_a_file_that_does_not_verify_is_set_aside(filled: Store, after_a_crash: Crash) -> None:
    path = _path(filled, "1")
    content = bytearray(path.read_bytes())
    content[100] ^= 1
    path.write_bytes(content)
    _forget_rows(filled)

    again = after_a_crash()

    assert _uids(again) == {"2", "3"}
    assert [kept.read_bytes() for kept in (again.folder / "damaged").iterdir()] == [content]
    assert "set aside" in again.report.notes[0]


def test_a_file_is_listed_under_the_name_that_it_gives_itself_or_not_at_all(
    filled: Store, make: Maker, after_a_crash: Crash
) -> None:
    """Whoever can seal for this place, but with another UID inside, is not believed."""
    _forget_rows(filled)

    def look(data: memoryview) -> Looked:
        looked = make.look(data)
        inside = "666" if looked.record.uid == "1" else looked.record.uid
        return replace(looked, record=replace(looked.record, uid=inside))

    again = after_a_crash(look)

    assert _uids(again) == {"2", "3"}
    assert "in the place of another" in again.report.notes[0]


def test_a_file_that_cannot_be_understood_waits(filled: Store, make: Maker, after_a_crash: Crash) -> None:
    _forget_rows(filled)

    def refuse(_data: memoryview) -> Looked:
        raise LumenError("The file can't be understood")

    again = after_a_crash(refuse)
    assert again.orphans == 2
    assert _uids(again) == {"3"}

    assert again.adopt(make.look) == 2
    assert again.orphans == 0
    assert _uids(again) == {"1", "2", "3"}
