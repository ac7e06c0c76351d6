"""Run slow work away from the main thread and bring the answer back to it, with who asked.

Work is a callable that gets a ``Ticket``: through it it tells how far it is, and learns that
nobody wants the answer any more. An answer for a widget that is gone is dropped.
"""

from __future__ import annotations

import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any, Final, TypeVar

import shiboken6
from PySide6.QtCore import QObject, Qt, Signal

T = TypeVar("T")
P = TypeVar("P")
Failed = Callable[[BaseException], object]

_THREADS: Final = 3  # the list, an import and a thumbnail side by side; the work itself is elsewhere


class Ticket:
    """What work and asker share; both may use it from any thread."""

    def __init__(self, report: Callable[[object], object]) -> None:
        self._stop = threading.Event()
        self._report = report

    def cancel(self) -> None:
        """Say that the answer is not wanted any more."""
        self._stop.set()

    def cancelled(self) -> bool:
        """Return whether to stop."""
        return self._stop.is_set()

    def report(self, progress: object) -> None:
        """Tell how far the work is."""
        if not self.cancelled():
            self._report(progress)


@dataclass(frozen=True, eq=False)
class _Request:
    asked_by: QObject
    done: Callable[[Any], object]
    failed: Failed
    progress: Callable[[Any], object] | None


class Operations(QObject):
    """The one place where the window starts threads."""

    _arrived = Signal(object)

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._pool = ThreadPoolExecutor(_THREADS, thread_name_prefix="operation")
        self._tickets: set[Ticket] = set()
        self._closed = False
        self._arrived.connect(self._deliver, Qt.ConnectionType.QueuedConnection)

    def run(
        self,
        work: Callable[[Ticket], T],
        *,
        asked_by: QObject,
        done: Callable[[T], object],
        failed: Failed,
        progress: Callable[[Any], object] | None = None,
    ) -> Ticket:
        """Start ``work``; exactly one of ``done`` and ``failed`` is called, unless it is cancelled.

        A cancelled operation still answers when its work returns a value: it tells what it did.
        """
        request = _Request(asked_by, done, failed, progress)
        ticket = Ticket(lambda value: self._arrived.emit((request, request.progress, value)))
        if self._closed:
            ticket.cancel()
            return ticket
        self._tickets.add(ticket)
        self._pool.submit(self._work, request, ticket, work)
        return ticket

    def close(self) -> None:
        """Cancel what runs and wait for it; nothing is delivered or begun afterwards."""
        if self._closed:
            return
        self._closed = True
        for ticket in tuple(self._tickets):
            ticket.cancel()
        self._pool.shutdown(cancel_futures=True)
        self._arrived.disconnect(self._deliver)

    def _work(self, request: _Request, ticket: Ticket, work: Callable[[Ticket], T]) -> None:
        try:
            answer: object = work(ticket)
            listener: Callable[[Any], object] = request.done
        except BaseException as error:  # noqa: BLE001  whatever it is, the asker hears it
            answer, listener = error, request.failed
        self._tickets.discard(ticket)
        self._arrived.emit((request, listener, answer))

    def _deliver(self, arrived: tuple[_Request, Callable[[Any], object] | None, object]) -> None:
        request, listener, value = arrived
        if listener is not None and shiboken6.isValid(request.asked_by):
            listener(value)
