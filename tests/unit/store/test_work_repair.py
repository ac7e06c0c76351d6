"""The two halves of the work record after every accident that the table names, and a few that it doesn't."""

import itertools
import shutil
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
from store_instances import KEK

from workstation.security import WrongKey
from workstation.store import schemas, work_repair
from workstation.store.changes import Cut, Put
from workstation.store.disk import Disk
from workstation.store.errors import StoreDamaged, StoreTooNew
from workstation.store.report import Report
from workstation.store.work import Work, WorkFiles
from workstation.store.work_repair import Repair, Standing, create_work, decide, open_work

MARK, OTHER = b"mark", b"other"


def test_every_pair_of_halves_has_its_repair() -> None:
    """The table of the module, over every pair of numbers up to 4 and both marks, as it is told in words."""
    for number, (first, last), mark in itertools.product(
        range(5), [(f, n) for f in range(5) for n in range(f, 5)], [MARK, OTHER]
    ):
        in_journal = mark if first <= number <= last else None
        found = decide((number, MARK), Standing(first, last, in_journal))
        if last < number:
            expected = Repair.WRITE_JOURNAL
        elif number < first:
            expected = Repair.BUILD_DATABASE
        elif mark is OTHER:
            expected = Repair.WRITE_JOURNAL
        else:
            expected = Repair.NOTHING if number == last else Repair.REPLAY
        assert found is expected, (number, first, last, mark)


def test_a_half_that_is_missing_is_built_from_the_other() -> None:
    assert decide(None, Standing(0, 3, None)) is Repair.BUILD_DATABASE
    assert decide((3, MARK), None) is Repair.WRITE_JOURNAL
    assert decide(None, None) is Repair.HOPELESS


@pytest.fixture
def files(tmp_path: Path) -> WorkFiles:
    return WorkFiles(tmp_path, KEK, Disk())


def _pin(name: str) -> Put:
    return Put("pins", {"study_uid": name, "reason": "r"})


def _pins(work: Work) -> list[str]:
    return [name for (name,) in work.rows("SELECT study_uid FROM pins ORDER BY 1")]


@pytest.fixture
def written(files: WorkFiles) -> WorkFiles:
    """Return a record in which a, b and c were written and b was removed."""
    work = create_work(files, Report())
    for name in "abc":
        work.write(_pin(name))
    work.write(Cut("pins", {"study_uid": "b"}))
    work.close()
    return files


def _reopened(files: WorkFiles) -> tuple[list[str], list[str]]:
    """Return what is there and what was said; a second opening must find nothing more to say."""
    report, again = Report(), Report()
    work = open_work(files, report)
    assert work.compare().agree
    work.write(_pin("z"))
    work.write(Cut("pins", {"study_uid": "z"}))
    found = _pins(work)
    work.close()
    work = open_work(files, again)
    assert _pins(work) == found
    assert again.notes == []
    work.close()
    return found, report.notes


def _remove(path: Path) -> None:
    path.unlink()


def _empty(path: Path) -> None:
    path.write_bytes(b"")


def _garble(path: Path) -> None:
    path.write_bytes(bytes(byte ^ 0x55 for byte in path.read_bytes()))


def _damage_the_end(path: Path) -> None:
    content = bytearray(path.read_bytes())
    content[-10] ^= 1
    path.write_bytes(content)


def _leave(_path: Path) -> None:
    pass


HARMS = [_remove, _empty, _garble, _damage_the_end]


def test_nothing_is_said_of_a_record_that_was_closed_in_order(written: WorkFiles) -> None:
    assert _reopened(written) == (["a", "c"], [])


@pytest.mark.parametrize("harm", HARMS)
def test_a_harmed_database_is_built_again_complete(written: WorkFiles, harm: Callable[[Path], None]) -> None:
    harm(written.database_path)

    found, notes = _reopened(written)

    assert found == ["a", "c"]
    assert "built again from its journal" in notes[0]
    kept = list((written.folder / "damaged").glob("work.db.*")) if harm is not _remove else [1]
    assert len(kept) == 1


@pytest.mark.parametrize("harm", HARMS)
def test_a_harmed_journal_is_written_again(written: WorkFiles, harm: Callable[[Path], None]) -> None:
    harm(written.journal_path)

    found, notes = _reopened(written)

    assert found == ["a", "c"]
    assert "written again from the work record" in notes[0]


@pytest.mark.parametrize(
    ("database", "journal"), list(itertools.product([_remove, _empty, _garble], repeat=2))
)
def test_when_both_are_lost_nothing_is_made_up(
    written: WorkFiles, database: Callable[[Path], None], journal: Callable[[Path], None]
) -> None:
    database(written.database_path)
    journal(written.journal_path)
    before = {path.name: path.read_bytes() for path in written.folder.iterdir()}

    with pytest.raises(StoreDamaged):
        open_work(written, Report())

    assert {path.name: path.read_bytes() for path in written.folder.iterdir()} == before


def test_when_both_are_lost_a_person_may_start_anew(written: WorkFiles) -> None:
    _garble(written.database_path)
    _garble(written.journal_path)
    report = Report()

    work = open_work(replace(written, may_start_anew=True), report)

    assert _pins(work) == []
    work.write(_pin("z"))
    work.close()
    assert "begin anew" in report.notes[0]
    assert len(list((written.folder / "damaged").iterdir())) == 2
    work = open_work(written, Report())
    assert _pins(work) == ["z"]
    work.close()


@pytest.mark.parametrize("which", ["database_path", "journal_path"])
def test_an_older_half_that_was_put_back_is_brought_up_to_date(written: WorkFiles, which: str) -> None:
    path: Path = getattr(written, which)
    shutil.copy(path, path.with_suffix(".old"))
    work = open_work(written, Report())
    work.write(_pin("d"))
    work.close()
    path.with_suffix(".old").replace(path)

    found, notes = _reopened(written)

    assert found == ["a", "c", "d"]
    assert len(notes) == 1


def test_a_database_older_than_the_journals_beginning_is_built_again(
    written: WorkFiles, monkeypatch: pytest.MonkeyPatch
) -> None:
    old = written.folder / "old"
    shutil.copy(written.database_path, old)
    monkeypatch.setattr(work_repair, "_LONG_TAIL", 0)  # so that every opening writes the journal anew
    for name in "de":
        work = open_work(written, Report())
        work.write(_pin(name))
        work.close()
    open_work(written, Report()).close()
    old.replace(written.database_path)

    assert _reopened(written)[0] == ["a", "c", "d", "e"]


def test_two_histories_with_the_same_number_are_not_mixed(written: WorkFiles) -> None:
    old = {path: path.read_bytes() for path in (written.database_path, written.journal_path)}
    work = open_work(written, Report())
    work.write(_pin("d"))
    work.close()
    other_journal = written.journal_path.read_bytes()
    for path, content in old.items():
        path.write_bytes(content)
    work = open_work(written, Report())
    work.write(_pin("e"))
    work.close()
    written.journal_path.write_bytes(other_journal)

    found, notes = _reopened(written)

    assert found == ["a", "c", "e"]
    assert "written again" in notes[0]
    assert len(list((written.folder / "damaged").iterdir())) == 1


def test_a_hot_journal_of_a_lost_database_is_not_played_into_the_new_one(written: WorkFiles) -> None:
    """SQLite would undo in the new file what was once begun in the old one."""
    left = written.database_path.with_name("work.db-journal")
    database = written.open_database()
    database.rows("PRAGMA cache_size = 1")  # so that pages go to the disk before the commit
    database.rows("BEGIN IMMEDIATE")
    for number in range(300):
        database.insert("pins", {"study_uid": f"{number}", "reason": "r" * 200})
    content = left.read_bytes()
    database.rows("ROLLBACK")
    database.close()
    _remove(written.database_path)
    left.write_bytes(content)

    assert _reopened(written)[0] == ["a", "c"]


def test_another_key_touches_nothing(written: WorkFiles) -> None:
    before = {path.name: path.read_bytes() for path in written.folder.iterdir()}

    with pytest.raises(WrongKey):
        open_work(WorkFiles(written.folder, bytes(32), Disk()), Report())

    assert {path.name: path.read_bytes() for path in written.folder.iterdir()} == before


def test_a_record_of_an_older_version_is_migrated_and_so_is_its_journal(
    written: WorkFiles, monkeypatch: pytest.MonkeyPatch
) -> None:
    newer = (*schemas.WORK, ("CREATE TABLE drafts (id PRIMARY KEY)", "INSERT INTO drafts VALUES (1)"))
    monkeypatch.setattr(schemas, "WORK", newer)
    work = open_work(written, Report())
    work.write(Put("drafts", {"id": 2}))
    work.close()
    _remove(written.database_path)

    work = open_work(written, Report())

    assert work.rows("SELECT id FROM drafts") == [(1,), (2,)]
    assert _pins(work) == ["a", "c"]
    work.close()
    monkeypatch.setattr(schemas, "WORK", newer[:1])
    with pytest.raises(StoreTooNew):
        open_work(written, Report())


def test_an_old_journal_beside_a_lost_database_is_migrated_too(
    written: WorkFiles, monkeypatch: pytest.MonkeyPatch
) -> None:
    _remove(written.database_path)
    monkeypatch.setattr(schemas, "WORK", (*schemas.WORK, ("CREATE TABLE drafts (id PRIMARY KEY)",)))

    work = open_work(written, Report())

    assert _pins(work) == ["a", "c"]
    assert work.rows("SELECT * FROM drafts") == []
    work.close()


def test_a_journal_of_a_newer_version_beside_a_lost_database_is_left_alone(
    written: WorkFiles, monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as newer:
        newer.setattr(schemas, "WORK", (*schemas.WORK, ("CREATE TABLE drafts (id PRIMARY KEY)",)))
        open_work(written, Report()).close()
    _remove(written.database_path)
    before = written.journal_path.read_bytes()

    with pytest.raises(StoreTooNew):
        open_work(written, Report())

    assert written.journal_path.read_bytes() == before
