"""In which order a reader sees frames, and what to do where places are taken more than once.

Slices lie along their normal, whatever their instance numbers say; which end is the first, the
numbers may say, so that image 45 here is image 45 in another's report. Where the same places come
again (phases of contrast, repeated acquisitions), each run over them is a stack; where one place
comes again and again, that is a film.

A run is only split off where it is certain which frame belongs to which: by the temporal position
or acquisition number of the header, or where every place was taken equally often. Otherwise they
stay together, and the stack's geometry says "doubled".

Errors:  none.
Source:  PS3.3 C.7.6.2.1.1 (position along the normal), C.7.6.16.2.2.
"""

from __future__ import annotations

import math
from collections import Counter, defaultdict
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from typing import Final, TypeVar

import numpy as np

from workstation.dicom.series_traits import FrameRef, Traits
from workstation.geometry import GeometryError, StackGeometry, examine_stack, normal

Key = TypeVar("Key")
Part = tuple[Traits, list[FrameRef]]

# A handful of phases are compared side by side; the 40 of a perfusion or the 64 directions of a
# diffusion tensor are not, and 64 thumbnails would hide the rest of the study.
MOST_RUNS: Final = 12

# From the first slice to the last, in LPS: from right to left, from front to back, from head to feet.
_FIRST_TO_LAST: Final = (1, 1, -1)

SAME_PLACE_DIGITS: Final = 2  # positions are compared to 0.01 mm


def runs(traits: Traits, frames: Sequence[FrameRef]) -> Iterator[Part]:
    """Split slices that lie in the same places into their runs; what isn't repeated stays whole."""
    frames = sorted(frames, key=_acquired)
    if not traits.spatial or traits.own or len(frames) == 1:
        yield traits, frames
    elif len(_by(frames, _place)) == 1:
        yield replace(traits, kind="cine"), frames
    else:
        for moment, members in _moments(frames):
            yield from _repeats(replace(traits, temporal=moment), members)


def in_order(traits: Traits, frames: Sequence[FrameRef]) -> tuple[tuple[FrameRef, ...], StackGeometry | None]:
    """Return frames in reading order, and how they lie if they are slices."""
    acquired = sorted(frames, key=_acquired)
    geometry = _examine(acquired) if traits.spatial and traits.kind == "stack" else None
    if geometry is None:
        return tuple(acquired), None
    if _runs_against([acquired[n] for n in geometry.order]):
        geometry = _examine(acquired, against=True) or geometry
    return tuple(_run_by_run([acquired[n] for n in geometry.order])), geometry


def _run_by_run(ordered: list[FrameRef]) -> list[FrameRef]:
    """Order slices of runs that were too many to split: one run after the other."""
    often = {len(members) for members in _by(ordered, _place).values()}
    turns: Counter[tuple[float, ...]] = Counter()
    keys = []
    for frame in ordered:
        keys.append((_last_if_none(_moment(frame)), turns[_place(frame)] if len(often) == 1 else 0))
        turns[_place(frame)] += 1
    return [ordered[n] for n in sorted(range(len(ordered)), key=keys.__getitem__)]


def _moments(frames: Sequence[FrameRef]) -> Iterator[tuple[int | None, list[FrameRef]]]:
    moments = _by(frames, _moment)
    if len(moments) > MOST_RUNS:
        yield None, list(frames)
    else:
        yield from moments.items()


def _repeats(traits: Traits, frames: list[FrameRef]) -> Iterator[Part]:
    """Split frames whose places are taken more than once, if it is certain how."""
    places = _by(frames, _place)
    if len(places) == len(frames) or len(_by(frames, _moment)) > 1:
        yield traits, frames
        return
    acquisitions = _by(frames, lambda frame: frame.record.acquisition)
    if len(acquisitions) <= MOST_RUNS and all(_once(members) for members in acquisitions.values()):
        for number in sorted(acquisitions, key=_last_if_none):
            first = number == min(acquisitions, key=_last_if_none)
            name = "" if first else f"acquisition {number}"
            yield replace(traits, repeat=name), acquisitions[number]
        return
    counts = {len(members) for members in places.values()}
    if len(counts) > 1 or max(counts) > MOST_RUNS:
        yield traits, frames
        return
    for turn in range(counts.pop()):
        name = f"repeat {turn + 1}" if turn else ""
        yield replace(traits, repeat=name), [members[turn] for members in places.values()]


def _runs_against(ascending: Sequence[FrameRef]) -> bool:
    """Tell whether slices in order of their normal are numbered the other way.

    Where no number tells, an axial stack begins at the head, a coronal one in front, a sagittal one
    at the patient's right.
    """
    for numbers in ([frame.record.number or 0 for frame in ascending], [frame.frame for frame in ascending]):
        trend = sum((2 * place - len(numbers) + 1) * number for place, number in enumerate(numbers))
        if trend:
            return trend < 0
    return _normal_leads_back(ascending[0].facts.orientation)


def _normal_leads_back(orientation: Sequence[float] | None) -> bool:
    """Tell whether the normal leads most of all to the head, to the front, or to the right."""
    if orientation is None:
        return False
    along = normal(orientation)
    axis = int(np.argmax(np.abs(along)))
    return bool(along[axis] * _FIRST_TO_LAST[axis] < 0)


def _examine(frames: Sequence[FrameRef], *, against: bool = False) -> StackGeometry | None:
    facts = [frame.facts for frame in frames]
    positions = [fact.position for fact in facts if fact.position is not None]
    orientations = [fact.orientation for fact in facts if fact.orientation is not None]
    spacings = [(fact.spacing.row, fact.spacing.column) for fact in facts if fact.spacing is not None]
    try:
        return examine_stack(positions, orientations, spacings, against=against)
    except GeometryError:
        return None


def _by(frames: Sequence[FrameRef], key: Callable[[FrameRef], Key]) -> dict[Key, list[FrameRef]]:
    groups: dict[Key, list[FrameRef]] = defaultdict(list)
    for frame in frames:
        groups[key(frame)].append(frame)
    return groups


def _once(frames: Sequence[FrameRef]) -> bool:
    return len(_by(frames, _place)) == len(frames)


def _place(frame: FrameRef) -> tuple[float, ...]:
    """Return where a slice lies, to 0.01 mm (and +0 for −0)."""
    return tuple(round(x, SAME_PLACE_DIGITS) + 0.0 for x in frame.facts.position or ())


def _moment(frame: FrameRef) -> int | None:
    return frame.facts.temporal_position


def _acquired(frame: FrameRef) -> tuple[float, float, float, str, int]:
    """Order frames by when they were made, as far as the header tells."""
    facts, record = frame.facts, frame.record
    return (
        _last_if_none(facts.temporal_position),
        _last_if_none(facts.time),
        _last_if_none(record.number),
        record.uid,
        frame.frame,
    )


def _last_if_none(number: float | None) -> float:
    return math.inf if number is None else number
