"""Killing the program in the middle of an import, over and over.

A child process stores images, measurements, audit records and things to be sent, and says before and after
each step which one it is; it is killed at a moment chosen by chance. Then the store is opened: what was
acknowledged is there, every image is whole or not there, nothing else is.

The page cache survives a kill, so this proves nothing about power (``store_power``, ``store_faults``); it
proves that no step needs an orderly end.

Units:   seconds.
"""

from __future__ import annotations

import shutil
import subprocess
import sys
import threading
import time
from dataclasses import dataclass, field, replace
from pathlib import Path
from random import Random
from typing import Final

from store_flips import options
from store_instances import KEK, Maker
from store_power import seeded
from store_session import VERIFIED, Memory, Step, audit, complaints, gone, measure, moved, put, queue

from workstation.errors import LumenError
from workstation.store import Store

MAKER: Final = Maker(size=20_000)
A_FOLDER: Final = 20  # kills, then a fresh one
_STEPS_A_STUDY: Final = 20
_KINDS: Final = 7  # of steps
_LONGEST: Final = 0.15  # from the first step to the kill
_WHILE_STARTING: Final = 0.2  # of the kills
_START: Final = 0.6
_START_LIMIT: Final = 30.0


@dataclass
class Killed:
    """What became of a run of kills."""

    kills: int = 0
    acknowledged: int = 0
    slowest_opening: float = 0.0
    complaints: list[str] = field(default_factory=list)


def step(number: int) -> Step:
    """Return what the child does as its step of this number."""
    study = f"1.2.{number // _STEPS_A_STUDY}"
    kind = number % _KINDS
    if number % _STEPS_A_STUDY == _STEPS_A_STUDY - 1:
        first = number - _STEPS_A_STUDY + 1
        uids = [uid for earlier in range(first, number) if earlier % _KINDS < 3 for uid in _uids(earlier)]
        return gone(MAKER, study, *uids, by=lambda store: store.eviction.remove(study))
    if kind == 3:
        return measure(f"m{number % 7}", number)
    if kind == 4:
        return audit(f"event {number}")
    if kind == 5:
        return queue(f"8.{number}", "group", "hospital")
    if kind == 6:
        return _sent(f"8.{number - 1}")
    return put(MAKER, study, *_uids(number))


def run(seed: int, kills: int, scratch: Path, *, first: int = 0) -> Killed:
    """Kill so many times, from a number on; begin at a multiple of ``A_FOLDER``."""
    result = Killed()
    for start in range(first, first + kills, A_FOLDER):
        shutil.rmtree(scratch, ignore_errors=True)
        scratch.mkdir(parents=True)
        _in_one_folder(scratch / "store", seeded(seed, start), min(A_FOLDER, first + kills - start), result)
    return result


def _in_one_folder(folder: Path, random: Random, kills: int, result: Killed) -> None:
    memory, number = Memory(), 0
    Store.create(folder, KEK, replace(options(MAKER), writers=4)).close()
    for _ in range(kills):
        begun, done = _kill_a_child(folder, number, random)
        for each in range(number, begun):
            effects = step(each).effects
            (memory.acknowledge if each < done else memory.doubt)(effects)
        result.kills += 1
        result.acknowledged += done - number
        number = begun
        _look(folder, memory, result)


def _look(folder: Path, memory: Memory, result: Killed) -> None:
    start = time.perf_counter()
    try:
        with Store.open(folder, KEK, replace(options(MAKER), writers=4)) as store:
            result.slowest_opening = max(result.slowest_opening, time.perf_counter() - start)
            result.complaints += [f"kill {result.kills}: {one}" for one in complaints(store, memory)]
    except LumenError as error:
        result.complaints.append(f"kill {result.kills}: can't be opened: {error}")


def _kill_a_child(folder: Path, number: int, random: Random) -> tuple[int, int]:
    """Return the number after the last step begun, and after the last one acknowledged."""
    with subprocess.Popen(
        [sys.executable, __file__, str(folder), str(number)], stdout=subprocess.PIPE, text=True
    ) as child:
        assert child.stdout is not None
        watchdog = threading.Timer(_START_LIMIT, child.kill)
        watchdog.start()
        lines = []
        if random.random() < _WHILE_STARTING:
            time.sleep(random.uniform(0.0, _START))
        else:
            lines.append(child.stdout.readline())  # the first step begins
            time.sleep(random.uniform(0.0, _LONGEST))
        child.kill()
        lines += child.stdout.readlines()
        watchdog.cancel()
    whole = [line.split() for line in lines if line.endswith("\n")]
    begun = [int(word[1]) + 1 for word in whole if word[0] == "begin"]
    done = [int(word[1]) + 1 for word in whole if word[0] == "done"]
    return max(begun, default=number), max(done, default=number)


def _sent(uid: str) -> Step:
    """Return the step that queues a report, if that isn't done yet, and moves it on."""
    queued, arrived = queue(uid, "group", "hospital"), moved(uid, "group", VERIFIED)

    def send(store: Store) -> None:
        queued.do(store)
        arrived.do(store)

    return Step(send, {**queued.effects, **arrived.effects})


def _uids(number: int) -> list[str]:
    return [f"9.{number}.{n}" for n in range(1 + number % 3)]


def _child(folder: Path, number: int) -> None:
    with Store.open(folder, KEK, replace(options(MAKER), writers=4)) as store:
        while True:
            sys.stdout.write(f"begin {number}\n")
            sys.stdout.flush()
            step(number).do(store)
            sys.stdout.write(f"done {number}\n")
            sys.stdout.flush()
            number += 1


if __name__ == "__main__":
    _child(Path(sys.argv[1]), int(sys.argv[2]))
