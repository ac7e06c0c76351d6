"""What a stack is called under its thumbnail: "T1 axial", "b 1000", "R MLO", "localizer".

A reader picks a stack by what sets it apart from its neighbours, in three words at most. The
series' own description stands beside it anyway.

Errors:  none.
Source:  PS3.3 C.7.3.1.1.2 (laterality), C.8.11.7.1.1 (mammography views), C.8.3.1.1.1 (image types).
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from typing import Final

from workstation.dicom.model import InstanceRecord
from workstation.dicom.series_order import Part
from workstation.dicom.series_traits import FrameRef, Traits
from workstation.geometry import GeometryError, plane_name

_NAMED_PLANE: Final = re.compile(
    r"\b(ax|axial|tra|trans|transvers(e|al)?|cor|coronal|sag|sagittal)\b", re.IGNORECASE
)

# Image type values as a radiologist says them; others are shown in lower case.
_SPOKEN: Final = {
    "M": "magnitude",
    "P": "phase",
    "R": "real",
    "I": "imaginary",
    "TRACEW": "trace",
    "IN_PHASE": "in phase",
    "OUT_PHASE": "out of phase",
    "OPP_PHASE": "out of phase",
    "ADC": "ADC",
    "FA": "FA",
    "MIP": "MIP",
    "MPR": "MPR",
    "W": "water",
    "F": "fat",
    "IP": "in phase",
    "OP": "out of phase",
    "MIN IP": "MinIP",
}
_SILENT: Final = frozenset({"ORIGINAL", "DERIVED", "PRIMARY", "SECONDARY"})

_VIEWS: Final = {"LL": "left lateral", "RL": "right lateral", "LAT": "lateral"}


def labels(parts: Sequence[Part]) -> list[str]:
    """Name the stacks of one series; no two have the same name."""
    slices = [traits for traits, _ in parts if traits.spatial and not traits.own]
    names = [_label(traits, frames, slices, alone=len(parts) == 1) for traits, frames in parts]
    seen: Counter[str] = Counter()
    unique = []
    for name in names:
        seen[name] += 1
        unique.append(name if seen[name] == 1 else f"{name} ({seen[name]})")
    return unique


def _label(traits: Traits, frames: Sequence[FrameRef], slices: Sequence[Traits], *, alone: bool) -> str:
    first = frames[0].record
    if traits.kind == "localizer":
        return "localizer"
    if traits.kind == "single":
        return _view(first) or _described(first)
    if traits.own:
        return _view(first) or (_described(first) if alone else _numbered(traits, first))
    if not traits.spatial:
        return _described(first) if alone else "stills"
    apart = _apart(traits, slices)
    return apart or _with_plane(frames[0])


def _apart(traits: Traits, slices: Sequence[Traits]) -> str:
    """Return what sets slices apart from the others of their series; "" if they are alone."""
    words = [say(traits) for differs, say in _DIFFERENCES if len({differs(other) for other in slices}) > 1]
    return " ".join(filter(None, [*_image_type(traits, slices), *words]))


def _image_type(traits: Traits, slices: Sequence[Traits]) -> Iterable[str]:
    """Return the values of the image type that not all of the series have."""
    common = set.intersection(*(set(other.image_type) for other in slices))
    own = [word for word in traits.image_type if word not in common]
    spoken = [_SPOKEN.get(word, word.lower().replace("_", " ")) for word in own if word not in _SILENT]
    return dict.fromkeys(spoken or (word.lower() for word in own))


_DIFFERENCES: Final[tuple[tuple[Callable[[Traits], object], Callable[[Traits], str]], ...]] = (
    (lambda t: t.b_value, lambda t: "no b-value" if t.b_value is None else f"b {t.b_value:g}"),
    (lambda t: t.echo, lambda t: "" if t.echo is None else f"TE {t.echo:g}"),
    (lambda t: t.temporal, lambda t: "" if t.temporal is None else f"time {t.temporal}"),
    (lambda t: t.repeat, lambda t: t.repeat),
    (lambda t: t.plane, lambda t: t.plane),
    (lambda t: t.stack, lambda t: f"stack {t.stack}" if t.stack else ""),
    (lambda t: t.size, lambda t: f"{t.size[0]} × {t.size[1]}"),
    (lambda t: t.photometric, lambda t: "grey" if t.photometric.startswith("MONO") else "colour"),
)


def _with_plane(frame: FrameRef) -> str:
    """Return the series' description, and the plane unless it is already in there."""
    described = _described(frame.record)
    if frame.facts.orientation is None or _NAMED_PLANE.search(described):
        return described
    try:
        return f"{described} {plane_name(frame.facts.orientation)}"
    except GeometryError:
        return described


def _view(record: InstanceRecord) -> str:
    """Return side and view as they stand on a film: "R MLO", "PA", "left lateral"."""
    view = record.series.view_position.replace("_", " ").strip()
    side = record.series.laterality.strip()
    return " ".join(filter(None, [side if side in ("L", "R") else "", _VIEWS.get(view, view)]))


def _numbered(traits: Traits, record: InstanceRecord) -> str:
    name = "clip" if traits.kind == "cine" else _described(record)
    return name if record.number is None else f"{name} {record.number}"


def _described(record: InstanceRecord) -> str:
    words = (record.series.description or record.series.protocol).replace("_", " ").split()
    return " ".join(words) or record.series.modality or "images"
