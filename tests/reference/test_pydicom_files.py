"""Every file in pydicom's package is shown as pydicom decodes it, or refused with a reason.

The oracle is ``pixel_array(raw=True)``: stored values, colours unconverted. Where the answers
differ, the reason stands beside the name; both are different builds of libjpeg's family, whose
inverse transforms may round to the next value (ITU-T T.83 allows it).
"""

import warnings
from io import BytesIO
from pathlib import Path

import numpy as np
import pydicom.data
import pytest
from pydicom import dcmread
from pydicom.pixels.utils import pixel_array
from pydicom.uid import UID

from workstation.dicom import tasks
from workstation.dicom.codecs import frame_shape, stored_dtype
from workstation.dicom.errors import DicomRefused, NotDicom, PixelsRefused
from workstation.dicom.examine import examine

FOLDER = Path(pydicom.data.__file__).parent
FILES = sorted(
    str(path.relative_to(FOLDER))
    for part in ("test_files", "charset_files", "palettes")
    for path in (FOLDER / part).rglob("*")
    if path.is_file()
)

NOT_DICOM = {
    "charset_files/FileInfo.txt",
    "palettes/README.md",
    "test_files/README.txt",
    "test_files/crayons.icc",
    "test_files/dicomdirtests/README.txt",
    "test_files/dicomdirtests/TINY_ALPHA/README",
    "test_files/no_meta.dcm",  # its first byte was overwritten: 0820 is no group that anything begins with
    "test_files/rtplan.dump",
    "test_files/rtstruct.dump",
    "test_files/test1.json",
    "test_files/test_PN.json",
    "test_files/zipMR.gz",
}
REFUSED = {  # path: what the reason says
    "test_files/MR_truncated.dcm": "cut off inside the pixel data",
    "test_files/rtplan_truncated.dcm": "cut off inside (300A,00B0)",
    "test_files/dicomdirtests/DICOMDIR-nooffset": "cut off inside an item",
    "test_files/UN_sequence.dcm": "SOPInstanceUID is missing",
    "test_files/empty_charset_LEI.dcm": "SOPInstanceUID is missing",
    "test_files/no_meta_group_length.dcm": "SOPInstanceUID is missing",
    "test_files/priv_SQ.dcm": "SOPInstanceUID is missing",
    "charset_files/chrSQEncoding.dcm": "SOPInstanceUID is missing",
    "charset_files/chrSQEncoding1.dcm": "SOPInstanceUID is missing",
    "test_files/meta_missing_tsyntax.dcm": "no Rows",
    "test_files/nested_priv_SQ.dcm": "no Rows",
    "test_files/JPEGLSNearLossless_08.dcm": "StudyInstanceUID is missing",
    "test_files/JPEGLSNearLossless_16.dcm": "StudyInstanceUID is missing",
    "test_files/SC_rgb_jls_lossy_line.dcm": "StudyInstanceUID is missing",
    "test_files/SC_rgb_jls_lossy_sample.dcm": "StudyInstanceUID is missing",
    **{
        f"palettes/{name}.dcm": "StudyInstanceUID is missing"
        for name in ("fall", "hotiron", "hotmetalblue", "pet", "pet20step", "spring", "summer", "winter")
    },
}
UNDECODABLE = {  # its codestream was made up around a sequence delimiter; no decoder of pydicom's reads it
    "test_files/JPEG2000-embedded-sequence-delimiter.dcm": "contradicts its header",
}
ROUNDED = {  # lossy JPEG: two builds of the inverse transform, off by one here and there
    f"test_files/{name}.dcm"
    for name in (
        "JPGExtended", "SC_jpeg_no_color_transform", "SC_jpeg_no_color_transform_2", "SC_rgb_dcmtk_+eb+cr",
        "SC_rgb_dcmtk_+eb+cy+n1", "SC_rgb_dcmtk_+eb+cy+np", "SC_rgb_jpeg", "SC_rgb_jpeg_app14_dcmd",
        "SC_rgb_jpeg_lossy_gdcm", "examples_ybr_color",
    )
}  # fmt: skip
NOT_BY_PYDICOM = {
    "test_files/JPEG-lossy.dcm": "none of its plug-ins decodes this 12-bit stream",
    "test_files/badVR.dcm": "it stops at the IS value 1A",
}


def _is_directory(name: str) -> bool:
    return "DICOMDIR" in Path(name).name and name not in REFUSED


def _shown(data: bytes) -> np.ndarray | None:
    """Return all frames as a worker decodes them, or None for an object without pixels."""
    found = examine(memoryview(data))
    pixel, count = found.record.pixel, found.record.frame_count
    if pixel is None:
        return None
    target = bytearray(tasks.frame_size(pixel) * count)
    arguments = tasks.decode_arguments(pixel, found.table, range(count))
    tasks.TASKS["decode"](arguments, memoryview(data), memoryview(target))
    return np.frombuffer(target, stored_dtype(pixel)).reshape(count, *frame_shape(pixel))


def _by_pydicom(data: bytes) -> np.ndarray:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # these files are odd on purpose
        dataset = dcmread(BytesIO(data), force=True)
        if "TransferSyntaxUID" not in dataset.file_meta:
            dataset.file_meta.TransferSyntaxUID = UID(examine(memoryview(data)).record.transfer_syntax)
        return pixel_array(dataset, raw=True)


def test_the_lists_name_files_that_exist() -> None:
    assert len(FILES) > 150
    assert set(FILES) >= NOT_DICOM | REFUSED.keys() | UNDECODABLE.keys() | ROUNDED | NOT_BY_PYDICOM.keys()


@pytest.mark.parametrize("name", FILES)
def test_the_file_is_shown_as_pydicom_decodes_it_or_refused_with_its_reason(name: str) -> None:
    data = (FOLDER / name).read_bytes()

    if name in NOT_DICOM or _is_directory(name):
        with pytest.raises(
            NotDicom, match="not a DICOM file" if name in NOT_DICOM else "directory of a disc"
        ):
            _shown(data)
    elif name in REFUSED:
        with pytest.raises(DicomRefused) as refused:
            _shown(data)
        assert REFUSED[name] in str(refused.value)
    elif name in UNDECODABLE:
        with pytest.raises(PixelsRefused, match=UNDECODABLE[name]):
            _shown(data)
    else:
        _compare(name, data)


def _compare(name: str, data: bytes) -> None:
    shown = _shown(data)
    if shown is None or name in NOT_BY_PYDICOM:
        return
    expected = _by_pydicom(data)
    allowed = 1 if name in ROUNDED else 0
    assert expected.size == shown.size
    worst = np.abs(expected.reshape(shown.shape).astype(np.float64) - shown).max()
    assert worst == allowed, "the same, or off by one where the list says so"


@pytest.mark.parametrize("name", NOT_BY_PYDICOM)
def test_what_pydicom_cant_decode_is_shown_all_the_same(name: str) -> None:
    data = (FOLDER / name).read_bytes()
    shown = _shown(data)

    assert shown is not None
    assert np.ptp(shown) > 0
    with pytest.raises(Exception, match=r"."):
        _by_pydicom(data)
