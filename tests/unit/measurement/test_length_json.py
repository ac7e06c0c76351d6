import json
import math
from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from workstation.measurement import Length, MeasurementError, Point, from_json, to_json

numbers = st.floats(allow_nan=False, allow_infinity=False)
ends = st.builds(Point, numbers, numbers)
LENGTH = Length(
    "7c9e",
    "2.25.1",
    "2.25.2",
    "2.25.3",
    4,
    Point(1.5, 2),
    Point(3, 4),
    datetime(2026, 11, 24, 1, 37, tzinfo=UTC),
)


@given(
    st.builds(
        Length,
        id=st.uuids().map(str),
        study_uid=st.text(),
        series_uid=st.text(),
        sop_uid=st.text(),
        frame=st.integers(0, 10_000),
        start=ends,
        end=ends,
        created=st.datetimes(timezones=st.just(UTC)),
    )
)
def test_a_length_comes_back_as_it_was(length: Length) -> None:
    assert from_json(to_json(length)) == length


def test_the_stored_form_stays_readable() -> None:
    """What yesterday's version wrote must open tomorrow."""
    stored = (
        '{"kind": "length/1", "id": "7c9e", "study_uid": "2.25.1", "series_uid": "2.25.2", '
        '"sop_uid": "2.25.3", "frame": 4, "start": [1.5, 2], "end": [3, 4], '
        '"created": "2026-11-24T01:37:00+00:00"}'
    )

    assert from_json(stored) == LENGTH
    assert json.loads(to_json(LENGTH)) == json.loads(stored)


@pytest.mark.parametrize("text", ["", "{", "null", "[]", "17", '"length/1"', "{}", "[" * 100_000])
def test_a_text_that_is_no_length_is_refused_calmly(text: str) -> None:
    with pytest.raises(MeasurementError, match="can't be read"):
        from_json(text)


@pytest.mark.parametrize(
    "change",
    [
        {"kind": "angle/1"},
        {"id": 7},
        {"sop_uid": None},
        {"frame": "4"},
        {"frame": True},
        {"frame": 1.5},
        {"start": [1]},
        {"start": [1, 2, 3]},
        {"end": ["a", "b"]},
        {"end": None},
        {"end": [10**400, 0]},
        {"end": {"column": 1, "row": 2}},
        {"created": "yesterday"},
        {"created": 0},
    ],
)
def test_a_length_with_one_broken_field_is_refused_calmly(change: dict[str, Any]) -> None:
    broken = json.dumps({**json.loads(to_json(LENGTH)), **change})

    with pytest.raises(MeasurementError, match="can't be read"):
        from_json(broken)


@pytest.mark.parametrize("field", list(json.loads(to_json(LENGTH))))
def test_a_length_without_one_of_its_fields_is_refused_calmly(field: str) -> None:
    fields = json.loads(to_json(LENGTH))
    del fields[field]

    with pytest.raises(MeasurementError, match="can't be read"):
        from_json(json.dumps(fields))


@pytest.mark.parametrize("change", [{"frame": -1}, {"start": [math.nan, 0]}, {"created": "2026-11-24"}])
def test_what_no_length_may_be_is_refused_from_a_file_too(change: dict[str, Any]) -> None:
    with pytest.raises(MeasurementError):
        from_json(json.dumps({**json.loads(to_json(LENGTH)), **change}))
