"""The private places are those of the makers' conformance statements."""

import struct

import pytest
from dicom_objects import item
from pydicom.dataelem import DataElement, RawDataElement
from pydicom.dataset import Dataset
from pydicom.tag import BaseTag

from workstation.dicom.diffusion import b_value


def _private(creator: str, group: int, element: int, vr: str | None, value: bytes) -> Dataset:
    """Return a header as it comes from a file, the private value still in bytes."""
    dataset = Dataset()
    dataset.add(DataElement(group << 16 | 0x0010, "LO", creator))
    tag = BaseTag(group << 16 | element)
    dataset._dict[tag] = RawDataElement(tag, vr, len(value), value, 0, vr is None, True)  # noqa: FBT003
    return dataset


@pytest.mark.parametrize(
    ("creator", "group", "element", "vr", "value", "b"),
    [
        ("SIEMENS MR HEADER", 0x0019, 0x100C, "IS", b"1000", 1000),
        ("SIEMENS MR HEADER", 0x0019, 0x100C, None, b"50", 50),
        ("SIEMENS MR HEADER", 0x0019, 0x100C, "UN", b"0 ", 0),
        ("GEMS_PARM_01", 0x0043, 0x1039, "IS", b"800\\8\\0\\0", 800),
        ("GEMS_PARM_01", 0x0043, 0x1039, "IS", b"1000000800\\8\\0\\0", 800),
        ("Philips Imaging DD 001", 0x2001, 0x1003, "FL", struct.pack("<f", 1200), 1200),
        ("Philips Imaging DD 001", 0x2001, 0x1003, None, struct.pack("<f", 1200), 1200),
        ("SOMEBODY ELSE", 0x0019, 0x100C, "IS", b"1000", None),
        ("SIEMENS MR HEADER", 0x0019, 0x100C, "IS", b"-1", None),
        ("SIEMENS MR HEADER", 0x0019, 0x100C, "IS", b"rubbish", None),
    ],
)
def test_a_private_b_value_is_read_where_its_maker_put_it(
    creator: str, group: int, element: int, vr: str | None, value: bytes, b: float | None
) -> None:
    assert b_value(_private(creator, group, element, vr, value)) == b


def test_the_standards_attribute_comes_first() -> None:
    dataset = _private("SIEMENS MR HEADER", 0x0019, 0x100C, "IS", b"1000")
    dataset.DiffusionBValue = 0.0

    assert b_value(dataset) == 0


def test_an_object_without_diffusion_has_none() -> None:
    assert b_value(item(EchoTime=90)) is None
