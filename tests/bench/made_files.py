"""Plain DICOM files of given sizes, made by pydicom: a large radiograph and a long CT.

Shapes:  a radiograph is 2487 rows × 2048 columns of 12 bits; a slice 512 × 512 of 16 bits, signed.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray
from pydicom.dataset import Dataset, FileMetaDataset
from pydicom.uid import CTImageStorage, DigitalXRayImageStorageForPresentation, ExplicitVRLittleEndian

ROWS, COLUMNS = 2487, 2048
SIDE: Final = 512

_ROOT: Final = "2.25.1"


def write_radiograph(file: Path) -> None:
    """Write a radiograph with noise and a gradient."""
    shade = np.linspace(200, 3600, COLUMNS) + np.random.default_rng(1).normal(0, 60, (ROWS, COLUMNS))
    header = _header(DigitalXRayImageStorageForPresentation, "DX", "Radiograph", 1)
    header.ImagerPixelSpacing = [0.143, 0.143]
    header.PixelIntensityRelationship = "LIN"
    header.WindowCenter, header.WindowWidth = 2000, 3600
    _write(file, header, np.clip(shade, 0, 4095).astype(np.uint16), bits=12)


def write_ct(folder: Path, count: int) -> None:
    """Write a CT with this many slices of a millimetre, no two alike."""
    noise = np.random.default_rng(1).normal(0, 20, (SIDE, 2 * SIDE)).astype(np.int16)
    for number in range(count):
        header = _header(CTImageStorage, "CT", "CT of many slices", number + 1)
        header.ImagePositionPatient = [-150.0, -150.0, float(number)]
        header.ImageOrientationPatient = [1, 0, 0, 0, 1, 0]
        header.PixelSpacing, header.SliceThickness = [0.586, 0.586], 1
        header.RescaleSlope, header.RescaleIntercept, header.RescaleType = 1, 0, "HU"
        start = number % SIDE
        _write(
            folder / f"{number:04}.dcm", header, noise[:, start : start + SIDE] + np.int16(number), bits=16
        )


def _header(kind: str, modality: str, description: str, number: int) -> Dataset:
    header = Dataset()
    header.SOPClassUID, header.SOPInstanceUID = kind, f"{_ROOT}.{len(modality + description)}.{number}"
    header.StudyInstanceUID = header.SeriesInstanceUID = f"{_ROOT}.{len(description)}"
    header.FrameOfReferenceUID = header.StudyInstanceUID
    header.PatientName, header.PatientID = "BENCH^Invented", "B-1"
    header.StudyDate, header.StudyTime, header.StudyDescription = "20260101", "120000", description
    header.Modality, header.SeriesNumber, header.InstanceNumber = modality, 1, number
    return header


def _write(file: Path, header: Dataset, pixels: NDArray[Any], *, bits: int) -> None:
    file.parent.mkdir(parents=True, exist_ok=True)
    header.file_meta = FileMetaDataset()
    header.file_meta.TransferSyntaxUID = ExplicitVRLittleEndian
    header.file_meta.MediaStorageSOPClassUID = header.SOPClassUID
    header.file_meta.MediaStorageSOPInstanceUID = header.SOPInstanceUID
    header.Rows, header.Columns = pixels.shape
    header.SamplesPerPixel, header.PhotometricInterpretation = 1, "MONOCHROME2"
    header.BitsAllocated, header.BitsStored, header.HighBit = 16, bits, bits - 1
    header.PixelRepresentation = int(pixels.dtype.kind == "i")
    header.PixelData = pixels.tobytes()
    header.save_as(file, enforce_file_format=True)
