"""What the cells of the list say.

Units:   times aware; a time that is left in minutes and seconds below an hour, in hours and minutes above.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Final

from workstation.ui.contracts import StudyRow, Urgency
from workstation.ui.studies.query import NOT_IMAGES
from workstation.ui.wording import amount
from workstation.viewing.wording import age

NOTHING: Final = "–"
NEARLY_DUE: Final = timedelta(minutes=30)

_MINUS: Final = "\N{MINUS SIGN}"
_PRIORITIES: Final = {
    Urgency.STAT: "STAT",
    Urgency.HIGH: "Urgent",
    Urgency.ROUTINE: "Routine",
    Urgency.LOW: "Low",
}
_HOUR: Final = 3600
_DAYS: Final = 48 * _HOUR  # from here on hours are too many to be read


def priority(row: StudyRow) -> str:
    """Return how urgent the order is; nothing where no reading was asked for."""
    if row.is_prior:
        return "Prior"
    return _PRIORITIES[row.urgency] if row.urgency else ""


def due(row: StudyRow, now: datetime) -> str:
    """Return how much time is left."""
    return time_left(row.due - now) if row.due else NOTHING


def time_left(left: timedelta) -> str:
    """Return "14:02", "1:12 h", "3 d"; what is overdue has a minus before it.

    >>> time_left(timedelta(minutes=14, seconds=2)), time_left(timedelta(hours=1, minutes=12))
    ('14:02', '1:12 h')
    """
    seconds = abs(int(left.total_seconds()))
    sign = _MINUS if left < timedelta(0) and seconds else ""
    if seconds < _HOUR:
        return f"{sign}{seconds // 60}:{seconds % 60:02}"
    if seconds < _DAYS:
        return f"{sign}{seconds // _HOUR}:{seconds % _HOUR // 60:02} h"
    return f"{sign}{seconds // (24 * _HOUR)} d"


def presses(row: StudyRow, now: datetime) -> bool:
    """Say whether a study is nearly due, or overdue."""
    return row.due is not None and row.due - now < NEARLY_DUE


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
    """Return "132 / 212", "12 / ?" where nobody says how many there are."""
    if not row.is_counted:
        return f"{amount(row.here)} / ?" if row.here else "?"
    return f"{amount(row.here)} / {amount(row.expected)}" if row.expected else NOTHING


def priors(row: StudyRow) -> str:
    """Return how many priors are here: "2 ready", "1 of 3", "none"."""
    if row.priors_known is None:
        return NOTHING
    if not row.priors_known:
        return "none"
    whole = row.priors_here >= row.priors_known
    return f"{row.priors_here} ready" if whole else f"{row.priors_here} of {row.priors_known}"


def state(row: StudyRow) -> str:
    """Return where the study stands, and with whom."""
    return ", ".join(filter(None, (row.state.value, "yours" if row.is_claimed else row.who)))
