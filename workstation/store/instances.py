"""The instances of a study: what was learnt of each, and where its bytes lie.

Of a UID that came with different contents the first is the one that is shown; the others are kept apart
and listed by ``variants_of``.
"""

from __future__ import annotations

import contextlib
import zlib
from dataclasses import dataclass
from typing import Final

from workstation.dicom.model import InstanceRecord
from workstation.dicom.record_json import from_json
from workstation.store import catalogue
from workstation.store.blob_format import unpack_table
from workstation.store.blobs import BlobRef
from workstation.store.database import Row
from workstation.store.errors import DiskFailed, DiskFull
from workstation.store.index import Index
from workstation.store.names import Place

_SELECT: Final = (
    "SELECT i.version, i.record, i.sha256, i.verified, i.damaged, s.tag, i.tag, s.sealed_key, i.length, "
    "i.salt, i.frames FROM instances i JOIN studies s ON s.id = i.study "
)


@dataclass(frozen=True, slots=True)
class StoredInstance:
    """An instance that the store holds."""

    record: InstanceRecord
    version: int  # 1 for the content that came first under this UID
    sha256: str  # of everything after the preamble
    is_verified: bool  # an archive is known to have it
    is_damaged: bool  # its file didn't verify when last read
    blob: BlobRef

    @property
    def uid(self) -> str:
        """Return the SOP Instance UID."""
        return self.record.uid


class Instances:
    """The instances of all studies."""

    def __init__(self, index: Index) -> None:
        self._index = index

    def of_study(self, study_uid: str) -> tuple[StoredInstance, ...]:
        """Return what a study shows, in the order in which it was stored."""
        first: dict[str, StoredInstance] = {}
        for instance in self._of_study(study_uid):
            first.setdefault(instance.uid, instance)
        return tuple(first.values())

    def records_of(self, study_uid: str) -> tuple[InstanceRecord, ...]:
        """Return the records of what a study shows."""
        return tuple(instance.record for instance in self.of_study(study_uid))

    def variants_of(self, study_uid: str) -> tuple[StoredInstance, ...]:
        """Return what came under a UID that another content had already, and is kept apart."""
        shown = self.of_study(study_uid)
        return tuple(instance for instance in self._of_study(study_uid) if instance not in shown)

    def all_of(self, study_uid: str) -> tuple[StoredInstance, ...]:
        """Return everything of a study, variants included."""
        return tuple(self._of_study(study_uid))

    def get(self, uid: str) -> StoredInstance | None:
        """Return the instance that is shown for a SOP Instance UID, if it is here."""
        found = self._index.row(f"{_SELECT} WHERE i.uid = ? ORDER BY i.version", uid)
        return _instance(found) if found else None

    def with_content(self, uid: str, sha256: str) -> StoredInstance | None:
        """Return the instance of this UID that holds just this, shown or not."""
        found = self._index.row(f"{_SELECT} WHERE i.uid = ? AND i.sha256 = ?", uid, sha256)
        return _instance(found) if found else None

    def mark_damaged(self, blob: BlobRef) -> None:
        """Note that a blob can't be read; the same instance is stored again when it comes."""
        with contextlib.suppress(DiskFull, DiskFailed), self._index.writing() as database:
            catalogue.mark_damaged(database, blob.place, blob.salt)

    def _of_study(self, study_uid: str) -> list[StoredInstance]:
        return [
            _instance(row)
            for row in self._index.rows(f"{_SELECT} WHERE s.uid = ? ORDER BY i.version, i.id", study_uid)
        ]


def _instance(row: Row) -> StoredInstance:
    version, record, sha256, verified, damaged, study_tag, tag, sealed_key, length, salt, frames = row
    blob = BlobRef(Place(study_tag, tag, version), sealed_key, length, salt, unpack_table(frames))
    return StoredInstance(
        from_json(zlib.decompress(record)), version, sha256, bool(verified), bool(damaged), blob
    )
