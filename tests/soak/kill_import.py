"""Killing the program in the middle of an import, over and over: the whole way from a folder of files in.

A child process imports a folder through the workflow's verb, with real workers, and says which instances
the store has acknowledged; it is killed (SIGKILL) after so many, or at a moment of its start. Then the store
is opened: what was acknowledged is there, every instance is byte for byte what lay in the folder or not
there at all, a check finds nothing, the trail is whole. At last the import is let through to its end.

The page cache survives a kill, so this proves nothing about power (``store_power``); ``store_kills`` does the
same for the store alone, with measurements and removals. This proves the import around it.

Units:   seconds.
"""

from __future__ import annotations

import hashlib
import shutil
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from random import Random
from typing import Final

import numpy as np
from dicom_objects import ct, part10
from quick_desk import SharedPool, quick_desk
from store_power import seeded

from workstation.errors import LumenError
from workstation.store import Incoming, Receipt
from workstation.workflow import Desk, check_store, import_studies, verify_audit

STUDIES: Final = 6
IMAGES: Final = 20  # a study
A_STORE: Final = 8  # kills, then an import to the end and a fresh store
STARTS: Final = 0.15  # the share of kills that strike while the program starts
_LONGEST_START: Final = 2.0
_LONGEST_DELAY: Final = 0.02  # from an acknowledgement to the kill
_START_LIMIT: Final = 60.0
_SIDE: Final = 96


@dataclass
class Killed:
    """What became of a run of kills."""

    kills: int = 0
    acknowledged: int = 0
    slowest_opening: float = 0.0
    complaints: list[str] = field(default_factory=list)


def run(count: int, seed: int, scratch: Path, *, first: int = 0) -> Killed:
    """Kill so many times, from a number on; begin at a multiple of ``A_STORE``."""
    result = Killed()
    disc = scratch / "disc"
    shutil.rmtree(scratch, ignore_errors=True)
    disc.mkdir(parents=True)
    truth = dict(_written(disc))
    pool = SharedPool(1)
    try:
        for start in range(first, first + count, A_STORE):
            store = scratch / "store"
            shutil.rmtree(store, ignore_errors=True)
            kills = min(A_STORE, first + count - start)
            _in_one_store(store, disc, truth, seeded(seed, start), kills, pool, result)
    finally:
        pool.end()
    return result


def _in_one_store(
    store: Path,
    disc: Path,
    truth: dict[str, str],
    random: Random,
    kills: int,
    pool: SharedPool,
    result: Killed,
) -> None:
    quick_desk(store, pool).close()
    acknowledged: set[str] = set()
    for _ in range(kills):
        acknowledged |= _kill_a_child(store, disc, random)
        result.kills += 1
        _look(store, truth, acknowledged, pool, result)
    result.acknowledged += len(acknowledged)
    desk = quick_desk(store, pool)
    summary = import_studies(desk, paths=[disc], progress=id)
    if (summary.added + summary.known, summary.refused) != (len(truth), ()):
        result.complaints.append(f"kill {result.kills}: the import that was let through: {summary}")
    desk.close()
    _look(store, truth, set(truth), pool, result)


def _kill_a_child(store: Path, disc: Path, random: Random) -> set[str]:
    """Return what the child had acknowledged when it was killed, or when it was done."""
    strikes_start = random.random() < STARTS
    wanted, delay = random.randrange(STUDIES * IMAGES // 2), random.uniform(0, _LONGEST_DELAY)
    moment = random.uniform(0, _LONGEST_START)
    with subprocess.Popen(
        [sys.executable, __file__, str(store), str(disc)], stdout=subprocess.PIPE, text=True
    ) as child:
        assert child.stdout is not None
        watchdog = threading.Timer(_START_LIMIT, child.kill)
        watchdog.start()
        lines = []
        if strikes_start:
            time.sleep(moment)
        else:
            lines = [line for _, line in zip(range(wanted + 1), child.stdout, strict=False)]
            time.sleep(delay)
        child.send_signal(signal.SIGKILL)
        lines += child.stdout.readlines()
        watchdog.cancel()
    return {line.strip() for line in lines if line.endswith("\n")} - {"begun"}


def _look(
    store: Path, truth: dict[str, str], acknowledged: set[str], pool: SharedPool, result: Killed
) -> None:
    start = time.perf_counter()
    try:
        desk = quick_desk(store, pool)
    except LumenError as error:
        result.complaints.append(f"kill {result.kills}: can't be opened: {error}")
        return
    result.slowest_opening = max(result.slowest_opening, time.perf_counter() - start)
    found = _found(desk)
    wrong = [f"{uid} is not what came in" for uid, digest in found.items() if digest != truth.get(uid)]
    wrong += [f"{uid} was acknowledged and is gone" for uid in acknowledged - found.keys()]
    wrong += check_store(desk).findings
    wrong += [] if (verdict := verify_audit(desk)).whole else [verdict.line]
    result.complaints += [f"kill {result.kills}: {one}" for one in wrong]
    desk.close()


def _found(desk: Desk) -> dict[str, str]:
    """Return the digest of every instance that the store lists, further versions by names of their own."""
    return {
        one.uid if one.version == 1 else f"{one.uid} version {one.version}": _digest(
            bytes(desk.store.blobs.read(one.blob))
        )
        for study in desk.store.studies.list()
        for one in desk.store.instances.all_of(study.uid)
    }


def _written(disc: Path) -> Iterator[tuple[str, str]]:
    """Write the files to import; yield each instance's UID and digest."""
    pixels = np.random.default_rng(1).integers(0, 4096, (_SIDE, _SIDE)).astype(np.uint16)
    for study in range(STUDIES):
        for image in range(IMAGES):
            uid = f"1.2.{study}.1.{image}"
            dataset = ct(
                pixels + image,
                StudyInstanceUID=f"1.2.{study}",
                SeriesInstanceUID=f"1.2.{study}.1",
                SOPInstanceUID=uid,
                InstanceNumber=image,
                ImagePositionPatient=[0, 0, image],
            )
            data = part10(dataset)
            (disc / f"{study:02}-{image:03}.dcm").write_bytes(data)
            yield uid, _digest(data)


def _digest(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()


def _child(store: Path, disc: Path) -> None:
    """Import, and say what was acknowledged as soon as it was."""
    pool = SharedPool(1)
    desk = quick_desk(store, pool)
    put = desk.store.intake.put

    def told(batch: Sequence[Incoming]) -> tuple[Receipt, ...]:
        receipts = put(batch)
        for receipt in receipts:
            _say(receipt.uid)
        return receipts

    desk.store.intake.put = told  # type: ignore[method-assign,assignment]  # listened in on
    _say("begun")
    import_studies(desk, paths=[disc], progress=id)
    desk.close()
    pool.end()


def _say(line: str) -> None:
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()


if __name__ == "__main__":
    _child(Path(sys.argv[1]), Path(sys.argv[2]))
