"""What the listener is told to expect: objects of a C-MOVE, reports on a storage commitment.

Whoever brings an object waits until it is taken: an expectation holds one. Which object belongs to which
C-MOVE stands in the request that brings it; an object that doesn't tell is recognised by its study.

Units:   seconds.
Source:  PS3.7 9.1.1.1 (move originator).
"""

from __future__ import annotations

import itertools
import queue
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress

from workstation.archive.dimse.part10 import File
from workstation.archive.model import Commitment

_TICK = 0.1


class Expected:
    """The objects of one C-MOVE, handed from the listener's threads to the one who asked."""

    def __init__(self, number: int, study_uid: str, originator: str) -> None:
        self.number = number
        self.originator = originator
        self.study_uid = study_uid
        self._files: queue.Queue[File] = queue.Queue(maxsize=1)
        self._is_over = threading.Event()

    def take(self, seconds: float) -> File | None:
        """Return the next object, None if none comes in time."""
        with suppress(queue.Empty):
            return self._files.get(block=seconds > 0, timeout=seconds or None)
        return None

    def bring(self, file: File) -> bool:
        """Hand an object over, as soon as there is room; False if nobody wants it any more."""
        while not self._is_over.is_set():
            with suppress(queue.Full):
                self._files.put(file, timeout=_TICK)
                return True
        return False

    def end(self) -> None:
        """Take nothing more."""
        self._is_over.set()


class Expectations:
    """All that is expected at the moment."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._numbers = itertools.cycle(range(1, 1 << 16))
        self._moves: dict[int, Expected] = {}
        self._reports: dict[str, queue.SimpleQueue[Commitment]] = {}

    @contextmanager
    def move(self, study_uid: str, originator: str) -> Iterator[Expected]:
        """Expect what a C-MOVE for a study brings; its message ID is ``number``."""
        with self._lock:
            number = next(one for one in self._numbers if one not in self._moves)
            expected = self._moves[number] = Expected(number, study_uid, originator)
        try:
            yield expected
        finally:
            with self._lock:
                del self._moves[number]
            expected.end()

    def of(self, number: int | None, originator: str) -> Expected | None:
        """Return the C-MOVE that an object names as its origin, if it is one of ours."""
        with self._lock:
            found = self._moves.get(number or 0)
        return found if found is not None and found.originator == originator else None

    def of_study(self, study_uid: str) -> Expected | None:
        """Return the only C-MOVE that a study is asked for by."""
        with self._lock:
            found = [one for one in self._moves.values() if one.study_uid == study_uid]
        return found[0] if len(found) == 1 else None

    @property
    def any_move(self) -> bool:
        """Say whether a C-MOVE is under way."""
        return bool(self._moves)

    @contextmanager
    def report(self, transaction_uid: str) -> Iterator[queue.SimpleQueue[Commitment]]:
        """Expect the report on a transaction."""
        reports: queue.SimpleQueue[Commitment] = queue.SimpleQueue()
        with self._lock:
            self._reports[transaction_uid] = reports
        try:
            yield reports
        finally:
            with self._lock:
                del self._reports[transaction_uid]

    def reported(self, transaction_uid: str, commitment: Commitment) -> bool:
        """Hand a report to the one who waits for it; False if nobody does."""
        with self._lock:
            reports = self._reports.get(transaction_uid)
        if reports is not None:
            reports.put(commitment)
        return reports is not None

    def end(self) -> None:
        """Let everyone go who brings something."""
        with self._lock:
            moves = tuple(self._moves.values())
        for expected in moves:
            expected.end()
