"""WADO-RS: studies, series, instances, frames and metadata, byte for byte as they are kept.

Nothing is transcoded: whoever asks for another transfer syntax than the kept one is told so (406). An answer
says how long it is before its first byte.

Errors:  NotHere; Refused (400, 404, 406).
Source:  PS3.18 10.4 (retrieve), Table 8.7.3-5 (media types of frames).
"""

from __future__ import annotations

from typing import Final

from workstation.dicom.errors import DicomRefused
from workstation.dicom.examine import examine
from workstation.dicom.layout import EXPLICIT_LITTLE, IMPLICIT_LITTLE
from workstation.hospital import multipart
from workstation.hospital.exchange import JSON, Answer, Refused, Request
from workstation.hospital.holdings import Holdings
from workstation.hospital.instances import Instance
from workstation.hospital.media_types import DICOM, OCTETS, demand_json, may_be, wanted

_COMPRESSED: Final = {
    "1.2.840.10008.1.2.4.50": "image/jpeg", "1.2.840.10008.1.2.4.51": "image/jpeg",
    "1.2.840.10008.1.2.4.57": "image/jpeg", "1.2.840.10008.1.2.4.70": "image/jpeg",
    "1.2.840.10008.1.2.4.80": "image/jls", "1.2.840.10008.1.2.4.81": "image/jls",
    "1.2.840.10008.1.2.4.90": "image/jp2", "1.2.840.10008.1.2.4.91": "image/jp2",
    "1.2.840.10008.1.2.4.201": "image/jphc", "1.2.840.10008.1.2.4.202": "image/jphc",
    "1.2.840.10008.1.2.4.203": "image/jphc", "1.2.840.10008.1.2.5": "image/dicom-rle",
}  # fmt: skip
_DEFAULTS: Final = {
    "image/jpeg": "1.2.840.10008.1.2.4.70", "image/jls": "1.2.840.10008.1.2.4.80",
    "image/jp2": "1.2.840.10008.1.2.4.90", "image/jphc": "1.2.840.10008.1.2.4.201",
    "image/dicom-rle": "1.2.840.10008.1.2.5",
}  # fmt: skip
_NATIVE: Final = frozenset({IMPLICIT_LITTLE, EXPLICIT_LITTLE})


class Wado:
    """The retrieve transactions over what is held."""

    def __init__(self, holdings: Holdings, base: str) -> None:
        self._holdings = holdings
        self._base = base

    def retrieve(self, request: Request, study: str, series: str = "", uid: str = "") -> Answer:
        """Answer with every instance below a resource, as files."""
        accept = request.headers.get("accept", "")
        found = self._holdings.instances(study, series, uid)
        for one in found:
            if not may_be(accept, DICOM, one.syntax):
                _refuse(accept, DICOM, one)
        parts = [(f"{DICOM}; transfer-syntax={one.syntax}", self._place(one), one.file) for one in found]
        return multipart.written(parts, DICOM)

    def metadata(self, request: Request, study: str, series: str = "", uid: str = "") -> Answer:
        """Answer with the attributes of every instance below a resource."""
        demand_json(request.headers.get("accept", ""))
        texts = (one.text for one in self._holdings.instances(study, series, uid))
        return Answer(200, (f"[{','.join(texts)}]".encode(),), JSON)

    def frames(self, request: Request, study: str, series: str, uid: str, listed: str) -> Answer:
        """Answer with some frames of an instance, counted from 1."""
        [one] = self._holdings.instances(study, series, uid)
        media_type = OCTETS if one.syntax in _NATIVE else _COMPRESSED.get(one.syntax, OCTETS)
        syntax = EXPLICIT_LITTLE if one.syntax in _NATIVE else one.syntax  # a little-endian frame is the same
        accept = request.headers.get("accept", "")
        default = _DEFAULTS.get(media_type, EXPLICIT_LITTLE)
        if not may_be(accept, media_type, syntax, default=default) and not may_be(accept, OCTETS, syntax):
            _refuse(accept, media_type, one)
        kind = f"{media_type}; transfer-syntax={syntax}"
        place = f"{self._place(one)}/frames"
        return multipart.written(
            ((kind, f"{place}/{number}", frame) for number, frame in _frames(one, listed)), media_type
        )

    def _place(self, one: Instance) -> str:
        return f"{self._base}/studies/{one.study}/series/{one.series}/instances/{one.uid}"


def _frames(one: Instance, listed: str) -> list[tuple[int, bytes]]:
    numbers = listed.split(",")
    if not all(number.isascii() and number.isdecimal() for number in numbers):
        raise Refused(400, "Frames are listed by their numbers, from 1, with commas between")
    data = memoryview(one.file.read_bytes())
    try:
        spans = examine(data).table.spans
    except DicomRefused as error:
        raise Refused(404, "The instance holds no frames") from error
    if not all(1 <= int(number) <= len(spans) for number in numbers):
        raise Refused(404, f"The instance has {len(spans)} frames")
    return [(int(number), _joined(data, spans[int(number) - 1])) for number in numbers]


def _joined(data: memoryview, spans: tuple[tuple[int, int], ...]) -> bytes:
    return b"".join(data[offset : offset + length] for offset, length in spans)


def _refuse(accept: str, media_type: str, one: Instance) -> None:
    wanted(accept)  # one that can't be read is refused for that
    offer = f'multipart/related; type="{media_type}"; transfer-syntax=*'
    raise Refused(406, f"This is kept as {one.syntax}: ask for {offer}")
