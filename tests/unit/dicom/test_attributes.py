import struct
from io import BytesIO

import pytest
from dicom_objects import BIG, EXPLICIT, IMPLICIT, ct, item, part10, sequence
from hypothesis import given
from hypothesis import strategies as st
from pydicom.dataelem import RawDataElement
from pydicom.dataset import Dataset
from pydicom.tag import BaseTag

from workstation.dicom import attributes
from workstation.dicom.header import read_header
from workstation.dicom.layout import scan


def _raw(tag: int, vr: str | None, value: bytes, *, little: bool = True) -> Dataset:
    base = BaseTag(tag)
    return Dataset({base: RawDataElement(base, vr, len(value), value, 0, vr is None, little)})


def _header(dataset: Dataset, syntax: str) -> Dataset:
    data = memoryview(part10(dataset, syntax))
    return read_header(data, scan(data))


@pytest.mark.parametrize("syntax", [IMPLICIT, EXPLICIT, BIG])
@pytest.mark.parametrize("converted", [False, True])
def test_values_read_alike_before_and_after_pydicom_converts_them(syntax: str, *, converted: bool) -> None:
    header = _header(ct(DiffusionBValue=1000.5, ImageType=["ORIGINAL", "PRIMARY"]), syntax)
    if converted:
        list(header)

    assert attributes.texts(header, "ImageType") == ("ORIGINAL", "PRIMARY")
    assert attributes.text(header, "ImageType") == "ORIGINAL\\PRIMARY"
    assert attributes.text(header, "PatientName") == "PHANTOM^ONE"
    assert attributes.integer(header, "Rows") == 4
    assert attributes.integer(header, "InstanceNumber") == 7
    assert attributes.number(header, "DiffusionBValue") == 1000.5
    assert attributes.floats(header, "ImagePositionPatient", 3) == (-10.0, -20.0, 30.0)
    assert attributes.has(header, "Modality")


def test_what_is_missing_or_empty_is_nothing() -> None:
    header = _header(ct(StudyDescription=""), EXPLICIT)

    for keyword in ("StudyDescription", "SeriesDescription"):
        assert attributes.text(header, keyword) == ""
        assert attributes.texts(header, keyword) == ()
        assert attributes.number(header, keyword) is None
        assert attributes.integer(header, keyword) is None
        assert attributes.floats(header, keyword, 1) is None
        assert attributes.items(header, keyword) == []
        assert attributes.item(header, keyword) is None
        assert not attributes.has(header, keyword)


@pytest.mark.parametrize(
    ("value", "number"),
    [
        (b"1.0\0", 1.0),
        (b" -2.5e1 ", -25.0),
        (b"+3", 3.0),
        (b"1,5", None),
        (b"nan", None),
        (b"inf", None),
        (b"1e999", None),
        (b"1_0", None),
        (b"\xff\xfe", None),
        (b"", None),
        (b"0x10", None),
    ],
)
def test_a_decimal_string_is_a_finite_number_or_nothing(value: bytes, number: float | None) -> None:
    """PS3.5 6.2, DS: digits, sign, point and E; nothing else counts."""
    assert attributes.number(_raw(0x0018_0050, "DS", value), "SliceThickness") == number


def test_one_garbled_value_spoils_the_vector_that_it_belongs_to() -> None:
    header = _raw(0x0020_0032, "DS", b"1\\x\\3")

    assert attributes.numbers(header, "ImagePositionPatient") == (1.0, None, 3.0)
    assert attributes.floats(header, "ImagePositionPatient", 3) is None


def test_a_vector_of_another_length_is_none() -> None:
    for value in (b"1\\2\\3\\4", b"1\\2\\3\\x", b"1\\2"):
        assert attributes.floats(_raw(0x0020_0032, "DS", value), "ImagePositionPatient", 3) is None


def test_a_whole_number_with_a_fraction_is_none() -> None:
    assert attributes.integer(_raw(0x0020_0013, "IS", b"1.5"), "InstanceNumber") is None
    assert attributes.integer(_raw(0x0020_0013, "IS", b"1.0"), "InstanceNumber") == 1


@pytest.mark.parametrize("little", [True, False])
@pytest.mark.parametrize(("vr", "code", "value"), [("US", "H", 65535), ("SS", "h", -2), ("FD", "d", 0.1)])
def test_binary_numbers_follow_the_byte_order(vr: str, code: str, value: float, *, little: bool) -> None:
    data = struct.pack(("<" if little else ">") + code, value)

    assert attributes.number(_raw(0x0018_9087, vr, data, little=little), 0x0018_9087) == value


def test_a_number_that_isnt_finite_is_none_in_binary_too() -> None:
    assert (
        attributes.number(_raw(0x0018_9087, "FD", struct.pack("<d", float("nan"))), "DiffusionBValue") is None
    )


def test_half_a_binary_number_is_none() -> None:
    assert attributes.numbers(_raw(0x0028_0010, "US", b"\1"), "Rows") == ()


@given(
    value=st.binary(max_size=64),
    vr=st.sampled_from(["DS", "IS", "US", "FD", "LO", "PN", "SQ", "UN", "OB", None]),
)
def test_no_bytes_of_any_vr_make_a_reader_fail(value: bytes, vr: str | None) -> None:
    header = _raw(0x0008_1140, vr, value)

    attributes.text(header, 0x0008_1140)
    attributes.numbers(header, 0x0008_1140)
    attributes.integer(header, 0x0008_1140)
    attributes.items(header, 0x0008_1140)
    attributes.has(header, 0x0008_1140)


def test_items_inherit_the_character_set() -> None:
    dataset = ct(SpecificCharacterSet="ISO_IR 192", SourceImageSequence=sequence(item(PatientID="Ö")))

    assert [
        attributes.text(i, "PatientID") for i in attributes.items(_header(dataset, EXPLICIT), 0x0008_2112)
    ] == ["Ö"]


def test_a_keyword_that_the_dictionary_doesnt_know_is_a_mistake_of_ours() -> None:
    with pytest.raises(KeyError, match="NoSuchKeyword"):
        attributes.text(Dataset(), "NoSuchKeyword")


def test_pydicom_can_write_what_was_read() -> None:
    header = _header(ct(SourceImageSequence=sequence(item(PatientID="x"))), EXPLICIT)
    file = BytesIO()
    header.save_as(file, implicit_vr=False, little_endian=True)

    assert b"PHANTOM^ONE" in file.getvalue()
