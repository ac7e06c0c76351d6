"""Amounts as a person reads them, and who a study belongs to; names and dates are viewing's.

Units:   seconds; bytes.
"""

from __future__ import annotations

from typing import Final

from workstation.ui.contracts import StudyRow
from workstation.viewing.wording import age, day, person_name

THIN_SPACE: Final = "\u2009"
UNCOUNTED: Final = "Nobody says how many images belong to it."


def amount(count: int) -> str:
    """Return a count with its thousands apart.

    >>> amount(1136) == "1\u2009136"
    True
    """
    return f"{count:,}".replace(",", THIN_SPACE)


def counted(count: int, one: str, many: str = "") -> str:
    """Return a count with its noun.

    >>> counted(1, "study", "studies"), counted(0, "file")
    ('1 study', '0 files')
    """
    return f"{amount(count)} {one if count == 1 else many or one + 's'}"


def shortened(text: str, most: int = 40) -> str:
    """Return a text that ends in "…" if it would be longer.

    >>> shortened("Head without contrast", 9)
    'Head wit…'
    """
    return text if len(text) <= most else text[: most - 1] + "…"


def all_of(study: StudyRow) -> str:
    """Return how many images belong to a study, "?" where nobody says."""
    return amount(study.expected) if study.is_counted else "?"


def duration(seconds: float) -> str:
    """Return how long something will take, no more precisely than it is known."""
    if seconds < 60:
        return f"{max(round(seconds), 1)} s"
    if seconds < 3600:
        return f"{round(seconds / 60)} min"
    return f"{round(seconds / 3600, 1):g} h"


def rate(size: float, seconds: float) -> str:
    """Return bytes over seconds as "84 MB/s"; "" before there is anything to tell."""
    if seconds <= 0 or size <= 0:
        return ""
    speed = size / seconds / 1e6
    return f"{speed:.0f} MB/s" if speed >= 10 else f"{speed:.1f} MB/s"


def name_of(study: StudyRow) -> str:
    """Return the patient's name, as it stands at the head of every page."""
    return person_name(study.patient_name) or "no name"


def identity(study: StudyRow) -> str:
    """Return "ID 4711-08 (Harbor)"."""
    issuer = f" ({study.issuer})" if study.issuer else ""
    return f"ID {study.patient_id}{issuer}" if study.patient_id else "no ID"


def particulars(study: StudyRow) -> str:
    """Return "F · 67 · 1959-03-02"."""
    parts = (study.sex, age(study.birth_date, study.date), day(study.birth_date))
    return " · ".join(part for part in parts if part)
