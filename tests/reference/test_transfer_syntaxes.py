"""NEMA's WG-04 images: one picture in eight transfer syntaxes, compressed by others.

The oracle is the uncompressed file in REF, read by pydicom. What was compressed without loss must
come back bit by bit. What was not is held to an error: near-lossless JPEG-LS to the NEAR of its
stream (T.87 C.2.3), JPEG and JPEG 2000 to a mean error in parts of the picture's range, which at
WG-04's ratios of 7 : 1 to 2097 : 1 is 1.6 % at most; and lossy JPEG 2000 to what pydicom decodes.
"""

import os
import zipfile
from collections.abc import Iterator
from io import BytesIO
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray
from pydicom import dcmread

from workstation.dicom import tasks
from workstation.dicom.codecs import frame_shape, stored_dtype
from workstation.dicom.examine import Examined, examine

DATA = Path(os.environ.get("LUMEN_DATA", Path(__file__).parents[3] / "shared" / "data"))
ARCHIVE = DATA / "transfer-syntaxes.zip"

pytestmark = pytest.mark.skipif(not ARCHIVE.is_file(), reason=f"{ARCHIVE} is not here")

Array = NDArray[np.int64]

LOSSLESS = ("J2KR", "JLSL", "JPLL", "RLE")
MEAN_ERROR = {"J2KI": 0.016, "JLSN": 0.005, "JPLY": 0.009}  # of the range from darkest to brightest


def _names() -> list[str]:
    if not ARCHIVE.is_file():
        return []
    with zipfile.ZipFile(ARCHIVE) as archive:
        return sorted(name for name in archive.namelist() if name.endswith(".dcm"))


@pytest.fixture(scope="module")
def archive() -> Iterator[zipfile.ZipFile]:
    with zipfile.ZipFile(ARCHIVE) as archive:
        yield archive


def _decoded(data: bytes) -> tuple[Array, Examined, str]:
    found = examine(memoryview(data))
    pixel = found.record.pixel
    assert pixel is not None
    target = bytearray(tasks.frame_size(pixel))
    arguments = tasks.decode_arguments(pixel, found.table, [0])
    reply = tasks.TASKS["decode"](arguments, memoryview(data), memoryview(target))
    values = np.frombuffer(target, stored_dtype(pixel)).astype(np.int64).reshape(frame_shape(pixel))
    return values, found, tasks.photometrics(reply)[0]


def _reference(archive: zipfile.ZipFile, name: str) -> Array:
    subject = Path(name).name.split("_")[0]
    values: Array = dcmread(BytesIO(archive.read(f"REF/{subject}_UNC.dcm"))).pixel_array.astype(np.int64)
    return values


def _of(*folders: str) -> list[str]:
    return [name for name in _names() if name.split("/")[0] in folders]


@pytest.mark.parametrize("name", _of("REF", *LOSSLESS))
def test_what_was_compressed_without_loss_is_the_reference_bit_by_bit(
    archive: zipfile.ZipFile, name: str
) -> None:
    values, found, _ = _decoded(archive.read(name))

    assert (values == _reference(archive, name)).all()
    assert found.record.lossy == ""


@pytest.mark.parametrize("name", _of(*MEAN_ERROR))
def test_what_was_compressed_with_loss_is_near_the_reference_and_says_so(
    archive: zipfile.ZipFile, name: str
) -> None:
    values, found, photometric = _decoded(archive.read(name))
    reference = _reference(archive, name)
    folder = name.split("/", maxsplit=1)[0]
    error = np.abs(values - reference)

    assert photometric in {"MONOCHROME1", "MONOCHROME2", "RGB"}
    assert 0 < error.mean() / np.ptp(reference) <= MEAN_ERROR[folder]
    assert found.record.lossy.endswith(":1")


@pytest.mark.parametrize("name", _of("JLSN"))
def test_near_lossless_values_are_off_by_their_near_at_most(archive: zipfile.ZipFile, name: str) -> None:
    data = archive.read(name)
    values, found, _ = _decoded(data)
    start = data.index(b"\xff\xda", found.table.spans[0][0][0])  # SOS: length, 1, component, table, NEAR
    near = data[start + 7]

    assert near > 0
    assert np.abs(values - _reference(archive, name)).max() == near


@pytest.mark.parametrize("name", _of("J2KI"))
def test_lossy_jpeg_2000_is_what_pydicom_decodes(archive: zipfile.ZipFile, name: str) -> None:
    """Both use OpenJPEG, each in its own build."""
    data = archive.read(name)

    assert np.abs(_decoded(data)[0] - dcmread(BytesIO(data)).pixel_array).max() <= 1
