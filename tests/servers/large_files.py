"""Files of several frames in every form that single frames can continue, and a line that is cut at will."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

import numpy as np
from dicom_objects import EXPLICIT, IMPLICIT, J2K, RLE, compressed, ct, item, part10
from pydicom.encaps import encapsulate_extended

from workstation.archive import Truncated

JPEG_LS = "1.2.840.10008.1.2.4.80"
FORMS = ("explicit", "implicit", "odd", "table", "no table", "rle", "extended", "jpeg 2000")


@dataclass(frozen=True)
class Large:
    """A file, what its frames are, and where each ends in it."""

    data: bytes
    frames: tuple[bytes, ...]
    padded: bool = True  # to even lengths, each

    @property
    def ends(self) -> tuple[int, ...]:
        """Return where each frame ends; found by its bytes alone."""
        ends = (self.data.index(frame) + len(frame) for frame in self.frames)
        return tuple(end + end % 2 * self.padded for end in ends)


def large(form: str, count: int = 5, seed: int = 0) -> Large:
    """Return a file with so many frames of random bytes."""
    random = np.random.default_rng(seed)
    if form in ("explicit", "implicit", "odd"):
        shape = (count, 3, 5) if form == "odd" else (count, 4, 6)
        pixels = random.integers(0, 256, shape, np.uint8)
        bits = {"BitsAllocated": 8, "BitsStored": 8, "HighBit": 7}
        dataset = ct(pixels[0], NumberOfFrames=count, PerFrameFunctionalGroupsSequence=[item()] * 3, **bits)
        dataset.PixelData = pixels.tobytes() + b"\0" * (pixels.nbytes % 2)
        frames = tuple(frame.tobytes() for frame in pixels)
        return Large(part10(dataset, IMPLICIT if form == "implicit" else EXPLICIT), frames, padded=False)
    first = {"rle": b"", "jpeg 2000": b"\xff\x4f\xff\x51"}.get(form, b"\xff\xd8\xff\xf7")
    frames = tuple(first + random.bytes(int(random.integers(20, 40))) for _ in range(count))
    dataset = ct(NumberOfFrames=count)
    syntax = {"rle": RLE, "jpeg 2000": J2K}.get(form, JPEG_LS)
    if form != "extended":
        return Large(compressed(dataset, frames, syntax, table=form in ("table", "jpeg 2000")), frames)
    pixels_out, offsets, lengths = encapsulate_extended(list(frames))
    dataset.ExtendedOffsetTable, dataset.ExtendedOffsetTableLengths = offsets, lengths
    dataset.PixelData = pixels_out
    dataset["PixelData"].VR, dataset["PixelData"].is_undefined_length = "OB", True
    return Large(part10(dataset, syntax), frames)


@dataclass
class Line:
    """Lets so many bytes pass before each cut; after the last cut, all."""

    cuts: list[int] = field(default_factory=list)

    def chunks(self, data: bytes, size: int = 7) -> Iterator[memoryview]:
        """Yield data as they come over the line."""
        for start in range(0, len(data), size):
            chunk = memoryview(data)[start : start + size]
            if self.cuts and self.cuts[0] < len(chunk):
                yield chunk[: self.cuts.pop(0)]
                raise Truncated("The line was cut")
            if self.cuts:
                self.cuts[0] -= len(chunk)
            yield chunk
