import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydicom.dataset import Dataset
from pydicom.pixels.processing import apply_modality_lut

from workstation.dicom.lut import Lut
from workstation.dicom.modality import Rescale, is_padding, modality_values, output_range, stored_range
from workstation.dicom.model import PixelFormat, SampleKind


def _format(bits: int, *, signed: bool, kind: SampleKind = "integer") -> PixelFormat:
    return PixelFormat("1.2.840.10008.1.2.1", 4, 4, 1, 16, bits, bits - 1, signed, "MONOCHROME2", 0, kind)


@given(
    slope=st.integers(-9999, 9999).filter(bool).map(lambda n: n / 1000),
    intercept=st.integers(-50_000, 50_000).map(lambda n: n / 10),
    stored=st.lists(st.integers(-32768, 65535), min_size=1, max_size=20),
)
def test_rescale_agrees_with_pydicom(slope: float, intercept: float, stored: list[int]) -> None:
    dataset = Dataset()
    dataset.RescaleSlope, dataset.RescaleIntercept = slope, intercept

    expected = apply_modality_lut(np.array(stored), dataset)
    assert modality_values(stored, Rescale(slope, intercept)).tolist() == expected.tolist()


@given(first=st.integers(-40, 40), stored=st.lists(st.integers(-100, 100), min_size=1, max_size=20))
def test_a_modality_table_agrees_with_pydicom(first: int, stored: list[int]) -> None:
    entries = np.arange(50, dtype=np.uint16) * 7
    item, dataset = Dataset(), Dataset()
    item.add_new(0x00283002, "SS", [50, first, 16])
    item.add_new(0x00283006, "US", entries.tolist())
    dataset.ModalityLUTSequence = [item]

    expected = apply_modality_lut(np.array(stored), dataset)
    assert modality_values(stored, Lut(first, entries, 16)).tolist() == expected.tolist()


@pytest.mark.parametrize(
    ("bits", "signed", "expected"),
    [(8, False, (0, 255)), (12, False, (0, 4095)), (12, True, (-2048, 2047)), (16, True, (-32768, 32767))],
)
def test_the_range_of_stored_values_follows_from_the_bits(
    bits: int, expected: tuple[int, int], *, signed: bool
) -> None:
    assert stored_range(_format(bits, signed=signed)) == expected


def test_float_pixels_have_no_range_of_integers() -> None:
    with pytest.raises(ValueError, match="float32"):
        stored_range(_format(32, signed=True, kind="float32"))


def test_the_output_range_of_a_falling_rescale_is_still_low_to_high() -> None:
    assert output_range(Rescale(-2.0, 10.0), 0, 100) == (-190.0, 10.0)


def test_the_output_of_a_table_is_never_negative() -> None:
    """PS3.3 C.11.1.1.1: the output range is from 0 to 2ⁿ − 1."""
    table = Lut(-10, np.array([3], dtype=np.uint16), 12)

    assert output_range(table, -10, 10) == (0.0, 4095.0)


@pytest.mark.parametrize("padding", [(-2000, -1990), (-1990, -2000)])
def test_padding_reaches_from_its_value_to_its_limit_in_either_order(padding: tuple[int, int]) -> None:
    stored = np.array([-2001, -2000, -1995, -1990, -1989], dtype=np.int16)

    assert is_padding(stored, padding).tolist() == [False, True, True, True, False]


def test_without_a_padding_value_nothing_is_padding() -> None:
    assert not is_padding(np.zeros((2, 2), dtype=np.uint8), None).any()
