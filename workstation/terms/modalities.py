"""Modalities: DICOM's codes, their plain names, and which of them are pictures of a patient.

Source:  PS3.16 CID 29 (acquisition) and CID 33 (with what is derived from it); PS3.3 C.7.3.1.1.1 for the
         codes that are retired and still met.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Final


@dataclass(frozen=True, slots=True)
class Modality:
    """What made an object."""

    code: str
    name: str
    is_image: bool | None  # None: a code that we don't know


_PICTURES: Final = """
BI biomagnetic imaging; BMD bone densitometry; CFM confocal microscopy; CR radiography; CT CT; DG
diaphanography; DMS dermoscopy; DX radiography; ES endoscopy; GM microscopy; HC hard copy; IO dental
radiography; IVOCT intravascular OCT; IVUS intravascular ultrasound; LS laser surface scan; MG
mammography; MR MR; NM nuclear medicine; OCT optical coherence tomography; OP ophthalmic photography; OPM
ophthalmic mapping; OPT ophthalmic tomography; OPTENF ophthalmic tomography, en face; OSS optical surface
scan; OT other images; PA photoacoustic imaging; PT PET; PX panoramic radiography; RF fluoroscopy; RG
radiography; RTIMAGE radiotherapy image; SM slide microscopy; TG thermography; US ultrasound; XA
angiography; XC photography; DF fluoroscopy; DS angiography; ST SPECT; VL visible light photography; AS
angioscopy; CD colour Doppler; CF cinefluorography; CP culposcopy; CS cystoscopy; DD duplex Doppler; DM
digital microscopy; EC echocardiography; FA fluorescein angiography; FS fundoscopy; LP laparoscopy; MA MR
angiography; MS MR spectroscopy; VF videofluorography
"""

_OTHERS: Final = """
AR autorefraction; ASMT content assessment; AU audio; BDUS ultrasound bone densitometry; CTPROTOCOL CT
protocol; DOC document; ECG ECG; EEG EEG; EMG EMG; EOG EOG; EPS cardiac electrophysiology; FID spatial
fiducials; HD haemodynamic waveform; IOL lens calculation; KER keratometry; KO key objects; LEN
lensometry; M3D 3D model; OAM axial eye measurements; OPTBSV ophthalmic volume analysis; OPV visual field;
PLAN plan; POS position sensor; PR presentation state; REG registration; RESP respiratory waveform; RTDOSE
radiotherapy dose; RTINTENT radiotherapy intent; RTPLAN radiotherapy plan; RTRAD radiotherapy radiation;
RTRECORD radiotherapy record; RTSEGANN radiotherapy segment; RTSTRUCT radiotherapy structures; RWV real-
world value map; SEG segmentation; SMR stereometric relationship; SR report; SRF subjective refraction;
STAIN slide stainer; TEXTUREMAP texture map; VA visual acuity
"""

_ALIKE: Final[Mapping[str, str]] = {
    **dict.fromkeys(("CR", "DX", "RG", "DR", "PX", "IO"), "radiography"),
    **dict.fromkeys(("XA", "DS"), "angiography"),
    **dict.fromkeys(("RF", "DF", "VF", "CF"), "fluoroscopy"),
    **dict.fromkeys(("US", "CD", "DD", "EC", "IVUS"), "ultrasound"),
    **dict.fromkeys(("MR", "MA", "MS"), "MR"),
    **dict.fromkeys(("NM", "ST"), "nuclear medicine"),
    **dict.fromkeys(("BMD", "BDUS"), "bone densitometry"),
}


def _parsed(table: str, *, is_image: bool) -> dict[str, Modality]:
    rows = (row.split(None, 1) for row in table.split(";"))
    return {code: Modality(code, " ".join(name.split()), is_image) for code, name in rows}


MODALITIES: Final[Mapping[str, Modality]] = {
    **_parsed(_PICTURES, is_image=True),
    **_parsed(_OTHERS, is_image=False),
}


def modality(code: str) -> Modality:
    """Return a modality by its code; one that isn't known has its code for a name."""
    tidy = code.strip().upper()
    return MODALITIES.get(tidy, Modality(tidy, tidy, None))


def family(code: str) -> str:
    """Return the name that codes for the same kind of picture share: CR and DX are both radiography."""
    tidy = code.strip().upper()
    return _ALIKE.get(tidy, modality(tidy).name)


def images_among(codes: Iterable[str]) -> frozenset[str]:
    """Return the codes of pictures; one that isn't known counts, since it may be one."""
    return frozenset(code for code in codes if modality(code).is_image is not False)
