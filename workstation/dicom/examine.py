"""Everything the program wants to know of a file when it first sees it, in one look.

Units:   offsets of the frame table in bytes of the file.
Errors:  DicomRefused (or NotDicom, Unsupported) with the reason; never anything else.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, field

from workstation.dicom.errors import refusing
from workstation.dicom.frame_table import frame_table
from workstation.dicom.header import read_header
from workstation.dicom.layout import PREAMBLE, has_preamble, scan
from workstation.dicom.model import FrameTable, InstanceRecord
from workstation.dicom.record import record_of
from workstation.dicom.record_json import to_json


@dataclass(frozen=True, slots=True)
class Examined:
    """What a look at a file tells."""

    record: InstanceRecord
    table: FrameTable
    sha256: str  # hexadecimal, of everything after the preamble
    text: str = field(default="", compare=False)  # the record as JSON, where it has been written already

    @property
    def record_text(self) -> str:
        """Return the record as JSON (``record_json``)."""
        return self.text or to_json(self.record)


def examine(data: memoryview) -> Examined:
    """Examine one object, whole in memory."""
    with refusing("The file can't be understood"):
        layout = scan(data)
        record = record_of(read_header(data, layout), layout)
        return Examined(record, frame_table(data, layout, record), digest(data))


def digest(data: memoryview) -> str:
    """Return the SHA-256 of everything after the preamble, which may differ between copies of one object."""
    start = PREAMBLE if has_preamble(data) else 0
    return hashlib.sha256(data[start:]).hexdigest()
