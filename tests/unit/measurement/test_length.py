import math
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta, timezone

import pytest

from workstation.dicom.model import InstanceRecord
from workstation.measurement import Length, MeasurementError, Point

NOW = datetime(2026, 11, 24, 1, 37, tzinfo=UTC)


@pytest.fixture
def drawn(records: Callable[..., InstanceRecord]) -> Length:
    return Length.drawn(records(), 0, Point(1, 2), Point(3, 4), created=NOW)


def test_a_drawn_length_knows_its_image(drawn: Length) -> None:
    assert (drawn.study_uid, drawn.series_uid, drawn.sop_uid) == ("2.25.1", "2.25.2", "2.25.3")


def test_two_lengths_are_never_the_same_one(records: Callable[..., InstanceRecord]) -> None:
    ids = {Length.drawn(records(), 0, Point(1, 2), Point(3, 4), created=NOW).id for _ in range(10)}

    assert len(ids) == 10


def test_a_moved_length_is_still_the_same_one(drawn: Length) -> None:
    moved = drawn.moved(end=Point(0, 0))

    assert (moved.id, moved.created, moved.start, moved.end) == (drawn.id, NOW, Point(1, 2), Point(0, 0))
    assert drawn.moved(start=Point(0, 0)) == replace(drawn, start=Point(0, 0))


@pytest.mark.parametrize("bad", [math.nan, math.inf])
def test_an_end_that_is_nowhere_is_refused(drawn: Length, bad: float) -> None:
    with pytest.raises(MeasurementError, match="nowhere"):
        drawn.moved(end=Point(bad, 0))


def test_a_frame_below_the_first_is_refused(drawn: Length) -> None:
    with pytest.raises(MeasurementError, match="frames count from 0"):
        replace(drawn, frame=-1)


def test_a_time_needs_its_zone(drawn: Length) -> None:
    with pytest.raises(MeasurementError, match="zone"):
        replace(drawn, created=NOW.replace(tzinfo=None))

    assert replace(drawn, created=NOW.astimezone(timezone(timedelta(hours=9)))).created == NOW
