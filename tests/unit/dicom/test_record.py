import struct

import pytest
from dicom_objects import EXPLICIT, ct, item, part10, put_raw, sequence
from pydicom.dataset import Dataset

from workstation.dicom.errors import DicomRefused, NotDicom
from workstation.dicom.header import read_header
from workstation.dicom.layout import scan
from workstation.dicom.model import InstanceRecord, Patient, Series, Study, UltrasoundRegion
from workstation.dicom.record import record_of

JPEG = "1.2.840.10008.1.2.4.50"
J2K_LOSSY = "1.2.840.10008.1.2.4.91"


def _record(dataset: Dataset, syntax: str = EXPLICIT) -> InstanceRecord:
    data = memoryview(part10(dataset, syntax))
    layout = scan(data)
    return record_of(read_header(data, layout), layout)


def _record_as(dataset: Dataset, syntax: str) -> InstanceRecord:
    """Return the record under a compressed transfer syntax, whose pixels don't matter here."""
    data = memoryview(part10(dataset))
    layout = scan(data)
    changed = type(layout)(syntax, layout.explicit, layout.little, layout.meta, layout.elements)
    return record_of(read_header(data, layout), changed)


def test_identity_and_description_are_the_attributes_that_went_in() -> None:
    record = _record(
        ct(
            IssuerOfPatientID="HOSPITAL",
            PatientBirthDate="19700102",
            PatientSex="O",
            StudyDate="20260301",
            StudyTime="101112.5",
            AccessionNumber="A7",
            StudyDescription="CT CHEST",
            ReferringPhysicianName="REF^R",
            InstitutionName="H",
            StudyID="S1",
            SeriesNumber=3,
            SeriesDescription="AX",
            BodyPartExamined="CHEST",
            Laterality="L",
            ViewPosition="PA",
            ProtocolName="P",
            SeriesDate="20260301",
            SeriesTime="1012",
            AcquisitionNumber=2,
            FrameOfReferenceUID="1.9",
            PresentationLUTShape="INVERSE",
            KVP="120",
        )
    )

    assert record.patient == Patient("P1", "HOSPITAL", "PHANTOM^ONE", "19700102", "O")
    assert record.study == Study("1.2.3", "20260301", "101112.5", "A7", "CT CHEST", "REF^R", "H", "S1")
    assert record.series == Series("1.2.3.1", 3, "CT", "AX", "CHEST", "L", "PA", "P", "20260301", "1012")
    assert (record.uid, record.sop_class) == ("1.2.3.4", "1.2.840.10008.5.1.4.1.1.2")
    assert (record.number, record.acquisition, record.frame_of_reference) == (7, 2, "1.9")
    assert (record.presentation, record.frame_count, len(record.frames)) == ("INVERSE", 1, 1)
    assert ("KVP", "120") in record.extra


@pytest.mark.parametrize(
    "keyword", ["SOPInstanceUID", "SOPClassUID", "StudyInstanceUID", "SeriesInstanceUID"]
)
@pytest.mark.parametrize("uid", [None, b"", b"1.2.x", b"1.2.3\\1.2.4", b"1" * 65, b"../../etc", b"1.2 3"])
def test_an_object_without_sound_uids_is_refused(keyword: str, uid: bytes | None) -> None:
    dataset = ct()
    tag = dataset[keyword].tag
    del dataset[tag]
    if uid is not None:
        put_raw(dataset, tag, "UI", uid)

    with pytest.raises(DicomRefused, match=f"{keyword} is (missing|no UID)") as caught:
        _record(dataset)
    assert not uid or uid.decode() not in str(caught.value)


def test_a_uid_may_be_padded_by_a_blank() -> None:
    """PS3.5 9.1 wants a null; blanks are seen."""
    dataset = ct()
    put_raw(dataset, "StudyInstanceUID", "UI", b"1.2.3.44 ")

    assert _record(dataset).study.uid == "1.2.3.44"


def test_a_media_directory_is_no_image() -> None:
    dataset = item(FileSetID="DISC", DirectoryRecordSequence=sequence(item(ReferencedFileID=["A", "B"])))

    with pytest.raises(NotDicom, match="directory of a disc"):
        _record(dataset)


def test_an_object_without_pixels_is_remembered_too() -> None:
    dataset = ct(Modality="SR")
    del dataset.PixelData

    record = _record(dataset)

    assert record.pixel is None
    assert (record.frame_count, record.frames, record.padding) == (0, (), None)


@pytest.mark.parametrize(
    ("signed", "vr", "value", "limit", "expected"),
    [
        (0, "US", 63536, None, (63536, 63536)),
        (1, "SS", -2000, None, (-2000, -2000)),
        (1, "US", 63536, None, (-2000, -2000)),  # 63536 - 65536: the wrong VR, the right bits
        (0, "SS", -2000, None, (63536, 63536)),
        (1, "SS", -2000, -1024, (-2000, -1024)),
        (1, "SS", -1024, -2000, (-2000, -1024)),
    ],
)
def test_padding_is_read_with_the_sign_of_the_pixels(
    signed: int, vr: str, value: int, limit: int | None, expected: tuple[int, int]
) -> None:
    """PS3.3 C.7.5.1.1.2."""
    dataset = ct(PixelRepresentation=signed)
    dataset.add_new("PixelPaddingValue", vr, value)
    if limit is not None:
        dataset.add_new("PixelPaddingRangeLimit", vr, limit)

    assert _record(dataset).padding == expected


def test_a_region_of_an_ultrasound_picture_is_read_whole_or_not_at_all() -> None:
    """PS3.3 C.8.5.5."""
    region = item(
        RegionSpatialFormat=1,
        RegionDataType=1,
        RegionFlags=0,
        RegionLocationMinX0=10,
        RegionLocationMinY0=20,
        RegionLocationMaxX1=300,
        RegionLocationMaxY1=400,
        PhysicalUnitsXDirection=3,
        PhysicalUnitsYDirection=3,
        PhysicalDeltaX=0.01,
        PhysicalDeltaY=0.02,
    )
    half = item(RegionSpatialFormat=1, RegionDataType=1)

    record = _record(ct(SequenceOfUltrasoundRegions=sequence(region, half)))

    assert record.regions == (UltrasoundRegion(10, 20, 300, 400, 1, 1, 3, 3, 0.01, 0.02),)


@pytest.mark.parametrize(
    ("attributes", "syntax", "lossy"),
    [
        ({}, EXPLICIT, ""),
        ({"LossyImageCompression": "00"}, EXPLICIT, ""),
        ({"LossyImageCompression": "01"}, EXPLICIT, "lossy"),
        (
            {
                "LossyImageCompression": "01",
                "LossyImageCompressionMethod": "ISO_15444_1",
                "LossyImageCompressionRatio": 12.5,
            },
            EXPLICIT,
            "ISO_15444_1 12.5:1",
        ),
        ({}, JPEG, "JPEG"),
        ({"LossyImageCompression": "00"}, JPEG, "JPEG"),
        ({}, J2K_LOSSY, "JPEG 2000"),
        ({"LossyImageCompression": "00"}, J2K_LOSSY, ""),
    ],
)
def test_a_lossy_picture_says_so_by_its_header_or_its_transfer_syntax(
    attributes: dict[str, object], syntax: str, lossy: str
) -> None:
    assert _record_as(ct(**attributes), syntax).lossy == lossy


@pytest.mark.parametrize(
    "attributes",
    [
        {"ModalityLUTSequence": sequence(item(LUTExplanation="x"))},
        {"VOILUTSequence": sequence(item(LUTExplanation="x"))},
        {"PresentationLUTSequence": sequence(item(LUTExplanation="x"))},
        {"RedPaletteColorLookupTableDescriptor": [256, 0, 16]},
    ],
)
def test_what_only_the_file_holds_is_announced(attributes: dict[str, object]) -> None:
    assert not _record(ct()).needs_header
    assert _record(ct(**attributes)).needs_header


@pytest.mark.parametrize("group", [0x6000, 0x601E])
def test_an_overlay_is_announced_wherever_its_bits_are(group: int) -> None:
    """PS3.3 C.9.2: without OverlayData they lie in the unused bits of the pixels."""
    dataset = ct()
    dataset.add_new(group << 16 | 0x0010, "US", 4)

    assert _record(dataset).needs_header


@pytest.mark.parametrize(
    ("attributes", "time"),
    [
        ({}, None),
        ({"FrameTime": 40}, 40),
        ({"FrameTime": 0, "CineRate": 25}, 40),
        ({"RecommendedDisplayFrameRate": 20}, 50),
        ({"CineRate": 0}, None),
    ],
)
def test_the_time_between_frames_comes_from_a_time_or_a_rate(
    attributes: dict[str, object], time: float | None
) -> None:
    assert _record(ct(**attributes)).frame_time == time


@pytest.mark.parametrize(("value", "aspect"), [([1, 2], (1, 2)), ([0, 1], None), (3, None), (None, None)])
def test_the_aspect_is_a_pair_of_positive_numbers(value: object, aspect: tuple[int, int] | None) -> None:
    assert _record(ct(PixelAspectRatio=value)).aspect == aspect


def test_garbled_numbers_leave_the_picture_and_take_the_geometry() -> None:
    dataset = ct()
    put_raw(dataset, "PixelSpacing", "DS", b"0.5\\garbage")
    put_raw(dataset, "InstanceNumber", "IS", b"one ")
    put_raw(dataset, "ImageOrientationPatient", "DS", struct.pack("<6f", *range(6)))

    record = _record(dataset)

    assert record.pixel is not None
    assert (record.number, record.facts(0).spacing, record.facts(0).orientation) == (None, None, None)
