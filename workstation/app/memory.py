"""Where the window was, in a small file of its own; losing it costs nothing."""

from __future__ import annotations

import contextlib
from pathlib import Path

from workstation.ui.contracts import WindowMemory


def window_memory(file: Path) -> WindowMemory:
    """Return what was remembered, and the way to remember more."""
    try:
        geometry = file.read_bytes()
    except OSError:
        geometry = b""
    return WindowMemory(geometry, lambda now: _keep(file, now))


def _keep(file: Path, geometry: bytes) -> None:
    with contextlib.suppress(OSError):
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(geometry)
