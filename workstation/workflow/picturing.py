"""From a decoded frame to device pixels, for viewports, thumbnails and the command line alike.

Shapes:  device pixels uint8 of (height, width) or (height, width, 3).
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from workstation.dicom.lookups import Lookups
from workstation.dicom.model import InstanceRecord
from workstation.dicom.series import ImageStack
from workstation.errors import LumenError
from workstation.rendering import (
    Picture,
    Placement,
    Plane,
    Sampled,
    draw,
    fitted,
    look_of,
    picture_of,
    resample,
    resample_mask,
    shade,
)
from workstation.security import Action
from workstation.viewing import UPRIGHT, Camera, Window, pixel_aspect
from workstation.workflow.answers import Rendered
from workstation.workflow.desk import Desk
from workstation.workflow.door import verb
from workstation.workflow.errors import NoSuchImage
from workstation.workflow.shown import Thumbnail
from workstation.workflow.studies import required_study, slices_first, stacks_of
from workstation.workflow.tables import TableShelf
from workstation.workflow.windows import opening_window, voi_of

# As annotations on images are drawn (UI.md), so that a colleague's overlay is told from the anatomy.
OVERLAY_COLOUR: Final = (242, 209, 107)

_DECODE_SECONDS: Final = 60.0


@dataclass(frozen=True, slots=True, eq=False)
class Frame:
    """A decoded frame with all that its header says about showing it."""

    record: InstanceRecord
    number: int  # counted from 0
    stored: NDArray[Any]
    photometric: str  # what the codec delivered
    lookups: Lookups

    def picture(self) -> Picture:
        """Return it in the form that the pipeline takes."""
        if self.record.pixel is None:
            raise NoSuchImage("This object has no picture")
        format_ = replace(self.record.pixel, photometric=self.photometric)
        return picture_of(self.stored, format_, padding=self.record.padding, palette=self.lookups.palette)

    def opening_window(self) -> Window | None:
        """Return the window that it opens with."""
        return opening_window(self.record, self.number, self.lookups, self.stored)


def place(frame: Frame, camera: Camera, width: int, height: int) -> Placement:
    """Return where a frame's pixels lie in a viewport of this size."""
    rows, columns = frame.stored.shape[:2]
    return fitted(
        (columns, rows),
        (width, height),
        aspect=pixel_aspect(frame.record, frame.number),
        zoom=camera.zoom,
        pan=camera.pan,
        rotation=camera.rotation,
        flip=camera.flip,
    )


def finish(
    frame: Frame,
    sampled: Sampled,
    planes: tuple[Plane, ...],
    window: Window | None,
    *,
    inverted: bool = False,
) -> NDArray[np.uint8]:
    """Return the device pixels of a frame that is sampled already: what a window drag repeats."""
    voi = voi_of(window, frame.number, frame.lookups)
    look = look_of(frame.record, frame.number, voi, lookups=frame.lookups, inverted=inverted)
    return draw(shade(sampled, look), planes, look)


def planes_of(frame: Frame, placement: Placement) -> tuple[Plane, ...]:
    """Return the overlays that lie on a frame, at the viewport's pixels."""
    rows, columns = frame.stored.shape[:2]
    return tuple(
        Plane(resample_mask(overlay.plane(frame.number, rows, columns), placement), OVERLAY_COLOUR)
        for overlay in frame.lookups.overlays
        if overlay.applies_to(frame.number) and not overlay.embedded
    )


def whole(frame: Frame, window: Window | None, width: int, height: int) -> NDArray[np.uint8]:
    """Return a frame fitted into a picture of this size."""
    placement = place(frame, UPRIGHT, width, height)
    return finish(frame, resample(frame.picture(), placement), planes_of(frame, placement), window)


def picture_of_series(desk: Desk, *, stack: ImageStack, side: int) -> Thumbnail | None:
    """Return a still of a stack's middle image, at most ``side`` pixels; None where nothing can be shown.

    It is part of an open study or of a preview, whose verb has left its record.
    """
    try:
        frame = _decoded(desk, stack, len(stack.frames) // 2)
        return whole(frame, frame.opening_window(), side, side)
    except LumenError:
        return None


@verb(Action.OPEN_STUDY, detail=lambda _: "one image rendered")
def render_image(
    desk: Desk,
    *,
    study_uid: str,
    series: str | None,
    index: int | None,
    window: tuple[float, float] | None,
    size: tuple[int, int],
) -> Rendered:
    """Return one image as a PNG file of this (width, height), as the window would show it.

    ``series`` is a Series Instance UID (its first stack) or the key of one stack; without it the study's
    first stack is shown. Localizers come last.
    """
    required_study(desk, study_uid)
    asked = Window(*window) if window else None
    stack = _chosen(desk, study_uid, series)
    number = len(stack.frames) // 2 if index is None else index
    if not 0 <= number < len(stack.frames):
        raise NoSuchImage(f"This stack has images 0 to {len(stack.frames) - 1}, not {number}")
    frame = _decoded(desk, stack, number)
    return Rendered(_png(whole(frame, asked or frame.opening_window(), *size)), frame.lookups.notes)


def _chosen(desk: Desk, study_uid: str, series: str | None) -> ImageStack:
    """Return the first stack that goes by this name, a localizer only where there is nothing else."""
    stacks = slices_first(stacks_of(desk, study_uid))
    stack = next((stack for stack in stacks if series in (None, stack.series_uid, stack.key)), None)
    if stack is None:
        raise NoSuchImage(f"There are no images in this {'series' if series else 'study'}")
    return stack


def _decoded(desk: Desk, stack: ImageStack, number: int) -> Frame:
    """Return a frame, or raise for which reason there is none."""
    reference = stack.frames[number]
    shelf = TableShelf(desk.store, desk.pool, lambda _: None)
    try:
        with desk.frames.source(stack) as source:
            stored = source.wait(number, _DECODE_SECONDS)
            if stored is None:
                raise NoSuchImage(f"The image was not there after {_DECODE_SECONDS:g} s")
            photometric = source.photometric(number)
        return Frame(reference.record, reference.frame, stored, photometric, shelf.read(reference.record))
    finally:
        shelf.close()


def _png(pixels: NDArray[np.uint8]) -> bytes:
    import imagecodecs

    return bytes(imagecodecs.png_encode(pixels))
