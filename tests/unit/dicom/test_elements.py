"""What a walk tells of a file of which only the beginning is here; ``test_layout`` walks whole ones."""

from __future__ import annotations

import pytest
from dicom_objects import EXPLICIT, IMPLICIT, J2K, bare, compressed, ct

from workstation.dicom.elements import Walker
from workstation.dicom.errors import DicomRefused
from workstation.dicom.limits import DEFAULT_LIMITS

PIXEL_DATA = 0x7FE0_0010


def walker(data: bytes, *, explicit: bool = True) -> Walker:
    return Walker(memoryview(data), little=True, explicit=explicit, limits=DEFAULT_LIMITS)


@pytest.mark.parametrize("syntax", [EXPLICIT, IMPLICIT])
def test_a_dataset_can_be_read_up_to_its_pixels_wherever_these_are_cut(syntax: str) -> None:
    data, explicit = bare(ct(), syntax), syntax == EXPLICIT
    whole = walker(data, explicit=explicit).outermost(0)
    pixels = whole.pop(PIXEL_DATA)

    for size in range(pixels.offset, len(data) + 1):
        cut = walker(data[:size], explicit=explicit)
        elements, position = cut.before_pixels(0)
        assert elements == whole
        assert cut.pixel_head(position) == (PIXEL_DATA, pixels.offset, pixels.length)


def test_encapsulated_pixels_have_no_length() -> None:
    data = compressed(ct(), [b"\xff\x4f\xff\x51"], J2K)
    file = walker(data)
    _, start = file.meta(132)
    _, position = file.before_pixels(start)

    assert file.pixel_head(position) == (PIXEL_DATA, data.index(b"\xff\x4f\xff\x51") - 20, None)


def test_what_ends_before_the_pixels_ends_there_or_is_refused() -> None:
    data = bare(ct())
    pixels = walker(data).outermost(0)[PIXEL_DATA].offset - 12

    for size in range(pixels):
        try:
            _, position = walker(data[:size]).before_pixels(0)
        except DicomRefused:
            continue
        assert position + 8 > size
