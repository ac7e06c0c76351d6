"""Power cuts on the work record: what was acknowledged is there, and nothing is there that was never written.

A trial writes measurements, audit records and things to be sent, one or several to a transaction, on a
simulated disk whose power goes at a step chosen by chance; then the record is opened again, and compared
with what was acknowledged. The disk goes on from there to the next trial, so damage that hides would add up.

On a disk whose sync does nothing the same trials must fail: the control that shows that they can.
"""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from random import Random
from typing import Final
from unittest import mock

from simulated_disk import SimulatedDisk
from simulated_sqlite import SimulatedSqlite
from store_instances import KEK
from store_parcels import NothingStored, body, parcel

from workstation.clock import ManualClock
from workstation.errors import LumenError
from workstation.measurement import Length, Point
from workstation.security.audit_codes import Action, Outcome
from workstation.store import Delivery, journal, work_repair
from workstation.store.artefacts import first_deliveries
from workstation.store.audit_log import AuditEvent, AuditLog
from workstation.store.disk import Disk
from workstation.store.measurements import Measurements
from workstation.store.outbox import Outbox
from workstation.store.report import Report
from workstation.store.work import Work, WorkFiles
from workstation.store.work_repair import create_work, open_work

FOLDER: Final = Path("/simulated")
STUDY: Final = "1.2"
MOMENT: Final = datetime(2026, 1, 1, tzinfo=UTC)
LATER: Final = MOMENT + timedelta(days=1)
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
    deliveries: dict[str, Delivery]  # by artefact: each has one destination

    def after(self, change: _Change) -> _State:
        """Return what it holds when a change was made."""
        lengths = {**self.lengths, **{length.id: length for length in change.put}}
        deliveries = {**self.deliveries, **{one.uid: one for one in change.deliveries}}
        return _State(
            {key: length for key, length in lengths.items() if key not in change.removed},
            self.audited + change.audited,
            {uid: one for uid, one in deliveries.items() if uid not in change.removed},
        )

    def lacks_of(self, other: _State, change: _Change) -> bool:
        """Say whether it hasn't what another has, but for what a change may have altered."""
        altered = {*change.removed, *(one.uid for one in change.deliveries)}
        return (
            self.audited < other.audited
            or any(key not in self.lengths for key in other.lengths if key not in altered)
            or any(
                self.deliveries.get(uid) != one for uid, one in other.deliveries.items() if uid not in altered
            )
        )


def _do_nothing(_work: Work) -> None:
    pass


@dataclass(frozen=True)
class _Change:
    """One transaction: how it is done, and what is different then."""

    do: Callable[[Work], object] = _do_nothing
    put: tuple[Length, ...] = ()
    removed: tuple[str, ...] = ()  # measurements, or artefacts that were forgotten
    audited: int = 0
    deliveries: tuple[Delivery, ...] = ()


class _Bench:
    """One disk, and what was acknowledged on it."""

    def __init__(self, random: Random, *, sync_lies: bool) -> None:
        self._random = random
        self._disk = SimulatedDisk(sync_lies=sync_lies)
        self._sqlite = SimulatedSqlite(self._disk)
        self._files = WorkFiles(FOLDER, KEK, Disk(self._disk, self._sqlite.connect))
        self._state = _State({}, 0, {})
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
        change.do(work)
        tally.acknowledged += 1
        self._state = self._state.after(change)
        self._under_way = _Change()

    def _change(self) -> _Change:
        kind = self._random.random()
        if kind < 0.25:
            return self._audited(self._random.randint(1, 3))
        if kind < 0.4 and self._state.lengths:
            return self._removed(self._random.choice(sorted(self._state.lengths)))
        if kind < 0.6:
            return self._measured(tuple(self._length() for _ in range(self._random.randint(1, 3))))
        if kind < 0.9 and self._state.deliveries:
            return self._moved(self._random.choice(sorted(self._state.deliveries)))
        return self._queued(self._random.randint(1, 2))

    @staticmethod
    def _audited(count: int) -> _Change:
        return _Change(lambda work: AuditLog(work, ManualClock()).append(*[EVENT] * count), audited=count)

    @staticmethod
    def _measured(lengths: tuple[Length, ...]) -> _Change:
        return _Change(lambda work: Measurements(work).put(*lengths), put=lengths)

    @staticmethod
    def _removed(identifier: str) -> _Change:
        return _Change(lambda work: Measurements(work).remove(identifier), removed=(identifier,))

    def _queued(self, count: int) -> _Change:
        parcels = [parcel(f"1.{self._serial + n}") for n in range(count)]
        self._serial += count
        first = (one for sent in parcels for one in first_deliveries(sent))
        return _Change(lambda work: _outbox(work).enqueue(*parcels), deliveries=tuple(first))

    def _moved(self, uid: str) -> _Change:
        """Return a step on an artefact's way; one that has arrived makes way for others."""
        before = self._state.deliveries[uid]
        if before.is_verified:
            gone = [uid for uid, one in self._state.deliveries.items() if one.is_verified]
            return _Change(lambda work: _outbox(work).forget_verified(LATER), removed=tuple(gone))
        arrives = self._random.random() < 0.5
        after = replace(
            before,
            state="verified" if arrives else "sending",
            attempts=before.attempts + 1,
            verified_at=MOMENT if arrives else None,
        )
        return _Change(lambda work: _outbox(work).move(before, after), deliveries=(after,))

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
        outbox = _outbox(work)
        found = _State(
            {length.id: length for length in Measurements(work).of_study(STUDY)},
            chain.count,
            {one.uid: one for one in outbox.deliveries()},
        )
        allowed = (self._state, self._state.after(self._under_way))
        is_lost = found.lacks_of(self._state, self._under_way)
        are_bodies_right = all(bytes(outbox.body_of(uid)) == body(uid) for uid in found.deliveries)
        is_sound = not chain.bad and work.compare().agree and are_bodies_right
        if not is_sound or (found not in allowed and not is_lost):
            tally.wrong += 1
        elif is_lost:
            tally.lost += 1
        self._state = found
        return found in allowed


def _outbox(work: Work) -> Outbox:
    return Outbox(work, NothingStored())


@contextlib.contextmanager
def _opened(files: WorkFiles, report: Report) -> Iterator[Work]:
    work = open_work(files, report)
    try:
        yield work
    finally:
        work.close()
