"""The store: opened whole or not at all, closed in order, and telling what it had to mend.

Opening takes the lock, tests the ciphers, brings the work record's two halves together, opens the index,
and after an end that was not in order looks after blobs and rows. Nothing is ever made anew over what
may be there: a store is only created where there is none.

Errors:  StoreMissing, StoreBusy, StoreDamaged, StoreTooNew, WrongKey, SelfTestFailed; DiskFull, DiskFailed.
"""

from __future__ import annotations

import contextlib
from collections.abc import Callable
from dataclasses import dataclass, field
from enum import Enum
from pathlib import Path
from typing import Self

from workstation.clock import Clock, SystemClock
from workstation.security import self_test
from workstation.security.ciphers import Key
from workstation.store import disk as place
from workstation.store.blobs import Blobs
from workstation.store.disk import Disk
from workstation.store.errors import StoreMissing
from workstation.store.eviction import Eviction, Limits
from workstation.store.files import TEMPORARY, translated
from workstation.store.index import Index, open_index
from workstation.store.instances import Instances
from workstation.store.intake import Intake
from workstation.store.lock import StoreLock
from workstation.store.measurements import Measurements
from workstation.store.names import Names, Place
from workstation.store.pins import Pins
from workstation.store.recovery import Examine, Recovery
from workstation.store.report import Report
from workstation.store.reserve import RESERVE_BYTES, Reserve
from workstation.store.sessions import Sessions
from workstation.store.studies import Studies
from workstation.store.study_keys import StudyKeys
from workstation.store.work import Work, WorkFiles
from workstation.store.work_repair import create_work, open_work

_PARTS = (place.WORK, place.JOURNAL, place.CACHE, place.BLOBS)


class Condition(Enum):
    """What the store can still take."""

    READY = "ready"
    RESERVE_GONE = "reserve gone"  # the disk is full: work is still stored, images are not
    READ_ONLY = "read only"  # the disk failed: nothing is stored until the next start


@dataclass(frozen=True, slots=True)
class Options:
    """What a store is opened with; what is left out is the product's own."""

    clock: Clock = field(default_factory=SystemClock)
    limits: Limits = field(default_factory=Limits)
    disk: Disk = field(default_factory=Disk)
    examine: Examine | None = None  # lists images again that the index lost; else they wait
    reserve: int = RESERVE_BYTES


class Store:
    """An open store; its parts (``studies``, ``intake``, ``blobs``, …) do the work."""

    def __init__(self, folder: Path, kek: Key, options: Options, opened: _Opened) -> None:
        files, names = options.disk.files, Names(kek, folder / place.BLOBS)
        self.folder = folder
        self.report = opened.report
        self._opened = opened
        self._is_closed = False
        self._keys = StudyKeys(files, names, kek)
        self._reserve = Reserve(files, folder / place.RESERVE, options.reserve)
        self.studies = Studies(opened.index)
        self.instances = Instances(opened.index)
        self.blobs = Blobs(files, names, self._keys)
        self.measurements = Measurements(opened.work)
        self.pins = Pins(opened.work)
        self.sessions = Sessions(opened.index)
        self.eviction = Eviction(files, names, self._keys, opened.index, self._reserve, options.limits)
        self.intake = Intake(files, names, self._keys, self.blobs, opened.index, options.clock)
        self._recovery = Recovery(
            folder, files, names, self._keys, self.blobs, opened.index, options.clock, opened.report
        )
        self._orphans: list[Place] = []
        self._join()

    @classmethod
    def create(cls, folder: Path, kek: Key, options: Options | None = None) -> Store:
        """Make a store where there is none, and open it."""
        options = options or Options()
        files = options.disk.files
        with translated(str(folder)):
            if any(files.exists(folder / part) for part in _PARTS):
                raise StoreMissing(
                    "There is a store here already",
                    where=str(folder),
                    remedy="Open it, or choose another folder.",
                )
            files.make_folder(folder)
        return cls._open(folder, kek, options, create_work)

    @classmethod
    def open(cls, folder: Path, kek: Key, options: Options | None = None) -> Store:
        """Open a store; ``report`` then says what had to be mended."""
        return cls._open(folder, kek, options or Options(), open_work)

    @classmethod
    def _open(
        cls, folder: Path, kek: Key, options: Options, work: Callable[[WorkFiles, Report], Work]
    ) -> Store:
        if not options.disk.files.exists(folder):
            raise StoreMissing("There is no store here", where=str(folder))
        self_test()
        with contextlib.ExitStack() as undo:
            lock = StoreLock(folder / place.LOCK)
            undo.callback(lock.release)
            report = Report()
            _remove_temporaries(options.disk, folder)
            opened_work = work(WorkFiles(folder, kek, options.disk), report)
            undo.callback(opened_work.close)
            index, is_trusted = open_index(folder, kek, options.disk, report.say)
            undo.callback(index.close, in_order=False)
            with translated(str(folder)):
                options.disk.files.make_folder(folder / place.BLOBS)
            store = cls(folder, kek, options, _Opened(lock, opened_work, index, report))
            store._recover(options.examine, is_trusted=is_trusted)
            undo.pop_all()
        return store

    @property
    def condition(self) -> Condition:
        """Return what the store can still take."""
        if self._opened.work.is_read_only:
            return Condition.READ_ONLY
        return Condition.READY if self._reserve.is_held else Condition.RESERVE_GONE

    @property
    def orphans(self) -> int:
        """Return how many image files wait to be examined and listed again."""
        return len(self._orphans)

    def adopt(self, examine: Examine) -> int:
        """Examine image files that the index lost and list them; return how many were listed."""
        with self.eviction.lock:
            adopted = self._recovery.adopt(self._orphans, examine)
            self._orphans = []
        return adopted

    def close(self) -> None:
        """Close everything in order; a second call does nothing."""
        if self._is_closed:
            return
        opened, self._is_closed = self._opened, True
        self.intake.close()
        opened.index.close(in_order=not self._orphans and not self.intake.has_left_remains)
        opened.work.close()
        self._keys.forget_all()
        opened.lock.release()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *exception: object) -> None:
        self.close()

    def _join(self) -> None:
        """Tell the parts of each other where one must ask another."""
        self._opened.work.give_way = self._reserve.release
        self.blobs.on_damage = self.instances.mark_damaged
        self.eviction.pinned = self.pins.all
        self.intake.lock = self.eviction.lock
        self.intake.make_room = self.eviction.make_room
        self.intake.give_way = self.eviction.give_way

    def _recover(self, examine: Examine | None, *, is_trusted: bool) -> None:
        self._opened.index.begin()
        with translated(str(self.folder)):
            self.eviction.finish()
        if not is_trusted:
            self._orphans = self._recovery.compare()
        if examine and self._orphans:
            self.adopt(examine)
        self._reserve.restore()


@dataclass(frozen=True, slots=True)
class _Opened:
    """What has to be closed again."""

    lock: StoreLock
    work: Work
    index: Index
    report: Report


def _remove_temporaries(disk: Disk, folder: Path) -> None:
    with translated(str(folder)):
        for name in disk.files.names(folder):
            if TEMPORARY in name:
                disk.files.remove(folder / name)
