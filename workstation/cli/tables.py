"""Columns for people: as wide as their widest cell, nothing cut off."""

from __future__ import annotations

import unicodedata
from collections.abc import Sequence

from workstation.cli.telling import plain

_GAP = "  "


def table(titles: Sequence[str], rows: Sequence[Sequence[str]]) -> list[str]:
    """Return the lines: the titles and the rows under them; wide (East Asian) characters count double."""
    cells = [tuple(titles), *(tuple(map(plain, row)) for row in rows)]
    widths = [max(map(_width, column)) for column in zip(*cells, strict=True)]
    return [
        _GAP.join(
            cell + " " * (width - _width(cell)) for cell, width in zip(row, widths, strict=True)
        ).rstrip()
        for row in cells
    ]


def _width(cell: str) -> int:
    return sum(_columns(letter) for letter in cell)


def _columns(letter: str) -> int:
    if unicodedata.category(letter) in {"Mn", "Me"}:  # stands on the letter before
        return 0
    return 2 if unicodedata.east_asian_width(letter) in "WF" else 1
