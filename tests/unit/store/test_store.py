"""The store as a whole: made once, opened by one, with its own key."""

from __future__ import annotations

import inspect
import shutil
import sys
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
from store_instances import KEK, Maker
from store_session import CANARY, Memory, play, script

from workstation.errors import LumenError
from workstation.security import WrongKey
from workstation.store import (
    Options,
    Outcome,
    Store,
    StoreBusy,
    StoreDamaged,
    StoreMissing,
    StoreTooNew,
    errors,
)
from workstation.store.lock import StoreLock


def _content(folder: Path) -> dict[Path, bytes]:
    """Return every file but the lock, which says who has looked."""
    return {path: path.read_bytes() for path in folder.rglob("*") if path.is_file() and path.name != "lock"}


def test_what_is_put_in_comes_out_after_reopening(
    store: Store, make: Maker, reopen: Callable[[], Store]
) -> None:
    batch = [make.incoming(uid=f"1.2.3.{n}") for n in range(5)]
    receipts = store.intake.put(batch)
    store.close()
    opened = reopen()

    assert [receipt.outcome for receipt in receipts] == [Outcome.STORED] * 5
    assert opened.report.notes == []
    (row,) = opened.studies.list()
    assert (row.uid, row.patient.name, row.modalities, row.instances) == ("1.2", "DOE^JANE", ("MR",), 5)
    instances = opened.instances.of_study("1.2")
    assert [bytes(opened.blobs.read(instance.blob)) for instance in instances] == [
        incoming.data for incoming in batch
    ]


def test_a_store_is_only_made_where_there_is_none(store: Store, options: Options) -> None:
    store.close()
    before = _content(store.folder)

    with pytest.raises(StoreMissing, match="already"):
        Store.create(store.folder, KEK, options)

    assert _content(store.folder) == before


@pytest.mark.parametrize("part", ["work.db", "work.journal", "cache.db", "blobs"])
def test_a_part_of_a_store_is_a_store_too(folder: Path, options: Options, part: str) -> None:
    """Never a new key over old data, however little of it is left."""
    folder.mkdir()
    (folder / part).mkdir()

    with pytest.raises(StoreMissing):
        Store.create(folder, KEK, options)


def test_where_there_is_no_store_none_is_opened(tmp_path: Path, options: Options) -> None:
    for folder in (tmp_path / "nowhere", tmp_path):
        with pytest.raises(StoreMissing):
            Store.open(folder, KEK, options)
    assert list(tmp_path.iterdir()) == []


def test_another_key_opens_nothing_and_changes_nothing(store: Store, make: Maker, options: Options) -> None:
    store.intake.put([make.incoming()])
    store.pins.add("1.2", "teaching")
    store.close()
    before = _content(store.folder)

    with pytest.raises(WrongKey):
        Store.open(store.folder, bytes(32), options)

    assert _content(store.folder) == before
    Store.open(store.folder, KEK, options).close()


def test_images_outlive_the_loss_of_all_work(store: Store, make: Maker, options: Options) -> None:
    store.intake.put([make.incoming()])
    store.close()
    for name in ("work.db", "work.journal"):
        (store.folder / name).unlink()

    with pytest.raises(StoreDamaged):
        Store.open(store.folder, KEK, options)
    with Store.open(store.folder, KEK, replace(options, may_start_anew=True)) as opened:
        assert len(opened.instances.of_study("1.2")) == 1
    Store.open(store.folder, KEK, options).close()


def test_an_end_that_was_not_in_order_is_told(store: Store, options: Options, tmp_path: Path) -> None:
    crashed = tmp_path / "crashed"
    shutil.copytree(store.folder, crashed)

    with Store.open(crashed, KEK, options) as opened:
        assert opened.report.notes == ["The program did not end in order last time."]
        assert opened.report.is_harmless
    with Store.open(crashed, KEK, options) as opened:
        assert opened.report.notes == []


def test_two_cannot_have_it_open(store: Store, options: Options) -> None:
    with pytest.raises(StoreBusy):
        Store.open(store.folder, KEK, options)

    store.close()
    store.close()
    Store.open(store.folder, KEK, options).close()


def test_a_store_that_could_not_be_opened_is_not_left_locked(
    store: Store, options: Options, monkeypatch: pytest.MonkeyPatch
) -> None:
    from workstation.store import schemas

    store.close()
    with monkeypatch.context() as patched:
        patched.setattr(schemas, "CACHE", ())
        with pytest.raises(StoreTooNew):
            Store.open(store.folder, KEK, options)

    StoreLock(store.folder / "lock").release()
    Store.open(store.folder, KEK, options).close()


def test_a_name_is_nowhere_on_the_disk(folder: Path, options: Options) -> None:
    """A scripted session with a name that occurs nowhere else; looked for while open and after closing."""
    with Store.create(folder, KEK, options) as store:
        play(store, script(Maker(size=700)), Memory())
        open_files = _content(folder)
    for path, content in [*open_files.items(), *_content(folder).items()]:
        for form in (CANARY.encode(), CANARY.split("^")[0].encode(), CANARY.encode("utf-16-le")):
            assert form not in content, path.name
            assert form not in str(path).encode()


@pytest.mark.skipif(sys.platform == "win32", reason="permissions as on Unix")
def test_everything_is_for_this_user_alone(folder: Path, options: Options) -> None:
    with Store.create(folder, KEK, options) as store:
        play(store, script(Maker(size=700)), Memory())
        paths = [folder, *folder.rglob("*")]
        assert [path.name for path in paths if path.stat().st_mode & 0o077] == []


def test_without_someone_who_understands_dicom_lost_images_wait(
    store: Store, make: Maker, options: Options
) -> None:
    store.intake.put([make.incoming(uid="1"), make.incoming(uid="2")])
    store.close()
    (store.folder / "cache.db").unlink()

    with Store.open(store.folder, KEK, replace(options, examine=None)) as opened:
        assert opened.orphans == 2
    with Store.open(store.folder, KEK, replace(options, examine=None)) as opened:
        assert opened.orphans == 2
        assert opened.adopt(make.look) == 2
        assert opened.orphans == 0
    with Store.open(store.folder, KEK, replace(options, examine=None)) as opened:
        assert len(opened.instances.of_study("1.2")) == 2


def test_every_error_has_an_exit_code_of_its_own_within_the_packages_range() -> None:
    kinds = [
        kind
        for _, kind in inspect.getmembers(errors, inspect.isclass)
        if issubclass(kind, LumenError) and kind is not LumenError
    ]
    codes = sorted(kind.exit_code for kind in kinds)

    assert codes == list(range(40, 51))
