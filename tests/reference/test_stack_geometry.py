"""Affines of real series against SimpleITK's series reader, the second opinion of the field.

Needs the real studies: the folder in LUMEN_DATA, or ``../shared/data`` beside the repository.
pydicom's own test files come with it.
"""

import os
import zipfile
from collections import defaultdict
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pydicom
import pytest
import SimpleITK
from numpy.typing import NDArray
from pydicom.data import get_testdata_file

from workstation.geometry import Irregularity, StackGeometry, edge_letters, examine_stack, plane_name

DATA = Path(os.environ.get("LUMEN_DATA", Path(__file__).parents[3] / "shared" / "data"))
TOLERANCE_MM = 1e-4
READER: Any = SimpleITK.ImageSeriesReader  # it has no types

Series = Sequence[pydicom.Dataset]


@pytest.mark.parametrize(
    ("archive", "folder", "count", "size"),
    [
        ("mr-head-t1.zip", "dicoms", 384, (274, 384, 384)),
        ("ct-head-phantom.zip", "S21570/S2010", 28, (512, 512, 28)),
        ("ct-head-phantom.zip", "S21570/S2020", 140, (512, 512, 140)),
    ],
)
def test_the_affine_of_a_real_series_is_simpleitks(
    tmp_path: Path, archive: str, folder: str, count: int, size: tuple[int, int, int]
) -> None:
    """Compared where they would differ most: at every corner of the volume."""
    files = _unpacked(archive, folder, tmp_path)
    headers = [pydicom.dcmread(file, stop_before_pixels=True) for file in files]
    stack = _examined(headers)

    assert (stack.regular, len(headers)) == (True, count)
    assert stack.affine is not None
    corners = np.array([[i, j, k, 1] for i in (0, size[0]) for j in (0, size[1]) for k in (0, size[2])])
    apart = (stack.affine - _simpleitk_affine(files)) @ corners.T
    assert np.abs(apart).max() < TOLERANCE_MM


def test_slices_lost_from_a_real_series_are_missed(tmp_path: Path) -> None:
    files = _unpacked("ct-head-phantom.zip", "S21570/S2020", tmp_path)
    headers = [pydicom.dcmread(file, stop_before_pixels=True) for file in files]
    headers.sort(key=lambda header: float(header.ImagePositionPatient[2]))
    del headers[40:43]
    stack = _examined(headers[::-1])

    assert (stack.irregularity, stack.missing) == (Irregularity.MISSING, 3)
    assert stack.detail == "slices 40 and 41 are 4.0 mm apart where 1.0 mm is usual: 3 missing"


def test_the_head_lies_the_right_way_round(tmp_path: Path) -> None:
    """dcm_qa_ct's phantom was scanned head first, supine: axial, nose up, its right at the left."""
    header = pydicom.dcmread(_unpacked("ct-head-phantom.zip", "S21570/S2010", tmp_path)[0])
    letters = edge_letters(header.ImageOrientationPatient)

    assert (header.PatientPosition, plane_name(header.ImageOrientationPatient)) == ("HFS", "axial")
    assert (letters.left, letters.right, letters.top, letters.bottom) == ("R", "L", "A", "P")


def test_every_series_among_pydicoms_files_is_examined_and_the_regular_ones_agree() -> None:
    regular = 0
    for headers in _pydicom_series():
        stack = _examined(headers)
        assert sorted(stack.order) == list(range(len(headers)))
        assert stack.regular == (stack.detail == "")
        if stack.regular:
            regular += 1
            assert stack.affine is not None
            theirs = _simpleitk_affine([str(headers[index].filename) for index in stack.order])
            assert stack.affine == pytest.approx(theirs, abs=TOLERANCE_MM)

    assert regular >= 1


def _examined(headers: Series) -> StackGeometry:
    return examine_stack(
        [header.ImagePositionPatient for header in headers],
        [header.ImageOrientationPatient for header in headers],
        [header.PixelSpacing for header in headers],
    )


def _simpleitk_affine(files: Sequence[str]) -> NDArray[np.float64]:
    reader = READER()
    reader.SetFileNames(files)
    image = reader.Execute()
    affine = np.eye(4)
    affine[:3, :3] = np.reshape(image.GetDirection(), (3, 3)) @ np.diag(image.GetSpacing())
    affine[:3, 3] = image.GetOrigin()
    return affine


def _unpacked(archive: str, folder: str, to: Path) -> list[str]:
    """Return the files of the one series in a folder, in SimpleITK's order."""
    path = DATA / archive
    if not path.exists():
        pytest.skip(f"needs {archive} in {DATA}")
    with zipfile.ZipFile(path) as packed:
        packed.extractall(to, [name for name in packed.namelist() if name.startswith(folder)])
    return list(READER.GetGDCMSeriesFileNames(str(to / folder)))


def _pydicom_series() -> Sequence[Series]:
    """Return the series of pydicom's example of a disc, those that have a place in the patient."""
    disc = get_testdata_file("DICOMDIR", download=False)
    series: dict[str, list[pydicom.Dataset]] = defaultdict(list)
    for path in sorted(Path(str(disc)).parent.rglob("*")):
        if path.is_file() and path.name != "DICOMDIR" and pydicom.misc.is_dicom(path):
            header = pydicom.dcmread(path, stop_before_pixels=True, force=True)
            if {"ImagePositionPatient", "PixelSpacing", "SeriesInstanceUID"} <= set(header.dir()):
                series[header.SeriesInstanceUID].append(header)
    return list(series.values())
