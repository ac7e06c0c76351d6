"""The bytes of an image that is to be passed on as it is, found by what it holds.

Errors:  BlobMissing, also while an index that was lost is still being built again: it may come back.
"""

from __future__ import annotations

from contextlib import AbstractContextManager
from dataclasses import dataclass

from workstation.store.blobs import Blobs
from workstation.store.errors import BlobMissing
from workstation.store.instances import Instances


@dataclass(frozen=True, slots=True)
class Contents:
    """The bytes of the store's images."""

    instances: Instances
    blobs: Blobs
    lock: AbstractContextManager[object]
    """Held while files of studies come or go."""

    def require(self, uid: str, sha256: str) -> None:
        """Refuse what is not here."""
        if self.instances.with_content(uid, sha256) is None:
            raise _missing()

    def read(self, uid: str, sha256: str) -> memoryview:
        """Return the bytes, every one of them verified."""
        instance = self.instances.with_content(uid, sha256)
        if instance is None:
            raise _missing()
        return self.blobs.read(instance.blob)


def _missing() -> BlobMissing:
    return BlobMissing(
        "An object that is to be sent is not in the store",
        remedy="Import it again; then it is sent.",
    )
