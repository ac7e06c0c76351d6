"""From a header to the ``InstanceRecord`` that the program remembers.

Identity (the three UIDs) must be right or the object is refused: a study with a garbled UID would
mix with another. Everything else may be missing or garbled; it is then visibly unknown.

Units:   as ``model`` says.
Errors:  DicomRefused for UIDs that are none, DiscDirectory for a media directory, Unsupported and
         DicomRefused from the pixel format.
Source:  PS3.3 C.7 (patient, study, series, image), C.8.5.5 (ultrasound regions), C.7.6.1.1.5
         (lossy compression), C.7.5.1.1.2 (pixel padding).
"""

from __future__ import annotations

import re
from functools import partial
from typing import Final, cast

from pydicom.dataset import Dataset

from workstation.dicom import described
from workstation.dicom.attributes import has, integer, items, number, numbers, text, texts
from workstation.dicom.errors import DiscDirectory, malformed
from workstation.dicom.functional_groups import frames_of
from workstation.dicom.layout import Layout
from workstation.dicom.model import InstanceRecord, PixelFormat, Series, Study, UltrasoundRegion
from workstation.dicom.pixel_format import frame_count, pixel_format
from workstation.dicom.syntaxes import ALWAYS_LOSSY, MAYBE_LOSSY

_UID: Final = re.compile(r"[0-9.]{1,64}")
_MEDIA_DIRECTORY: Final = "1.2.840.10008.1.3.10"
_DIRECTORY_RECORDS: Final = "DirectoryRecordSequence"

_IN_THE_FILE: Final = (  # what ``needs_header`` stands for, besides overlays
    "ModalityLUTSequence",
    "VOILUTSequence",
    "RedPaletteColorLookupTableDescriptor",
    "PaletteColorLookupTableUID",
    "PresentationLUTSequence",
)
_OVERLAYS: Final = range(0x6000, 0x6020, 2)  # PS3.5 7.6: sixteen even groups

_EXTRA: Final = (  # for corner texts
    "AcquisitionDate", "AcquisitionTime", "BodyPartThickness", "BurnedInAnnotation", "ContentTime",
    "ContrastBolusAgent", "ConvolutionKernel", "CorrectedImage", "DecayCorrection", "DerivationDescription",
    "Exposure", "ExposureTime", "FlipAngle", "GantryDetectorTilt", "ImageComments", "InversionTime", "KVP",
    "MagneticFieldStrength", "Manufacturer", "ManufacturerModelName", "PatientAge", "PatientOrientation",
    "PatientPosition", "PatientWeight", "PresentationIntentType", "RepetitionTime", "ScanOptions",
    "ScanningSequence", "SequenceName", "SpacingBetweenSlices", "StationName", "TransducerData", "Units",
    "XRayTubeCurrent",
)  # fmt: skip


def record_of(dataset: Dataset, layout: Layout) -> InstanceRecord:
    """Return what is remembered of the object that ``dataset`` is the header of."""
    _check_kind(dataset)
    pixel = pixel_format(dataset, layout)
    count = frame_count(dataset) if pixel else 0
    return InstanceRecord(
        uid=_uid(dataset, "SOPInstanceUID"),
        sop_class=_uid(dataset, "SOPClassUID"),
        transfer_syntax=layout.transfer_syntax,
        patient=described.patient(partial(text, dataset)),
        study=_study(dataset),
        series=_series(dataset),
        number=integer(dataset, "InstanceNumber"),
        acquisition=integer(dataset, "AcquisitionNumber"),
        frame_of_reference=text(dataset, "FrameOfReferenceUID"),
        pixel=pixel,
        frame_count=count,
        frames=frames_of(dataset, count) if pixel else (),
        regions=_regions(dataset),
        padding=_padding(dataset, pixel) if pixel else None,
        presentation=text(dataset, "PresentationLUTShape"),
        aspect=_aspect(dataset),
        lossy=_lossy(dataset, layout.transfer_syntax),
        frame_time=_frame_time(dataset),
        needs_header=_needs_header(dataset),
        extra=tuple((name, value) for name in _EXTRA if (value := text(dataset, name))),
    )


def _check_kind(dataset: Dataset) -> None:
    directory = has(dataset, _DIRECTORY_RECORDS) or has(dataset, "FileSetID")
    if directory and not has(dataset, "SOPInstanceUID"):
        raise DiscDirectory("This is the directory of a disc, not an image", where="DICOMDIR")


def _uid(dataset: Dataset, keyword: str) -> str:
    uid = text(dataset, keyword)
    if not _UID.fullmatch(uid):
        raise malformed(f"{keyword} is {'no UID' if uid else 'missing'}", where=f"{len(uid)} characters")
    return uid


def _study(dataset: Dataset) -> Study:
    _uid(dataset, "StudyInstanceUID")
    return described.study(partial(text, dataset))


def _series(dataset: Dataset) -> Series:
    _uid(dataset, "SeriesInstanceUID")
    return described.series(partial(text, dataset), integer(dataset, "SeriesNumber"))


def _regions(dataset: Dataset) -> tuple[UltrasoundRegion, ...]:
    found = (_region(region) for region in items(dataset, "SequenceOfUltrasoundRegions"))
    return tuple(region for region in found if region is not None)


def _region(region: Dataset) -> UltrasoundRegion | None:
    """Return a region, or None if any of its numbers is missing: half a calibration measures nothing."""
    whole = [
        integer(region, f"Region{name}")
        for name in ("LocationMinX0", "LocationMinY0", "LocationMaxX1", "LocationMaxY1")
    ]
    whole += [
        integer(region, name)
        for name in (
            "RegionSpatialFormat",
            "RegionDataType",
            "PhysicalUnitsXDirection",
            "PhysicalUnitsYDirection",
        )
    ]
    deltas = [number(region, name) for name in ("PhysicalDeltaX", "PhysicalDeltaY")]
    if None in whole or None in deltas:
        return None
    return UltrasoundRegion(*cast("list[int]", whole), *cast("list[float]", deltas))


def _padding(dataset: Dataset, pixel: PixelFormat) -> tuple[int, int] | None:
    """Return the range of padding values, low end first; US or SS as PixelRepresentation says."""
    value = _stored(dataset, "PixelPaddingValue", pixel)
    if value is None:
        return None
    limit = _stored(dataset, "PixelPaddingRangeLimit", pixel)
    low, high = sorted((value, value if limit is None else limit))
    return low, high


def _stored(dataset: Dataset, keyword: str, pixel: PixelFormat) -> int | None:
    value = integer(dataset, keyword)
    if value is None or pixel.kind != "integer":
        return None
    word = value & 0xFFFF  # PS3.5 6.2: the same two bytes, read as PixelRepresentation says
    return word - 0x1_0000 if pixel.signed and word & 0x8000 else word


def _aspect(dataset: Dataset) -> tuple[int, int] | None:
    found = numbers(dataset, "PixelAspectRatio")
    if len(found) != 2:
        return None
    vertical, horizontal = found
    if not vertical or not horizontal or vertical < 1 or horizontal < 1:
        return None
    return int(vertical), int(horizontal)


def _lossy(dataset: Dataset, syntax: str) -> str:
    """Return how values were lost: as the header says, or as the transfer syntax gives away."""
    said = text(dataset, "LossyImageCompression")
    if said == "01":
        methods = texts(dataset, "LossyImageCompressionMethod") or ("lossy",)
        ratios = texts(dataset, "LossyImageCompressionRatio")
        return ", ".join(f"{m} {ratios[i]}:1" if i < len(ratios) else m for i, m in enumerate(methods))
    if syntax in ALWAYS_LOSSY:
        return ALWAYS_LOSSY[syntax]
    return "" if said == "00" else MAYBE_LOSSY.get(syntax, "")


def _frame_time(dataset: Dataset) -> float | None:
    """Return the ms between frames: FrameTime, or from a rate (PS3.3 C.7.6.5)."""
    time = number(dataset, "FrameTime")
    if time is not None and time > 0:
        return time
    rate = number(dataset, "CineRate") or number(dataset, "RecommendedDisplayFrameRate")
    return 1000 / rate if rate is not None and rate > 0 else None


def _needs_header(dataset: Dataset) -> bool:
    if any(has(dataset, keyword) for keyword in _IN_THE_FILE):
        return True
    return any(has(dataset, group << 16 | 0x0010) for group in _OVERLAYS)  # OverlayRows
