"""Measurements, pins and the last state of the screen."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime

from workstation.measurement import Length, Point
from workstation.store import Store


def _length(identifier: str, column: float, minute: int = 0, study: str = "1.1") -> Length:
    created = datetime(2026, 1, 1, 8, minute, tzinfo=UTC)
    return Length(identifier, study, "1.1.1", "1.1.1.1", 0, Point(0, 0), Point(column, 0.5), created)


def test_measurements_come_back_in_the_order_in_which_they_were_made(
    store: Store, reopen: Callable[[], Store]
) -> None:
    first, second, other = _length("b", 1), _length("a", 2, minute=5), _length("c", 3, study="1.2")
    store.measurements.put(second, other)
    store.measurements.put(first)
    store.close()
    again = reopen()

    assert again.measurements.of_study("1.1") == (first, second)
    assert again.measurements.of_study("1.2") == (other,)
    assert again.measurements.of_study("1.3") == ()


def test_a_measurement_that_was_moved_is_the_same_one(store: Store) -> None:
    length = _length("a", 1)
    store.measurements.put(length)
    store.measurements.put(length.moved(end=Point(9, 9)))

    assert store.measurements.of_study("1.1") == (length.moved(end=Point(9, 9)),)
    store.measurements.remove("a")
    store.measurements.remove("a")
    assert store.measurements.of_study("1.1") == ()


def test_each_reason_to_keep_a_study_stands_for_itself(store: Store) -> None:
    store.pins.add("1.1", "teaching")
    store.pins.add("1.1", "assigned")
    store.pins.add("1.1", "assigned")
    store.pins.remove("1.1", "teaching")
    assert store.pins.reasons("1.1") == ("assigned",)
    store.measurements.put(_length("a", 1, study="1.2"))

    assert store.pins.all() == {"1.1", "1.2"}
    store.pins.remove("1.1", "assigned")
    assert store.pins.all() == {"1.2"}


def test_the_last_state_of_the_screen_is_there_after_a_restart(
    store: Store, reopen: Callable[[], Store]
) -> None:
    store.sessions.put("screen", "slice 6")
    store.sessions.put("screen", "slice 7")
    store.close()
    again = reopen()

    assert again.sessions.get("screen") == "slice 7"
    again.sessions.remove("screen")
    assert again.sessions.get("screen") is None
