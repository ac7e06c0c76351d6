"""Jobs that wait for a worker, most urgent first; one can be taken back or moved up at any time.

Units:   a priority is any number, the lower the sooner; equals go in the order they came.
"""

from __future__ import annotations

import heapq
import threading
from concurrent.futures import Future

from workstation.workers.job import Job, Reply


class Ticket(Future[Reply]):
    """A job's future reply, which can be moved up or down the queue while it waits."""

    def __init__(self, job: Job, request: bytes, number: int, priority: float, queue: WaitingJobs) -> None:
        super().__init__()
        self.job = job
        self.request = request
        self.number = number
        self.priority = priority
        self._queue = queue

    def promote(self, priority: float) -> bool:
        """Give it another priority; False when it waits no longer."""
        return self._queue.move(self, priority)

    def cancel(self) -> bool:
        """Take it back; False when a worker has it already, or it is done."""
        taken_back = super().cancel()
        if taken_back and self._queue.forget(self):
            self.set_running_or_notify_cancel()
        return taken_back


class WaitingJobs:
    """A queue by priority; safe from any thread."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._waiting: dict[int, Ticket] = {}
        self._heap: list[tuple[float, int]] = []  # entries of tickets that left or moved are skipped

    def __len__(self) -> int:
        return len(self._waiting)

    def put(self, ticket: Ticket) -> None:
        """Let a ticket wait."""
        with self._lock:
            self._waiting[ticket.number] = ticket
            heapq.heappush(self._heap, (ticket.priority, ticket.number))

    def take(self) -> Ticket | None:
        """Return the most urgent ticket, now running; None when none waits."""
        while (ticket := self._first()) is not None:
            if ticket.set_running_or_notify_cancel():
                return ticket
        return None

    def move(self, ticket: Ticket, priority: float) -> bool:
        """Give a waiting ticket another priority."""
        with self._lock:
            if ticket.number not in self._waiting:
                return False
            ticket.priority = priority
            heapq.heappush(self._heap, (priority, ticket.number))
            return True

    def forget(self, ticket: Ticket) -> bool:
        """Drop a ticket; False when it had left."""
        with self._lock:
            return self._waiting.pop(ticket.number, None) is not None

    def _first(self) -> Ticket | None:
        with self._lock:
            while self._heap:
                priority, number = heapq.heappop(self._heap)
                ticket = self._waiting.get(number)
                if ticket is not None and ticket.priority == priority:
                    return self._waiting.pop(number)
            return None
