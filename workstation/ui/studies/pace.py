"""How quickly studies arrive, measured by what has arrived: from it, when one will be here.

Units:   seconds.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

from workstation.ui.contracts import StudyRow

_STALE: Final = 30.0  # nothing has come for so long: what was measured doesn't hold any more
_LEAST: Final = 1.0  # a shorter time says nothing


@dataclass(frozen=True, slots=True)
class _Run:
    """Images that came one after the other without a pause."""

    began: float
    first: int  # how many were here when it began
    latest: float
    here: int


class Pace:
    """Is told the rows that arrive, and when they were so."""

    def __init__(self) -> None:
        self._runs: dict[str, _Run] = {}

    def note(self, arriving: Iterable[StudyRow], at: float) -> None:
        """Take in how many images of each arriving study are here by now; others are forgotten."""
        self._runs = {row.uid: _longer(self._runs.get(row.uid), row.here, at) for row in arriving}

    def left(self, row: StudyRow, at: float) -> float | None:
        """Return in how many seconds a study will be here whole, None where that can't be told."""
        run = self._runs.get(row.uid)
        if (
            run is None
            or not row.is_counted
            or run.here <= run.first
            or at - run.latest > _STALE
            or run.latest - run.began < _LEAST
        ):
            return None
        a_second = (run.here - run.first) / (run.latest - run.began)
        return max((row.expected - run.here) / a_second - (at - run.latest), 0.0)


def _longer(run: _Run | None, here: int, at: float) -> _Run:
    if run is None or here < run.here or at - run.latest > _STALE:
        return _Run(at, here, at, here)
    return run if here == run.here else _Run(run.began, run.first, at, here)
