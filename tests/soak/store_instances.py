"""Instances that are cheap to make and say who they are, for a store that needn't know DICOM."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass

from workstation.dicom.model import (
    FrameFacts,
    FrameTable,
    InstanceRecord,
    Patient,
    PixelFormat,
    Series,
    Study,
)
from workstation.dicom.record_json import to_json
from workstation.store import Incoming

KEK = bytes(range(32))


_HEAD = 100  # bytes before the first frame
PIXELS = PixelFormat(
    "1.2.840.10008.1.2.1", 4, 4, 1, 16, 12, 11, signed=False, photometric="MONOCHROME2", planar=0
)


@dataclass(frozen=True)
class Looked:
    """What a look at an invented instance tells."""

    record: InstanceRecord
    table: FrameTable
    sha256: str

    @property
    def record_text(self) -> str:
        """Return the record as JSON."""
        return to_json(self.record)


@dataclass(frozen=True)
class Maker:
    """Makes instances that say who they are in their first line, for ``look`` to read back."""

    size: int = 3000
    frames: int = 1

    def data(self, study: str = "1.2", uid: str = "1.2.3", content: str = "", **patient: str) -> bytes:
        """Return an instance's bytes; another ``content`` under the same UID is another instance's."""
        head = "|".join(
            (study, uid, patient.get("name", "DOE^JANE"), patient.get("patient_id", "P1"), content)
        )
        line = head.encode() + b"\n"
        body = hashlib.shake_128(line).digest(max(self.size - len(line), 0))
        return line + body

    def incoming(self, study: str = "1.2", uid: str = "1.2.3", content: str = "", **patient: str) -> Incoming:
        """Return an instance as it comes in."""
        data = self.data(study, uid, content, **patient)
        return Incoming(data, self.look(memoryview(data)))

    def look(self, data: memoryview) -> Looked:
        """Read back who it is: the part that ``dicom.examine`` plays in the product."""
        content = bytes(data)
        study, uid, name, patient_id, _ = content.partition(b"\n")[0].decode().split("|")
        record = InstanceRecord(
            uid=uid,
            sop_class="1.2.840.10008.5.1.4.1.1.4",
            transfer_syntax="1.2.840.10008.1.2.1",
            patient=Patient(patient_id, "", name, "19700101", "F"),
            study=Study(study, "20260101", "101500", f"A{study}", "Head", "", "", ""),
            series=Series(f"{study}.9", 1, "MR", "T1", "HEAD", "", "", "", "", ""),
            number=1,
            acquisition=None,
            frame_of_reference="",
            pixel=PIXELS,
            frame_count=self.frames,
            frames=(FrameFacts(),),
        )
        part = (len(content) - _HEAD) // self.frames
        spans = [((_HEAD + n * part, part),) for n in range(self.frames)] if part > 0 else []
        table = FrameTable(tuple(spans))
        return Looked(record, table, hashlib.sha256(content).hexdigest())
