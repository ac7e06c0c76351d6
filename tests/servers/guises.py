"""In what other archives differ from Orthanc over DICOMweb: a row each, a field for each difference.

What isn't known of a product isn't in its row, and what Orthanc can't do it can't do in any guise.

Source:  dcm4chee-arc: its QidoRS, WadoRS and StowRS, dicom-rs 174 (parts without length). Google, AWS, Azure:
         their conformance statements; dcmweb 22 (quotes), OHIF 3726 (406 for multipart in a search).
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Final

_NOTHING: Final = re.compile(r"(?!)")
_NO_WORKLIST: Final = r"workitems.*"
_STUDY, _SERIES, _INSTANCE = r"studies/[^/]+", r"studies/[^/]+/series/[^/]+", r"instances/[^/]+"


@dataclass(frozen=True, kw_only=True)
class Guise:
    """How a product answers; the defaults are Orthanc's way, but for percent signs, which all others undo."""

    prefix: str  # of all its paths
    needs_token: bool = False  # 401 without its bearer token
    origin: str = ""  # scheme and host of the URLs in its answers, "" the one that was asked
    no_match: int = 200  # what a search is answered that finds nothing
    most_rows: int = 1 << 31  # of a search, however many pages it is asked in
    most_at_once: int = 1 << 31  # a larger limit is an error
    fuzzy_names: bool = False  # beginnings of names by fuzzymatching; wildcards are letters like others
    all_fields: bool = False  # knows includefield=all
    json_alone: bool = False  # 406 for a search that would take multipart, too
    needs_quotes: bool = False  # 406 for multipart/related; type=application/dicom
    envelope: bool = True  # an instance may be asked for as multipart
    single_part: bool = False  # or as application/dicom
    sized_parts: bool = True  # parts tell their Content-Length
    blank_preamble: bool = False  # 128 zeros, whatever was stored
    tells_known: bool = False  # a UID that it has is refused with 45070, and 409 if that is all
    thumbnails: bool = False
    worklist: bool = False
    names_workitems: bool = False  # workitems?workitem=UID, and who asks at the end of a state's path
    not_offered: re.Pattern[str] = _NOTHING  # 404, below the prefix


DCM4CHEE: Final = Guise(
    prefix="/dcm4chee-arc/aets/DCM4CHEE/rs",
    origin="http://arc.hospital.internal:8080",
    no_match=204,
    sized_parts=False,
    thumbnails=True,
    worklist=True,
    names_workitems=True,
)
GOOGLE: Final = Guise(
    prefix="/v1/projects/p/locations/l/datasets/d/dicomStores/s/dicomWeb",
    needs_token=True,
    origin="https://healthcare.googleapis.com",
    needs_quotes=True,
    single_part=True,
    not_offered=re.compile(rf"{_NO_WORKLIST}|.*/thumbnail|capabilities"),
)
AWS: Final = Guise(
    prefix="/datastore/0123456789abcdef0123456789abcdef",
    needs_token=True,
    most_rows=10_000,
    fuzzy_names=True,
    envelope=False,
    single_part=True,
    not_offered=re.compile(rf"{_NO_WORKLIST}|{_STUDY}(/metadata)?|{_SERIES}|.*/(rendered|thumbnail)"),
)
AZURE: Final = Guise(
    prefix="/v2",
    needs_token=True,
    no_match=204,
    most_at_once=200,
    fuzzy_names=True,
    all_fields=True,
    json_alone=True,
    single_part=True,
    blank_preamble=True,
    tells_known=True,
    worklist=True,
    not_offered=re.compile(r".*/thumbnail"),
)
GUISES: Final = {"dcm4chee": DCM4CHEE, "google": GOOGLE, "aws": AWS, "azure": AZURE}
"""By the product's name, as our own profiles have it."""
