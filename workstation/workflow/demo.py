"""The night of invented studies: made once, and taken in through the same door as everyone's.

It is drawn in worker processes, one picture of every study first, so that the list is there at once; then
each is filled up in the order of the list. Every instance is examined and stored like any import, so
the demonstration is also a test of the whole. It goes into the demonstration's store alone.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from workstation import phantoms
from workstation.phantoms import tasks
from workstation.security import Action
from workstation.workers import Job, SharedBuffer, WorkerPool
from workstation.workflow import sessions
from workstation.workflow.desk import Desk
from workstation.workflow.door import verb
from workstation.workflow.errors import WrongStore
from workstation.workflow.intake import Intake

SEED: Final = 1

_NIGHT: Final = "night"
_AT_ONCE: Final = 4  # instances a job
_SECONDS: Final = 300.0  # a radiograph takes several, on a busy machine more


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


@dataclass(frozen=True, slots=True)
class _Order:
    """Some instances of one study, to be drawn."""

    key: str
    numbers: Sequence[int]


@verb(Action.IMPORT, detail=lambda count: f"{count} invented studies")
def prepare_demo(desk: Desk, *, cancelled: Callable[[], bool] = lambda: False) -> int:
    """Make what the night lacks, and return how many studies it has."""
    if not desk.is_demo:
        raise WrongStore("Invented studies never go into a real store")
    began = _begin(desk)
    night = phantoms.night(seed=SEED, now=began)
    sessions.keep_expected(desk, {study.study_uid: study.count for study in night})
    lacking = [study for study in night if _lacks(desk, study)]
    if lacking and not cancelled():
        _make(desk, began, lacking, cancelled)
    return len(night)


def _begin(desk: Desk) -> datetime:
    """Return the hour of the first call: a night that was interrupted goes on as it began."""
    told = desk.store.sessions.get(_NIGHT)
    if told is None:
        told = desk.clock.utc().replace(microsecond=0).isoformat()
        desk.store.sessions.put(_NIGHT, told)
    return datetime.fromisoformat(told)


def _lacks(desk: Desk, study: phantoms.PhantomStudy) -> bool:
    here = desk.store.studies.get(study.study_uid)
    return here is None or here.instances < study.count


def _make(
    desk: Desk, began: datetime, studies: Sequence[phantoms.PhantomStudy], cancelled: Callable[[], bool]
) -> None:
    count = os.cpu_count() or 1
    with (
        Intake(desk, cancelled) as intake,
        WorkerPool(tasks.__name__, count) as painters,
        ThreadPoolExecutor(count, thread_name_prefix="night") as asking,
    ):

        def draw(order: _Order) -> None:
            for made in () if cancelled() else _drawn(painters, began, order):
                intake.offer(made)

        try:
            for done in [asking.submit(draw, order) for order in _orders(studies)]:
                done.result()
        finally:
            asking.shutdown(cancel_futures=True)


def _orders(studies: Sequence[phantoms.PhantomStudy]) -> Iterator[_Order]:
    """Yield the middle of each study first, then all the rest, study by study."""
    for study in studies:
        yield _Order(study.key, (study.count // 2,))
    for study in studies:
        rest = [number for number in range(study.count) if number != study.count // 2]
        for start in range(0, len(rest), _AT_ONCE):
            yield _Order(study.key, rest[start : start + _AT_ONCE])


def _drawn(painters: WorkerPool, began: datetime, order: _Order) -> Iterator[_Made]:
    """Yield the instances of an order, once a painter has drawn them."""
    room = tasks.room_for(len(order.numbers))
    buffer = SharedBuffer.create(room)
    try:
        arguments = tasks.make_arguments(SEED, began, order.key, order.numbers)
        job = Job("make", arguments, None, buffer.slice(0, room), _SECONDS)
        start = 0
        for number, length in zip(order.numbers, tasks.lengths(painters.submit(job).result()), strict=True):
            yield _Made(f"{order.key}/{number + 1}", bytes(buffer.view[start : start + length]))
            start += length
    finally:
        buffer.close()
