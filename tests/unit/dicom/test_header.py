from io import BytesIO

import pytest
from dicom_objects import BIG, DEFLATED, EXPLICIT, IMPLICIT, ct, item, part10, sequence
from pydicom import dcmread
from pydicom.dataset import Dataset

from workstation.dicom import header as header_module
from workstation.dicom.header import read_header, read_meta
from workstation.dicom.layout import scan
from workstation.dicom.limits import Limits


def _object() -> Dataset:
    step = item(ScheduledProcedureStepID="7", ReferencedImageSequence=sequence(item(PatientID="deep")))
    return ct(
        RequestAttributesSequence=sequence(step, item(ScheduledProcedureStepID="8")),
        PixelPaddingValue=3,
        SmallestImagePixelValue=1,
    )


@pytest.mark.parametrize("undefined", [False, True])
@pytest.mark.parametrize("syntax", [IMPLICIT, EXPLICIT, BIG, DEFLATED])
def test_the_header_is_what_pydicom_reads_without_the_pixels(syntax: str, *, undefined: bool) -> None:
    dataset = _object()
    dataset["RequestAttributesSequence"].is_undefined_length = undefined
    dataset.RequestAttributesSequence[0].is_undefined_length_sequence_item = undefined
    data = part10(dataset, syntax)

    header = read_header(memoryview(data), scan(memoryview(data)))

    assert header == dcmread(BytesIO(data), stop_before_pixels=True)
    assert header.RequestAttributesSequence[0].ReferencedImageSequence[0].PatientID == "deep"


def test_the_file_meta_information_stands_apart() -> None:
    data = memoryview(part10(ct()))

    assert read_meta(data, scan(data)).TransferSyntaxUID == EXPLICIT
    assert "TransferSyntaxUID" not in read_header(data, scan(data))


def test_a_value_beyond_the_limit_stays_in_the_file(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(header_module, "DEFAULT_LIMITS", Limits(eager=1000))
    data = memoryview(part10(ct(EncapsulatedDocument=bytes(1002), ICCProfile=bytes(1000))))

    header = read_header(data, scan(data))

    assert "ICCProfile" in header
    assert "EncapsulatedDocument" not in header
