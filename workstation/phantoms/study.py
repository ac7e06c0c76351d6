"""A study made up for the demo and for tests, with what is true about it.

The pictures are drawn when they are asked for, one instance at a time; how many there are is known
before. The same seed and time give the same bytes.

Units:   LPS millimetres; each value names its unit.
Errors:  PhantomRefused for an instance that the study does not have.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

from workstation.phantoms.canvas import Point
from workstation.phantoms.errors import PhantomRefused


@dataclass(frozen=True, slots=True)
class Finding:
    """Something in the pictures that is known exactly."""

    kind: str  # "nodule", "bleed", "lesion", …
    value: float | None = None
    unit: str = ""  # of the value: "HU", "g/ml", "mm²/s", …
    center: Point | None = None  # LPS mm
    diameter: float | None = None  # mm
    side: str = ""  # "R" or "L"


@dataclass(frozen=True, slots=True)
class Truth:
    """Everything that a measurement on the study should find."""

    findings: tuple[Finding, ...] = ()

    def of(self, kind: str) -> Finding:
        """Return the finding of that kind; KeyError if there is none."""
        for finding in self.findings:
            if finding.kind == kind:
                return finding
        raise KeyError(kind)


@dataclass(frozen=True, slots=True)
class PhantomStudy:
    """One invented study; ``open`` prepares its patient and answers a maker of instances by number."""

    key: str
    description: str
    study_uid: str
    count: int
    truth: Truth
    open: Callable[[], Callable[[int], bytes]] = field(repr=False, compare=False)

    def instances(self) -> Iterator[bytes]:
        """Yield every instance as a Part 10 file."""
        return self.slices(range(self.count))

    def slices(self, wanted: range) -> Iterator[bytes]:
        """Yield only these instances, counted from 0 over all series."""
        if wanted and not 0 <= min(wanted) <= max(wanted) < self.count:
            raise PhantomRefused(
                f"The study has instances 0 to {self.count - 1}, not {min(wanted)} to {max(wanted)}",
                where=self.key,
            )
        make = self.open()
        return (make(number) for number in wanted)
