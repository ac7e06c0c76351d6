"""The affine of real volumes, against SimpleITK's reader.

Needs ``../shared/data/mr-head-t1.zip`` and ``ct-head-phantom.zip`` beside the repository.
"""

import zipfile
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import SimpleITK
from numpy.typing import NDArray

from workstation.dicom.examine import examine
from workstation.dicom.model import InstanceRecord
from workstation.dicom.series import split
from workstation.dicom.volume import volume_of, why_no_volume

DATA = Path(__file__).parents[3] / "shared" / "data"
TOLERANCE_MM = 1e-4


def _examined(archive: Path, folder: Path) -> dict[Path, InstanceRecord]:
    """Unpack a study, for SimpleITK reads files only, and return its instances."""
    with zipfile.ZipFile(archive) as packed:
        packed.extractall(folder)
    paths = (path for path in folder.rglob("*") if path.is_file() and path.name != "DIRFILE")
    return {path: examine(memoryview(path.read_bytes())).record for path in paths}


def _affine(image: Any) -> NDArray[np.float64]:  # noqa: ANN401  SimpleITK's image has no types
    affine = np.eye(4)
    affine[:3, :3] = np.array(image.GetDirection()).reshape(3, 3) * image.GetSpacing()
    affine[:3, 3] = image.GetOrigin()
    return affine


@pytest.mark.parametrize(("name", "slices"), [("mr-head-t1.zip", {384}), ("ct-head-phantom.zip", {28, 140})])
def test_the_affine_agrees_with_simpleitk(name: str, slices: set[int], tmp_path: Path) -> None:
    archive = DATA / name
    if not archive.exists():
        pytest.skip(f"needs ../shared/data/{name}")
    examined = _examined(archive, tmp_path)
    files = {record.uid: str(path) for path, record in examined.items()}
    volumes = [stack for stack in split(examined.values()) if not why_no_volume(stack)]

    assert {len(stack.frames) for stack in volumes} == slices
    for stack in volumes:
        names = [files[frame.record.uid] for frame in stack.frames]
        image = SimpleITK.ReadImage(names)
        pixel = stack.frames[0].record.pixel
        assert pixel is not None
        values = np.zeros((len(names), pixel.rows, pixel.columns), dtype=np.int16)
        corners = np.array([[i, j, k, 1] for i in (0, 511) for j in (0, 511) for k in (0, len(names) - 1)]).T

        ours = volume_of(stack, values).affine @ corners
        assert np.abs(ours - _affine(image) @ corners).max() < TOLERANCE_MM
