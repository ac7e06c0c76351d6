"""The studies made ready for the list, on the worker thread that has asked for them.

Twenty thousand rows take a noticeable time to fold and to order; the main thread only takes the result over.

Units:   times aware.
"""

from __future__ import annotations

import time
from bisect import bisect_left
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Final

from workstation.ui.contracts import StudyRow, StudyState
from workstation.ui.studies.columns import present
from workstation.ui.studies.query import READ, UNREAD, Entry, entry, is_stat, modalities

MOST_CHIPS: Final = 8
_AT_A_TIME: Final = 250  # rows: a few milliseconds
_BREATH: Final = 0.0002  # seconds


@dataclass(frozen=True, slots=True)
class Tally:
    """How many there are, without what is there only for comparison."""

    studies: int = 0
    unread: int = 0
    stat: int = 0
    mine: int = 0
    dues: tuple[datetime, ...] = ()  # of what is not read yet, the earliest first

    def next_due(self, now: datetime) -> datetime | None:
        """Return the next time by which something should be read."""
        number = self.overdue(now)
        return self.dues[number] if number < len(self.dues) else None

    def overdue(self, now: datetime) -> int:
        """Return how many should have been read by now."""
        return bisect_left(self.dues, now)


@dataclass(frozen=True, slots=True)
class Listing:
    """Every study in the list's own order, and what follows from all of them."""

    entries: tuple[Entry, ...] = ()
    tally: Tally = Tally()
    columns: frozenset[str] = frozenset()  # those that have something to show
    modalities: tuple[str, ...] = ()
    arriving: tuple[StudyRow, ...] = ()
    is_ranked: bool = False  # its own order is that of reading, not of dates
    known: Mapping[str, Entry] = field(default_factory=dict, repr=False)  # by study UID


def prepare(rows: Sequence[StudyRow], before: Listing, reader: str = "") -> Listing:
    """Make rows ready; what has not changed since ``before`` is taken over as it is."""
    known: dict[str, Entry] = {}
    for number, row in enumerate(rows):
        known[row.uid] = _kept(before.known.get(row.uid), row, reader)
        if not number % _AT_A_TIME:
            time.sleep(_BREATH)  # or the window would wait for the interpreter at every turn
    newest = sorted(known.values(), key=lambda made: (made.row.date, made.row.time), reverse=True)
    return Listing(
        tuple(sorted(newest, key=lambda made: made.row.rank)),
        tally(known.values()),
        present(rows),
        modalities(rows, MOST_CHIPS),
        tuple(row for row in rows if row.state is StudyState.ARRIVING),
        any(row.rank for row in rows),
        known,
    )


def tally(entries: Iterable[Entry]) -> Tally:
    """Count."""
    listed = [made for made in entries if not made.row.is_prior]
    to_read = [made for made in listed if made.row.state not in READ]
    return Tally(
        len(listed),
        sum(made.row.state in UNREAD for made in listed),
        sum(is_stat(made.row) for made in to_read),
        sum(made.is_mine for made in to_read),
        tuple(sorted(made.row.due for made in to_read if made.row.due)),
    )


def _kept(known: Entry | None, row: StudyRow, reader: str) -> Entry:
    if known is not None and (known.row is row or known.row == row):
        return known
    return entry(row, reader)
