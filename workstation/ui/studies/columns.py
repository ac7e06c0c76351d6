"""The columns of the study list: heading, text, order, width, and which rows have something to show in them.

Units:   widths in logical pixels; the study column takes what is left, and where there is little room
         the others shrink, and at last some of them go.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from workstation.ui.contracts import StudyRow, Urgency
from workstation.ui.studies.query import Entry
from workstation.ui.studies.words import (
    NOTHING,
    age_and_sex,
    description,
    due,
    images,
    modality,
    priority,
    priors,
    state,
)
from workstation.ui.wording import name_of
from workstation.viewing.wording import moment

Order = tuple[object, ...]
Text = Callable[[StudyRow, datetime], str]


def _always(_: StudyRow) -> bool:
    return True


def _nothing(_: StudyRow) -> str:
    return ""


@dataclass(frozen=True, slots=True)
class Column:
    """One column."""

    name: str
    heading: str
    width: int  # where there is room
    least: int
    text: Text
    order: Callable[[Entry], Order]
    aside: Callable[[StudyRow], str] = _nothing  # said behind the text, in the secondary colour
    quiet: bool = False  # all in the secondary colour
    has: Callable[[StudyRow], bool] = _always  # a column that no row has something for is absent
    falls: bool = False  # a first click puts the largest first


_URGENCIES: Final = tuple(Urgency)


def _place(urgency: Urgency | None) -> int:
    return _URGENCIES.index(urgency) if urgency else len(_URGENCIES)


def _due(made: Entry) -> Order:
    return made.row.due is None, made.row.due.timestamp() if made.row.due else 0.0


def _age(made: Entry) -> Order:
    return made.row.birth_date == "", made.row.birth_date, made.row.sex


def _priors(made: Entry) -> Order:
    known = made.row.priors_known
    return -1 if known is None else known, made.row.priors_here


def _flag(made: Entry) -> Order:
    return made.row.is_flag_urgent, made.row.flag != "", made.row.flag


COLUMNS: Final = (
    Column(
        "priority",
        "Priority",
        84,
        68,
        lambda row, _: priority(row),
        lambda made: (_place(made.row.urgency),),
        has=lambda row: row.urgency is not None,
    ),
    Column("due", "Due", 84, 68, due, _due, has=lambda row: row.due is not None),
    Column("patient", "Patient", 220, 132, lambda row, _: name_of(row), lambda made: (made.name,)),
    Column("age", "Age", 72, 56, lambda row, _: age_and_sex(row), _age),
    Column(
        "study",
        "Study",
        260,
        156,
        lambda row, _: description(row),
        lambda made: (made.study,),
        lambda row: row.reason,
    ),
    Column(
        "modality",
        "Modality",
        132,
        72,
        lambda row, _: modality(row),
        lambda made: (modality(made.row), made.row.region),
        lambda row: row.region,
    ),
    Column(
        "date",
        "Date",
        148,
        140,
        lambda row, _: moment(row.date, row.time),
        lambda made: (made.row.date, made.row.time),
        falls=True,
    ),
    Column("site", "Site", 140, 72, lambda row, _: row.site, lambda made: (made.site,), quiet=True),
    Column(
        "images",
        "Images",
        200,
        108,
        lambda row, _: images(row),
        lambda made: (made.row.expected, made.row.here),
    ),
    Column(
        "priors",
        "Priors",
        84,
        64,
        lambda row, _: priors(row),
        _priors,
        has=lambda row: row.priors_known is not None,
        falls=True,
    ),
    Column(
        "flag",
        "Findings by AI",
        172,
        132,
        lambda row, _: row.flag or NOTHING,
        _flag,
        has=lambda row: row.flag != "",
        falls=True,
    ),
    Column("state", "State", 176, 104, lambda row, _: state(row), lambda made: (state(made.row),)),
)
NAMES: Final = tuple(column.name for column in COLUMNS)

_FIRST_TO_GO: Final = ("site", "modality", "images", "priors", "flag", "age")


def present(rows: Sequence[StudyRow]) -> frozenset[str]:
    """Return the columns that have something to show."""
    return frozenset(column.name for column in COLUMNS if column.has is _always or any(map(column.has, rows)))


def widths(room: int, there: Collection[str] = NAMES, *, is_ranked: bool = False) -> tuple[int, ...]:
    """Return a width for each column, 0 for one that goes; together they fill the room.

    In the order of reading the clock has the say: there the date is shown only where it takes nobody's room.
    """
    kept = [column for column in COLUMNS if column.name in there]
    if is_ranked and sum(column.width for column in kept) > room:
        kept = [column for column in kept if column.name != "date"]
    for name in _FIRST_TO_GO:
        if sum(column.least for column in kept) > room:
            kept = [column for column in kept if column.name != name]
    least, most = sum(column.least for column in kept), sum(column.width for column in kept)
    share = min(max((room - least) / (most - least), 0.0), 1.0)
    made = {column.name: int(column.least + share * (column.width - column.least)) for column in kept}
    made["study"] += max(room - sum(made.values()), 0)
    return tuple(made.get(column.name, 0) for column in COLUMNS)
