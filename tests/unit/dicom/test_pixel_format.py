import numpy as np
import pytest
from dicom_objects import BIG, EXPLICIT, ct, part10, put_raw
from hypothesis import given
from hypothesis import strategies as st

from workstation.dicom.errors import DicomRefused, Unsupported
from workstation.dicom.header import read_header
from workstation.dicom.layout import scan
from workstation.dicom.model import PixelFormat
from workstation.dicom.pixel_format import frame_count, pixel_format


def _format(data: bytes) -> PixelFormat | None:
    layout = scan(memoryview(data))
    return pixel_format(read_header(memoryview(data), layout), layout)


def test_the_format_is_the_image_pixel_module() -> None:
    assert _format(part10(ct(BitsStored=12, HighBit=11))) == PixelFormat(
        EXPLICIT, 4, 5, 1, 16, 12, 11, signed=False, photometric="MONOCHROME2", planar=0
    )


def test_an_object_without_pixels_has_no_format() -> None:
    dataset = ct()
    del dataset.PixelData

    assert _format(part10(dataset)) is None


@pytest.mark.parametrize(
    ("keyword", "bits", "kind"), [("FloatPixelData", 32, "float32"), ("DoubleFloatPixelData", 64, "float64")]
)
def test_float_pixels_fill_their_words(keyword: str, bits: int, kind: str) -> None:
    dataset = ct(**{keyword: bytes(20 * bits // 8)})
    del dataset.PixelData
    found = _format(part10(dataset))

    assert found is not None
    assert (found.kind, found.bits_allocated, found.bits_stored, found.high_bit) == (
        kind,
        bits,
        bits,
        bits - 1,
    )


@pytest.mark.parametrize(
    ("stored", "high", "expected"),
    [
        (12, 11, (12, 11)),
        (12, 15, (12, 15)),
        (12, 10, (12, 11)),
        (12, 16, (12, 11)),
        (0, 11, (16, 15)),
        (17, 16, (16, 15)),
        (None, None, (16, 15)),
    ],
)
def test_impossible_bits_are_taken_to_fill_the_word_from_below(
    stored: int | None, high: int | None, expected: tuple[int, int]
) -> None:
    found = _format(part10(ct(BitsStored=stored, HighBit=high)))

    assert found is not None
    assert (found.bits_stored, found.high_bit) == expected


@pytest.mark.parametrize(
    ("attributes", "kind", "reason"),
    [
        ({"Rows": None}, DicomRefused, "no Rows"),
        ({"Columns": 0}, DicomRefused, "no Columns"),
        ({"Rows": 40_000}, DicomRefused, "Rows is 40000"),
        ({"Rows": 30_000, "Columns": 30_000}, DicomRefused, "too large"),
        ({"BitsAllocated": 12}, Unsupported, "12 bits"),
        ({"BitsAllocated": 64}, Unsupported, "64 bits"),
        ({"SamplesPerPixel": 4}, Unsupported, "4 samples"),
        ({"SamplesPerPixel": 3, "BitsAllocated": 1}, Unsupported, "3 samples"),
    ],
)
def test_what_cant_be_shown_is_refused_with_its_reason(
    attributes: dict[str, object], kind: type[DicomRefused], reason: str
) -> None:
    with pytest.raises(kind, match=reason):
        _format(part10(ct(**attributes)))


def test_a_transfer_syntax_of_video_is_unsupported() -> None:
    data = part10(ct()).replace(EXPLICIT.encode() + b"\0", b"1.2.840.10008.1.2.4.102"[:20])

    with pytest.raises(Unsupported, match=r"1\.2\.840"):
        _format(data)


def test_eight_bit_samples_in_big_endian_words_are_marked() -> None:
    """PS3.5 8.2: OW is made of 16-bit words in the byte order of the file, OB of bytes."""
    dataset = ct(np.arange(20, dtype=np.uint8).reshape(4, 5))
    dataset["PixelData"].VR = "OW"
    words = _format(part10(dataset, BIG))
    dataset["PixelData"].VR = "OB"
    octets = _format(part10(dataset, BIG))

    assert words is not None
    assert octets is not None
    assert words.byte_pairs_swapped
    assert not octets.byte_pairs_swapped


@given(st.integers(-5, 10**9) | st.text(max_size=8) | st.none())
def test_the_number_of_frames_is_one_unless_it_is_said(count: int | str | None) -> None:
    dataset = ct()
    if count is not None:
        put_raw(dataset, "NumberOfFrames", "IS", str(count).encode())

    assert frame_count(dataset) >= 1
