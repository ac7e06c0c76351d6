"""One thing that the soak proves: by how many trials, run in which batches, and what came out.

Everything here is plain values, so that batches run in processes of their own and a state file keeps
what they found.

Units:   seconds.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

_TEXTS_KEPT: Final = 20


@dataclass
class Outcome:
    """What became of a number of trials."""

    trials: int = 0
    counts: dict[str, int] = field(default_factory=dict)
    peaks: dict[str, float] = field(default_factory=dict)
    complaints: int = 0
    stumbles: int = 0  # batches of which nothing is known: the harness raised, or its process died
    texts: list[str] = field(default_factory=list)  # of the first complaints and stumbles

    @classmethod
    def stumbled(cls, text: str) -> Outcome:
        """Return that nothing is known of some trials."""
        return cls(stumbles=1, texts=[text])

    def count(self, what: str, number: int = 1) -> None:
        """Add to a count."""
        self.counts[what] = self.counts.get(what, 0) + number

    def peak(self, what: str, value: float) -> None:
        """Note a value of which only the largest matters."""
        self.peaks[what] = max(value, self.peaks.get(what, value))

    def complain(self, *texts: str) -> None:
        """Note what went wrong."""
        self.complaints += len(texts)
        self.texts = (self.texts + list(texts))[:_TEXTS_KEPT]

    def add(self, other: Outcome) -> None:
        """Add what became of other trials."""
        self.trials += other.trials
        for what, number in other.counts.items():
            self.count(what, number)
        for what, value in other.peaks.items():
            self.peak(what, value)
        self.complaints += other.complaints
        self.stumbles += other.stumbles
        self.texts = (self.texts + other.texts)[:_TEXTS_KEPT]


@dataclass(frozen=True)
class Batch:
    """Some trials of a proof, by their numbers; the same seed makes the same ones."""

    first: int
    count: int
    seed: int
    scratch: Path  # a folder of its own

    @property
    def numbers(self) -> range:
        """Return the numbers of its trials."""
        return range(self.first, self.first + self.count)


@dataclass(frozen=True)
class Proof:
    """What is claimed, and the trials that would show otherwise."""

    name: str
    claim: str
    goal: Callable[[], int]
    batch: int  # trials run at a time: what is lost when the soak is interrupted
    seconds: float  # that a trial takes, roughly, until it is measured
    run: Callable[[Batch], Outcome]
    alone: bool = False  # nothing else may run beside it: it measures time
    must_fail: bool = False  # a control: it shows that the harness can see

    def holds(self, outcome: Outcome) -> bool:
        """Say whether the trials so far bear the claim out."""
        return not outcome.stumbles and bool(outcome.complaints) == self.must_fail
