"""The oracle is numpy on values that were laid out by hand, and pydicom where its files have them."""

import numpy as np
import pytest
from dicom_objects import BIG, EXPLICIT, IMPLICIT
from hypothesis import given
from hypothesis import strategies as st

from workstation.dicom.codecs import decode_frame, frame_array
from workstation.dicom.errors import PixelsRefused
from workstation.dicom.model import PixelFormat, SampleKind


def _format(
    syntax: str = EXPLICIT,
    bits: int = 16,
    *,
    signed: bool = False,
    samples: int = 1,
    photometric: str = "",
    planar: int = 0,
) -> PixelFormat:
    return PixelFormat(
        syntax, 2, 4, samples, bits, bits, bits - 1, signed=signed, photometric=photometric, planar=planar
    )  # fmt: skip


@pytest.mark.parametrize("syntax", [IMPLICIT, EXPLICIT, BIG])
@pytest.mark.parametrize(
    ("bits", "signed"), [(8, False), (8, True), (16, False), (16, True), (32, False), (32, True)]
)
def test_values_are_read_in_the_byte_order_of_the_file(syntax: str, bits: int, *, signed: bool) -> None:
    values = (np.arange(8).reshape(2, 4) * 37 - (100 if signed else 0)).astype(
        f"{'i' if signed else 'u'}{bits // 8}"
    )
    stored = values.astype(values.dtype.newbyteorder(">" if syntax == BIG else "<")).tobytes()
    pixel = _format(syntax, bits, signed=signed, photometric="MONOCHROME2")
    out = frame_array(pixel)

    assert decode_frame(stored, pixel, out) == "MONOCHROME2"
    assert (out == values).all()


@pytest.mark.parametrize(("kind", "bits"), [("float32", 32), ("float64", 64)])
@pytest.mark.parametrize("syntax", [EXPLICIT, BIG])
def test_floats_stay_floats(kind: SampleKind, bits: int, syntax: str) -> None:
    values = np.linspace(-1.5, 1e6, 8).reshape(2, 4).astype(kind)
    stored = values.astype(values.dtype.newbyteorder(">" if syntax == BIG else "<")).tobytes()
    pixel = PixelFormat(
        syntax, 2, 4, 1, bits, bits, bits - 1, signed=True, photometric="", planar=0, kind=kind
    )
    out = frame_array(pixel)

    decode_frame(stored, pixel, out)

    assert (out == values).all()


@pytest.mark.parametrize("planar", [0, 1])
def test_colours_come_out_by_pixel_however_they_lie(planar: int) -> None:
    values = np.arange(24, dtype=np.uint8).reshape(2, 4, 3)
    stored = values.transpose(2, 0, 1) if planar else values
    pixel = _format(bits=8, samples=3, photometric="RGB", planar=planar)
    out = frame_array(pixel)

    assert decode_frame(stored.tobytes(), pixel, out) == "RGB"
    assert (out == values).all()


def test_subsampled_chroma_is_given_to_both_pixels_of_a_pair() -> None:
    """PS3.3 C.7.6.3.1.2: Y1 Y2 Cb Cr; the two rows of two pairs each are written out here."""
    stored = bytes([1, 2, 101, 201, 3, 4, 102, 202, 5, 6, 103, 203, 7, 8, 104, 204])
    pixel = _format(bits=8, samples=3, photometric="YBR_FULL_422")
    out = frame_array(pixel)

    assert decode_frame(stored, pixel, out) == "YBR_FULL"
    assert out[:, :, 0].tolist() == [[1, 2, 3, 4], [5, 6, 7, 8]]
    assert out[:, :, 1].tolist() == [[101, 101, 102, 102], [103, 103, 104, 104]]
    assert out[:, :, 2].tolist() == [[201, 201, 202, 202], [203, 203, 204, 204]]


def test_eight_bits_in_big_endian_words_are_swapped_back() -> None:
    """PS3.5 8.2: a word's first pixel is its low byte, which comes second in a big-endian file."""
    pixel = PixelFormat(
        BIG, 2, 4, 1, 8, 8, 7, signed=False, photometric="", planar=0, byte_pairs_swapped=True
    )  # fmt: skip
    out = frame_array(pixel)

    decode_frame(bytes([1, 0, 3, 2, 5, 4, 7, 6]), pixel, out)

    assert out.ravel().tolist() == list(range(8))


@given(st.lists(st.booleans(), min_size=8, max_size=8))
def test_the_first_bit_packed_pixel_is_the_lowest_bit(bits: list[bool]) -> None:
    pixel = _format(bits=1)
    out = frame_array(pixel)

    decode_frame(bytes([sum(bit << i for i, bit in enumerate(bits))]), pixel, out)

    assert out.ravel().tolist() == bits


def test_a_frame_that_is_too_short_is_refused() -> None:
    pixel = _format()

    with pytest.raises(PixelsRefused, match="needs 16 bytes"):
        decode_frame(bytes(15), pixel, frame_array(pixel))


def test_half_a_pair_of_subsampled_pixels_is_refused() -> None:
    pixel = PixelFormat(EXPLICIT, 1, 3, 3, 8, 8, 7, signed=False, photometric="YBR_FULL_422", planar=0)

    with pytest.raises(PixelsRefused, match="even number"):
        decode_frame(bytes(8), pixel, frame_array(pixel))
