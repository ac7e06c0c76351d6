"""What the program remembers of a DICOM instance, once, in plain frozen values.

An ``InstanceRecord`` is made when a file is examined and kept in the store's index, so that a
study opens without reading its headers again. Whatever is rare and large (LUT sequences,
palettes, overlay planes) stays in the file; ``needs_header`` says that it must be asked for it.

Units:   millimetres and DICOM patient space (LPS) for geometry; seconds per mm² for b-values;
         milliseconds for echo times. Pairs of spacing are (row spacing, column spacing) as in
         PS3.3 10.7.1.3: the distance between the rows first.
Errors:  ``record_from_json`` raises ValueError for a text that it did not write.
Source:  PS3.3 C.7.6.2 (image plane), C.7.6.3 (image pixel), C.11.2 (VOI LUT), C.7.6.16.2
         (functional groups), C.8.5.5 (ultrasound regions).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

VoiFunction = Literal["LINEAR", "LINEAR_EXACT", "SIGMOID"]
SampleKind = Literal["integer", "float32", "float64"]
SpacingSource = Literal[
    "PixelSpacing",  # at the patient, or as the header says
    "PixelSpacingCalibrated",  # PixelSpacing that differs from ImagerPixelSpacing (PS3.3 10.7)
    "ImagerPixelSpacing",  # at the detector: a length is magnified
    "ImagerPixelSpacingCorrected",  # at the detector, divided by the estimated magnification
    "NominalScannedPixelSpacing",
]

Triple = tuple[float, float, float]
Sextuple = tuple[float, float, float, float, float, float]


@dataclass(frozen=True, slots=True)
class Patient:
    """Who it is; two patients are the same only if all but the name agree."""

    patient_id: str
    issuer: str
    name: str  # PN as stored, decoded: "DOE^JANE"
    birth_date: str  # DA, "" if unknown
    sex: str  # "F", "M", "O" or ""


@dataclass(frozen=True, slots=True)
class Study:
    """The study that an instance belongs to; dates and times as DICOM writes them (DA, TM)."""

    uid: str
    date: str
    time: str
    accession: str
    description: str
    referring: str
    institution: str
    study_id: str


@dataclass(frozen=True, slots=True)
class Series:
    """The series that an instance belongs to."""

    uid: str
    number: int | None
    modality: str
    description: str
    body_part: str
    laterality: str
    view_position: str
    protocol: str
    date: str
    time: str


@dataclass(frozen=True, slots=True)
class PixelFormat:
    """How the samples of one frame are laid out in the file."""

    transfer_syntax: str
    rows: int
    columns: int
    samples: int  # per pixel: 1 or 3 (4 is refused)
    bits_allocated: int  # 1, 8, 16, 32 (64 with float64)
    bits_stored: int
    high_bit: int
    signed: bool
    photometric: str  # PhotometricInterpretation
    planar: int  # PlanarConfiguration: 0 by pixel, 1 by plane
    kind: SampleKind = "integer"
    byte_pairs_swapped: bool = False  # 8-bit samples in big-endian words (PS3.5 8.2, OW)


@dataclass(frozen=True, slots=True)
class VoiWindow:
    """One window that the file offers."""

    center: float
    width: float
    explanation: str = ""
    function: VoiFunction = "LINEAR"


@dataclass(frozen=True, slots=True)
class Spacing:
    """Distance between pixel centres in mm, and which attribute it comes from."""

    row: float
    column: float
    source: SpacingSource


@dataclass(frozen=True, slots=True)
class FrameFacts:
    """What may differ from frame to frame (plain attributes or functional groups)."""

    position: Triple | None = None
    orientation: Sextuple | None = None
    spacing: Spacing | None = None
    thickness: float | None = None
    slope: float = 1.0
    intercept: float = 0.0
    rescale_type: str = ""  # "HU", "US", …; "" if not said
    windows: tuple[VoiWindow, ...] = ()
    image_type: tuple[str, ...] = ()
    echo_time: float | None = None
    b_value: float | None = None
    temporal_position: int | None = None
    stack: str = ""  # StackID of multi-frame objects
    in_stack: int | None = None  # InStackPositionNumber
    time: float | None = None  # ms from the first frame of a cine


@dataclass(frozen=True, slots=True)
class UltrasoundRegion:
    """A calibrated region of an ultrasound picture (PS3.3 C.8.5.5)."""

    left: int  # pixels, inclusive, as the standard counts them
    top: int
    right: int
    bottom: int
    spatial_format: int  # RegionSpatialFormat: 1 is 2D tissue
    data_type: int
    unit_x: int  # PhysicalUnitsXDirection: 3 is cm
    unit_y: int
    delta_x: float  # in that unit, per pixel
    delta_y: float


@dataclass(frozen=True, slots=True)
class InstanceRecord:
    """One SOP instance, without its pixels."""

    uid: str
    sop_class: str
    transfer_syntax: str
    patient: Patient
    study: Study
    series: Series
    number: int | None  # InstanceNumber
    acquisition: int | None  # AcquisitionNumber
    frame_of_reference: str
    pixel: PixelFormat | None  # None: nothing to show (a report, a presentation state)
    frame_count: int  # 0 without pixels
    frames: tuple[FrameFacts, ...]  # one for all frames alike, or one for each
    regions: tuple[UltrasoundRegion, ...] = ()
    padding: tuple[int, int] | None = None  # PixelPaddingValue and its range limit, stored values
    presentation: str = ""  # PresentationLUTShape
    aspect: tuple[int, int] | None = None  # PixelAspectRatio, vertical : horizontal
    lossy: str = ""  # "" lossless; else the method and ratio that the header names
    frame_time: float | None = None  # ms between frames of a cine
    needs_header: bool = False  # LUT sequences, a palette or overlays: read them from the file
    extra: tuple[tuple[str, str], ...] = ()  # keyword, value: for corner texts (KVP, field strength, …)

    def facts(self, frame: int) -> FrameFacts:
        """Return what holds for a frame, counted from 0."""
        return self.frames[frame if len(self.frames) > 1 else 0]


@dataclass(frozen=True, slots=True)
class FrameTable:
    """Where each frame's bytes lie in the file: for every frame its spans of (offset, length).

    An empty table (``spans == ()``) means that the file must be read whole (deflated, or no pixels).
    Bit-packed frames (BitsAllocated 1) may share a byte with a neighbour: their table is empty too.
    """

    spans: tuple[tuple[tuple[int, int], ...], ...] = ()
