"""A line that dies in silence while a study arrives and another is read; and two lines that lose answers.

The preferred line takes bytes and lets none through, without a word (no RST), as a router does that has
forgotten the way. Meanwhile an open study is scrolled, sixty pictures a second, as a viewport asks for them.
What a picture costs is compared with what it cost just before, over the sound line; what the machine itself
does to such times is in both.

Units:   seconds of the world; where it is said, of the engine's clock.
"""

from __future__ import annotations

import shutil
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from statistics import quantiles
from typing import Final

import numpy as np
from dicom_objects import ct, part10
from proof import Batch, Outcome
from quick_desk import SharedPool, quick_desk
from sync_retrieval import study

sys.path.insert(0, str(Path(__file__).parents[1] / "servers"))

from fault_proxy import FaultProxy
from line_faults import Odds
from orthanc import Orthanc, running_orthanc
from sync_ground import GROUP, by_web, outgoing, through, until
from throttle import held

from workstation.archive import ArchiveError, Outgoing, Query
from workstation.clock import Clock, ScaledClock, SystemClock
from workstation.dicom.examining import digest_in_worker, examine_in_worker
from workstation.store import Incoming
from workstation.sync import Engine, LineState, Means, Urgency, Want
from workstation.viewing import commands
from workstation.workflow import Desk, Reading, Waiting, open_study

FIRST_ANSWER: Final = 10.0
RATIO: Final = 1.2  # of the 95th percentiles of a picture's time
LOSS: Final = 0.3  # of the answers
MINUTES: Final = 3.0  # of the engine's clock, a trial of bad lines
CHANGES: Final = 2  # a minute

_RATE: Final = 20.0  # Mbit/s
_SOUND: Final = 6.0  # of scrolling
_DEAD: Final = 12.0
_PICTURES: Final = 60.0  # a second
_SIDE: Final = 1024
_OPEN: Final = "1.2.9"
_PACE: Final = 10.0
_ANSWER: Final = 1000  # bytes of what is asked here, roughly
_MINUTE: Final = 60.0


def fail_over(batch: Batch) -> Outcome:
    """Let the preferred line die, once for each trial."""
    outcome, objects, pool = Outcome(), study(), SharedPool(2)
    sound: list[float] = []
    dead: list[float] = []
    try:
        with running_orthanc(batch.scratch / "orthanc") as orthanc:
            orthanc.upload(bytes(one.data) for one in objects)
            for number in batch.numbers:
                trial = _Trial(batch.scratch / f"store-{number}", orthanc, objects[0].study_uid, pool)
                outcome.trials += 1
                trial.run(sound, dead, outcome)
    finally:
        pool.end()
    before, after = (1e3 * quantiles(times, n=20)[-1] for times in (sound, dead))
    outcome.peak("picture before, p95 in ms", before)
    outcome.peak("picture meanwhile, p95 in ms", after)
    if after > RATIO * before:
        outcome.complain(f"a picture took {after:.1f} ms instead of {before:.1f}")
    return outcome


@dataclass(frozen=True)
class _Trial:
    folder: Path
    orthanc: Orthanc
    study: str
    pool: SharedPool

    def run(self, sound: list[float], dead: list[float], outcome: Outcome) -> None:
        """Scroll while the study arrives, then while the line that it arrives by is dead."""
        with ExitStack() as stack:
            lines = [stack.enter_context(FaultProxy(self.orthanc.port, line=held(_RATE))) for _ in range(2)]
            desk = quick_desk(self.folder, self.pool)
            stack.callback(desk.close)
            reading = _opened(desk, self.pool)
            stack.callback(reading.close)
            urls = [through(self.orthanc, one.port) for one in lines]
            engine = stack.enter_context(_engine(desk, SystemClock(), urls))
            engine.want(Want(GROUP, self.study, Urgency.OPEN))
            until(lambda: len(desk.store.instances.of_study(self.study)) > 5)
            sound += scrolled(reading, _SOUND)
            watch = _Watch(engine)
            lines[0].pull()
            dead += scrolled(reading, _DEAD)
            until(lambda: watch.answered is not None)
            lines[0].plug()
        shutil.rmtree(self.folder)
        answer = watch.seconds
        outcome.peak("first answer of the other line, s", answer)
        if answer > FIRST_ANSWER:
            outcome.complain(f"the other line's first answer took {answer:.1f} s")


class _Watch:
    """Notes when the first images come by the other line."""

    def __init__(self, engine: Engine) -> None:
        self.answered: float | None = None
        self._began = time.monotonic()
        self._line = engine.lines[GROUP]
        engine.arriving.arrived.connect(self._arrived)

    @property
    def seconds(self) -> float:
        """Return how long it took."""
        return (self.answered or time.monotonic()) - self._began

    def _arrived(self, _: str) -> None:
        if self.answered is None and self._line.state.endpoint == "line 2":
            self.answered = time.monotonic()


def scrolled(reading: Reading, seconds: float) -> Sequence[float]:
    """Scroll to and fro, and return what each picture took."""
    took, step, end = [], 0, time.monotonic() + seconds
    while time.monotonic() < end:
        begun = time.perf_counter()
        commands.scroll(reading.screen, pane=0, steps=1 if step // 40 % 2 == 0 else -1, who="wheel")
        reading.picture(0, _SIDE, _SIDE)
        took.append(time.perf_counter() - begun)
        step += 1
        time.sleep(max(0.0, 1 / _PICTURES - took[-1]))
    return took


def switches(batch: Batch) -> Outcome:
    """Fetch for some minutes over two lines that lose much; count how often the engine hops."""
    outcome, objects, pool = Outcome(), outgoing(_slices(40, "1.2.8")), SharedPool(1)
    try:
        with running_orthanc(batch.scratch / "orthanc") as orthanc:
            orthanc.upload(bytes(one.data) for one in objects)
            for number in batch.numbers:
                hops = _hops(batch, number, orthanc, objects, pool, outcome)
                most = max((sum(at <= one < at + _MINUTE for one in hops) for at in hops), default=0)
                outcome.trials += 1
                outcome.count("changes", len(hops))
                outcome.peak("most changes in a minute of its clock", most)
                if most > CHANGES:
                    outcome.complain(f"trial {number}: {most} changes in a minute")
    finally:
        pool.end()
    return outcome


def _hops(
    batch: Batch,
    number: int,
    orthanc: Orthanc,
    objects: Sequence[Outgoing],
    pool: SharedPool,
    outcome: Outcome,
) -> Sequence[float]:
    clock = ScaledClock(_PACE)
    folder, seed = batch.scratch / f"hops-{number}", batch.seed + 2 * number
    lossy = Odds(reset=0.5, hole=0.5, after=(0, int(2 * _ANSWER / LOSS)), seconds=30.0 / _PACE)
    with ExitStack() as stack:
        lines = [stack.enter_context(FaultProxy(orthanc.port, odds=lossy, seed=seed + n)) for n in range(2)]
        desk = quick_desk(folder, pool, clock=clock)
        stack.callback(desk.close)
        engine = stack.enter_context(_engine(desk, clock, [through(orthanc, one.port) for one in lines]))
        hops, line = _Hops(engine, clock), engine.lines[GROUP]
        engine.want(Want(GROUP, objects[0].study_uid, Urgency.OPEN))
        end = clock.monotonic() + MINUTES * _MINUTE
        while clock.monotonic() < end:
            outcome.count("asked" if line.is_usable else "not asked")
            if line.is_usable:
                with suppress(ArchiveError), line.asking() as connection:
                    connection.images.search(Query())
            time.sleep(0.5 / _PACE)
        outcome.count("connections struck", sum(len(one.counts.struck) for one in lines))
    shutil.rmtree(folder)
    return hops.at


class _Hops:
    """Notes when another endpoint came into use."""

    def __init__(self, engine: Engine, clock: Clock) -> None:
        self.at: list[float] = []
        self._clock = clock
        self._endpoint = engine.lines[GROUP].state.endpoint
        engine.line_changed.connect(self._changed)

    def _changed(self, state: LineState) -> None:
        if state.endpoint != self._endpoint:
            self._endpoint = state.endpoint
            self.at.append(self._clock.monotonic())


@contextmanager
def _engine(desk: Desk, clock: Clock, urls: Sequence[str]) -> Iterator[Engine]:
    digest: Callable[[memoryview], str] = lambda data: digest_in_worker(desk.pool, data)  # noqa: E731
    engine = Engine(Means(desk.store, desk.pool, clock, digest), [by_web(clock, *urls)])
    engine.start()
    try:
        yield engine
    finally:
        engine.close()


def _opened(desk: Desk, pool: SharedPool) -> Reading:
    """Return an open study of which every frame is decoded."""
    files = [memoryview(one) for one in _slices(60, _OPEN, 512)]
    desk.store.intake.put([Incoming(one, examine_in_worker(pool, one)) for one in files])
    reading = open_study(desk, study_uid=_OPEN)
    for step in range(2 * len(files)):
        until(lambda: not isinstance(reading.picture(0, _SIDE, _SIDE), Waiting))
        commands.scroll(reading.screen, pane=0, steps=1 if step < len(files) else -1, who="wheel")
    return reading


def _slices(count: int, study_uid: str, side: int = 64) -> Iterator[bytes]:
    noise = np.random.default_rng(1)
    for number in range(1, count + 1):
        pixels = noise.integers(0, 4096, (side, side)).astype(np.uint16)
        uids = {
            "StudyInstanceUID": study_uid,
            "SeriesInstanceUID": f"{study_uid}.1",
            "SOPInstanceUID": f"{study_uid}.1.{number}",
        }
        place = {"InstanceNumber": number, "ImagePositionPatient": [0, 0, number]}
        yield part10(ct(pixels, **uids, **place))
