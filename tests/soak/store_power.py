"""Power cuts on the work record: what was acknowledged is there, and nothing is there that was never written.

A trial writes measurements and audit records, one or several to a transaction, on a simulated disk whose
power goes at a step chosen by chance; then the record is opened again, and compared with what was
acknowledged. The disk goes on from there to the next trial, so damage that hides would add up.

On a disk whose sync does nothing the same trials must fail: the control that shows that they can.
"""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from random import Random
from typing import Final
from unittest import mock

from simulated_disk import SimulatedDisk
from simulated_sqlite import SimulatedSqlite
from store_instances import KEK

from workstation.clock import ManualClock
from workstation.errors import LumenError
from workstation.measurement import Length, Point
from workstation.security.audit_codes import Action, Outcome
from workstation.store import journal, work_repair
from workstation.store.audit_log import AuditEvent, AuditLog
from workstation.store.disk import Disk
from workstation.store.measurements import Measurements
from workstation.store.report import Report
from workstation.store.work import Work, WorkFiles
from workstation.store.work_repair import create_work, open_work

FOLDER: Final = Path("/simulated")
STUDY: Final = "1.2"
MOMENT: Final = datetime(2026, 1, 1, tzinfo=UTC)
EVENT: Final = AuditEvent("u1", "Reader One", "P1", STUDY, Action.MEASURE, Outcome.SUCCESS)
A_DISK: Final = 50  # trials, then a fresh one
_STEPS: Final = (1, 300)  # of the disk, from opening to the cut


@dataclass
class Tally:
    """What happened in a run of trials."""

    trials: int = 0
    acknowledged: int = 0
    lost: int = 0
    unopenable: int = 0
    wrong: int = 0  # something is there that nobody wrote, or the trail doesn't verify
    repaired: int = 0  # openings that had something to say

    @property
    def is_clean(self) -> bool:
        """Say whether nothing went wrong."""
        return not (self.lost or self.unopenable or self.wrong)

    def add(self, other: Tally) -> None:
        """Add another run's counts."""
        for name, value in vars(other).items():
            setattr(self, name, getattr(self, name) + value)


def run(seed: int, trials: int, *, first: int = 0, sync_lies: bool = False) -> Tally:
    """Run trials from a number on, the same ones for the same seed; begin at a multiple of ``A_DISK``."""
    tally = Tally()
    with short_journals():
        for start in range(first, first + trials, A_DISK):
            count = min(A_DISK, first + trials - start)
            tally.add(_on_one_disk(seeded(seed, start), count, sync_lies=sync_lies))
    return tally


def seeded(*parts: object) -> Random:
    """Return the chance that belongs to a trial, the same one every time."""
    return Random("/".join(map(str, parts)))


@contextlib.contextmanager
def short_journals() -> Iterator[None]:
    """Have journals written anew every few transactions, so that cuts fall into that too."""
    with (
        mock.patch.object(journal, "_LEAST_TAIL", 2_000),
        mock.patch.object(work_repair, "_LONG_TAIL", 8),
    ):
        yield


def _on_one_disk(random: Random, trials: int, *, sync_lies: bool) -> Tally:
    tally = Tally()
    bench = _Bench(random, sync_lies=sync_lies)
    for _ in range(trials):
        if not bench.trial(tally):
            break
    return tally


@dataclass(frozen=True)
class _State:
    """What a work record holds."""

    lengths: dict[str, Length]
    audited: int

    def after(self, change: _Change) -> _State:
        """Return what it holds when a change was made."""
        lengths = {**self.lengths, **{length.id: length for length in change.put}}
        return _State(
            {key: length for key, length in lengths.items() if key not in change.removed},
            self.audited + change.audited,
        )


@dataclass(frozen=True)
class _Change:
    """One transaction."""

    put: tuple[Length, ...] = ()
    removed: tuple[str, ...] = ()
    audited: int = 0


class _Bench:
    """One disk, and what was acknowledged on it."""

    def __init__(self, random: Random, *, sync_lies: bool) -> None:
        self._random = random
        self._disk = SimulatedDisk(sync_lies=sync_lies)
        self._sqlite = SimulatedSqlite(self._disk)
        self._files = WorkFiles(FOLDER, KEK, Disk(self._disk, self._sqlite.connect))
        self._state = _State({}, 0)
        self._under_way = _Change()
        self._serial = 0
        self._disk.make_folder(FOLDER)
        create_work(self._files, Report()).close()

    def trial(self, tally: Tally) -> bool:
        """Write until the power goes, then open and compare; say whether the disk can be used further."""
        tally.trials += 1
        self._under_way = _Change()
        self._disk.cut_at = self._disk.steps + self._random.randint(*_STEPS)
        with contextlib.suppress(LumenError), _opened(self._files, Report()) as work:
            while True:
                self._write(work, tally)
        self._disk.restart(self._random)
        report = Report()
        try:
            with _opened(self._files, report) as work:
                is_right = self._compare(work, tally)
        except LumenError:
            tally.unopenable += 1
            return False
        tally.repaired += bool(report.notes)
        return is_right

    def _write(self, work: Work, tally: Tally) -> None:
        self._under_way = change = self._change()
        if change.put:
            Measurements(work).put(*change.put)
        elif change.removed:
            Measurements(work).remove(change.removed[0])
        else:
            AuditLog(work, ManualClock()).append(*[EVENT] * change.audited)
        tally.acknowledged += 1
        self._state = self._state.after(change)
        self._under_way = _Change()

    def _change(self) -> _Change:
        kind = self._random.random()
        if kind < 0.4:
            return _Change(audited=self._random.randint(1, 3))
        if kind < 0.6 and self._state.lengths:
            return _Change(removed=(self._random.choice(sorted(self._state.lengths)),))
        return _Change(put=tuple(self._length() for _ in range(self._random.randint(1, 3))))

    def _length(self) -> Length:
        self._serial += 1
        if self._state.lengths and self._random.random() < 0.3:
            known = self._state.lengths[self._random.choice(sorted(self._state.lengths))]
            return known.moved(end=Point(self._serial, self._random.random()))
        return Length(
            id=f"{self._serial:032x}",
            study_uid=STUDY,
            series_uid="1.2.3",
            sop_uid="1.2.3.4",
            frame=0,
            start=Point(1, 2),
            end=Point(self._serial, self._random.random()),
            created=MOMENT,
        )

    def _compare(self, work: Work, tally: Tally) -> bool:
        """Hold what is there against what was acknowledged; the change under way may or may not be there."""
        chain = AuditLog(work, ManualClock()).verify()
        found = _State({length.id: length for length in Measurements(work).of_study(STUDY)}, chain.count)
        allowed = (self._state, self._state.after(self._under_way))
        is_lost = found.audited < self._state.audited or any(
            key not in found.lengths
            for state in allowed[:1]
            for key in state.lengths
            if key not in self._under_way.removed
        )
        if chain.bad or not work.compare().agree or (found not in allowed and not is_lost):
            tally.wrong += 1
        elif is_lost:
            tally.lost += 1
        self._state = found
        return found in allowed


@contextlib.contextmanager
def _opened(files: WorkFiles, report: Report) -> Iterator[Work]:
    work = open_work(files, report)
    try:
        yield work
    finally:
        work.close()
