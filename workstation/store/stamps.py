"""Moments as rows hold them: UTC, all of one length, so that their order as text is their order in time.

Errors:  ValueError for a moment that doesn't say its zone.
"""

from __future__ import annotations

from datetime import UTC, datetime


def stamp(moment: datetime) -> str:
    """Return a moment as text.

    >>> stamp(datetime(2026, 1, 1, 8, tzinfo=UTC))
    '2026-01-01T08:00:00.000000+00:00'
    """
    if moment.tzinfo is None:
        raise ValueError("a moment that is stored says its zone")
    return moment.astimezone(UTC).isoformat(timespec="microseconds")


def stamp_or_none(moment: datetime | None) -> str | None:
    """Return a moment as text, or that there is none."""
    return None if moment is None else stamp(moment)


def moment(text: str) -> datetime:
    """Return the moment that ``stamp`` wrote."""
    return datetime.fromisoformat(text)


def moment_or_none(text: str | None) -> datetime | None:
    """Return the moment that ``stamp_or_none`` wrote."""
    return None if text is None else moment(text)
