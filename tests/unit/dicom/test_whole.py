import numpy as np
import pytest
from dicom_objects import DEFLATED, EXPLICIT, ct, part10
from hypothesis import given
from hypothesis import strategies as st

from workstation.dicom.codecs import decode_frame, frame_array
from workstation.dicom.errors import PixelsRefused
from workstation.dicom.examine import examine
from workstation.dicom.model import PixelFormat
from workstation.dicom.whole import cut_frame, native_pixels


def test_the_pixels_of_a_deflated_file_are_its_last_value() -> None:
    pixels = np.arange(40, dtype=np.uint16).reshape(2, 4, 5)
    data = memoryview(part10(ct(pixels, NumberOfFrames=2), DEFLATED))
    found = examine(data).record.pixel
    assert found is not None

    assert bytes(cut_frame(native_pixels(data), found, 1)) == pixels[1].tobytes()


@given(
    rows=st.integers(1, 5), columns=st.integers(1, 7), frames=st.integers(1, 4), seed=st.integers(0, 2**16)
)
def test_bit_packed_frames_are_cut_between_any_two_bits(
    rows: int, columns: int, frames: int, seed: int
) -> None:
    """PS3.5 8.1.1: the frames follow each other without padding, the lowest bit first."""
    bits = np.random.default_rng(seed).integers(0, 2, (frames, rows, columns), dtype=np.uint8)
    packed = np.packbits(bits, bitorder="little").tobytes()
    pixel = PixelFormat(EXPLICIT, rows, columns, 1, 1, 1, 0, signed=False, photometric="", planar=0)

    for frame in range(frames):
        out = frame_array(pixel)
        decode_frame(cut_frame(memoryview(packed), pixel, frame), pixel, out)
        assert (out == bits[frame]).all()


def test_a_frame_that_isnt_there_is_refused_by_the_decoder() -> None:
    pixel = PixelFormat(EXPLICIT, 4, 5, 1, 16, 16, 15, signed=False, photometric="", planar=0)

    with pytest.raises(PixelsRefused):
        decode_frame(cut_frame(memoryview(bytes(40)), pixel, 1), pixel, frame_array(pixel))


def test_a_file_without_pixels_has_none_to_cut() -> None:
    dataset = ct()
    del dataset.PixelData

    with pytest.raises(PixelsRefused, match="no pixels"):
        native_pixels(memoryview(part10(dataset)))
