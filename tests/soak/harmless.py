"""Sound files through the same workers: what the machine itself holds up, and what lost workers cost.

Without these two, a short stall among mutated files would say as much about a quiet machine as about the
program, and a pool that is never the same after a loss would be seen only if a mutation kills a worker.

Units:   seconds.
"""

from __future__ import annotations

import itertools
import signal
import threading
import time
from collections.abc import Callable
from random import Random
from typing import Final

from encoded_seeds import encoded_seeds
from hostile import GRACE, JOB_SECONDS, LIMITS, WORKERS, beat_while, offer, warm_up
from proof import Batch, Outcome
from store_power import seeded

from workstation.dicom import tasks
from workstation.workers import WorkerPool
from workstation.workers.worker import Worker

FREEZES: Final = 25  # of so many losses one is a worker that stops for ever instead of dying
IDLE: Final = 5.0

_LONGEST_PAUSE: Final = 0.3
_LOOK: Final = 0.005


def stay_quiet(batch: Batch) -> Outcome:
    """Wake for a while beside idle workers, then beside workers that decode what is sound."""
    idle = Outcome()
    with WorkerPool(tasks.__name__, WORKERS, LIMITS) as pool:
        warm_up(pool)
        pause = threading.Thread(target=time.sleep, args=(IDLE,), daemon=True)
        pause.start()
        beat_while([pause], pool, idle)
    outcome = offer(itertools.islice(itertools.cycle(encoded_seeds()), batch.count))
    outcome.peak("longest stall beside idle workers, ms", idle.peaks["longest stall, ms"])
    outcome.complain(*idle.texts)
    return _all_decoded(outcome)


def lose_workers(batch: Batch) -> Outcome:
    """Kill one busy worker after the other, freeze some; a trial is a worker lost."""
    over = threading.Event()
    files = itertools.takewhile(lambda _: not over.is_set(), itertools.cycle(encoded_seeds()))
    losses = _Losses(batch, over)
    outcome = offer(files, losses.run)
    outcome.add(losses.outcome)
    outcome.count("files", outcome.trials - losses.outcome.trials)
    outcome.trials = losses.outcome.trials
    for told, done in (("worker died", "killed"), ("worker stopped for its time", "frozen")):
        if outcome.counts.get(told, 0) > outcome.counts.get(done, 0):
            outcome.complain(f"{told} more often than workers were {done}")
    return _all_decoded(outcome)


class _Losses:
    """What befalls the workers."""

    def __init__(self, batch: Batch, over: threading.Event) -> None:
        self.outcome = Outcome()
        self._batch = batch
        self._over = over

    def run(self, pool: WorkerPool) -> None:
        """Lose workers, and say when it is over: when all are there again."""
        random = seeded(self._batch.seed, "losses", self._batch.first)
        try:
            for number in self._batch.numbers:
                if not self._lose_one(pool, number, random):
                    return
            if not _until(lambda: _ready(pool) == WORKERS, LIMITS.start_seconds):
                self.outcome.complain(f"{_ready(pool)} of {WORKERS} workers are there in the end")
        finally:
            self._over.set()
            if self.outcome.complaints:
                pool.close()  # or whoever waits for it waits for ever

    def _lose_one(self, pool: WorkerPool, number: int, random: Random) -> bool:
        """Lose a busy worker; say whether the pool is worth another."""
        self.outcome.trials += 1
        if not _until(lambda: bool(_busy(pool)), LIMITS.start_seconds):
            self.outcome.complain(f"loss {number}: the pool didn't go on")
            return False
        worker = random.choice(_busy(pool) or list(pool._dispatcher._workers))
        kill = number % FREEZES != FREEZES - 1
        worker.process.send_signal(signal.SIGKILL if kill else signal.SIGSTOP)
        self.outcome.count("killed" if kill else "frozen")
        start = time.monotonic()
        is_noticed = _until(lambda: worker not in pool._dispatcher._workers, JOB_SECONDS + GRACE)
        if not is_noticed:
            self.outcome.complain(f"loss {number}: a worker that does nothing is still there")
        self.outcome.peak("slowest to be noticed, s", time.monotonic() - start)
        time.sleep(random.uniform(0, _LONGEST_PAUSE))
        return is_noticed


def _all_decoded(outcome: Outcome) -> Outcome:
    """Complain of sound files that were refused."""
    if refused := outcome.counts.get("refused", 0):
        outcome.complain(f"{refused} sound files were refused")
    return outcome


def _busy(pool: WorkerPool) -> list[Worker]:
    return [worker for worker in tuple(pool._dispatcher._workers) if worker.ticket is not None]


def _ready(pool: WorkerPool) -> int:
    return sum(worker.report is not None for worker in tuple(pool._dispatcher._workers))


def _until(is_so: Callable[[], bool], patience: float) -> bool:
    """Wait until something is so; say whether it came to be."""
    end = time.monotonic() + patience
    while not (so := is_so()) and time.monotonic() < end:
        time.sleep(_LOOK)
    return so
