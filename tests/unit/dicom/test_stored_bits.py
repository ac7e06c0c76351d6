"""The oracle is arithmetic on each value, bit by bit, as PS3.5 8.1.1 describes a pixel cell."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from workstation.dicom.codec_headers import Stream
from workstation.dicom.errors import PixelsRefused
from workstation.dicom.model import PixelFormat
from workstation.dicom.stored_bits import (
    check_out,
    frame_array,
    frame_shape,
    keep_stored_bits,
    keep_stream_bits,
    stored_dtype,
    stored_range,
    stream_array,
)


def _format(allocated: int, stored: int, high: int, *, signed: bool, samples: int = 1) -> PixelFormat:
    return PixelFormat("", 1, 1, samples, allocated, stored, high, signed=signed, photometric="", planar=0)


def _value(cell: int, stored: int, high: int, *, signed: bool) -> int:
    value = cell >> (high + 1 - stored) & ((1 << stored) - 1)
    return value - (1 << stored) if signed and value >> (stored - 1) else value


@st.composite
def _cells(draw: st.DrawFn) -> tuple[PixelFormat, int]:
    allocated = draw(st.sampled_from([8, 16, 32]))
    stored = draw(st.integers(1, allocated))
    high = draw(st.integers(stored - 1, allocated - 1))
    return _format(allocated, stored, high, signed=draw(st.booleans())), draw(
        st.integers(0, 2**allocated - 1)
    )


@given(_cells())
def test_the_stored_bits_are_taken_out_of_the_cell(drawn: tuple[PixelFormat, int]) -> None:
    pixel, cell = drawn
    dtype = stored_dtype(pixel)
    cells = np.array([[cell]], f"u{dtype.itemsize}").view(dtype)
    out = frame_array(pixel)

    keep_stored_bits(cells, pixel, out)

    assert out[0, 0] == _value(cell, pixel.bits_stored, pixel.high_bit, signed=pixel.signed)


@given(_cells())
def test_the_cells_may_be_the_result_themselves(drawn: tuple[PixelFormat, int]) -> None:
    pixel, cell = drawn
    dtype = stored_dtype(pixel)
    out = np.array([[cell]], f"u{dtype.itemsize}").view(dtype)

    keep_stored_bits(out, pixel, out)

    assert out[0, 0] == _value(cell, pixel.bits_stored, pixel.high_bit, signed=pixel.signed)


@pytest.mark.parametrize(
    ("precision", "stored", "pixel_signed", "stream_signed", "decoded", "value"),
    [
        (12, 12, False, False, 4095, 4095),
        (12, 12, True, False, 4095, -1),  # a stream knows no sign: the header does
        (13, 13, True, False, 6192, -2000),  # pydicom's own example, pixels/decoders/base.py
        (13, 13, False, True, -2000, 6192),  # and the other way
        (12, 12, True, True, -5, -5),
        (16, 12, True, False, 0xF830, -2000),  # sign already extended by the encoder
        (16, 12, False, False, 4100, 4095),  # a lossy overshoot is the nearest value, not a wrapped one
        (16, 12, True, True, -3000, -2048),
        (8, 12, False, False, 200, 200),
        (8, 16, True, False, 200, -56),
    ],
)
def test_what_a_codec_decoded_becomes_the_value_that_the_header_means(
    precision: int, stored: int, decoded: int, value: int, *, pixel_signed: bool, stream_signed: bool
) -> None:
    pixel = _format(16, stored, stored - 1, signed=pixel_signed)
    stream = Stream(1, 1, 1, precision, signed=stream_signed)
    out = frame_array(pixel)
    target = stream_array(precision, pixel, out, signed=stream_signed)
    target[...] = decoded

    keep_stream_bits(target, stream, pixel, out)

    assert out[0, 0] == value


@pytest.mark.parametrize(
    ("stored", "signed", "expected"), [(12, False, (0, 4095)), (12, True, (-2048, 2047))]
)
def test_the_range_of_stored_values(stored: int, expected: tuple[int, int], *, signed: bool) -> None:
    assert stored_range(_format(16, stored, 11, signed=signed)) == expected


def test_shapes_and_types_follow_the_format() -> None:
    assert frame_shape(_format(8, 8, 7, signed=False, samples=3)) == (1, 1, 3)
    assert stored_dtype(_format(1, 1, 0, signed=False)) == np.uint8
    assert stored_dtype(_format(32, 32, 31, signed=True)) == np.int32
    check_out(np.empty((1, 1), np.int16), _format(16, 16, 15, signed=True))


@pytest.mark.parametrize(
    "out", [np.empty((1, 1), np.uint16), np.empty((1, 2), np.int16), np.empty(1, np.int16)]
)
def test_a_buffer_of_another_shape_or_type_is_refused(out: np.ndarray) -> None:
    with pytest.raises(PixelsRefused, match="doesn't fit"):
        check_out(out, _format(16, 16, 15, signed=True))
