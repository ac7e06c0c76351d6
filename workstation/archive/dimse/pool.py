"""Associations kept for a moment after use: a burst of requests opens one, not one for each.

Who asks for the same contexts within a few seconds gets the association that was given back; one that
the archive has ended meanwhile is not handed out. Closing the pool cuts those in use, too: whoever
waits on one raises Interrupted.
"""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final

from workstation.archive.dimse.association import Association, Context, Route
from workstation.archive.dimse.line import Line
from workstation.archive.dimse.opening import open_association
from workstation.archive.errors import ArchiveError, Interrupted

REST_SECONDS: Final = 2.0
MOST_RESTING: Final = 2  # an archive may have no more than four places for everyone


class Pool:
    """The associations with one archive by one route."""

    def __init__(self, route: Route, rest: float = REST_SECONDS) -> None:
        self.route = route
        self._rest = rest
        self._lock = threading.Lock()
        self._resting: dict[Association, tuple[Context, ...]] = {}
        self._used: set[Association] = set()
        self._opening: set[Line] = set()
        self._timer: threading.Timer | None = None
        self._is_closed = False

    @contextmanager
    def lend(self, *proposed: Context) -> Iterator[Association]:
        """Lend an association for these contexts; one that an error has passed is not used again."""
        association = self._rested(proposed) or self._opened(proposed)
        try:
            yield association
        except BaseException:
            self._withdraw(association)
            raise
        self._give_back(association, proposed)

    def close(self) -> None:
        """End every association, at once; none is opened any more."""
        with self._lock:
            self._is_closed = True
            used, resting, opening = tuple(self._used), tuple(self._resting), tuple(self._opening)
            self._resting.clear()
            self._stop_timer()
        for line in opening:
            line.hang_up()
        for association in used:
            association.cut()
        for association in resting:
            association.abort()

    def _rested(self, proposed: tuple[Context, ...]) -> Association | None:
        with self._lock:
            dead = [one for one in self._resting if not one.is_alive]
            for association in dead:
                del self._resting[association]
            fitting = next((one for one, contexts in self._resting.items() if contexts == proposed), None)
            if fitting is not None:
                del self._resting[fitting]
                self._used.add(fitting)
        for association in dead:
            association.abort()
        return fitting

    def _opened(self, proposed: tuple[Context, ...]) -> Association:
        self._check()
        try:
            association = open_association(self.route, proposed, announce=self._announced)
        except ArchiveError as error:
            if self._is_closed:
                raise self._closed() from error
            raise
        with self._lock:
            self._opening.discard(association.line)
            if not self._is_closed:
                self._used.add(association)
                return association
        association.abort()
        raise self._closed()

    def _announced(self, line: Line) -> None:
        """Know of a line before anything was agreed on over it, so that it can be cut, too."""
        with self._lock:
            self._opening = {one for one in self._opening if one.is_open} | {line}
            is_closed = self._is_closed
        if is_closed:
            line.hang_up()

    def _check(self) -> None:
        if self._is_closed:
            raise self._closed()

    def _closed(self) -> Interrupted:
        return Interrupted("The connection was closed", where=self.route.name)

    def _withdraw(self, association: Association) -> None:
        with self._lock:
            self._used.discard(association)
        association.abort()

    def _give_back(self, association: Association, proposed: tuple[Context, ...]) -> None:
        excess: list[Association] = []
        with self._lock:
            self._used.discard(association)
            is_kept = association.is_alive and not self._is_closed
            if is_kept:
                self._resting[association] = proposed
                excess = list(self._resting)[:-MOST_RESTING]
                for one in excess:
                    del self._resting[one]
                self._restart_timer()
        if not is_kept:
            association.abort()
        for one in excess:
            one.release()

    def _restart_timer(self) -> None:
        self._stop_timer()
        self._timer = threading.Timer(self._rest, self._release)
        self._timer.daemon = True
        self._timer.start()

    def _stop_timer(self) -> None:
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None

    def _release(self) -> None:
        """End those that nobody has asked for, as agreed."""
        with self._lock:
            resting = tuple(self._resting)
            self._resting.clear()
            self._timer = None
        for association in resting:
            association.release()
