"""Modality LUTs, VOI LUTs, palettes and overlays of real objects, against pydicom's own processing.

Needs ``../shared/data/objects.zip`` beside the repository.
"""

import io
import zipfile
from pathlib import Path

import numpy as np
import pytest
from pydicom import Dataset, dcmread
from pydicom.pixels.processing import apply_color_lut, apply_modality_lut, apply_voi

from workstation.dicom.lookups import lookups_of
from workstation.dicom.modality import modality_values
from workstation.dicom.voi import apply_voi as apply_ours

OBJECTS = Path(__file__).parents[3] / "shared" / "data" / "objects.zip"

pytestmark = pytest.mark.skipif(not OBJECTS.exists(), reason="needs ../shared/data/objects.zip")


def _read(name: str) -> Dataset:
    with zipfile.ZipFile(OBJECTS) as archive:
        return dcmread(io.BytesIO(archive.read(f"pydicom/{name}")), force=True)


def test_a_real_modality_table_agrees_with_pydicom() -> None:
    dataset = _read("mlut_18.dcm")
    stored = np.arange(-2048, 2048, dtype=np.int16)

    table = lookups_of(dataset).modality

    assert table is not None
    assert modality_values(stored, table).tolist() == apply_modality_lut(stored, dataset).tolist()


def test_a_real_voi_table_agrees_with_pydicom() -> None:
    dataset = _read("vlut_04.dcm")
    stored = np.arange(0, 4096, dtype=np.uint16)

    (table,) = lookups_of(dataset).voi_of(0)

    expected = apply_voi(stored, dataset) / table.top
    assert apply_ours(stored, table) == pytest.approx(expected)


def test_a_real_palette_agrees_with_pydicom() -> None:
    dataset = _read("OBXXXX1A_2frame.dcm")
    stored = np.arange(256, dtype=np.uint8)

    palette = lookups_of(dataset).palette

    assert palette is not None
    assert palette.apply(stored).tolist() == (apply_color_lut(stored, dataset) >> 8).tolist()


def test_a_supplemental_palette_starts_where_the_grey_values_end() -> None:
    """The header says 100 colours from stored value 1024 on."""
    palette = lookups_of(_read("eCT_Supplemental.dcm")).palette

    assert palette is not None
    assert (palette.first, len(palette.colours), palette.supplemental) == (1024, 100, True)


def test_a_real_overlay_agrees_with_pydicom() -> None:
    dataset = _read("MR-SIEMENS-DICOM-WithOverlays.dcm")

    (overlay,) = lookups_of(dataset).overlays

    assert (overlay.plane(0, 484, 484) == dataset.overlay_array(0x6000)).all()
    assert overlay.plane(0, 484, 484).any()
