from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray
from pydicom import dcmread
from pydicom.data import get_testdata_file
from pydicom.dataset import Dataset

from workstation.dicom.codecs import decode_frame
from workstation.dicom.lut import Malformed
from workstation.dicom.model import PixelFormat
from workstation.dicom.overlay import Mask, read_overlay, whole_words


def _dataset(
    plane: NDArray[np.bool_],
    *,
    origin: tuple[int, int] = (1, 1),
    frames: int | None = None,
    first: int | None = None,
) -> Dataset:
    """Return a header with an overlay; ``plane`` is (rows, columns) or (frames, rows, columns)."""
    dataset = Dataset()
    dataset.add_new(0x60000010, "US", plane.shape[-2])
    dataset.add_new(0x60000011, "US", plane.shape[-1])
    if frames is not None:
        dataset.add_new(0x60000015, "IS", frames)
    dataset.add_new(0x60000022, "LO", "a ruler")
    dataset.add_new(0x60000040, "CS", "G")
    dataset.add_new(0x60000050, "SS", list(origin))
    if first is not None:
        dataset.add_new(0x60000051, "US", first)
    dataset.add_new(0x60000100, "US", 1)
    dataset.add_new(0x60000102, "US", 0)
    dataset.add_new(0x60003000, "OB", np.packbits(plane, bitorder="little").tobytes())
    return dataset


def _plane(dataset: Dataset, rows: int, columns: int, frame: int = 0) -> Mask:
    return read_overlay(dataset, 0x6000, big_endian=False).plane(frame, rows, columns)


CROSS = np.array([[0, 1, 0], [1, 1, 1], [0, 1, 0]], dtype=np.bool_)


def test_a_real_overlay_agrees_with_pydicom() -> None:
    dataset = dcmread(Path(str(get_testdata_file("examples_overlay.dcm", download=False))))

    overlay = read_overlay(dataset, 0x6000, big_endian=False)

    assert overlay.kind == "graphics"
    assert overlay.plane(0, dataset.Rows, dataset.Columns).tolist() == dataset.overlay_array(0x6000).tolist()


@given(st.integers(1, 9), st.integers(1, 9), st.integers(-4, 12), st.integers(-4, 12))
def test_a_plane_lies_where_its_origin_says_and_what_is_outside_is_cut(
    rows: int, columns: int, row: int, column: int
) -> None:
    """By hand: overlay pixel (r, c) belongs to image pixel (r + origin row − 1, …)."""
    bits = np.random.default_rng(rows * 100 + columns).random((rows, columns)) < 0.5
    expected = np.zeros((7, 8), dtype=np.bool_)
    for r, c in np.argwhere(bits):
        y, x = r + row - 1, c + column - 1
        if 0 <= y < 7 and 0 <= x < 8:
            expected[y, x] = True

    assert (_plane(_dataset(bits, origin=(row, column)), 7, 8) == expected).all()


def test_frames_follow_each_other_without_padding_between_them() -> None:
    """PS3.3 C.9.3: a single contiguous stream; 9 bits a frame, so the second starts inside a byte."""
    frames = np.stack([CROSS, ~CROSS, np.eye(3, dtype=np.bool_)])
    dataset = _dataset(frames, frames=3)

    for n in range(3):
        assert (_plane(dataset, 3, 3, frame=n) == frames[n]).all()


@pytest.mark.parametrize(
    ("frames", "first", "drawn_on"),
    [(None, None, {0, 1, 2, 3}), (1, 3, {2}), (2, 2, {1, 2}), (2, None, {0, 1})],
)
def test_which_frames_of_the_image_an_overlay_lies_on(
    frames: int | None, first: int | None, drawn_on: set[int]
) -> None:
    """PS3.3 C.9.3.1: one to one from Image Frame Origin on, else from the first frame."""
    planes = np.stack([CROSS] * (frames or 1))
    dataset = _dataset(planes, frames=frames, first=first)

    assert {n for n in range(4) if _plane(dataset, 3, 3, frame=n).any()} == drawn_on


def _embedded(bit: int, *, high_bit: int = 11) -> Dataset:
    dataset = _dataset(CROSS)
    del dataset[0x60003000]
    dataset[0x60000100].value = 16
    dataset[0x60000102]._value = bit
    dataset.Rows = dataset.Columns = 3
    dataset.BitsAllocated, dataset.BitsStored, dataset.HighBit = 16, 12, high_bit
    return dataset


@pytest.mark.parametrize("bit", [12, 15])
def test_a_plane_in_an_unused_bit_is_read_from_the_stored_words(bit: int) -> None:
    words = np.where(CROSS, 0x0ABC | 1 << bit, 0x0ABC).astype(np.uint16)
    overlay = read_overlay(_embedded(bit), 0x6000, big_endian=False)

    assert overlay.embedded
    assert (overlay.plane(0, 3, 3, words) == CROSS).all()


def test_a_frame_decoded_under_whole_words_brings_its_overlay_along() -> None:
    """12 bits of image with an overlay in bit 15, as scanners of the 1990s wrote them."""
    pixel = PixelFormat(
        "1.2.840.10008.1.2.1", 3, 3, 1, 16, 12, 11, signed=True, photometric="MONOCHROME2", planar=0
    )
    encoded = np.where(CROSS, 0x8ABC, 0x0ABC).astype("<u2").tobytes()
    words = np.zeros((3, 3), dtype=np.uint16)
    decode_frame(encoded, whole_words(pixel), words)

    plane = read_overlay(_embedded(15), 0x6000, big_endian=False).plane(0, 3, 3, words)
    assert (plane == CROSS).all()


@pytest.mark.parametrize(("bit", "high_bit"), [(0, 11), (11, 11), (16, 11), (-1, 11), (4, 15)])
def test_a_bit_of_the_image_itself_is_no_overlay(bit: int, high_bit: int) -> None:
    with pytest.raises(Malformed, match="not free"):
        read_overlay(_embedded(bit, high_bit=high_bit), 0x6000, big_endian=False)


@pytest.mark.parametrize(("tag", "value"), [(0x60000010, 4), (0x60000011, 2), (0x60000050, [0, 1])])
def test_a_plane_in_the_pixels_must_lie_as_they_do(tag: int, value: object) -> None:
    dataset = _embedded(15)
    dataset[tag].value = value

    with pytest.raises(Malformed, match="otherwise"):
        read_overlay(dataset, 0x6000, big_endian=False)


def test_a_bit_below_the_image_is_free_too() -> None:
    assert read_overlay(_embedded(3, high_bit=15), 0x6000, big_endian=False).bit_position == 3


def test_words_of_a_big_endian_file_are_turned_round() -> None:
    plane = np.random.default_rng(3).random((4, 8)) < 0.5
    dataset = _dataset(plane)
    little = dataset[0x60003000].value
    dataset.add_new(0x60003000, "OW", np.frombuffer(little, "<u2").astype(">u2").tobytes())

    assert (read_overlay(dataset, 0x6000, big_endian=True).plane(0, 4, 8) == plane).all()


@pytest.mark.parametrize(
    ("tag", "value"),
    [(0x60000010, 0), (0x60000011, 65_535), (0x60000050, [1]), (0x60003000, b"\0")],
    ids=["no rows", "more columns than data", "half an origin", "too little data"],
)
def test_an_overlay_that_contradicts_itself_is_malformed(tag: int, value: object) -> None:
    dataset = _dataset(np.zeros((9, 9), dtype=np.bool_))
    dataset[tag].value = value

    with pytest.raises(Malformed):
        read_overlay(dataset, 0x6000, big_endian=False)


def test_a_region_of_interest_is_told_from_graphics() -> None:
    dataset = _dataset(CROSS)
    dataset[0x60000040].value = "R"

    overlay = read_overlay(dataset, 0x6000, big_endian=False)

    assert (overlay.kind, overlay.description) == ("region", "a ruler")
