"""How long it takes from the start of ``workstation demo`` to its window, painted. The disk is warm."""

from __future__ import annotations

import statistics
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Final

from figures import Figure
from ground import Ground, environment, night

BUDGET: Final = 1.5  # seconds
ROUNDS: Final = 7
_CHILD: Final = Path(__file__).with_name("started_window.py")


def figures(_: Ground) -> Iterator[Figure]:
    """Start it a few times; the first time warms the disk."""
    home = night()
    times = [_started(home) for _ in range(ROUNDS + 1)][1:]
    wall, processor = (statistics.median(column) for column in zip(*times, strict=True))
    yield Figure("main window visible, warm disk", wall, BUDGET, 1.0, "s", processor=processor)


def _started(home: Path) -> tuple[float, float]:
    began = time.time_ns()
    child = subprocess.run(
        [sys.executable, str(_CHILD)], env=environment(home), check=True, stdout=subprocess.PIPE, text=True
    )
    painted, processor = child.stdout.split()
    return (int(painted) - began) / 1e9, float(processor)
