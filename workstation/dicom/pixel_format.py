"""How the samples lie in an object's pixel data: the Image Pixel module, checked.

Everything that a decoder later trusts is checked here once: a frame's size follows from these few
numbers, and a hostile header must not choose it.

Units:   pixels and bits.
Errors:  DicomRefused where the numbers can't describe a picture; Unsupported where they can, but
         nobody has used that form since the 1990s.
Source:  PS3.3 C.7.6.3 (image pixel), C.7.6.24 and C.7.6.25 (float and double float pixels),
         PS3.5 8 (encoding of pixel data).
"""

from __future__ import annotations

from typing import Final

from pydicom.dataset import Dataset

from workstation.dicom.attributes import integer, text
from workstation.dicom.errors import DicomRefused, Unsupported, malformed, over_limit
from workstation.dicom.layout import Layout
from workstation.dicom.limits import MAX_PIXELS, MAX_SIDE
from workstation.dicom.model import PixelFormat, SampleKind
from workstation.dicom.syntaxes import SUPPORTED

_KINDS: Final[dict[int, tuple[SampleKind, int]]] = {
    0x7FE0_0008: ("float32", 32),
    0x7FE0_0009: ("float64", 64),
}
_ALLOCATED: Final = (1, 8, 16, 32)


def pixel_format(dataset: Dataset, layout: Layout) -> PixelFormat | None:
    """Return the format, or None for an object without pixels."""
    if layout.pixels is None:
        return None
    if layout.transfer_syntax not in SUPPORTED:
        raise Unsupported("Its pixels are stored in a form that isn't shown", where=layout.transfer_syntax)
    tag, element = layout.pixels
    kind, allocated = _KINDS.get(tag, ("integer", integer(dataset, "BitsAllocated") or 0))
    stored, high_bit = _bits(dataset, allocated) if kind == "integer" else (allocated, allocated - 1)
    samples = integer(dataset, "SamplesPerPixel") or 1
    pixel = PixelFormat(
        transfer_syntax=layout.transfer_syntax,
        rows=_side(dataset, "Rows"),
        columns=_side(dataset, "Columns"),
        samples=samples,
        bits_allocated=allocated,
        bits_stored=stored,
        high_bit=high_bit,
        signed=kind != "integer" or integer(dataset, "PixelRepresentation") == 1,
        photometric=text(dataset, "PhotometricInterpretation") or ("RGB" if samples == 3 else "MONOCHROME2"),
        planar=1 if integer(dataset, "PlanarConfiguration") == 1 and samples == 3 else 0,
        kind=kind,
        byte_pairs_swapped=not layout.little and allocated == 8 and element.vr == "OW",
    )
    _check(pixel)
    return pixel


def frame_count(dataset: Dataset) -> int:
    """Return NumberOfFrames, 1 where it is missing or garbled."""
    count = integer(dataset, "NumberOfFrames")
    return count if count is not None and count > 0 else 1


def _side(dataset: Dataset, keyword: str) -> int:
    side = integer(dataset, keyword)
    if side is None or side < 1:
        raise malformed(f"There are pixels, but no {keyword}", where="image pixel module")
    if side > MAX_SIDE:
        raise over_limit(f"{keyword} is {side}, more than {MAX_SIDE}")
    return side


def _bits(dataset: Dataset, allocated: int) -> tuple[int, int]:
    """Return BitsStored and HighBit; what is missing or impossible is taken to fill the word from below."""
    stored = integer(dataset, "BitsStored") or 0
    if not 1 <= stored <= allocated:
        stored = allocated
    high_bit = integer(dataset, "HighBit")
    possible = high_bit is not None and stored - 1 <= high_bit < allocated
    return stored, high_bit if high_bit is not None and possible else stored - 1


def _check(pixel: PixelFormat) -> None:
    if pixel.rows * pixel.columns > MAX_PIXELS:
        raise over_limit(f"A frame of {pixel.rows} × {pixel.columns} pixels is too large")
    if pixel.kind == "integer" and pixel.bits_allocated not in _ALLOCATED:
        raise _unusual(f"{pixel.bits_allocated} bits a sample")
    if pixel.samples not in {1, 3} or (pixel.samples == 3 and pixel.bits_allocated == 1):
        raise _unusual(f"{pixel.samples} samples a pixel of {pixel.bits_allocated} bits")


def _unusual(what: str) -> DicomRefused:
    return Unsupported(f"Its pixels have {what}, which isn't shown", where="image pixel module")
