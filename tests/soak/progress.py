"""How far a soak has come, kept in a small file: a run that is cut off goes on where it was.

A file of another seed or share belongs to another soak and is left aside.
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Self

from proof import Outcome


@dataclass
class Standing:
    """How far one proof has come."""

    goal: int
    next: int = 0  # the first trial that was not run
    seconds: float = 0.0  # of work, added up over the processes
    outcome: Outcome = field(default_factory=Outcome)
    commits: list[str] = field(default_factory=list)  # at which its trials ran

    @property
    def is_done(self) -> bool:
        """Say whether all trials were run."""
        return self.next >= self.goal


@dataclass
class Progress:
    """How far all proofs have come."""

    path: Path
    seed: int
    share: float
    started: str = ""
    standings: dict[str, Standing] = field(default_factory=dict)

    @classmethod
    def read(cls, path: Path, seed: int, share: float) -> Self:
        """Go on from the file, if it is of the same soak."""
        progress = cls(path, seed, share)
        try:
            kept = json.loads(path.read_text(encoding="utf-8"))
        except FileNotFoundError:
            return progress
        if (kept["seed"], kept["share"]) == (seed, share):
            progress.started = kept["started"]
            progress.standings = {name: _standing(one) for name, one in kept["standings"].items()}
        return progress

    def write(self) -> None:
        """Keep it, in place of what was there."""
        self.path.parent.mkdir(parents=True, exist_ok=True)
        kept = {name: value for name, value in asdict(self).items() if name != "path"}
        temporary = self.path.with_suffix(".new")
        temporary.write_text(json.dumps(kept, indent=1), encoding="utf-8")
        temporary.replace(self.path)

    def forget(self, names: Iterable[str]) -> None:
        """Begin these proofs anew."""
        for name in names:
            self.standings.pop(name, None)
        if not self.standings:
            self.started = ""


def _standing(kept: dict[str, object]) -> Standing:
    standing = Standing(**{**kept, "outcome": Outcome()})  # type: ignore[arg-type]  # written by asdict
    standing.outcome = Outcome(**kept["outcome"])  # type: ignore[arg-type]
    return standing
