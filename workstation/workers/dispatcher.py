"""The one thread that starts workers, hands out jobs, takes in replies and watches the clock.

A job is never tried twice: one that kills its worker, or has to be stopped, fails with the reason,
and another worker is started in its place. Callbacks of tickets run on this thread: they must be short.

Units:   seconds on the monotonic clock.
"""

from __future__ import annotations

import logging
import selectors
import socket
import threading
import time
from collections.abc import Iterable
from contextlib import suppress
from typing import Final

from workstation.errors import Cancelled, LumenError
from workstation.workers.errors import WorkerDied, WorkerTimeout, WorkerUnavailable
from workstation.workers.job import Limits, Reply
from workstation.workers.replies import memory_exceeded
from workstation.workers.sandbox import SandboxReport
from workstation.workers.waiting import Ticket, WaitingJobs
from workstation.workers.wire import OutOfForm
from workstation.workers.worker import CannotStart, Worker

START_ATTEMPTS: Final = 3  # in a row, before whoever waits is told
WATCH_SECONDS: Final = 0.1  # how often the memory of a busy worker is looked at
_LAST_WORDS_SECONDS: Final = 0.2  # for a process whose socket has closed to be gone
_CLOSE_SECONDS: Final = 1.0

_log = logging.getLogger(__name__)


class Dispatcher:
    """What a pool runs in its thread."""

    def __init__(self, module: str, count: int, limits: Limits) -> None:
        self.waiting = WaitingJobs()
        self.sandbox: SandboxReport | None = None
        self._stopping = False
        self._module = module
        self._count = count
        self._limits = limits
        self._workers: list[Worker] = []
        self._dying: list[Worker] = []
        self._watch_at = 0.0
        self._failed_starts = 0
        self._resting = False  # after too many failed starts, until the next job comes
        self._outcomes: list[tuple[Ticket, Reply | LumenError]] = []
        self._selector = selectors.DefaultSelector()
        self._waker, self._wakened = socket.socketpair()
        self._waker.settimeout(0)
        self._wakened.settimeout(0)
        self._selector.register(self._wakened, selectors.EVENT_READ)
        self._thread = threading.Thread(target=self._run, name=f"workers of {module}", daemon=True)
        self._thread.start()

    def closed(self) -> bool:
        """Tell whether no job is taken any more."""
        return self._stopping

    def wake(self) -> None:
        """Let the thread look at what has changed."""
        with suppress(OSError):  # full: it will look anyway; closed: it looks no more
            self._waker.send(b"\0")

    def stop(self) -> None:
        """End every child and the thread; within about a second."""
        self._stopping = True
        self.wake()
        if self._thread is not threading.current_thread():
            self._thread.join(2 * _CLOSE_SECONDS)

    def _run(self) -> None:
        try:
            while not self._stopping:
                self._recruit()
                self._hand_out()
                self._settle()
                self._listen()
                self._watch()
        finally:
            self._stopping = True
            self._shut()

    def _recruit(self) -> None:
        """Start as many workers as are missing."""
        if self._resting and self.waiting:
            self._resting = False
            self._failed_starts = START_ATTEMPTS - 1
        while not self._resting and len(self._workers) < self._count:
            try:
                worker = Worker(self._module, self._limits)
            except (OSError, OutOfForm) as error:
                self._start_failed(getattr(error, "strerror", None) or type(error).__name__)
                continue
            self._workers.append(worker)
            self._selector.register(worker.channel, selectors.EVENT_READ, worker)

    def _hand_out(self) -> None:
        """Give every idle worker the most urgent job."""
        for worker in [worker for worker in self._workers if worker.idle]:
            ticket = self.waiting.take()
            if ticket is None:
                return
            try:
                worker.ask(ticket)
            except (OSError, OutOfForm):
                worker.ticket = ticket
                self._lose(worker, WorkerDied("The process for this is gone"))
                self.wake()
            except ValueError:  # its buffer was closed: nobody wants the answer
                self._outcomes.append((ticket, Cancelled("The memory for this was given up")))

    def _listen(self) -> None:
        """Wait for something to happen, and take it in."""
        for key, _ in self._selector.select(self._patience()):
            if key.data is None:
                with suppress(BlockingIOError):
                    self._wakened.recv(4096)
            else:
                self._take_in(key.data)
        self._hand_out()  # before those who waited are told, so that no worker idles meanwhile
        self._settle()

    def _patience(self) -> float | None:
        now = time.monotonic()
        deadlines = [worker.deadline - now for worker in self._workers if worker.deadline is not None]
        if self._dying or any(worker.ticket is not None for worker in self._workers):
            deadlines.append(WATCH_SECONDS)
        return max(0.0, min(deadlines)) if deadlines else None

    def _take_in(self, worker: Worker) -> None:
        try:
            for message in worker.receive():
                if worker.report is None:
                    worker.started(message)
                    self._failed_starts = 0
                    self.sandbox = worker.report
                else:
                    self._outcomes.append(worker.answered(message))
        except CannotStart as error:
            self._lose(worker, WorkerUnavailable(str(error)))
        except OutOfForm as error:
            self._lose(worker, WorkerDied("The answer to this was out of form", where=str(error)))
        except EOFError:
            worker.ended(_LAST_WORDS_SECONDS)
            self._lose(worker, WorkerDied("The process for this stopped", where=worker.cause_of_death()))

    def _watch(self) -> None:
        """Stop whoever takes too long or grows too large; bury the dead."""
        now = time.monotonic()
        for worker in tuple(self._workers):
            if worker.overdue(now):
                self._lose(worker, _too_slow(worker.ticket))
            elif worker.ticket is not None and now >= self._watch_at and worker.too_large():
                self._lose(worker, memory_exceeded(self._limits))
        if now >= self._watch_at:
            self._watch_at = now + WATCH_SECONDS
        self._dying = [worker for worker in self._dying if not worker.ended()]
        self._settle()

    def _lose(self, worker: Worker, error: LumenError) -> None:
        """Do without a worker; whoever waits for it is told, and another one is started."""
        if worker not in self._workers:
            return
        self._discard(worker)
        if worker.report is None:
            self._start_failed(str(error))
        else:
            _log.warning("a worker was lost: %s", error)
        if worker.ticket is not None:
            self._outcomes.append((worker.ticket, error))

    def _discard(self, worker: Worker) -> None:
        self._workers.remove(worker)
        self._selector.unregister(worker.channel)
        worker.kill()
        self._dying.append(worker)

    def _start_failed(self, reason: str) -> None:
        _log.error("a worker of %s did not start: %s", self._module, reason)
        self._failed_starts += 1
        if self._failed_starts >= START_ATTEMPTS:
            self._resting = True
            error = WorkerUnavailable(
                "No worker could be started", where=reason, remedy="Start the program again."
            )
            while (ticket := self.waiting.take()) is not None:
                self._outcomes.append((ticket, error))

    def _settle(self) -> None:
        """Tell those who wait."""
        outcomes, self._outcomes = self._outcomes, []
        for ticket, result in outcomes:
            if isinstance(result, LumenError):
                ticket.set_exception(result)
            else:
                ticket.set_result(result)

    def _shut(self) -> None:
        closing = Cancelled("The program is closing")
        running = [worker.ticket for worker in self._workers if worker.ticket is not None]
        self._outcomes += [(ticket, closing) for ticket in running]
        while (ticket := self.waiting.take()) is not None:
            self._outcomes.append((ticket, closing))
        for worker in tuple(self._workers):
            self._discard(worker)
        _bury(self._dying)
        self._settle()
        self._selector.close()
        self._wakened.close()
        self._waker.close()


def _too_slow(ticket: Ticket | None) -> LumenError:
    if ticket is None:
        return WorkerUnavailable("It took too long to start")
    return WorkerTimeout(f"This took longer than {round(ticket.job.seconds, 1):g} s and was stopped")


def _bury(workers: Iterable[Worker]) -> None:
    end = time.monotonic() + _CLOSE_SECONDS
    for worker in workers:
        worker.ended(max(0.001, end - time.monotonic()))
