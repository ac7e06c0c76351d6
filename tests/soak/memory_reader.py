"""Stacks whose pixels are known, and a reader that serves them from memory."""

from __future__ import annotations

import threading
from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray
from pydicom.pixels.encoders.base import RLELosslessEncoder

from workstation.dicom.model import FrameFacts, InstanceRecord, Patient, PixelFormat, Series, Study
from workstation.dicom.series import FrameRef, ImageStack
from workstation.errors import LumenError
from workstation.frames import EncodedFrame

NATIVE = "1.2.840.10008.1.2.1"
RLE = "1.2.840.10008.1.2.5"

Pixels = NDArray[Any]


def pixel_format(rows: int = 16, columns: int = 24, syntax: str = NATIVE) -> PixelFormat:
    """12 bits unsigned in 16, grey."""
    return PixelFormat(
        syntax, rows, columns, 1, 16, 12, 11, signed=False, photometric="MONOCHROME2", planar=0
    )


def record_of(uid: str, pixel: PixelFormat | None, frames: int = 1) -> InstanceRecord:
    patient = Patient("1", "", "PHANTOM^FRAMES", "", "")
    study = Study("1.2", "", "", "", "", "", "", "")
    series = Series("1.3", 1, "CT", "", "", "", "", "", "", "")
    facts = (FrameFacts(),)
    return InstanceRecord(uid, "1.4", NATIVE, patient, study, series, 1, 1, "", pixel, frames, facts)


class Unreadable(LumenError):
    """What a damaged blob raises."""


class MemoryReader:
    """Serves frames from memory, and takes note of who was read."""

    def __init__(self) -> None:
        self.encoded: dict[tuple[str, int], bytes] = {}
        self.wholes: dict[str, bytes] = {}
        self.truth: dict[tuple[str, int], Pixels] = {}
        self.damaged: set[tuple[str, int]] = set()
        self.reads: list[tuple[str, int]] = []
        self.gate = threading.Event()  # nothing is read while it is not set
        self.gate.set()
        self.entered = threading.Event()
        self.measure_error: Exception | None = None

    def measure(self, frames: Sequence[FrameRef]) -> Sequence[EncodedFrame]:
        """Return how long the encoded frames are."""
        if self.measure_error is not None:
            raise self.measure_error
        return [self._measured(frame) for frame in frames]

    def _measured(self, frame: FrameRef) -> EncodedFrame:
        whole = self.wholes.get(frame.record.uid)
        return EncodedFrame(len(whole), whole=True) if whole else EncodedFrame(len(self.encoded[_key(frame)]))

    def read_into(self, frames: Sequence[FrameRef], targets: Sequence[memoryview]) -> None:
        """Copy the encoded frames, once the gate is open."""
        self.entered.set()
        assert self.gate.wait(20)
        for frame, target in zip(frames, targets, strict=True):
            self.reads.append(_key(frame))
            if _key(frame) in self.damaged:
                raise Unreadable("The stored image is damaged")
            target[:] = self.wholes.get(frame.record.uid) or self.encoded[_key(frame)]

    def order(self, stack: ImageStack) -> list[int]:
        """Return the frames of a stack in the order in which they were read."""
        numbers = {_key(frame): k for k, frame in enumerate(stack.frames)}
        return [numbers[key] for key in self.reads if key in numbers]

    def stack(self, name: str, pixels: Sequence[PixelFormat], seed: int = 0) -> ImageStack:
        """Make a stack of one-frame objects with random pixels."""
        rng = np.random.default_rng(seed)
        references = []
        for k, pixel in enumerate(pixels):
            values = rng.integers(1, 4096, (pixel.rows, pixel.columns)).astype(np.uint16)
            reference = FrameRef(record_of(f"{name}.{k}", pixel), 0)
            self.truth[_key(reference)] = values
            self.encoded[_key(reference)] = encoded(values, pixel)
            references.append(reference)
        return ImageStack(name, "1.3", name, "stack", tuple(references), None)

    def pixels(self, stack: ImageStack, k: int) -> Pixels:
        """Return what a frame must decode to."""
        return self.truth[_key(stack.frames[k])]


def encoded(values: Pixels, pixel: PixelFormat) -> bytes:
    """Encode a frame; RLE by pydicom."""
    if pixel.transfer_syntax == NATIVE:
        return values.astype("<u2").tobytes()
    return RLELosslessEncoder.encode(
        values.astype("<u2").tobytes(),
        rows=pixel.rows, columns=pixel.columns, samples_per_pixel=1, bits_allocated=16, bits_stored=12,
        pixel_representation=0, photometric_interpretation="MONOCHROME2", number_of_frames=1,
        encoding_plugin="pydicom",
    )  # fmt: skip


def _key(frame: FrameRef) -> tuple[str, int]:
    return frame.record.uid, frame.frame
