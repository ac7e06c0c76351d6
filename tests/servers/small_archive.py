"""An honest archive of a few objects in memory, as far as DICOMweb shows it: what liars distort.

The first content of a UID stays. What arrived is kept count of apart from what is kept, so that a test can
ask how often an object came and whether it was always the same.

Source:  PS3.18 10.4 (retrieve), 10.6 (search), F.2 (DICOM JSON).
"""

from __future__ import annotations

import threading
from collections import defaultdict
from collections.abc import Iterable, Mapping
from io import BytesIO
from typing import Any, Final

from pydicom import dcmread
from pydicom.dataset import Dataset
from pydicom.errors import InvalidDicomError

_LEVELS: Final = ("StudyInstanceUID", "SeriesInstanceUID", "SOPInstanceUID")
_SHOWN: Final = (
    ("StudyInstanceUID", "PatientName", "PatientID", "PatientBirthDate", "StudyDate", "AccessionNumber"),
    ("StudyInstanceUID", "SeriesInstanceUID", "Modality", "SeriesNumber"),
    ("StudyInstanceUID", "SeriesInstanceUID", "SOPInstanceUID", "SOPClassUID", "InstanceNumber"),
)
_PIXELS: Final = "7FE00010"
_NO_CRITERIA: Final = frozenset({"limit", "offset", "includefield", "fuzzymatching"})

Rows = list[dict[str, Any]]


class SmallArchive:
    """Part 10 files by SOP Instance UID. Safe for several threads."""

    def __init__(self, files: Iterable[bytes] = ()) -> None:
        self.kept: dict[str, bytes] = {}
        self.arrived: dict[str, list[bytes]] = defaultdict(list)
        self._headers: dict[str, Dataset] = {}
        self._lock = threading.Lock()
        for data in files:
            self.keep(data)

    def arrive(self, data: bytes) -> Dataset | None:
        """Note that an object came; return its header, None if it is none."""
        try:
            header = dcmread(BytesIO(data), stop_before_pixels=True)
            uid = str(header.SOPInstanceUID)
        except (InvalidDicomError, AttributeError, EOFError):
            return None
        with self._lock:
            self.arrived[uid].append(data)
        return header

    def keep(self, data: bytes) -> None:
        """Keep an object, unless there is one of its UID."""
        header = dcmread(BytesIO(data), stop_before_pixels=True)
        uid = str(header.SOPInstanceUID)
        with self._lock:
            if uid not in self.kept:
                self.kept[uid], self._headers[uid] = data, header

    def contents(self, uid: str) -> set[bytes]:
        """Return the different contents that came under a UID: more than one is a sender's fault."""
        with self._lock:
            return set(self.arrived[uid])

    def select(self, *uids: str) -> list[str]:
        """Return the SOP Instance UIDs below a study, a series or an instance."""
        with self._lock:
            return [
                uid
                for uid, header in self._headers.items()
                if all(str(header[level].value) == one for level, one in zip(_LEVELS, uids, strict=False))
            ]

    def metadata(self, uids: Iterable[str], base: str) -> Rows:
        """Return headers, with the place of the pixels."""
        return [self._described(uid, base) for uid in uids]

    def rows(self, level: int, uids: Iterable[str], asked: Mapping[str, str], base: str) -> Rows:
        """Return what a search at a level (0: studies) finds among instances, page by page as asked."""
        found: dict[str, Dataset] = {}
        for uid in uids:
            header = self._headers[uid]
            if all(_matches(header, keyword, value) for keyword, value in asked.items()):
                found.setdefault(str(header[_LEVELS[level]].value), header)
        start, limit = int(asked.get("offset", 0)), int(asked.get("limit", 0)) or len(found)
        return [_row(level, header, base) for header in found.values()][start : start + limit]

    def _described(self, uid: str, base: str) -> dict[str, Any]:
        header = self._headers[uid]
        pixels = {"vr": "OW", "BulkDataURI": f"{base}/{_place(2, header)}/bulk/{_PIXELS}"}
        return {**header.to_json_dict(), _PIXELS: pixels}


def _matches(header: Dataset, keyword: str, asked: str) -> bool:
    if keyword in _NO_CRITERIA or keyword not in header:
        return True
    value = str(header[keyword].value)
    return any(value == one or (one.endswith("*") and value.startswith(one[:-1])) for one in asked.split(","))


def _row(level: int, header: Dataset, base: str) -> dict[str, Any]:
    shown = Dataset()
    for keyword in _SHOWN[level]:
        if keyword in header:
            shown[keyword] = header[keyword]
    shown.RetrieveURL = f"{base}/{_place(level, header)}"
    return shown.to_json_dict()


def _place(level: int, header: Dataset) -> str:
    names = ("studies", "series", "instances")[: level + 1]
    return "/".join(f"{name}/{header[uid].value}" for name, uid in zip(names, _LEVELS, strict=False))
