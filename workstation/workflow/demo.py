"""The night of invented studies: made once, and taken in through the same door as everyone's.

Each instance is examined in a worker and stored like any import, so the demonstration is also a test
of the whole. It goes into the demonstration's store alone.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from workstation import phantoms
from workstation.security import Action
from workstation.workflow.desk import Desk
from workstation.workflow.door import verb
from workstation.workflow.errors import WrongStore
from workstation.workflow.intake import Intake

_SEED: Final = 1
_NIGHT: Final = "night"


@dataclass(frozen=True, slots=True)
class _Made:
    """An instance of a phantom, as a source to import."""

    name: str
    data: bytes

    @property
    def size(self) -> int:
        return len(self.data)

    def readinto(self, buffer: memoryview) -> int:
        buffer[: len(self.data)] = self.data
        return len(self.data)


@verb(Action.IMPORT, detail=lambda count: f"{count} invented studies")
def prepare_demo(desk: Desk, *, cancelled: Callable[[], bool] = lambda: False) -> int:
    """Make the night's studies that aren't there yet, in the order of the list; return how many there are."""
    if not desk.is_demo:
        raise WrongStore("Invented studies never go into a real store")
    night = phantoms.night(seed=_SEED, now=_begin(desk))
    for study in night:
        if not cancelled() and _lacks(desk, study):
            with Intake(desk, cancelled) as intake:
                for source in _sources(study):
                    intake.offer(source)
    return len(night)


def _begin(desk: Desk) -> datetime:
    """Return the hour of the first call: a night that was interrupted goes on as it began."""
    told = desk.store.sessions.get(_NIGHT)
    if told is None:
        told = desk.clock.utc().isoformat()
        desk.store.sessions.put(_NIGHT, told)
    return datetime.fromisoformat(told)


def _lacks(desk: Desk, study: phantoms.PhantomStudy) -> bool:
    here = desk.store.studies.get(study.study_uid)
    return here is None or here.instances < study.count


def _sources(study: phantoms.PhantomStudy) -> Iterator[_Made]:
    for n, data in enumerate(study.instances(), 1):
        yield _Made(f"{study.key}/{n}", data)
