"""A pool of sandboxed workers that run the tasks of one module.

Making one returns at once; its workers start in the background, side by side, and a job given
before they are ready waits. A task module has ``TASKS``, a mapping from names to functions, and
``warm_up()``, which touches whatever loads at first use, because nothing can be opened afterwards.

Errors:  through the ticket: the task's own LumenError, or one of ``workers.errors``; ``Cancelled``
         for work that was still open when the pool closed.
"""

from __future__ import annotations

import itertools
import weakref
from types import TracebackType
from typing import Self

from workstation.errors import Cancelled
from workstation.workers.dispatcher import Dispatcher
from workstation.workers.job import Job, Limits
from workstation.workers.sandbox import SandboxReport
from workstation.workers.waiting import Ticket
from workstation.workers.wire import LENGTH, REQUEST_BYTES
from workstation.workers.worker import request_of


class WorkerPool:
    """Workers for one task module; closes itself when it is forgotten or the program ends."""

    def __init__(self, task_module: str, count: int, limits: Limits | None = None) -> None:
        if count < 1:
            raise ValueError(f"a pool needs at least 1 worker, not {count}")
        self.count = count
        self._numbers = itertools.count()
        self._dispatcher = Dispatcher(task_module, count, limits or Limits())
        self._close = weakref.finalize(self, Dispatcher.stop, self._dispatcher)

    @property
    def sandbox(self) -> SandboxReport | None:
        """Return what holds the workers back; None until the first one is ready."""
        return self._dispatcher.sandbox

    def submit(self, job: Job, priority: float = 0) -> Ticket:
        """Let a job wait for a worker, lower priorities first; never blocks.

        ValueError if its arguments are too long or hold what JSON has no word for.
        """
        if self._dispatcher.closed():
            raise Cancelled("The program is closing")
        number = next(self._numbers)
        request = request_of(job.task, dict(job.arguments), number, job.input, job.output)
        if len(request) > LENGTH.size + REQUEST_BYTES:
            raise ValueError(f"the arguments of a job are {len(request)} bytes, allowed are {REQUEST_BYTES}")
        ticket = Ticket(job, request, number, priority, self._dispatcher.waiting)
        self._dispatcher.waiting.put(ticket)
        self._dispatcher.wake()
        if self._dispatcher.closed():  # it may have looked at the queue for the last time
            ticket.cancel()
        return ticket

    def close(self) -> None:
        """End the workers; what is not finished fails with ``Cancelled``."""
        self._close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self.close()
