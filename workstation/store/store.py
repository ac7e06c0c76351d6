"""The store: opened whole or not at all, closed in order, and telling what it had to mend.

Opening takes the lock, tests the ciphers, brings the work record's two halves together, opens the index,
and after an end that was not in order looks after blobs and rows. Nothing is ever made anew over what
may be there: a store is only created where there is none.

Errors:  StoreMissing, StoreBusy, StoreDamaged, StoreTooNew, WrongKey, SelfTestFailed; DiskFull, DiskFailed.
"""

from __future__ import annotations

import contextlib
from collections.abc import Callable
from enum import Enum
from pathlib import Path
from typing import Final, Self, TypeAlias

from workstation.security import self_test
from workstation.security.ciphers import Key
from workstation.store import disk as place
from workstation.store.check import CheckResult, check
from workstation.store.disk import Disk, Lock
from workstation.store.errors import StoreMissing
from workstation.store.files import TEMPORARY, translated
from workstation.store.index import open_index
from workstation.store.names import Place
from workstation.store.parts import Options, Parts
from workstation.store.recovery import Examine
from workstation.store.report import Progress, Report, go_on
from workstation.store.work import Work, WorkFiles
from workstation.store.work_repair import create_work, open_work

_PARTS: Final = (place.WORK, place.JOURNAL, place.CACHE, place.BLOBS)
_OWN_TEMPORARIES: Final = tuple(part + TEMPORARY for part in (place.WORK, place.JOURNAL, place.CLEAN))

OpenWork: TypeAlias = Callable[[WorkFiles, Report], Work]


class Condition(Enum):
    """What the store can still take."""

    READY = "ready"
    RESERVE_GONE = "reserve gone"  # the disk is full: work is still stored, images are not
    READ_ONLY = "read only"  # the disk failed: nothing is stored until the next start


class Store:
    """An open store; its parts do the work."""

    def __init__(self, parts: Parts, lock: Lock) -> None:
        self._parts = parts
        self._lock = lock
        self._orphans: list[Place] = []
        self._is_closed = False
        self.folder = parts.folder
        self.report = parts.report
        self.studies = parts.studies
        self.instances = parts.instances
        self.blobs = parts.blobs
        self.intake = parts.intake
        self.eviction = parts.eviction
        self.measurements = parts.measurements
        self.pins = parts.pins
        self.sessions = parts.sessions
        self.audit = parts.audit
        self.outbox = parts.outbox
        self.links = parts.links
        self.claims = parts.claims
        self.counts = parts.counts
        self.remote_studies = parts.remote_studies
        self.listed = parts.listed
        self.tasks = parts.tasks
        self.connection_checks = parts.connection_checks

    @classmethod
    def create(cls, folder: Path, kek: Key, options: Options | None = None) -> Store:
        """Make a store where there is none, and open it."""
        options = options or Options()
        if _is_store(options.disk, folder):
            raise StoreMissing(
                "There is a store here already",
                where=str(folder),
                remedy="Open it, or choose another folder.",
            )
        with translated(str(folder)):
            options.disk.files.make_folder(folder)
        return cls._open(folder, kek, options, create_work)

    @classmethod
    def open(cls, folder: Path, kek: Key, options: Options | None = None) -> Store:
        """Open a store; ``report`` then says what had to be mended."""
        options = options or Options()
        if not _is_store(options.disk, folder):
            raise StoreMissing("There is no store here", where=str(folder))
        return cls._open(folder, kek, options, open_work)

    @classmethod
    def _open(cls, folder: Path, kek: Key, options: Options, open_work: OpenWork) -> Store:
        self_test()
        report = Report()
        with contextlib.ExitStack() as undo:
            lock = options.disk.lock(folder / place.LOCKED)
            undo.callback(lock.release)
            if lock.was_left_behind:
                report.say("The program did not end in order last time.", harmless=True)
            _remove_temporaries(options.disk, folder)
            work = open_work(WorkFiles(folder, kek, options.disk, options.may_start_anew), report)
            undo.callback(work.close)
            index, is_trusted = open_index(folder, kek, options.disk, report.say)
            undo.callback(index.close, in_order=False)
            store = cls(Parts(folder, kek, options, work, index, report), lock)
            undo.callback(store.intake.close)
            store._recover(options.examine, is_trusted=is_trusted)
            undo.pop_all()
        return store

    @property
    def condition(self) -> Condition:
        """Return what the store can still take."""
        if self._parts.work.is_read_only:
            return Condition.READ_ONLY
        return Condition.READY if self._parts.reserve.is_held else Condition.RESERVE_GONE

    @property
    def orphans(self) -> int:
        """Return how many image files wait to be examined and listed again."""
        return len(self._orphans)

    def adopt(self, examine: Examine, progress: Progress = go_on) -> int:
        """Examine image files that the index lost and list them; return how many were listed."""
        with self.eviction.lock:
            adopted, self._orphans = self._parts.recovery.adopt(self._orphans, examine, progress)
        return adopted

    def check(self, *, repair: bool = False, progress: Progress = go_on) -> CheckResult:
        """Verify every byte of every image, every row and every entry; mend what can be, if asked."""
        return check(self._parts, repair=repair, progress=progress)

    def close(self) -> None:
        """Close everything in order; a second call does nothing."""
        if self._is_closed:
            return
        self._is_closed = True
        parts = self._parts
        with contextlib.ExitStack() as last:
            last.callback(self._lock.release)
            last.callback(parts.keys.forget_all)
            last.callback(parts.work.close)
            parts.intake.close()
            parts.index.close(in_order=not self._orphans and not parts.intake.has_left_remains)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *exception: object) -> None:
        self.close()

    def _recover(self, examine: Examine | None, *, is_trusted: bool) -> None:
        self._parts.index.begin()
        with translated(str(self.folder)):
            self._parts.files.make_folder(self._parts.names.root)
            self.eviction.finish()
        if not is_trusted:
            self._orphans = self._parts.recovery.compare()
        if examine and self._orphans:
            self.adopt(examine)
        self._parts.reserve.restore()


def _is_store(disk: Disk, folder: Path) -> bool:
    with translated(str(folder)):
        return any(disk.files.exists(folder / part) for part in _PARTS)


def _remove_temporaries(disk: Disk, folder: Path) -> None:
    with translated(str(folder)):
        for name in disk.files.names(folder):
            if name.startswith(_OWN_TEMPORARIES):
                disk.files.remove(folder / name)
