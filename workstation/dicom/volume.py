"""A stack taken for a volume: one array, one rescale, one affine. Or a refusal that says why not.

Reformats, slabs and 3D are only true on a regular grid of one scale. A stack that isn't one is
never taken for a volume by accident.

Units:   stored integers; modality value = slope × stored + intercept. ``affine`` gives mm, LPS.
Shapes:  values (k, j, i), that is (slices, rows, columns), along the slices' normal, so that the grid
         is right-handed; affine (4, 4) takes (i, j, k, 1) to the patient. Where the stack's frames run
         against the normal, k = 0 is its last frame.
Errors:  VolumeRefused, with the reason in numbers.
Source:  PS3.3 C.7.6.2.1.1 (image plane), C.11.1.1.2 (rescale).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from workstation.dicom.model import PixelFormat
from workstation.dicom.series import ImageStack
from workstation.errors import LumenError
from workstation.geometry import StackGeometry


class VolumeRefused(LumenError):
    """A stack that is no regular grid of one kind of value."""

    exit_code = 26


@dataclass(frozen=True, slots=True, eq=False)
class Volume:
    """A regular grid of stored values; ``values`` is a view, nothing was copied."""

    values: NDArray[Any]
    slope: float
    intercept: float
    affine: NDArray[np.float64]


def volume_of(stack: ImageStack, values: NDArray[Any]) -> Volume:
    """Return a stack's decoded frames, in its order, as a volume."""
    geometry = _grid(stack)
    pixel = _one_format(stack)
    slope, intercept = _one_rescale(stack)
    expected = (len(stack.frames), pixel.rows, pixel.columns)
    if values.shape != expected or geometry.affine is None:
        raise ValueError(f"the values of this stack have shape {expected}, not {values.shape}")
    view, affine = values.view(), geometry.affine
    if np.linalg.det(affine[:3, :3]) < 0:
        view, affine = view[::-1], affine @ _turned(len(values))
    view.setflags(write=False)
    return Volume(view, slope, intercept, affine)


def _turned(count: int) -> NDArray[np.float64]:
    """Return what takes slice k of a grid to slice count − 1 − k."""
    turn = np.eye(4)
    turn[2, 2:] = -1, count - 1
    return turn


def why_no_volume(stack: ImageStack) -> str:
    """Return in one sentence why a stack is no volume, "" if it is one."""
    try:
        _grid(stack)
        _one_format(stack)
        _one_rescale(stack)
    except VolumeRefused as refused:
        return refused.what
    return ""


def _grid(stack: ImageStack) -> StackGeometry:
    if stack.geometry is None:
        raise VolumeRefused("These images aren't slices with a place in the patient", where=stack.label)
    if not stack.geometry.regular:
        raise VolumeRefused(f"The slices are no regular grid: {stack.geometry.detail}", where=stack.label)
    return stack.geometry


def _one_format(stack: ImageStack) -> PixelFormat:
    """Return what all frames have in common, transfer syntax apart."""
    formats = {
        (pixel.rows, pixel.columns, pixel.samples, pixel.bits_stored, pixel.signed, pixel.kind): pixel
        for pixel in (frame.record.pixel for frame in stack.frames)
        if pixel is not None
    }
    if len(formats) != 1:
        raise VolumeRefused(f"The slices have {len(formats)} different pixel formats", where=stack.label)
    (pixel,) = formats.values()
    if not pixel.photometric.startswith("MONOCHROME"):
        raise VolumeRefused("The slices are pictures in colour, not measured values", where=stack.label)
    return pixel


def _one_rescale(stack: ImageStack) -> tuple[float, float]:
    rescales = {(frame.facts.slope, frame.facts.intercept) for frame in stack.frames}
    if len(rescales) > 1:
        raise VolumeRefused(
            f"The slices have {len(rescales)} different rescales, so one scale doesn't hold for all",
            where=stack.label,
        )
    return rescales.pop()
