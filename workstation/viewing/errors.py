"""What the screen's state refuses."""

from __future__ import annotations

from workstation.errors import LumenError


class ViewingError(LumenError):
    """A window, camera, layout or viewport that cannot be."""

    exit_code = 55


class SnapshotBroken(ViewingError):
    """A remembered screen that can't be read; the study opens as if for the first time."""

    exit_code = 56
