"""What a bench module answers, and how it is laid out: ours beside its peer, in the same unit.

A module's ``figures(ground)`` yields values as they are measured. The machine may be shared, so each also
says, where it can, how much processor time ours took: what it would wait for on a machine of its own, at
the most. It decides only where the wall clock misses and more was running than there are processors.
"""

from __future__ import annotations

import os
import statistics
import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final

HEADER: Final = ("what", "ours", "peer", "ratio", "at most", "verdict")
MET: Final = "met"
MET_IN_TIME: Final = "met in processor time"
MISSED: Final = "MISSED"


@dataclass(frozen=True, slots=True)
class Figure:
    """A measured value, what it is held against, and the largest ratio of the two."""

    what: str
    ours: float
    peer: float
    at_most: float | None = None  # None where the design sets no budget
    unit: str = "ms"
    against: str = ""  # what the peer is
    processor: float | None = None  # what ours took of the processors
    load: float = field(default_factory=lambda: os.getloadavg()[0])

    @property
    def ratio(self) -> float:
        """Return ours in parts of the peer."""
        return self.ours / self.peer

    @property
    def verdict(self) -> str:
        """Say whether the budget is met."""
        if self.at_most is None:
            return ""
        if self.ratio <= self.at_most:
            return MET
        is_busy = self.load > (os.cpu_count() or 1)
        in_time = self.processor is not None and self.processor / self.peer <= self.at_most
        return MET_IN_TIME if is_busy and in_time else MISSED

    def cells(self) -> Sequence[str]:
        """Return the row of the table."""
        ours = f"{self.ours:,.4g} {self.unit}"
        if self.processor is not None:
            ours += f" (processor {self.processor:,.3g})"
        peer = f"{self.peer:,.4g} {self.unit}" + (f", {self.against}" if self.against else "")
        at_most = "" if self.at_most is None else f"{self.at_most:g}"
        return self.what, ours, peer, f"{self.ratio:.2f}", at_most, self.verdict


@dataclass(frozen=True, slots=True)
class Skipped:
    """Something that could not be measured here, and why."""

    what: str
    reason: str

    @property
    def verdict(self) -> str:
        """Say why there is none."""
        return f"skipped: {self.reason}"

    def cells(self) -> Sequence[str]:
        """Return the row of the table."""
        return self.what, "", "", "", "", self.verdict


def markdown(figures: Iterable[Figure | Skipped]) -> list[str]:
    """Return the lines of a table."""
    rows = [HEADER, *(figure.cells() for figure in figures)]
    widths = [max(len(row[column]) for row in rows) for column in range(len(HEADER))]
    lines = [_line(row, widths) for row in rows]
    return [lines[0], _line(["-" * width for width in widths], widths), *lines[1:]]


def seconds(work: Callable[[], object]) -> float:
    """Return how long something takes."""
    start = time.perf_counter()
    work()
    return time.perf_counter() - start


def in_turns(rounds: int, works: Mapping[str, Callable[[], object]]) -> dict[str, list[float]]:
    """Return the seconds that each takes, ``rounds`` times; they take turns, to meet the same machine."""
    taken: dict[str, list[float]] = {name: [] for name in works}
    for _ in range(rounds):
        for name, work in works.items():
            taken[name].append(seconds(work))
    return taken


def late(times: Sequence[float]) -> float:
    """Return the 95th percentile."""
    return statistics.quantiles(times, n=20)[-1]


def _line(cells: Sequence[str], widths: Sequence[int]) -> str:
    return f"| {' | '.join(cell.ljust(width) for cell, width in zip(cells, widths, strict=True))} |"
