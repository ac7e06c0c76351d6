"""A proof's batches, each in a process of its own, handed back in the order of their numbers.

Units:   seconds.
"""

from __future__ import annotations

import logging
import multiprocessing
import os
import shutil
import time
from collections.abc import Iterator
from concurrent.futures import Future, ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from pathlib import Path

from progress import Standing
from proof import Batch, Outcome, Proof
from proofs import all_proofs

Ended = tuple[Outcome, float]


def processes(proof: Proof) -> int:
    """Return how many of its batches run at a time."""
    return 1 if proof.alone else (os.cpu_count() or 1)


def ended(proof: Proof, standing: Standing, seed: int, scratch: Path) -> Iterator[tuple[Batch, Ended]]:
    """Yield the batches that are left, with what came of each and the seconds that it took."""
    batches = _batches(proof, standing, seed, scratch)
    under_way: list[tuple[Batch, Future[Ended]]] = []
    with ProcessPoolExecutor(processes(proof), multiprocessing.get_context("spawn")) as pool:
        try:
            while True:
                while len(under_way) <= processes(proof) and (batch := next(batches, None)):
                    under_way.append((batch, pool.submit(_run, proof.name, batch)))
                if not under_way:
                    return
                yield under_way[0][0], under_way[0][1].result()
                under_way.pop(0)
        except BrokenProcessPool:  # the very thing that must not be; the next call goes on behind it
            batch = under_way[0][0]
            yield batch, (Outcome.stumbled(f"trials {batch.numbers}: their process died"), 0.0)


def _batches(proof: Proof, standing: Standing, seed: int, scratch: Path) -> Iterator[Batch]:
    for first in range(standing.next, standing.goal, proof.batch):
        count = min(proof.batch, standing.goal - first)
        yield Batch(first, count, seed, scratch / f"{proof.name}-{first}")


def _run(name: str, batch: Batch) -> Ended:
    """Run some trials; what a harness raises is no verdict, and no reason to stop."""
    proof = next(proof for proof in all_proofs() if proof.name == name)
    batch.scratch.mkdir(parents=True)
    logging.disable(logging.WARNING)  # lost workers are counted
    start = time.monotonic()
    try:
        outcome = proof.run(batch)
    except Exception as error:  # noqa: BLE001
        outcome = Outcome.stumbled(f"trials {batch.numbers}: {type(error).__name__}: {error}")
    finally:
        shutil.rmtree(batch.scratch, ignore_errors=True)
    return outcome, time.monotonic() - start
