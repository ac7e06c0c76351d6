"""Painting the night's studies into a folder, when somebody asks for one.

Whoever asks for a study waits until its pictures are painted, the middle ones first; the study after it in
the list follows by itself, since whoever reads goes down the list. Painting happens in worker processes at
low priority (``hospital.tasks``), a few pictures a job; a study of 224 slices takes two seconds on two cores.

Errors:  what a painter raised, for those who wait; Cancelled when the house is closed.
"""

from __future__ import annotations

import itertools
import queue
import threading
from collections.abc import Callable, Sequence
from concurrent.futures import CancelledError
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any, Final

from workstation.errors import Cancelled, LumenError, calm
from workstation.hospital import tasks
from workstation.hospital.errors import HospitalRefused
from workstation.hospital.instances import Instance, kept
from workstation.phantoms import PhantomStudy
from workstation.phantoms import tasks as phantom_tasks
from workstation.workers import Job, SharedBuffer, WorkerPool

_AT_ONCE: Final = 4  # instances a job
_MANY: Final = 16  # a study of more instances than this has small ones
_SMALL: Final = 1 << 20  # bytes; a worker takes all the room that it is given, page by page
_SECONDS: Final = 300.0  # a radiograph takes several, on a busy machine more
_ASKED, _AHEAD, _LAST = 0, 1, -1  # urgencies; the end of all work goes first


@dataclass(slots=True)
class _Easel:
    """A study, as far as it is painted."""

    study: PhantomStudy
    instances: list[Instance | None]
    taken: set[int] = field(default_factory=set)  # first numbers of the jobs that are done or under way
    trouble: LumenError | None = None

    @property
    def is_done(self) -> bool:
        return all(self.instances)

    def found(self, uid: str) -> Instance | None:
        return next((one for one in self.instances if one is not None and one.uid == uid), None)

    def starts(self) -> list[int]:
        """Return the first number of each job, from the middle outwards."""
        middle = self.study.count // 2
        firsts = range(0, self.study.count, _AT_ONCE)
        return sorted(firsts, key=lambda start: abs(start + _AT_ONCE // 2 - middle))


class Painter:
    """Paints the studies of one night; any thread may ask."""

    def __init__(
        self, studies: Sequence[PhantomStudy], *, began: datetime, seed: int, folder: Path, workers: int
    ) -> None:
        self._began, self._seed, self._folder = began, seed, folder
        self._easels = {study.key: _Easel(study, [None] * study.count) for study in studies}
        self._following = dict(itertools.pairwise(self._easels))
        self._changed = threading.Condition()
        self._orders: queue.PriorityQueue[tuple[int, int, str, int]] = queue.PriorityQueue()
        self._numbers = itertools.count()
        self._closed = False
        self._pool = WorkerPool(tasks.__name__, workers)
        self._threads = [
            threading.Thread(target=self._paint_on, name=f"painter {number}", daemon=True)
            for number in range(workers)
        ]
        for thread in self._threads:
            thread.start()

    def ask(self, key: str) -> None:
        """Let a study be painted, and then the one after it."""
        self._order(key, _ASKED)
        if key in self._following:
            self._order(self._following[key], _AHEAD)

    def all_of(self, key: str) -> tuple[Instance, ...]:
        """Return a study's instances in their order; wait until the last is painted."""
        easel = self._easels[key]
        self._await(key, lambda: easel.is_done)
        return tuple(one for one in easel.instances if one is not None)

    def one_of(self, key: str, uid: str) -> Instance | None:
        """Return an instance as soon as it is painted; None if the study hasn't such a one."""
        easel = self._easels[key]
        self._await(key, lambda: easel.is_done or easel.found(uid) is not None)
        return easel.found(uid)

    def close(self) -> None:
        """Stop painting, and end the processes; who waits is told so."""
        with self._changed:
            self._closed = True
            self._changed.notify_all()
        self._pool.close()
        for _ in self._threads:
            self._orders.put((_LAST, next(self._numbers), "", 0))
        for thread in self._threads:
            thread.join()

    def _order(self, key: str, urgency: int) -> None:
        easel = self._easels[key]
        with self._changed:
            easel.trouble = None
            wanted = [start for start in easel.starts() if start not in easel.taken]
        for start in wanted:
            self._orders.put((urgency, next(self._numbers), key, start))

    def _await(self, key: str, is_there: Callable[[], bool]) -> None:
        easel = self._easels[key]
        with self._changed:
            if is_there():
                return
        self.ask(key)
        with self._changed:
            self._changed.wait_for(lambda: self._closed or easel.trouble is not None or is_there())
            if is_there():
                return
            raise easel.trouble or Cancelled("The hospital is closing")

    # --- what the threads do ------------------------------------------------------------------------------

    def _paint_on(self) -> None:
        buffer = SharedBuffer.create(phantom_tasks.room_for(_AT_ONCE))
        try:
            while not self._closed:
                urgency, _, key, start = self._orders.get()
                if urgency != _LAST:
                    self._work_on(self._easels[key], start, buffer)
        finally:
            buffer.close()

    def _work_on(self, easel: _Easel, start: int, buffer: SharedBuffer) -> None:
        """Paint a few instances, unless someone has them in hand; the same order may come twice."""
        with self._changed:
            if start in easel.taken:
                return
            easel.taken.add(start)
        try:
            painted = self._painted(easel.study, start, buffer)
        except CancelledError:  # the pool closed while the order was on its way
            self._failed(easel, start, Cancelled("The hospital is closing"))
            return
        except (LumenError, OSError) as error:
            self._failed(easel, start, error)
            return
        with self._changed:
            easel.instances[start : start + len(painted)] = painted
            self._changed.notify_all()

    def _failed(self, easel: _Easel, start: int, error: Exception) -> None:
        with self._changed:
            easel.taken.discard(start)
            if isinstance(error, LumenError):
                easel.trouble = error
            else:
                easel.trouble = HospitalRefused("The pictures could not be kept", where=calm(error))
            self._changed.notify_all()

    def _painted(self, study: PhantomStudy, start: int, buffer: SharedBuffer) -> list[Instance]:
        numbers = range(start, min(start + _AT_ONCE, study.count))
        arguments = phantom_tasks.make_arguments(self._seed, self._began, study.key, numbers)
        room = len(numbers) * _SMALL if study.count > _MANY else phantom_tasks.room_for(len(numbers))
        job = Job("paint", arguments, None, buffer.slice(0, room), _SECONDS)
        reply: dict[str, Any] = dict(self._pool.submit(job).result())
        painted: list[Instance] = []
        position = 0
        told = zip(numbers, phantom_tasks.lengths(reply), reply["described"], strict=True)
        for number, length, described in told:
            data = buffer.view[position : position + length]
            painted.append(kept(data, described, self._folder / study.key / f"{number + 1}.dcm"))
            position += length
        return painted
