"""Which studies the list shows, and in which order: plain functions over plain rows.

A search is words; each must occur somewhere in name, ID, accession, description or modality, in
any case and with or without accents. Ten thousand rows take a few milliseconds.

Units:   days count back from today, today included.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Final

from workstation.ui.contracts import StudyRow
from workstation.ui.wording import folded

# PS3.3 C.7.3.1.1.1: objects that hold no picture of the patient make no filter.
NOT_IMAGES: Final = frozenset(
    {"AU", "DOC", "KO", "PLAN", "PR", "REG", "RTPLAN", "RTRECORD", "RTSTRUCT", "SEG", "SR"}
)


@dataclass(frozen=True, slots=True)
class Query:
    """What the reader asked for."""

    text: str = ""
    modalities: frozenset[str] = frozenset()  # any of them; empty: all
    days: int | None = None  # None: of any date

    @property
    def asks(self) -> bool:
        """Return whether it leaves anything out."""
        return bool(self.text.strip() or self.modalities or self.days is not None)


@dataclass(frozen=True, slots=True)
class Entry:
    """A row with its text made ready for searching, once."""

    row: StudyRow
    haystack: str


def entry(row: StudyRow) -> Entry:
    """Make a row ready."""
    parts = (row.patient_name, row.patient_id, row.accession, row.description, *row.modalities)
    return Entry(row, folded(" ".join(parts).replace("^", " ").replace("=", " ")))


def select(entries: Iterable[Entry], query: Query, today: date) -> list[StudyRow]:
    """Return the rows that a query keeps, in the order they came."""
    words = folded(query.text.replace("^", " ").replace(",", " ")).split()
    earliest = _earliest(query.days, today)
    return [
        made.row
        for made in entries
        if all(word in made.haystack for word in words)
        and (not query.modalities or query.modalities.intersection(made.row.modalities))
        and made.row.date >= earliest
    ]


def modalities(rows: Sequence[StudyRow], most: int) -> tuple[str, ...]:
    """Return the commonest modalities that are there, in the alphabet's order."""
    count = Counter(name for row in rows for name in row.modalities if name not in NOT_IMAGES)
    return tuple(sorted(name for name, _ in count.most_common(most)))


def _earliest(days: int | None, today: date) -> str:
    return "" if days is None else (today - timedelta(days=days - 1)).strftime("%Y%m%d")
