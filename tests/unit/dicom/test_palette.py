from contextlib import suppress
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydicom import dcmread
from pydicom.data import get_palette_files, get_testdata_file
from pydicom.dataset import Dataset
from pydicom.pixels.processing import apply_color_lut

from workstation.dicom.lut import Descriptor, Malformed
from workstation.dicom.palette import Palette, expand, read_palette

SEGMENTED = ("spring", "summer", "fall", "winter", "hotiron", "hotmetalblue", "pet", "pet20step")
ALL_8_BIT = np.arange(256, dtype=np.uint8)


def _read(dataset: Dataset, *, signed: bool = False) -> Palette:
    return read_palette(dataset, signed=signed, big_endian=False, supplemental=False)


def _dataset(
    descriptor: tuple[int, int, int], entries: np.ndarray[tuple[int], np.dtype[np.uint16]], vr: str = "US"
) -> Dataset:
    dataset = Dataset()
    for n, channel in enumerate(("Red", "Green", "Blue")):
        dataset.add_new(0x00281101 + n, vr, list(descriptor))
        data = entries.astype("<u1" if descriptor[2] == 8 else "<u2").tobytes()
        setattr(dataset, f"{channel}PaletteColorLookupTableData", data)
    return dataset


@pytest.mark.parametrize("name", SEGMENTED)
def test_the_standards_own_palettes_agree_with_pydicom(name: str) -> None:
    """PS3.6 B: eight palettes, given to pydicom by file, since it swaps FALL and WINTER by name."""
    dataset = dcmread(get_palette_files(f"{name}.dcm")[0])

    assert _read(dataset).apply(ALL_8_BIT).tolist() == apply_color_lut(ALL_8_BIT, dataset).tolist()


def test_a_real_palette_of_16_bits_keeps_the_upper_byte() -> None:
    dataset = dcmread(Path(str(get_testdata_file("examples_palette.dcm", download=False))))
    stored = np.arange(256, dtype=np.uint8)

    assert _read(dataset).apply(stored).tolist() == (apply_color_lut(stored, dataset) >> 8).tolist()


@given(first=st.integers(-50, 50), stored=st.lists(st.integers(-128, 127), min_size=1))
def test_inputs_beyond_the_palette_take_its_end_colours_as_in_pydicom(first: int, stored: list[int]) -> None:
    dataset = _dataset((10, first, 16), np.arange(10, dtype=np.uint16) * 6000, vr="SS")
    values = np.array(stored, dtype=np.int16)

    expected = apply_color_lut(values, dataset) >> 8
    assert _read(dataset, signed=True).apply(values).tolist() == expected.tolist()


@pytest.mark.parametrize("bits", [10, 12, 0])
def test_entries_are_of_8_or_16_bits(bits: int) -> None:
    with pytest.raises(Malformed, match="bits"):
        _read(_dataset((4, 0, bits), np.zeros(4, dtype=np.uint16)))


def test_tables_of_different_length_are_malformed() -> None:
    dataset = _dataset((4, 0, 16), np.zeros(4, dtype=np.uint16))
    dataset.BluePaletteColorLookupTableDescriptor = [3, 0, 16]
    dataset.BluePaletteColorLookupTableData = b"\0" * 6

    with pytest.raises(Malformed, match="differ"):
        _read(dataset)


@pytest.mark.parametrize(
    "missing", ["GreenPaletteColorLookupTableDescriptor", "GreenPaletteColorLookupTableData"]
)
def test_a_channel_that_is_not_there_is_named(missing: str) -> None:
    dataset = _dataset((4, 0, 16), np.zeros(4, dtype=np.uint16))
    del dataset[missing]

    with pytest.raises(Malformed, match="green"):
        _read(dataset)


def _expand(values: list[int], count: int, bits: int = 16) -> list[int]:
    words = np.array(values, dtype=np.uint16)
    if bits == 8:
        words = np.array(values, dtype=np.uint8).view("<u2").astype(np.uint16)
    return [int(entry) for entry in expand(words, Descriptor(count, 0, bits))]


def test_a_line_runs_from_the_last_entry_to_its_own_end() -> None:
    """C.7.9.2.2 by hand: from 0, four steps to 100."""
    assert _expand([0, 1, 0, 1, 4, 100], 5) == [0, 25, 50, 75, 100]


def test_an_indirect_segment_repeats_earlier_ones_by_byte_offset() -> None:
    """C.7.9.2.3 by hand: bytes 6 to 17 hold the line and the discrete segment that come again."""
    once = [0, 1, 0, 1, 2, 10, 0, 1, 7]

    assert _expand([*once, 2, 2, 6, 0], 7) == [0, 5, 10, 7, 8, 10, 7]


def test_an_indirect_segment_of_8_bits_has_its_offset_in_four_bytes() -> None:
    assert _expand([0, 2, 9, 8, 2, 1, 0, 0, 0, 0], 4, bits=8) == [9, 8, 9, 8]


@pytest.mark.parametrize(
    ("segments", "why"),
    [
        ([1, 4, 100], "begins with a linear"),
        ([0, 9, 1, 2], "cut off"),
        ([0, 1, 5, 1, 3], "cut off"),
        ([0, 1, 5, 2, 1, 0], "cut off"),
        ([0, 1, 5, 3, 1, 0, 0], "type 3"),
        ([0, 1, 5, 2, 1, 6, 0], "type 2"),  # an indirect segment that points to itself
        ([0, 1, 5, 2, 1, 4000, 0], "cut off"),
        ([0, 1, 5, 1, 60_000, 9], "more than"),
        ([0, 1, 5], "1 entries of 4"),
        ([0, 0, 0, 4, 1, 2, 3, 4], "empty"),  # repeated often enough, it would keep a machine busy
        ([0, 1, 5] * 9, "longer"),
    ],
)
def test_segments_that_make_no_table_are_malformed(segments: list[int], why: str) -> None:
    with pytest.raises(Malformed, match=why):
        _expand(segments, 4)


@given(st.lists(st.integers(0, 65_535), max_size=60))
def test_any_words_at_all_expand_or_are_malformed(segments: list[int]) -> None:
    with suppress(Malformed):
        assert len(_expand(segments, 100)) == 100
