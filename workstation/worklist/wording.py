"""Spans of time as a reader says them: "14 min", "3 h", "9 months"."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, timedelta
from typing import Final

_UNITS: Final = (  # up to how many minutes, what a unit is in minutes, its name
    (120, 1, "min"),
    (48 * 60, 60, "h"),
    (21 * 1440, 1440, "day"),
    (90 * 1440, 7 * 1440, "week"),
    (2 * 365 * 1440, 30.44 * 1440, "month"),
    (float("inf"), 365.25 * 1440, "year"),
)
_ABBREVIATED: Final = frozenset({"min", "h"})


def span(length: timedelta) -> str:
    """Return a span in one unit, rounded down; without its sign.

    >>> span(timedelta(days=275))
    '9 months'
    """
    minutes = abs(length.total_seconds()) / 60
    _, size, name = next(row for row in _UNITS if minutes < row[0])
    count = int(minutes / size)
    return f"{count} {name}{'' if count == 1 or name in _ABBREVIATED else 's'}"


def days(count: int) -> str:
    """Return how long ago a day was, for whom a day is the smallest unit."""
    return {0: "same day", 1: "1 day"}.get(count) or span(timedelta(days=count))


def left(length: timedelta) -> str:
    """Return how much time is left, or by how much it is over."""
    return f"{span(length)} {'left' if length >= timedelta(0) else 'overdue'}"


def listed(parts: Iterable[str]) -> str:
    """Return "a, b and c"."""
    *firsts, last = [*parts] or [""]
    return f"{', '.join(firsts)} and {last}" if firsts else last


def day_of(stored: str) -> date | None:
    """Return the day of a DA, None for what isn't one."""
    try:
        return date.fromisoformat(stored) if len(stored) == len("YYYYMMDD") and stored.isdecimal() else None
    except ValueError:
        return None
