"""What can go wrong with the store, told apart by what a person would do next.

No text here names a patient or a UID: a file's place in the store is a keyed tag, so paths may be shown.

Exit codes: 40–50.
"""

from __future__ import annotations

from workstation.errors import LumenError


class StoreBusy(LumenError):
    """Another program has this store open."""

    exit_code = 40


class StoreDamaged(LumenError):
    """A file of the store doesn't verify; nothing of it was shown."""

    exit_code = 41


class BlobDamaged(LumenError):
    """A stored image is damaged, cut short, altered, or an older one was put back."""

    exit_code = 42


class BlobMissing(LumenError):
    """A stored image is not where the index says."""

    exit_code = 43


class DiskFull(LumenError):
    """There is no room; what was stored until then stays."""

    exit_code = 44


class StoreReadOnly(LumenError):
    """The store takes nothing more until it is opened again or the disk has room."""

    exit_code = 45


class StoreTooNew(LumenError):
    """A newer version of the program wrote this store."""

    exit_code = 46


class StoreMissing(LumenError):
    """There is no store in this folder, or there is one where none should be."""

    exit_code = 47


class DiskFailed(LumenError):
    """The disk refused to read or write."""

    exit_code = 48


class StudyKept(LumenError):
    """A study that no archive has verified yet, or that is pinned, is not given away for room."""

    exit_code = 49


class ArtefactDiffers(LumenError):
    """What is to be sent has the UID of something else that is to be sent."""

    exit_code = 50
