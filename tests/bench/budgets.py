"""The budgets, each beside its peer: ``make bench``.

Options: ``--write`` puts the table into RESULT.md, ``--details`` measures the parts as well, names of
modules (``first_image scrolling``) measure only these.
"""

from __future__ import annotations

import importlib
import os
import platform
import sys
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

from figures import Figure, Skipped, markdown
from ground import Ground, ground

RESULT: Final = Path(__file__).with_name("RESULT.md")
BUDGETS: Final = (
    "startup",
    "first_image",
    "opening",
    "decode",
    "scrolling",
    "importing",
    "worklist",
    "retrieval",
    "memory",
)
DETAILS: Final = ("rendering", "ciphers", "store")


def main(arguments: list[str]) -> int:
    """Measure, print as it comes, print the table; return how many budgets are missed."""
    names = [name for name in arguments if not name.startswith("--")]
    if not names:
        names = [*BUDGETS, *(DETAILS if "--details" in arguments else ())]
    before, began = os.getloadavg()[0], datetime.now(UTC)
    with ground() as place:
        found = [_told(figure) for name in names for figure in _figures(name, place)]
    where = (
        f"{began:%Y-%m-%d %H:%M} UTC, {os.cpu_count()} processors ({platform.machine()}), Python "
        f"{platform.python_version()}; load {before:.1f} at the start, {os.getloadavg()[0]:.1f} at the end."
    )
    text = "\n".join([where, "", *markdown(found)]) + "\n"
    sys.stdout.write(f"\n{text}")
    if "--write" in arguments:
        RESULT.write_text(f"# What `python tests/bench --write` measured last\n\n{text}", encoding="utf-8")
    return sum(figure.verdict == "MISSED" for figure in found)


def _figures(name: str, place: Ground) -> Iterator[Figure | Skipped]:
    found: Iterator[Figure | Skipped] = importlib.import_module(f"bench_{name}").figures(place)
    return found


def _told(figure: Figure | Skipped) -> Figure | Skipped:
    sys.stderr.write(f"{'  '.join(cell for cell in figure.cells() if cell)}\n")
    return figure
