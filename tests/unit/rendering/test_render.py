from pathlib import Path

import numpy as np
import pytest
from pydicom import dcmread
from pydicom.data import get_testdata_file
from pydicom.pixels.processing import apply_modality_lut, apply_windowing

from workstation.dicom.lookups import lookups_of
from workstation.dicom.modality import Rescale
from workstation.dicom.model import PixelFormat, VoiWindow
from workstation.rendering import Domain, Look, Picture, Plane, fitted, picture_of, render, resample_mask


def test_a_real_ct_at_its_own_size_is_what_pydicom_computes() -> None:
    dataset = dcmread(Path(str(get_testdata_file("CT_small.dcm", download=False))))
    dataset.WindowCenter, dataset.WindowWidth = 40, 400
    hounsfield = apply_modality_lut(dataset.pixel_array, dataset)
    dark, bright = -32_768 - 1024, 32_767 - 1024  # the range of pydicom's output
    expected = np.rint((apply_windowing(hounsfield, dataset) - dark) / (bright - dark) * 255)
    rows, columns = dataset.pixel_array.shape
    form = PixelFormat("", rows, columns, 1, 16, 16, 15, signed=True, photometric="MONOCHROME2", planar=0)

    shown = render(
        picture_of(dataset.pixel_array, form),
        Look(VoiWindow(40, 400), Rescale(1.0, -1024.0)),
        fitted((columns, rows), (columns, rows)),
    )
    assert np.abs(shown.astype(int) - expected).max() <= 0  # not one level


def test_a_real_overlay_is_drawn_where_pydicom_finds_it() -> None:
    dataset = dcmread(Path(str(get_testdata_file("examples_overlay.dcm", download=False))))
    (overlay,) = lookups_of(dataset).overlays
    rows, columns = dataset.Rows, dataset.Columns
    placement = fitted((columns, rows), (columns, rows))
    mask = resample_mask(overlay.plane(0, rows, columns), placement)

    shown = render(
        Picture(np.zeros((rows, columns), dtype=np.uint16), Domain(0, 1)),
        Look(),
        placement,
        planes=[Plane(mask, (242, 209, 107))],
    )
    assert (shown[..., 0] == dataset.overlay_array(0x6000) * 242).all()


@pytest.mark.parametrize("interpolation", ["nearest", "linear", "cubic"])
def test_the_viewport_is_filled_whatever_is_shown(interpolation: str) -> None:
    for pixels in (np.zeros((7, 5)), np.zeros((7, 5, 3), dtype=np.uint8)):
        shown = render(Picture(pixels), Look(), fitted((5, 7), (31, 17)), interpolation=interpolation)  # type: ignore[arg-type]  # parametrised
        assert shown.shape[:2] == (17, 31)
