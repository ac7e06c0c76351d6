"""The memory that it takes to show a CT of 512 × 512 × 600, whole: the window's process and its workers.

Shared pages are counted once (PSS). The process is a child, so that nothing of the bench is in it.
"""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Final

from figures import Figure, Skipped
from ground import Ground, environment, own_desk
from made_files import SIDE, write_ct

from workstation.workflow import import_studies

SLICES: Final = 600
MEGABYTE: Final = 1e6
VOLUME: Final = SLICES * SIDE * SIDE * 2 / MEGABYTE
ROOM: Final = 1.3 * VOLUME + 250
_WHAT: Final = f"memory to show a CT of 512×512×{SLICES}"
_CHILD: Final = Path(__file__).with_name("shown_volume.py")


def figures(ground: Ground) -> Iterator[Figure | Skipped]:
    """Show it, and look."""
    if not Path("/proc/self/smaps_rollup").exists():
        yield Skipped(_WHAT, "only Linux tells how much memory is shared")
        return
    home, files = ground.new("memory"), ground.new("slices")
    write_ct(files, SLICES)
    with own_desk(home) as desk:
        import_studies(desk, paths=[files], progress=lambda _: None)
    child = subprocess.run(
        [sys.executable, str(_CHILD), str(home)],
        env=environment(home),
        check=True,
        stdout=subprocess.PIPE,
        text=True,
    )
    taken = int(child.stdout) / MEGABYTE
    yield Figure(_WHAT, taken, ROOM, 1.0, "MB", f"1.3 × {VOLUME:.0f} MB + 250 MB")
