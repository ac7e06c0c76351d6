"""Files made to harm, through the real workers, beside a main thread that has to stay alive.

The main thread stands in for the window's: it does nothing but wake every few milliseconds, as a mouse
or a repaint would wake it, and notes how late it was. Threads offer the files meanwhile as an import and
an open study do: examined in a worker, then their first frame decoded in one. Whatever comes back must be
an answer or one calm sentence of ours; what no task of ours raised on purpose is a complaint.

Units:   seconds where not said otherwise; bytes.
"""

from __future__ import annotations

import threading
import time
import traceback
from collections.abc import Callable, Iterable, Iterator, Sequence
from functools import cache
from pathlib import Path
from typing import Final

import pydicom.data
from bombs import frame_bombs, header_bombs
from dicom_objects import ct, part10
from encoded_seeds import encoded_seeds
from mutations import header_mutations, pixel_mutations
from proof import Batch, Outcome
from store_power import seeded
from tabled_seeds import tabled_seeds

from workstation.dicom import tasks
from workstation.dicom.errors import DicomRefused
from workstation.dicom.examine import Examined, examine
from workstation.dicom.examining import examine_shared
from workstation.errors import LumenError
from workstation.workers import (
    Job,
    Limits,
    SharedBuffer,
    WorkerDied,
    WorkerMemoryExceeded,
    WorkerPool,
    WorkerTimeout,
)
from workstation.workers.worker import resident_bytes
from workstation.workflow.tables import read_tables

WORKERS: Final = 2
FEEDERS: Final = 3  # one more than workers, so that none waits for a thread
LIMITS: Final = Limits()
STALL: Final = 0.1  # what a hand on the mouse begins to feel
JOB_SECONDS: Final = 10.0
GRACE: Final = 2.0  # a watchdog looks every 0.1 s, and the machine is shared

_BEAT: Final = 0.005
_BEATS_A_LOOK: Final = 10  # between looks at the workers' memory
_LARGEST_SEED: Final = 64 << 10
_LARGEST_FRAME: Final = 256 << 20
_LONGEST_SENTENCE: Final = 400
_NEVER_SAID: Final = ("Traceback", "Exception", "\n", "object at 0x")


def mutate_headers(batch: Batch) -> Outcome:
    """Offer files whose headers were changed."""
    return offer(header_mutations(seeds(), batch.count, _number(batch, "headers")))


def mutate_pixels(batch: Batch) -> Outcome:
    """Offer files whose pixels were changed."""
    return offer(pixel_mutations(_with_pixels(), batch.count, _number(batch, "pixels")))


def explode(batch: Batch) -> Outcome:
    """Offer the bombs; every one must be refused."""
    outcome = offer(bombs()[batch.first : batch.first + batch.count])
    if accepted := outcome.counts.get("accepted", 0):
        outcome.complain(f"{accepted} of the bombs {batch.numbers} accepted")
    return outcome


@cache
def bombs() -> Sequence[bytes]:
    """Return the bombs."""
    return [bomb.data for bomb in (*header_bombs(), *frame_bombs())]


@cache
def seeds() -> Sequence[bytes]:
    """Return the small files of pydicom's package, sound or not, and some with tables."""
    folder = Path(pydicom.data.__file__).parent / "test_files"
    small = [path for path in sorted(folder.glob("*.dcm")) if path.stat().st_size <= _LARGEST_SEED]
    return [*(path.read_bytes() for path in small), *tabled_seeds()]


def offer(files: Iterable[bytes], beside: Callable[[WorkerPool], object] = id) -> Outcome:
    """Offer files to workers while the main thread is watched, and something else happens to the workers."""
    with WorkerPool(tasks.__name__, WORKERS, LIMITS) as pool:
        warm_up(pool)
        visit = _Visit(pool, iter(files))
        others = [threading.Thread(target=visit.feed, daemon=True) for _ in range(FEEDERS)]
        others.append(threading.Thread(target=beside, args=(pool,), daemon=True))
        for other in others:
            other.start()
        beat_while(others, pool, visit.outcome)
    return visit.outcome


def beat_while(threads: Sequence[threading.Thread], pool: WorkerPool, outcome: Outcome) -> None:
    """Be the window's thread until the others end; note how late each wake was, and the workers' size."""
    beats, late, largest, last, queued = 0, (0.0, 0.0), 0, time.monotonic(), _queued()
    while any(thread.is_alive() for thread in threads):
        time.sleep(_BEAT)
        if beats % _BEATS_A_LOOK == 0:
            largest = max(largest, *_sizes(pool), 0)
        now, queued_now = time.monotonic(), _queued()
        late = max(late, (now - last - _BEAT, queued_now - queued))
        last, queued, beats = now, queued_now, beats + 1
    stall, without_core = late
    outcome.peak("longest stall, ms", 1000 * stall)
    outcome.peak("largest worker, MiB", largest / (1 << 20))
    outcome.count("beats", beats)
    if stall > STALL:
        waited = f"{1000 * stall:.0f} ms, {1000 * without_core:.0f} ms of it without a core to run on"
        outcome.complain(f"the main thread was held up for {waited}")
    if largest > LIMITS.memory_bytes:
        outcome.complain(f"a worker had {largest} bytes")


class _Visit:
    """What the feeders share."""

    def __init__(self, pool: WorkerPool, files: Iterator[bytes]) -> None:
        self.outcome = Outcome()
        self._pool = pool
        self._files = files
        self._guard = threading.Lock()

    def feed(self) -> None:
        """Offer one file after the other."""
        while (data := self._next()) is not None:
            start = time.monotonic()
            try:
                self._offer(data)
            except LumenError as error:
                self._refused(error)
            except BaseException as error:  # noqa: BLE001 - in the window it would be a fault of the program
                self._note("faults", complaint=_fault(error))
            else:
                self._note("accepted")
            self._took(time.monotonic() - start, len(data))

    def _next(self) -> bytes | None:
        with self._guard:
            data = next(self._files, None)
            self.outcome.trials += data is not None
        return data

    def _offer(self, data: bytes) -> None:
        source = SharedBuffer.create(max(1, len(data)))
        try:
            source.view[: len(data)] = data
            found = examine_shared(self._pool, source, len(data))
            if found.record.needs_header:
                read_tables(self._pool, source, found.record)
                self._note("with tables")
            self._decode(found, source, len(data))
        finally:
            source.close()

    def _decode(self, found: Examined, source: SharedBuffer, length: int) -> None:
        pixel = found.record.pixel
        if pixel is None:
            self._note("without pixels")
            return
        size = tasks.frame_size(pixel)
        if size > _LARGEST_FRAME:
            self._note("too large to be shown")
            return
        target = SharedBuffer.create(size)
        try:
            arguments = tasks.decode_arguments(pixel, found.table, [0])
            job = Job("decode", arguments, source.slice(0, length), target.slice(0, size), JOB_SECONDS)
            self._pool.submit(job).result()
            self._note("decoded")
        finally:
            target.close()

    def _refused(self, error: LumenError) -> None:
        kind = "refused"
        if isinstance(error, (WorkerDied, WorkerTimeout, WorkerMemoryExceeded)):
            kind = {WorkerDied: "worker died", WorkerTimeout: "worker stopped for its time"}.get(
                type(error), "stopped for its memory"
            )
        elif not isinstance(error, DicomRefused):
            self._note("faults", complaint=f"{type(error).__name__}: {error}")
            return
        self._note(kind, complaint="" if is_calm(error) else f"not calm: {error!r}")

    def _took(self, seconds: float, length: int) -> None:
        allowed = 2 * JOB_SECONDS + length / 1e6 + GRACE
        with self._guard:
            self.outcome.peak("slowest file, s", seconds)
        if seconds > allowed:
            self._note("overdue", complaint=f"a file took {seconds:.1f} s")

    def _note(self, what: str, *, complaint: str = "") -> None:
        with self._guard:
            self.outcome.count(what)
            if complaint:
                self.outcome.complain(complaint)


def _fault(error: BaseException) -> str:
    """Return what was raised and where, for whoever mends it."""
    steps = traceback.extract_tb(error.__traceback__)
    way = " < ".join(f"{Path(step.filename).name}:{step.lineno}" for step in reversed(steps))
    return f"{type(error).__name__} reached the window: {error} ({way})"


def is_calm(error: LumenError) -> bool:
    """Say whether an error is a sentence for a person: short, on one line, no program's words, no name."""
    text = str(error)
    return (
        error.what != ""
        and len(text) <= _LONGEST_SENTENCE
        and not text[0].islower()
        and text.endswith(".")
        and text.isprintable()
        and not any(word in text for word in _NEVER_SAID)
        and not any(name in text for name in _names())
    )


@cache
def _names() -> frozenset[str]:
    """Return the patients' names of the seeds: no refusal may hold one."""
    found = {examined.record.patient.name for examined in _sound().values()}
    return frozenset(name for name in found if len(name) > 3)


@cache
def _sound() -> dict[int, Examined]:
    """Return what is in those seeds that are accepted, by their place among them."""
    sound = {}
    for number, data in enumerate(seeds()):
        try:
            sound[number] = examine(memoryview(data))
        except DicomRefused:
            continue
    return sound


def _with_pixels() -> Sequence[bytes]:
    """Return files of every transfer syntax."""
    return [
        *(seeds()[number] for number, found in _sound().items() if found.record.pixel),
        *encoded_seeds(),
    ]


def warm_up(pool: WorkerPool) -> None:
    """Have all workers started, and everything imported here that the first file would import."""
    _names()
    bombs()
    _Visit(pool, iter([part10(ct()), b"no image"] * 4 * WORKERS)).feed()
    while sum(worker.idle for worker in pool._dispatcher._workers) < WORKERS:
        time.sleep(_BEAT)


def _queued() -> float:
    """Return how long this thread has waited for a core so far: others', or our own workers', doing."""
    try:
        return int(Path("/proc/thread-self/schedstat").read_text(encoding="ascii").split()[1]) / 1e9
    except OSError:  # not Linux
        return 0.0


def _sizes(pool: WorkerPool) -> list[int]:
    return [resident_bytes(worker.process.pid) for worker in tuple(pool._dispatcher._workers)]


def _number(batch: Batch, what: str) -> int:
    return seeded(batch.seed, what, batch.first).getrandbits(32)
