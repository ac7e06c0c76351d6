"""Opening the work record: its two halves are compared, the one behind is repaired from the other.

``decide`` is the whole rule, a table of what can stand on the disk after a power cut, damage, or an older
file put back:

    database        journal                                     do
    none            none                                        nothing can be done
    none            readable                                    build the database from the journal
    readable        none                                        write the journal from the database
    at n            ends before n                               write the journal from the database
    at n            begins after n                              build the database from the journal
    at n            has another transaction n                   write the journal from the database
    at n            goes on after n                             take over what the database lacks
    at n            ends with n                                 nothing

"None" is a file that is missing, has a page that doesn't verify, or was sealed with another key; the latter
is told apart, and nothing is touched, if the journal's header names another key and the database doesn't
open either. What doesn't verify is set aside, not deleted.

Errors:  StoreDamaged, WrongKey, StoreTooNew; DiskFull, DiskFailed.
"""

from __future__ import annotations

import contextlib
from collections.abc import Iterable
from dataclasses import dataclass
from enum import Enum, auto
from pathlib import Path
from typing import Final

from workstation.security import WrongKey
from workstation.store import schemas
from workstation.store.changes import apply
from workstation.store.database import Database, migrate
from workstation.store.disk import BESIDE_A_DATABASE, remove_database, set_aside
from workstation.store.errors import StoreDamaged, StoreTooNew
from workstation.store.files import TEMPORARY, translated
from workstation.store.journal import Frame, Kind, Reading, open_journal
from workstation.store.report import Report
from workstation.store.work import Work, WorkFiles, set_state, state_of

_LONG_TAIL: Final = (
    2_000  # transactions: a journal is written anew at a start rather than while someone reads
)


class Repair(Enum):
    """What brings the two halves together."""

    NOTHING = auto()
    REPLAY = auto()
    BUILD_DATABASE = auto()
    WRITE_JOURNAL = auto()
    HOPELESS = auto()


@dataclass(frozen=True, slots=True)
class Standing:
    """How far a journal goes, and the mark that it has for the database's transaction (None: not in it)."""

    first: int
    last: int
    mark: bytes | None


def decide(database: tuple[int, bytes] | None, journal: Standing | None) -> Repair:
    """Return what to do; ``database`` is its last transaction's number and mark."""
    if database is None:
        return Repair.BUILD_DATABASE if journal else Repair.HOPELESS
    number, mark = database
    if journal is None or journal.last < number:
        return Repair.WRITE_JOURNAL
    if number < journal.first:
        return Repair.BUILD_DATABASE
    if journal.mark != mark:
        return Repair.WRITE_JOURNAL
    return Repair.REPLAY if number < journal.last else Repair.NOTHING


def create_work(files: WorkFiles, _report: Report) -> Work:
    """Make an empty work record where there is none."""
    database = _new_database(files, [], len(schemas.WORK), 0, b"")
    try:
        journal = files.write_journal(database)
    except BaseException:
        database.close()
        raise
    return Work(files, database, journal)


def open_work(files: WorkFiles, report: Report) -> Work:
    """Open the work record, repaired if it must be, and say what was done."""
    opened = _Opening(files, report)
    try:
        return opened.work()
    except BaseException:
        opened.close()
        raise


class _Opening:
    """Both halves while they are being compared."""

    def __init__(self, files: WorkFiles, report: Report) -> None:
        self._files = files
        self._report = report
        self._database: Database | None = None
        self._reading: Reading | None = None
        self._tail = 0

    def work(self) -> Work:
        self._database = self._sound_database()
        self._reading = self._readable_journal()
        match decide(self._state(), self._standing()):
            case Repair.HOPELESS if self._files.may_start_anew:
                return self._started_anew()
            case Repair.HOPELESS:
                raise StoreDamaged(
                    "Neither the work record nor its journal can be read",
                    where=str(self._files.folder),
                    remedy="Put one of the two back from a backup, or have a repairing check start anew.",
                )
            case Repair.BUILD_DATABASE:
                return self._joined(rewrite=not self._build_database())
            case Repair.REPLAY:
                self._replay()
                return self._joined(rewrite=False)
            case repair:
                return self._joined(rewrite=repair is Repair.WRITE_JOURNAL)

    def close(self) -> None:
        if self._database:
            self._database.close()
        if self._reading:
            self._reading.handle.close()

    def _sound_database(self) -> Database | None:
        path = self._files.database_path
        if not self._files.disk.files.exists(path):
            return None
        database = None
        with contextlib.suppress(StoreDamaged):
            database = self._files.open_database()
            if database.is_sound() and database.schema_version() > 0:
                migrate(database, schemas.WORK, to=database.schema_version())  # refuses a newer one
                return database
        if database:
            database.close()
        return None

    def _readable_journal(self) -> Reading | None:
        path = self._files.journal_path
        if not self._files.disk.files.exists(path):
            return None
        try:
            return open_journal(self._files.disk.files, path, self._files.journal_key)
        except StoreDamaged:
            return None
        except (WrongKey, StoreTooNew):
            if self._database:  # the database opened with this very key: the header is what's wrong
                return None
            raise

    def _state(self) -> tuple[int, bytes] | None:
        return state_of(self._database) if self._database else None

    def _standing(self) -> Standing | None:
        if self._reading is None:
            return None
        number = state_of(self._database)[0] if self._database else None
        mark, self._tail = None, 0
        for frame in self._reading.frames():
            self._tail += frame.kind is Kind.TRANSACTION
            if frame.number == number and frame.kind is not Kind.ROWS:
                mark = frame.mark
        if self._reading.snapshot is None:
            return None
        return Standing(self._reading.snapshot.number, self._reading.number, mark)

    def _started_anew(self) -> Work:
        self.close()
        for path in (self._files.database_path, self._files.journal_path):
            set_aside(self._files.disk.files, self._files.folder, path)
        self._report.say(
            "Measurements, audit trail and what was still to be sent could not be read; "
            "they begin anew, what is left is kept."
        )
        return create_work(self._files, self._report)

    def _build_database(self) -> bool:
        """Build it, and say whether the journal could be read to its end."""
        reading = self._require_reading()
        assert reading.snapshot is not None  # noqa: S101 - decide has seen it
        assert reading.last is not None  # noqa: S101
        if self._database:
            self._database.close()
            self._database = None
        files, path = self._files.disk.files, self._files.database_path
        aside = set_aside(files, self._files.folder, path)
        schema, last = reading.snapshot.schema, reading.last
        self._database = _new_database(self._files, reading.frames(), schema, last.number, last.mark)
        kept = f"; what was there is kept as {aside.parent.name}/{aside.name}" if aside else ""
        so_far = "" if reading.is_whole else ", as far as that can be read"
        self._report.say(f"The work record was built again from its journal{so_far}{kept}.")
        return reading.is_whole

    def _replay(self) -> None:
        reading, database = self._require_reading(), self._database
        assert database is not None  # noqa: S101 - decide has seen it
        assert reading.last is not None  # noqa: S101
        number, _ = state_of(database)
        migrate(database, schemas.WORK, to=max(database.schema_version(), reading.last.schema))
        with database.transaction():
            for frame in reading.frames():
                if frame.number > number:
                    apply(database, frame.changes())
                    set_state(database, frame.number, frame.mark)
        count = reading.number - number
        self._report.say(f"{count} transaction(s) that the work record lacked were taken from its journal.")

    def _joined(self, *, rewrite: bool) -> Work:
        database = self._database
        assert database is not None  # noqa: S101 - every way here has one
        is_older = database.schema_version() < len(schemas.WORK)
        if is_older:
            migrate(database, schemas.WORK)
        if rewrite:
            self._set_journal_aside()
        if rewrite or is_older or self._tail > _LONG_TAIL or self._snapshot_schema() != len(schemas.WORK):
            if self._reading:
                self._reading.handle.close()
            return Work(self._files, database, self._files.write_journal(database))
        reading = self._require_reading()
        if not reading.is_whole:
            self._report.say("An unfinished entry at the end of the journal was dropped.")
        return Work(self._files, database, reading.go_on())

    def _set_journal_aside(self) -> None:
        if self._reading:
            self._reading.handle.close()
        set_aside(self._files.disk.files, self._files.folder, self._files.journal_path)
        self._report.say("The journal was damaged or behind; it was written again from the work record.")

    def _snapshot_schema(self) -> int:
        return self._reading.snapshot.schema if self._reading and self._reading.snapshot else 0

    def _require_reading(self) -> Reading:
        assert self._reading is not None  # noqa: S101 - decide has seen it
        return self._reading


def _new_database(
    files: WorkFiles, frames: Iterable[Frame], schema: int, number: int, mark: bytes
) -> Database:
    """Build a database beside its place, then move it there, away from remains of an old one."""
    temporary = files.database_path.with_name(files.database_path.name + TEMPORARY)
    remove_database(files.disk.files, temporary)
    database = files.open_database(temporary)
    try:
        migrate(database, schemas.WORK, to=schema)
        with database.transaction():
            for frame in frames:
                apply(database, frame.changes())
            set_state(database, number, mark)
    finally:
        database.close()
    _move(files, temporary)
    return files.open_database()


def _move(files: WorkFiles, temporary: Path) -> None:
    path = files.database_path
    with translated(str(path)):
        for end in BESIDE_A_DATABASE:
            files.disk.files.remove(path.with_name(path.name + end))
        files.disk.files.sync_folder(path.parent)
        files.disk.files.rename(temporary, path)
        files.disk.files.sync_folder(path.parent)
