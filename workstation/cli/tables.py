"""Columns for people: as wide as their widest cell, nothing cut off."""

from __future__ import annotations

import unicodedata
from collections.abc import Sequence

_GAP = "  "


def table(titles: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    """Return the rows under their titles; wide (East Asian) characters count double."""
    cells = [tuple(titles), *(tuple(map(_plain, row)) for row in rows)]
    widths = [max(map(_width, column)) for column in zip(*cells, strict=True)]
    return "\n".join(
        _GAP.join(
            cell + " " * (width - _width(cell)) for cell, width in zip(row, widths, strict=True)
        ).rstrip()
        for row in cells
    )


def _plain(cell: str) -> str:
    """Return the cell without control characters: a hostile name must not steer the terminal."""
    return "".join(" " if unicodedata.category(letter).startswith("C") else letter for letter in cell)


def _width(cell: str) -> int:
    return sum(2 if unicodedata.east_asian_width(letter) in "WF" else 1 for letter in cell)
