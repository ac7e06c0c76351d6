"""What can go wrong between the store and the archives, beyond what an archive answers."""

from __future__ import annotations

from workstation.errors import LumenError


class SyncError(LumenError):
    """The store and an archive could not be brought in step."""

    exit_code = 90


class NoSuchDelivery(SyncError):
    """The outbox has no such entry."""

    exit_code = 91


class NoSuchArchive(SyncError):
    """No archive of this name is set up here."""

    exit_code = 92
