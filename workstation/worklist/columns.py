"""The list sorted by a column that a reader has clicked.

Equal lines keep the order in which they should be read; a line that has nothing in the column stands last,
whichever way it is sorted.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from enum import StrEnum
from typing import Any, Final

from workstation.terms import fold
from workstation.worklist.ai import Polarity
from workstation.worklist.items import Item
from workstation.worklist.order import Place
from workstation.worklist.wording import day_of


class Column(StrEnum):
    """A column of the worklist."""

    PLACE = "place"
    PRIORITY = "priority"
    DUE = "due"
    PATIENT = "patient"
    AGE = "age"
    SEX = "sex"
    STUDY = "study"
    DATE = "date"
    REGION = "region"
    MODALITY = "modality"
    SITE = "site"
    IMAGES = "images"
    PRIORS = "priors"
    AI = "findings by AI"
    STATE = "state"


def arranged(places: Iterable[Place], column: Column, *, descending: bool = False) -> tuple[Place, ...]:
    """Return the lines sorted by a column."""
    value = _VALUES[column]
    told = [(value(place), place) for place in sorted(places, key=lambda place: place.rank)]
    filled = [pair for pair in told if pair[0] is not None]
    empty = [place for found, place in told if found is None]
    filled.sort(key=lambda pair: pair[0], reverse=descending)
    return (*(place for _, place in filled), *empty)


def _age(item: Item) -> int | None:
    """Return the patient's age at the study, in days."""
    born, then = day_of(item.patient.birth_date), day_of(item.study.date)
    return None if born is None or then is None else (then - born).days


def _share(item: Item) -> float | None:
    """Return how much of the images is here."""
    return item.here / item.expected if item.expected else None


def _flag(item: Item) -> tuple[bool, int, float] | None:
    """Return a value by which what counts comes first, then what is in doubt, then what is absent."""
    flag = item.flag
    if flag is None:
        return None
    return (not flag.counts, tuple(Polarity).index(flag.polarity), -(flag.score or 0.0))


_VALUES: Final[Mapping[Column, Callable[[Place], Any]]] = {
    Column.PLACE: lambda place: place.rank,
    Column.PRIORITY: lambda place: place.item.priority.rank,
    Column.DUE: lambda place: place.clock.due if place.clock else None,
    Column.PATIENT: lambda place: fold(place.item.patient.name) or None,
    Column.AGE: lambda place: _age(place.item),
    Column.SEX: lambda place: place.item.patient.sex or None,
    Column.STUDY: lambda place: fold(place.item.study.description) or None,
    Column.DATE: lambda place: (
        (place.item.study.date, place.item.study.time) if place.item.study.date else None
    ),
    Column.REGION: lambda place: sorted(place.item.regions) or None,
    Column.MODALITY: lambda place: place.item.modalities or None,
    Column.SITE: lambda place: fold(place.item.site) or None,
    Column.IMAGES: lambda place: _share(place.item),
    Column.PRIORS: lambda place: place.item.priors.known,
    Column.AI: lambda place: _flag(place.item),
    Column.STATE: lambda place: place.item.reading.state.rank,
}
