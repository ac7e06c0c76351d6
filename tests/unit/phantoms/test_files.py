"""Each file against the standard: the mandatory attributes of its IOD, and a validator where there is one."""

from __future__ import annotations

import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest
from pydicom import FileDataset
from pydicom.uid import (
    CTImageStorage,
    DigitalMammographyXRayImageStorageForPresentation,
    DigitalXRayImageStorageForPresentation,
    JPEGBaseline8Bit,
    JPEGLSLossless,
    MRImageStorage,
    PositronEmissionTomographyImageStorage,
    RLELossless,
    UltrasoundImageStorage,
    UltrasoundMultiFrameImageStorage,
)

# One instance of each series of the night.
ONE_OF_EACH = [
    ("head-ct", 30), ("head-ct-prior", 15), ("chest-ct", 70), ("chest-ct-prior", 100), ("pneumothorax-xr", 0),
    ("brain-mr", 60), ("brain-mr", 135), ("brain-mr", 160), ("brain-mr", 190), ("chest-xr", 0),
    ("ultrasound", 0), ("ultrasound", 1), ("mammogram", 0), ("mammogram", 1), ("mammogram", 2),
    ("mammogram", 3), ("pet-ct", 60), ("pet-ct", 226), ("wrist-xr", 0), ("abdomen-ct", 40),
]  # fmt: skip

# Type 1 attributes by module, PS3.3 (and a few of type 2 that nobody should do without).
COMMON = """
    SpecificCharacterSet StudyInstanceUID Modality SeriesInstanceUID SOPClassUID SOPInstanceUID
    Manufacturer
    SamplesPerPixel PhotometricInterpretation Rows Columns BitsAllocated BitsStored HighBit
    PixelRepresentation
"""
PLANE = (
    "PixelSpacing ImageOrientationPatient ImagePositionPatient SliceThickness FrameOfReferenceUID ImageType"
)
X_RAY = """
    PresentationIntentType ImageLaterality PatientOrientation AnatomicRegionSequence ViewCodeSequence
    ImageType
    PixelIntensityRelationship PixelIntensityRelationshipSign RescaleIntercept RescaleSlope RescaleType
    PresentationLUTShape LossyImageCompression BurnedInAnnotation ImagerPixelSpacing WindowCenter WindowWidth
"""
ULTRASOUND = "ImageType SequenceOfUltrasoundRegions LossyImageCompression PlanarConfiguration"
TYPE_1 = {
    CTImageStorage: f"{PLANE} RescaleIntercept RescaleSlope RescaleType PatientPosition KVP",
    MRImageStorage: f"""
        {PLANE} ScanningSequence SequenceVariant MRAcquisitionType RepetitionTime EchoTime EchoTrainLength
        PatientPosition
    """,
    DigitalXRayImageStorageForPresentation: X_RAY,
    DigitalMammographyXRayImageStorageForPresentation: f"{X_RAY} BreastImplantPresent PositionerType",
    UltrasoundImageStorage: ULTRASOUND,
    UltrasoundMultiFrameImageStorage: f"""
        {ULTRASOUND} LossyImageCompressionRatio LossyImageCompressionMethod NumberOfFrames
        FrameIncrementPointer FrameTime
    """,
    PositronEmissionTomographyImageStorage: f"""
        {PLANE} SeriesDate SeriesTime Units CountsSource SeriesType NumberOfSlices DecayCorrection
        RescaleIntercept RescaleSlope FrameReferenceTime ActualFrameDuration ImageIndex DecayFactor
        CorrectedImage
        RadiopharmaceuticalInformationSequence PatientWeight
    """,
}


@pytest.mark.parametrize(("key", "number"), ONE_OF_EACH)
def test_every_mandatory_attribute_has_a_value(
    dataset: Callable[[str, int], FileDataset], key: str, number: int
) -> None:
    header = dataset(key, number)
    wanted = f"{COMMON} {TYPE_1[header.SOPClassUID]}".split()

    assert [keyword for keyword in wanted if header.get(keyword) in (None, "", [])] == []
    assert header.file_meta.MediaStorageSOPInstanceUID == header.SOPInstanceUID
    assert header.file_meta.MediaStorageSOPClassUID == header.SOPClassUID


@pytest.mark.parametrize(("key", "number"), ONE_OF_EACH)
def test_the_validator_of_dicom3tools_finds_no_error(
    part10: Callable[[str, int], bytes], tmp_path: Path, key: str, number: int
) -> None:
    validator = shutil.which("dciodvfy")
    if validator is None:
        pytest.skip("dciodvfy (Debian's dicom3tools) is not installed")
    path = tmp_path / "one.dcm"
    path.write_bytes(part10(key, number))
    command = [validator, str(path)]
    told = subprocess.run(command, capture_output=True, text=True, check=False)  # noqa: S603 — our own file

    assert [line for line in (told.stdout + told.stderr).splitlines() if line.startswith("Error")] == []


@pytest.mark.parametrize(
    ("key", "number", "syntax", "shape"),
    [
        ("ultrasound", 0, JPEGBaseline8Bit, (48, 600, 800, 3)),
        ("ultrasound", 1, RLELossless, (600, 800, 3)),
        ("mammogram", 0, JPEGLSLossless, (2294, 1914)),
    ],
)
def test_compressed_pixels_decode_with_pydicom(
    dataset: Callable[[str, int], FileDataset], key: str, number: int, syntax: str, shape: tuple[int, ...]
) -> None:
    header = dataset(key, number)

    assert header.file_meta.TransferSyntaxUID == syntax
    assert header.pixel_array.shape == shape


def test_series_of_one_visit_share_their_frame_of_reference_and_no_other(
    dataset: Callable[[str, int], FileDataset],
) -> None:
    brain = {dataset("brain-mr", number).FrameOfReferenceUID for number in (60, 135, 160, 190)}
    whole = {dataset("pet-ct", number).FrameOfReferenceUID for number in (60, 226)}

    assert len(brain) == len(whole) == 1
    assert brain != whole


def test_a_template_in_use_does_not_leak_from_one_file_into_the_next(
    dataset: Callable[[str, int], FileDataset],
) -> None:
    first, second = dataset("brain-mr", 160), dataset("brain-mr", 190)

    assert (first.DiffusionBValue, second.DiffusionBValue) == (0, 1000)
    assert first.SOPInstanceUID != second.SOPInstanceUID
    assert (first.InstanceNumber, second.InstanceNumber) == (9, 39)
