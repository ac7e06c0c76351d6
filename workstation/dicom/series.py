"""From the instances of a study to the stacks that a reader scrolls through.

A series is what a scanner happened to store under one UID: a localizer among the slices, three
b-values of the same brain, both views of a breast. A reader wants each of these apart, and wants
nothing else apart: a disc-angled spine is one stack, a cine is one stack. Every frame that can be
shown is in exactly one stack.

What has no pixels (reports, presentation states, key object notes) is in no stack.

Which frames belong together is told in ``series_traits``, their order in ``series_order``, their
names in ``series_labels``. Keys are made from what the header says of the frames, so the same
stack has the same key tomorrow, on another machine, and while more of it arrives. (Where a second
run over the same places arrives, the first keeps its key.)

Errors:  none; a geometry that can't be is no geometry.
Source:  PS3.3 C.7.6.2 (image plane), C.8.2.1.1.1, C.8.3.1.1.1 and C.8.16.1 (image and frame types),
         C.7.6.16.2.2 (stack and temporal position).
"""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from hashlib import blake2s
from itertools import chain

from workstation.dicom.model import InstanceRecord
from workstation.dicom.series_labels import labels
from workstation.dicom.series_order import in_order, runs
from workstation.dicom.series_traits import FrameRef, StackKind, Traits, by_traits
from workstation.geometry import StackGeometry

__all__ = ["FrameRef", "ImageStack", "StackKind", "split"]


@dataclass(frozen=True, slots=True, eq=False)
class ImageStack:
    """Frames that are scrolled through in one go, in reading order.

    ``geometry`` is None where frames aren't slices: radiographs, cines, localizers.
    """

    key: str
    series_uid: str
    label: str
    kind: StackKind
    frames: tuple[FrameRef, ...]
    geometry: StackGeometry | None


def split(records: Iterable[InstanceRecord]) -> tuple[ImageStack, ...]:
    """Return the stacks of a study (or of any instances), in the order of their series numbers."""
    series: dict[str, list[InstanceRecord]] = defaultdict(list)
    for record in records:
        if record.pixel is not None:
            series[record.series.uid].append(record)
    ordered = sorted(series.items(), key=lambda item: (_least(r.series.number for r in item[1]), item[0]))
    return tuple(chain.from_iterable(_stacks(uid, members) for uid, members in ordered))


def _stacks(series_uid: str, records: Sequence[InstanceRecord]) -> list[ImageStack]:
    """Return the stacks of one series, localizers first, then as they were acquired."""
    parts = [
        (part, frames)
        for traits, members in by_traits(records).items()
        for part, frames in runs(traits, members)
    ]
    parts.sort(key=lambda part: _place(*part))
    names = labels(parts)
    return [
        _stack(series_uid, traits, frames, name) for (traits, frames), name in zip(parts, names, strict=True)
    ]


def _stack(series_uid: str, traits: Traits, frames: Sequence[FrameRef], label: str) -> ImageStack:
    ordered, geometry = in_order(traits, frames)
    return ImageStack(_key(series_uid, traits), series_uid, label, traits.kind, ordered, geometry)


def _key(series_uid: str, traits: Traits) -> str:
    digest = blake2s(traits.text().encode(), digest_size=8).hexdigest()
    return f"{series_uid}/{traits.kind}-{digest}"


def _place(traits: Traits, frames: Sequence[FrameRef]) -> tuple[bool, float, str]:
    return (traits.kind != "localizer", _least(frame.record.number for frame in frames), traits.text())


def _least(numbers: Iterable[int | None]) -> float:
    """Return the lowest number; without any, infinity, so that it comes last."""
    return min((number for number in numbers if number is not None), default=math.inf)
