from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest

from workstation.dicom.model import Patient, Study
from workstation.terms import examination
from workstation.worklist.ai import Flag, Polarity
from workstation.worklist.columns import Column, arranged
from workstation.worklist.items import Item, PriorCount, Priority, Reading, State
from workstation.worklist.order import Place
from workstation.worklist.turnaround import Clock


@pytest.fixture(scope="session")
def facts(
    make_patient: Callable[..., Patient],
    make_study: Callable[..., Study],
    make_flag: Callable[..., Flag],
) -> dict[Column, list[dict[str, Any]]]:
    """Return for each column what stands in three lines: first, second, and nothing."""
    return {
        Column.PRIORITY: [{"priority": Priority.STAT}, {"priority": Priority.LOW}],
        Column.PATIENT: [{"patient": make_patient(name=name)} for name in ("Ábel", "ACER", "")],
        Column.AGE: [{"patient": make_patient(birth_date=born)} for born in ("19600101", "19591224", "")],
        Column.SEX: [{"patient": make_patient(sex=sex)} for sex in ("F", "M", "")],
        Column.STUDY: [{"study": make_study(description=said)} for said in ("CT a", "ct B", "")],
        Column.DATE: [{"study": make_study(date=date)} for date in ("20251231", "20260101", "")],
        Column.REGION: [{"examination": examination(said)} for said in ("abdomen", "chest", "")],
        Column.MODALITY: [{"modalities": codes} for codes in (("CT",), ("MR",), ())],
        Column.SITE: [{"site": site} for site in ("anne", "Harbor", "")],
        Column.IMAGES: [{"here": 5, "expected": 100}, {"here": 3, "expected": 4}, {"expected": None}],
        Column.PRIORS: [{"priors": PriorCount(0, known)} for known in (0, 3, None)],
        Column.AI: [
            {"flag": make_flag()},
            {"flag": make_flag(None, polarity=Polarity.ABSENT)},
            {"flag": None},
        ],
        Column.STATE: [{"reading": Reading(State.UNREAD)}, {"reading": Reading(State.FINAL)}],
    }


def _ranks(places: tuple[Place, ...]) -> list[int]:
    return [place.rank for place in places]


def test_every_column_sorts_both_ways_with_nothing_last(
    facts: dict[Column, list[dict[str, Any]]], make_item: Callable[..., Item]
) -> None:
    for column, lines in facts.items():
        places = [Place(make_item(str(rank), **line), rank, "", None) for rank, line in enumerate(lines)]
        last = [2] if len(lines) > 2 else []
        assert _ranks(arranged(reversed(places), column)) == [0, 1, *last], column
        assert _ranks(arranged(places, column, descending=True)) == [1, 0, *last], column
    assert set(Column) - facts.keys() == {Column.PLACE, Column.DUE}


def test_due_and_place_sort_too(make_item: Callable[..., Item], now: datetime) -> None:
    hour = timedelta(hours=1)
    clocks = [
        Clock(now + hour, hour, None, 0.0, is_ordered=False),
        Clock(now, hour, None, 0.0, is_ordered=False),
        None,
    ]
    places = [Place(make_item(str(rank)), rank, "", clock) for rank, clock in enumerate(clocks)]
    assert _ranks(arranged(places, Column.DUE)) == [1, 0, 2]
    assert _ranks(arranged(places, Column.DUE, descending=True)) == [0, 1, 2]
    assert _ranks(arranged(places, Column.PLACE, descending=True)) == [2, 1, 0]


def test_equal_lines_keep_the_reading_order_whichever_way(make_item: Callable[..., Item]) -> None:
    places = [Place(make_item(str(rank)), rank, "", None) for rank in (3, 1, 2)]
    for descending in (False, True):
        assert _ranks(arranged(places, Column.SITE, descending=descending)) == [1, 2, 3]
