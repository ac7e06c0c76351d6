from collections.abc import Callable

import numpy as np
import pytest
from dicom_objects import DEFLATED, EXPLICIT, IMPLICIT, RLE, compressed, ct, item, part10
from pydicom import dcmread
from pydicom.dataset import Dataset
from pydicom.filebase import DicomBytesIO
from pydicom.pixels.encoders.base import RLELosslessEncoder
from quick_desk import SharedPool

from workstation.dicom.content_digest import content_digest
from workstation.dicom.errors import DicomRefused
from workstation.dicom.examining import digest_in_worker

J2K_LOSSY = "1.2.840.10008.1.2.4.91"
PICTURE = np.arange(16 * 12, dtype=np.uint16).reshape(16, 12) * 7


def _object() -> Dataset:
    dataset = ct(PICTURE, PatientName="DOE^JANE", StudyDescription="Kopf nativ", SliceThickness="2.50")
    dataset.ReferencedImageSequence = [
        item(ReferencedSOPInstanceUID="1.2.3"),
        item(ReferencedSOPInstanceUID="1.2.4"),
    ]
    return dataset


def _references(*uids: str) -> list[Dataset]:
    return [item(ReferencedSOPInstanceUID=uid) for uid in uids]


def _digest(data: bytes) -> str:
    return content_digest(memoryview(data))


@pytest.mark.parametrize("syntax", [IMPLICIT, EXPLICIT, DEFLATED])
def test_the_way_of_writing_doesn_t_matter(syntax: str) -> None:
    assert _digest(part10(_object(), syntax)) == _digest(part10(_object()))


def test_compression_without_loss_doesn_t_matter() -> None:
    frame = next(RLELosslessEncoder.iter_encode(_object()))
    assert _digest(compressed(_object(), [frame], RLE)) == _digest(part10(_object()))


def test_a_lossy_copy_is_another_object() -> None:
    import imagecodecs

    frame = bytes(imagecodecs.jpeg2k_encode(PICTURE, level=10, codecformat="j2k"))
    assert _digest(compressed(_object(), [frame], J2K_LOSSY)) != _digest(part10(_object()))


def test_another_character_set_for_the_same_text_doesn_t_matter() -> None:
    latin, unicode = _object(), _object()
    for dataset, charset in ((latin, "ISO_IR 100"), (unicode, "ISO_IR 192")):
        dataset.SpecificCharacterSet = charset
        dataset.PatientName = "MÜLLER^Jörg"
    assert part10(latin) != part10(unicode)
    assert _digest(part10(latin)) == _digest(part10(unicode))


def _set(**attributes: object) -> Callable[[Dataset], None]:
    def change(dataset: Dataset) -> None:
        for keyword, value in attributes.items():
            setattr(dataset, keyword, value)

    return change


@pytest.mark.parametrize(
    "change",
    [
        _set(RetrieveAETitle="ARCHIVE", InstanceAvailability="ONLINE"),
        _set(SliceThickness="2.5"),
        _set(StudyDescription="Kopf nativ "),
        lambda dataset: dataset.private_block(0x0009, "AN ARCHIVE", create=True).add_new(1, "LO", "mine"),
        lambda dataset: dataset.add_new(0x0008_0000, "UL", 1234),
    ],
)
def test_what_an_archive_may_do_doesn_t_matter(change: Callable[[Dataset], None]) -> None:
    changed = _object()
    change(changed)
    assert _digest(part10(changed)) == _digest(part10(_object()))


@pytest.mark.parametrize(
    "change",
    [
        _set(PatientName="DOE^JOHN"),
        _set(PatientID="other"),
        _set(SliceThickness="2.51"),
        _set(PixelData=(PICTURE + 1).tobytes()),
        _set(ImageLaterality="L"),
        _set(
            ReferencedImageSequence=[
                item(ReferencedSOPInstanceUID="1.2.4"),
                item(ReferencedSOPInstanceUID="1.2.3"),
            ]
        ),
        _set(ReferencedImageSequence=[item(ReferencedSOPInstanceUID="1.2.3")]),
        lambda dataset: dataset.pop("StudyDescription"),
    ],
)
def test_every_other_change_is_seen(change: Callable[[Dataset], None]) -> None:
    changed = _object()
    change(changed)
    assert _digest(part10(changed)) != _digest(part10(_object()))


def test_one_changed_pixel_is_seen_through_a_compression() -> None:
    picture = PICTURE.copy()
    picture[3, 5] ^= 1
    changed = _object()
    changed.PixelData = picture.tobytes()
    frame = next(RLELosslessEncoder.iter_encode(changed))
    assert _digest(compressed(_object(), [frame], RLE)) != _digest(part10(_object()))


def test_what_can_t_be_understood_is_refused() -> None:
    with pytest.raises(DicomRefused):
        _digest(b"no such thing" * 100)


def test_a_worker_reckons_the_same(pool: SharedPool) -> None:
    data = part10(_object())
    assert digest_in_worker(pool, memoryview(data)) == _digest(data)


def test_a_report_without_pixels_has_one_too() -> None:
    report = _object()
    for keyword in ("PixelData", "Rows", "Columns", "BitsAllocated"):
        delattr(report, keyword)
    first = part10(report)
    again = dcmread(DicomBytesIO(first))
    again.PatientSex = "F"
    assert _digest(first) != _digest(part10(again))
