"""What tells the frames of one series apart: localizer, plane, echo, b-value, kind of image.

Too little is as bad as too much. Two echoes in one stack hide every second slice; a stack for each
small turn of the gantry can't be scrolled. So numbers that scanners write with noise are rounded,
and planes that turn into each other step by step (disc-angled spines, rotating projections) are
one plane.

Units:   echo times in ms, b-values in s/mm².
Source:  PS3.3 C.8.2.1.1.1 (CT: LOCALIZER), C.8.3.1.1.1 (MR image types), C.7.6.16.2.2.
"""

from __future__ import annotations

import math
import re
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import Final, Literal

import numpy as np
from numpy.typing import NDArray

from workstation.dicom.model import FrameFacts, InstanceRecord, Sextuple
from workstation.geometry import GeometryError, normal

FloatArray = NDArray[np.float64]
StackKind = Literal["stack", "localizer", "cine", "single"]

# A radiograph stands alone: it hangs beside the others (right beside left, frontal beside lateral),
# nobody scrolls from one into the next. Stills of ultrasound or endoscopy are paged through instead.
PROJECTIONS: Final = frozenset({"CR", "DX", "IO", "MG", "PX", "RG"})

# One object is one picture of its own, however many of its kind the series holds.
ALONE: Final = frozenset({"MG", "RTDOSE", "SEG"})

# Planes that differ by less are one plane if others lie between them; orthogonal ones never are.
LINKED_DEGREES: Final = 30.0

# A file with more planes than this wants to keep a machine busy; its frames stay together.
MOST_PLANES: Final = 500

# Echo times come with rounding noise; two echoes of one acquisition are a millisecond apart.
ECHO_STEP_MS: Final = 0.1

# b-values of one shell vary by about one per cent with the direction of the gradient.
B_STEPS: Final = ((100.0, 5.0), (400.0, 10.0), (math.inf, 50.0))

# Words of Horos's list of series that are no localizer's, and what makers call theirs.
_LOCALIZER: Final = re.compile(
    r"\b(locali[sz]ers?|scouts?|survey|surview|topograms?|locator|(3|three|tri)[ -]?(plane|pl)?[ -]?loc)\b"
)
_LOCALIZED: Final = frozenset({"CT", "MR", "PT", "NM"})

# Notes about compression that some archives append to the image type, slice by slice.
_COMPRESSION: Final = re.compile(r"LOSSY|LOSSLESS|JPEG|J2K|JP2K|COMPRESS")

_AXES: Final = ("sagittal", "coronal", "axial")


@dataclass(frozen=True, slots=True)
class FrameRef:
    """One frame of an instance, counted from 0."""

    record: InstanceRecord
    frame: int

    @property
    def facts(self) -> FrameFacts:
        """What the header says of it."""
        return self.record.facts(self.frame)


@dataclass(frozen=True, slots=True)
class Traits:
    """What the frames of a stack have in common, and what keeps them from the others."""

    kind: StackKind
    own: str = ""  # the SOP instance that stands alone
    spatial: bool = False  # slices, with a place in the patient
    size: tuple[int, int] = (0, 0)
    photometric: str = ""
    image_type: tuple[str, ...] = ()
    echo: float | None = None
    b_value: float | None = None
    stack: str = ""
    plane: str = ""
    temporal: int | None = None
    repeat: str = ""  # "acquisition 2", "repeat 3"

    def text(self) -> str:
        """Return all of it in one line that is the same in every run."""
        return "|".join(str(getattr(self, name)) for name in self.__slots__)


def by_traits(records: Sequence[InstanceRecord]) -> dict[Traits, list[FrameRef]]:
    """Put the frames of one series together by what they are."""
    groups: dict[Traits, list[FrameRef]] = defaultdict(list)
    for record in records:
        for frame in range(record.frame_count):
            reference = FrameRef(record, frame)
            groups[_traits(reference)].append(reference)
    return {
        replace(traits, plane=plane): members
        for traits, frames in groups.items()
        for plane, members in (_planes(frames) if traits.spatial else [("", frames)])
    }


def is_spatial(facts: FrameFacts) -> bool:
    """Tell whether a frame is a slice with a known place in the patient."""
    return (
        facts.spacing is not None
        and facts.position is not None
        and all(map(math.isfinite, facts.position))
        and facts.orientation is not None
        and _normal(facts.orientation) is not None
    )


def _traits(reference: FrameRef) -> Traits:
    record, facts = reference.record, reference.facts
    modality, spatial = record.series.modality, is_spatial(facts)
    if _is_localizer(record, facts):
        return Traits("localizer")
    if modality in ALONE and (spatial or record.frame_count > 1):
        return Traits("stack", own=record.uid, spatial=spatial and modality != "SEG")
    if record.frame_count > 1 and not spatial:
        return Traits("cine", own=record.uid)
    if modality in PROJECTIONS and not spatial:
        return Traits("single", own=record.uid)
    if not spatial or record.pixel is None:
        return Traits("stack")
    return Traits(
        "stack",
        spatial=True,
        size=(record.pixel.rows, record.pixel.columns),
        photometric=record.pixel.photometric,
        image_type=_image_type(facts),
        echo=None if facts.echo_time is None else _rounded(facts.echo_time, ECHO_STEP_MS),
        b_value=None if facts.b_value is None else round_b_value(facts.b_value),
        stack=facts.stack,
    )


def round_b_value(value: float) -> float:
    """Return the nominal b-value of a shell.

    >>> [round_b_value(b) for b in (0, 4.9, 48, 121, 990, 1005, 2985)]
    [0.0, 5.0, 50.0, 120.0, 1000.0, 1000.0, 3000.0]
    """
    return next(_rounded(value, step) for below, step in B_STEPS if value < below)


def _rounded(value: float, step: float) -> float:
    return round(round(value / step) * step, 6)


def _is_localizer(record: InstanceRecord, facts: FrameFacts) -> bool:
    if "LOCALIZER" in facts.image_type:
        return True
    described = f"{record.series.description} {record.series.protocol}".lower().replace("_", " ")
    return record.series.modality in _LOCALIZED and _LOCALIZER.search(described) is not None


def _image_type(facts: FrameFacts) -> tuple[str, ...]:
    words = (word.strip().upper() for word in facts.image_type)
    return tuple(word for word in words if word and not _COMPRESSION.search(word))


def _planes(frames: Sequence[FrameRef]) -> Iterator[tuple[str, list[FrameRef]]]:
    """Tell frames apart by plane, and name each plane after the axis that it is nearest to.

    Planes of the same name are told apart by a number, in the order of their instances.
    """
    facing: dict[tuple[float, ...], list[FrameRef]] = defaultdict(list)
    for reference in sorted(frames, key=_numbered):
        facing[_facing(reference.facts)].append(reference)
    names: list[str] = []
    for linked in _linked(list(facing)):
        name = _AXES[int(np.abs(linked[0]).argmax())]
        names.append(name)
        count = names.count(name)
        members = [reference for direction in linked for reference in facing[direction]]
        yield name if count == 1 else f"{name} {count}", members


def _numbered(reference: FrameRef) -> tuple[float, str, int]:
    number = reference.record.number
    return (math.inf if number is None else number, reference.record.uid, reference.frame)


def _facing(facts: FrameFacts) -> tuple[float, ...]:
    """Return the normal to two decimals, which is half a degree."""
    found = None if facts.orientation is None else _normal(facts.orientation)
    return (0.0, 0.0, 1.0) if found is None else tuple(np.round(found, 2).tolist())


def _linked(normals: Sequence[tuple[float, ...]]) -> Iterator[list[tuple[float, ...]]]:
    """Yield normals that turn into each other, chain by chain."""
    if len(normals) > MOST_PLANES:
        yield list(normals)
        return
    directions = np.array(normals)
    near = np.abs(directions @ directions.T) >= math.cos(math.radians(LINKED_DEGREES))
    left = list(range(len(normals)))
    while left:
        chain, reached = [], [left.pop(0)]
        while reached:
            at = reached.pop()
            chain.append(at)
            reached += [other for other in left if near[at, other]]
            left = [other for other in left if not near[at, other]]
        yield [normals[n] for n in sorted(chain)]


@lru_cache(1024)  # thousands of slices share a handful of orientations
def _normal(orientation: Sextuple) -> FloatArray | None:
    try:
        found = normal(orientation)
    except GeometryError:
        return None
    found.setflags(write=False)
    return found
