"""What happens in the night and when: a study arrives, the line drops and returns.

The schedule keeps its own time from the clock that it was handed, and can be told to go faster. Whoever looks
takes what has come due; nothing happens by itself.

Units:   seconds since the hospital opened.
Errors:  BadTable for a table that can't be used.
"""

from __future__ import annotations

import threading
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from workstation.clock import Clock
from workstation.terms.tables import Row, bad, not_negative, parsed, positive, text


class Event(StrEnum):
    """What can happen."""

    ARRIVES = "arrives"  # a study begins to come in
    DROPS = "drops"  # the line, with a reset
    FALLS_SILENT = "silent"  # the line, without a word
    RETURNS = "returns"


@dataclass(frozen=True, slots=True)
class Moment:
    """Something that happens once."""

    at: float
    event: Event
    study: str = ""  # the key of the study that arrives
    seconds: float = 0.0  # how long that takes


class Schedule:
    """The moments of a night, and how far it has come; safe from any thread."""

    def __init__(self, moments: Sequence[Moment], clock: Clock, *, gone: float = 0.0) -> None:
        self.moments: Final = tuple(sorted(moments, key=lambda moment: moment.at))
        self._clock = clock
        self._lock = threading.Lock()
        self._pace = 1.0
        self._before = gone  # what had passed when the pace was last changed
        self._since = clock.monotonic()
        self._next = 0

    @property
    def elapsed(self) -> float:
        """Return how far the night has come."""
        with self._lock:
            return self._elapsed()

    def faster(self, times: float) -> None:
        """Let the night pass so many times as fast as the clock from now on."""
        if not times > 0:
            raise ValueError(f"the night can't pass {times} times as fast")
        with self._lock:
            self._before, self._since = self._elapsed(), self._clock.monotonic()
            self._pace = times

    def due(self) -> tuple[Moment, ...]:
        """Return what has come due and was not taken before, in order."""
        with self._lock:
            elapsed, first = self._elapsed(), self._next
            while self._next < len(self.moments) and self.moments[self._next].at <= elapsed:
                self._next += 1
            return self.moments[first : self._next]

    def arrival_of(self, study: str) -> Moment | None:
        """Return when a study arrives; None for one that is there from the beginning."""
        return next((moment for moment in self.moments if moment.study == study), None)

    def _elapsed(self) -> float:
        return self._before + (self._clock.monotonic() - self._since) * self._pace


def parsed_schedule(toml: str, *, where: str) -> tuple[Moment, ...]:
    """Return the table's moments; ``where`` names it in an error."""
    table = parsed(toml, where)
    moments = tuple(_moment(row) for row in table.rows("moment"))
    table.finish()
    arriving = [moment.study for moment in moments if moment.study]
    if len(set(arriving)) < len(arriving):
        raise bad("A study arrives twice", where)
    return moments


def _moment(row: Row) -> Moment:
    at = row.one("at", not_negative)
    study = row.one("arrives", text, default="")
    if study:
        moment = Moment(at, Event.ARRIVES, study, row.one("seconds", positive))
    else:
        moment = Moment(at, row.one("line", _of_the_line))
    row.finish()
    return moment


def _of_the_line(value: object) -> Event:
    event = Event(text(value))
    if event is Event.ARRIVES:
        raise ValueError("a line doesn't arrive")
    return event
