"""A disk that is full, refuses, or loses power, at every step of a scripted session.

Whatever happens, only calm errors come out of the store, what was acknowledged is there when it is opened
again, and nothing that was never stored.
"""

from __future__ import annotations

import errno
from collections.abc import Iterable
from dataclasses import dataclass, field
from enum import Enum
from typing import Final

from simulated_disk import Fault
from store_instances import Maker
from store_power import seeded, short_journals
from store_session import CANARY, Memory, Stage, complaints, play, script

from workstation.errors import LumenError

MAKER: Final = Maker(size=700)


class Mode(Enum):
    """How the disk fails at a step."""

    FULL_ONCE = "full once"
    FULL = "full from then on"
    REFUSES_ONCE = "refuses once"
    REFUSES = "refuses from then on"
    POWER = "loses power"


_FAULTS: Final = {
    Mode.FULL_ONCE: (errno.ENOSPC, False),
    Mode.FULL: (errno.ENOSPC, True),
    Mode.REFUSES_ONCE: (errno.EIO, False),
    Mode.REFUSES: (errno.EIO, True),
}


@dataclass
class Outcome:
    """What became of a run of trials."""

    trials: int = 0
    acknowledged: int = 0
    complaints: list[str] = field(default_factory=list)


def steps_of_a_session() -> int:
    """Return how many steps of the disk the session takes when nothing fails."""
    stage = Stage(MAKER)
    with stage.store() as store:
        play(store, script(MAKER), Memory())
    return stage.disk.steps


def run(modes: Iterable[Mode], at: Iterable[int], seed: int = 0) -> Outcome:
    """Play the session once for each mode and step."""
    outcome = Outcome()
    steps = list(at)
    with short_journals():
        for mode in modes:
            for step in steps:
                _trial(mode, step, seed, outcome)
    return outcome


def _trial(mode: Mode, step: int, seed: int, outcome: Outcome) -> None:
    stage, memory = Stage(MAKER), Memory()
    if mode is Mode.POWER:
        stage.disk.cut_at = step
    else:
        code, lasts = _FAULTS[mode]
        stage.disk.fault = Fault(step, code, lasts)
    outcome.trials += 1
    outcome.acknowledged += _play(stage, memory)
    if mode is Mode.POWER:
        stage.disk.restart(seeded(seed, step))
    else:
        stage.disk.come_back()
    wrong = _look(stage, memory)
    outcome.complaints += [f"{mode.value} at {step}: {one}" for one in wrong]


def _play(stage: Stage, memory: Memory) -> int:
    steps = script(MAKER)
    acknowledged = 0
    for half in (steps[:8], steps[8:]):  # closed and opened between the halves
        try:
            with stage.store() as store:
                acknowledged += play(store, half, memory)
        except LumenError:  # it could not be opened
            continue
    return acknowledged


def _look(stage: Stage, memory: Memory) -> list[str]:
    try:
        with stage.store() as store:
            wrong = complaints(store, memory)
    except LumenError as error:
        return [f"can't be opened: {error}"]
    if stage.disk.holds(CANARY.encode()):
        wrong.append("a patient's name is on the disk")
    return wrong
