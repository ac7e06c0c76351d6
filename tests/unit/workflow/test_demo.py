"""The night is made once, one picture of each study first, and goes on where it was broken off."""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from typing import NoReturn, cast

import pytest
from offered import a_slice, part10, stored
from quick_desk import SharedPool, quick_desk

from workstation import phantoms
from workstation.clock import ManualClock
from workstation.phantoms.study import Truth
from workstation.workflow import Desk, StudyState, demo, list_studies, prepare_demo

NO_TRUTH = cast("Truth", None)
COUNTS = {"a": 7, "b": 1, "c": 3}


@pytest.fixture
def clock() -> ManualClock:
    return ManualClock()


@pytest.fixture
def desk(folder: Path, pool: SharedPool, clock: ManualClock) -> Iterator[Desk]:
    made = quick_desk(folder, pool, clock=clock)
    made.is_demo = True
    yield made
    made.close()


@pytest.fixture
def asked(monkeypatch: pytest.MonkeyPatch) -> list[datetime]:
    """Let the night be three tiny studies that are drawn at once; return the hours that it was asked for."""
    hours: list[datetime] = []

    def night(seed: int, now: datetime) -> tuple[phantoms.PhantomStudy, ...]:
        assert seed == demo.SEED
        hours.append(now)
        return tuple(
            phantoms.PhantomStudy(key, key, f"1.2.{n}", count, NO_TRUTH, never)
            for n, (key, count) in enumerate(COUNTS.items())
        )

    def drawn(_painters: object, _began: datetime, order: demo._Order) -> Iterator[demo._Made]:
        study = f"1.2.{list(COUNTS).index(order.key)}"
        for number in order.numbers:
            yield demo._Made(f"{order.key}/{number + 1}", part10(a_slice(number, study)))

    monkeypatch.setattr(phantoms, "night", night)
    monkeypatch.setattr(demo, "_drawn", drawn)
    return hours


def never() -> NoReturn:
    raise AssertionError("nobody opens an invented study here")


@pytest.mark.usefixtures("asked")
def test_every_study_is_there_whole_and_once(desk: Desk) -> None:
    assert prepare_demo(desk) == prepare_demo(desk) == len(COUNTS)

    assert sorted(row.here for row in list_studies(desk)) == sorted(COUNTS.values())
    assert {row.state for row in list_studies(desk)} == {StudyState.UNREAD}
    assert len(stored(desk)) == sum(COUNTS.values())
    assert [one.version for one in stored(desk)] == [1] * sum(COUNTS.values())


def test_the_middle_of_each_study_comes_before_everything_else(asked: list[datetime]) -> None:
    now = ManualClock().utc()
    orders = list(demo._orders(phantoms.night(seed=demo.SEED, now=now)))

    assert [(order.key, list(order.numbers)) for order in orders[:3]] == [("a", [3]), ("b", [0]), ("c", [1])]
    drawn = sorted((order.key, number) for order in orders for number in order.numbers)
    assert drawn == sorted((key, number) for key, count in COUNTS.items() for number in range(count))
    assert asked == [now]


@pytest.mark.parametrize("calls", [0, 1, 3, 6])
def test_one_that_was_broken_off_says_so_and_goes_on_with_the_same_night(
    desk: Desk, asked: list[datetime], clock: ManualClock, calls: int
) -> None:
    counter = itertools.count()
    prepare_demo(desk, cancelled=lambda: next(counter) >= calls)
    before = {one.uid for one in stored(desk)}
    unfinished = [row for row in list_studies(desk) if row.here < row.expected]
    assert all(row.state is StudyState.INCOMPLETE for row in unfinished)

    clock.wait(86_400)
    prepare_demo(desk)
    assert len(set(asked)) == 1, "a night that was begun yesterday is still yesterday's"
    assert before <= {one.uid for one in stored(desk)}
    assert len(stored(desk)) == sum(COUNTS.values())
