"""A child of ``bench_memory``: shows every slice of a store's one study, and prints what that takes."""

from __future__ import annotations

import os
import sys
from pathlib import Path

from driven_window import DrivenWindow
from ground import own_desk

from workstation.workflow import list_studies


def main(home: Path) -> None:
    """Open the study, turn through it, look."""
    with own_desk(home) as desk:
        driven = DrivenWindow(desk)
        driven.open(list_studies(desk)[0])
        driven.until_decoded()
        for _ in range(20):
            driven.turn(10)
        processes = [os.getpid(), *map(int, _children())]
        sys.stdout.write(f"{sum(map(_proportional_bytes, processes))}\n")
        driven.close()


def _children() -> list[str]:
    return [
        pid for task in Path("/proc/self/task").iterdir() for pid in (task / "children").read_text().split()
    ]


def _proportional_bytes(process: int) -> int:
    """Return the process's memory, of shared pages its share."""
    rollup = Path(f"/proc/{process}/smaps_rollup").read_text(encoding="ascii")
    return next(int(line.split()[1]) << 10 for line in rollup.splitlines() if line.startswith("Pss:"))


main(Path(sys.argv[1]))
