import numpy as np
import pytest
from pydicom.dataelem import DataElement

from workstation.dicom.lut import Descriptor, Lut, Malformed, read_descriptor, read_entries


def _element(tag: int, vr: str, value: object) -> DataElement:
    return DataElement(tag, vr, value)


def _descriptor(*values: int, vr: str = "US") -> DataElement:
    return _element(0x00283002, vr, list(values))


def test_inputs_beyond_either_end_take_the_end_entries() -> None:
    """PS3.3 C.11.2.1.1: less than the first value mapped → first entry, beyond the last → last."""
    table = Lut(-2, np.array([10, 20, 30], dtype=np.uint16), 8)

    assert table.apply([-5, -2, -1, 0, 1, 70_000]).tolist() == [10, 10, 20, 30, 30, 30]


def test_an_input_between_two_whole_numbers_takes_the_nearest_entry() -> None:
    table = Lut(0, np.array([1, 2, 3], dtype=np.uint16), 8)

    assert table.apply([0.4, 0.6, 1.7]).tolist() == [1, 2, 3]


def test_zero_entries_mean_65536() -> None:
    assert read_descriptor(_descriptor(0, 0, 16), signed=False).count == 65_536


@pytest.mark.parametrize(
    ("written", "signed", "first"),
    [(64_512, True, -1024), (64_512, False, 64_512), (-1024, True, -1024), (5, True, 5)],
)
def test_the_first_input_is_signed_only_where_inputs_are(written: int, first: int, *, signed: bool) -> None:
    """−1024 is 64512 in two's complement of 16 bits."""
    vr = "SS" if written < 0 else "US"

    assert read_descriptor(_descriptor(256, written, 8, vr=vr), signed=signed).first == first


def test_a_descriptor_without_a_resolved_vr_is_read_from_its_bytes() -> None:
    element = _element(0x00283002, "OW", b"\x00\x01\x00\xfc\x10\x00")

    assert read_descriptor(element, signed=True) == Descriptor(256, -1024, 16)


@pytest.mark.parametrize("values", [(256, 0), (256, 0, 16, 1), (256, 0, 7), (256, 0, 17)])
def test_a_descriptor_that_means_nothing_is_malformed(values: tuple[int, ...]) -> None:
    with pytest.raises(Malformed):
        read_descriptor(_descriptor(*values), signed=False)


def test_eight_bit_entries_may_be_packed_two_to_a_word() -> None:
    """The earlier entry lies in the lower byte, in either byte order of the file."""
    three = Descriptor(3, 0, 8)
    as_words = _element(0x00283006, "US", [0x2211, 0x0033])
    little = _element(0x00283006, "OW", b"\x11\x22\x33\x00")
    big = _element(0x00283006, "OW", b"\x22\x11\x00\x33")

    for element, big_endian in ((as_words, False), (little, False), (big, True)):
        assert read_entries(element, three, big_endian=big_endian).tolist() == [0x11, 0x22, 0x33]


def test_eight_bit_entries_may_fill_a_word_each() -> None:
    element = _element(0x00283006, "US", [17, 34, 51])

    assert read_entries(element, Descriptor(3, 0, 8), big_endian=False).tolist() == [17, 34, 51]


@pytest.mark.parametrize(
    ("entries", "descriptor"),
    [
        ([1, 2, 3], Descriptor(4, 0, 16)),
        ([1, 2, 3, 4, 5], Descriptor(4, 0, 16)),
        ([1, 2, 4096, 4], Descriptor(4, 0, 12)),
        (["a", "b", "c", "d"], Descriptor(4, 0, 16)),
    ],
    ids=["too few", "too many", "too large", "no numbers"],
)
def test_entries_that_contradict_the_descriptor_are_malformed(
    entries: list[object], descriptor: Descriptor
) -> None:
    element = _element(0x00283006, "UN", b"")
    element._value = entries

    with pytest.raises(Malformed):
        read_entries(element, descriptor, big_endian=False)


def test_a_table_cannot_be_changed() -> None:
    table = Lut(0, np.array([1, 2], dtype=np.uint16), 8)

    with pytest.raises(ValueError, match="read-only"):
        table.entries[0] = 5
