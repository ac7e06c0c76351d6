"""What may differ from frame to frame, from plain attributes or from functional groups.

An enhanced object keeps position, rescale and window of each frame in nested sequences, a plain
one keeps them at the top. Both end as the same ``FrameFacts``, so nobody above has to know.

Units:   mm, ms, s/mm² as ``model`` says.
Errors:  none; what can't be read is None, "" or ().
Source:  PS3.3 C.7.6.16 (functional groups), C.7.6.2 (image plane), C.11.2 (VOI LUT),
         C.7.6.5 (cine), C.8.8.3 (grid frame offsets of a dose).
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from itertools import accumulate
from typing import Any, Final, cast

from pydicom.dataset import Dataset

from workstation.dicom.attributes import floats, integer, item, items, number, numbers, text, texts
from workstation.dicom.diffusion import b_value
from workstation.dicom.model import FrameFacts, Sextuple, Triple, VoiFunction, VoiWindow
from workstation.dicom.spacing import spacing_of

Found = dict[str, Any]  # fields of FrameFacts

_FUNCTIONS: Final = ("LINEAR", "LINEAR_EXACT", "SIGMOID")


def frames_of(dataset: Dataset, count: int) -> tuple[FrameFacts, ...]:
    """Return one ``FrameFacts`` for all frames alike, or one for each of ``count`` frames."""
    plain = FrameFacts(**_read(dataset, _PLAIN))
    per_frame = items(dataset, "PerFrameFunctionalGroupsSequence")
    shared = item(dataset, "SharedFunctionalGroupsSequence")
    if shared is not None:
        plain = replace(plain, **_macros(shared))
    if per_frame and len(per_frame) == count:
        return tuple(replace(plain, **_macros(group)) for group in per_frame)
    return _stepped(dataset, plain, count)


def _macros(group: Dataset) -> Found:
    """Read the functional group macros that an item holds."""
    found: Found = {}
    for sequence, read in _MACROS.items():
        macro = item(group, sequence)
        if macro is not None:
            found |= read(macro)
    return found


def _read(dataset: Dataset, readers: tuple[Callable[[Dataset], Found], ...]) -> Found:
    found: Found = {}
    for read in readers:
        found |= read(dataset)
    return found


def _position(dataset: Dataset) -> Found:
    return _known(position=cast("Triple | None", floats(dataset, "ImagePositionPatient", 3)))


def _orientation(dataset: Dataset) -> Found:
    return _known(orientation=cast("Sextuple | None", floats(dataset, "ImageOrientationPatient", 6)))


def _measures(dataset: Dataset) -> Found:
    return _known(spacing=spacing_of(dataset), thickness=number(dataset, "SliceThickness"))


def _rescale(dataset: Dataset) -> Found:
    """PS3.3 C.11.1.1.2: output = slope × stored + intercept; both are there or neither counts."""
    slope, intercept = number(dataset, "RescaleSlope"), number(dataset, "RescaleIntercept")
    if slope is None or intercept is None or slope == 0:
        return {}
    return {"slope": slope, "intercept": intercept, "rescale_type": text(dataset, "RescaleType")}


def _windows(dataset: Dataset) -> Found:
    """PS3.3 C.11.2.1.2: centres and widths in pairs; LINEAR needs a width of 1, others more than 0."""
    said = text(dataset, "VOILUTFunction")
    function = cast("VoiFunction", said if said in _FUNCTIONS else "LINEAR")
    explanations = texts(dataset, "WindowCenterWidthExplanation")
    pairs = zip(numbers(dataset, "WindowCenter"), numbers(dataset, "WindowWidth"), strict=False)
    windows = tuple(
        VoiWindow(center, width, explanations[i] if i < len(explanations) else "", function)
        for i, (center, width) in enumerate(pairs)
        if center is not None and width is not None and (width >= 1 or (width > 0 and function != "LINEAR"))
    )
    return {"windows": windows} if windows else {}


def _content(dataset: Dataset) -> Found:
    return _known(
        temporal_position=integer(dataset, "TemporalPositionIndex"),
        stack=text(dataset, "StackID") or None,
        in_stack=integer(dataset, "InStackPositionNumber"),
    )


def _temporal(dataset: Dataset) -> Found:
    """PS3.3 C.7.6.16.2.30: the offset is in seconds."""
    offset = number(dataset, "TemporalPositionTimeOffset")
    return _known(time=None if offset is None else offset * 1000)


def _plain_time(dataset: Dataset) -> Found:
    return _known(temporal_position=integer(dataset, "TemporalPositionIdentifier"))


def _echo(dataset: Dataset) -> Found:
    return _known(echo_time=number(dataset, "EffectiveEchoTime"))


def _plain_echo(dataset: Dataset) -> Found:
    return _known(echo_time=number(dataset, "EchoTime"))


def _diffusion(dataset: Dataset) -> Found:
    return _known(b_value=b_value(dataset))


def _frame_type(dataset: Dataset) -> Found:
    return _known(image_type=texts(dataset, "FrameType") or None)


def _image_type(dataset: Dataset) -> Found:
    return _known(image_type=texts(dataset, "ImageType") or None)


def _known(**fields: object) -> Found:
    return {name: value for name, value in fields.items() if value is not None}


def _stepped(dataset: Dataset, plain: FrameFacts, count: int) -> tuple[FrameFacts, ...]:
    """Return the frames of a plain multi-frame object: steps in time or along the normal, or all alike."""
    steps = floats(dataset, "FrameTimeVector", count)
    if steps and count > 1:  # PS3.3 C.7.6.5: increments, the first of them 0
        return tuple(replace(plain, time=time) for time in accumulate(steps))
    offsets = floats(dataset, "GridFrameOffsetVector", count)
    if offsets and count > 1 and plain.position and plain.orientation and offsets[0] == 0:
        return tuple(replace(plain, position=_shifted(plain.position, plain.orientation, o)) for o in offsets)
    return (plain,)


def _shifted(position: Triple, orientation: Sextuple, offset: float) -> Triple:
    """Move a position along the normal (row direction × column direction), in mm."""
    (a, b, c), (d, e, f) = orientation[:3], orientation[3:]
    x, y, z = position
    return (x + offset * (b * f - c * e), y + offset * (c * d - a * f), z + offset * (a * e - b * d))


_PLAIN: Final = (
    _position, _orientation, _measures, _rescale, _windows, _plain_time, _plain_echo, _diffusion, _image_type,
)  # fmt: skip

_MACROS: Final[dict[str, Callable[[Dataset], Found]]] = {
    "PlanePositionSequence": _position,
    "PlaneOrientationSequence": _orientation,
    "PixelMeasuresSequence": _measures,
    "PixelValueTransformationSequence": _rescale,
    "FrameVOILUTSequence": _windows,
    "FrameContentSequence": _content,
    "TemporalPositionSequence": _temporal,
    "MREchoSequence": _echo,
    "MRDiffusionSequence": _diffusion,
    "MRImageFrameTypeSequence": _frame_type,
    "CTImageFrameTypeSequence": _frame_type,
    "PETFrameTypeSequence": _frame_type,
    "XRay3DFrameTypeSequence": _frame_type,
}
