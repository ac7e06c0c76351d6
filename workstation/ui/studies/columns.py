"""The columns of the study list: heading, text, order, width.

Units:   widths in logical pixels; the study column takes what is left, and where there is little room
         the others shrink, and at last some of them go.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

from workstation.ui.contracts import StudyRow
from workstation.ui.studies.query import NOT_IMAGES
from workstation.ui.wording import amount, folded, name_of
from workstation.viewing.wording import age, moment

Order = tuple[object, ...]


@dataclass(frozen=True, slots=True)
class Column:
    """One column."""

    name: str
    heading: str
    width: int  # where there is room
    least: int
    text: Callable[[StudyRow], str]
    order: Callable[[StudyRow], Order]
    quiet: bool = False  # in the secondary colour


def age_and_sex(row: StudyRow) -> str:
    """Return "67 F"."""
    return f"{age(row.birth_date, row.date)} {row.sex}".strip()


def description(row: StudyRow) -> str:
    """Return what was examined; studies without a description are named by what they hold."""
    return row.description or f"{modality(row)} without description".strip()


def modality(row: StudyRow) -> str:
    """Return the modalities that made pictures: "PT/CT"."""
    return "/".join(name for name in row.modalities if name not in NOT_IMAGES) or "/".join(row.modalities)


def images(row: StudyRow) -> str:
    """Return "132 / 212"."""
    return f"{amount(row.here)} / {amount(row.expected)}"


def _when(row: StudyRow) -> Order:
    return row.date, row.time


COLUMNS: Final = (
    Column("patient", "Patient", 220, 140, name_of, lambda r: (folded(r.patient_name),)),
    Column("age", "Age", 72, 60, age_and_sex, lambda r: (r.birth_date == "", r.birth_date, r.sex)),
    Column("study", "Study", 260, 160, description, lambda r: (folded(description(r)),)),
    Column("modality", "Modality", 92, 72, modality, lambda r: (modality(r),)),
    Column("date", "Date", 148, 140, lambda r: moment(r.date, r.time), _when),
    Column("site", "Site", 140, 72, lambda r: r.site, lambda r: (folded(r.site),), quiet=True),
    Column("images", "Images", 200, 172, images, lambda r: (r.expected, r.here)),
    Column("state", "State", 120, 88, lambda r: r.state.value, lambda r: (r.state.value,)),
)
NEWEST_FIRST: Final = [column.name for column in COLUMNS].index("date")
_FIRST_TO_GO: Final = ("site", "modality", "images")


def widths(room: int) -> tuple[int, ...]:
    """Return a width for each column, 0 for one that goes; together they fill the room."""
    kept = list(COLUMNS)
    for name in _FIRST_TO_GO:
        if sum(column.least for column in kept) > room:
            kept = [column for column in kept if column.name != name]
    least, most = sum(column.least for column in kept), sum(column.width for column in kept)
    share = min(max((room - least) / (most - least), 0.0), 1.0)
    made = {column.name: int(column.least + share * (column.width - column.least)) for column in kept}
    made["study"] += max(room - sum(made.values()), 0)
    return tuple(made.get(column.name, 0) for column in COLUMNS)
