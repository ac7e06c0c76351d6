from datetime import date, timedelta

import pytest

from workstation.worklist.wording import day_of, days, left, listed, span


@pytest.mark.parametrize(
    ("length", "said"),
    [
        (timedelta(seconds=40), "0 min"),
        (timedelta(minutes=14, seconds=59), "14 min"),
        (timedelta(minutes=119), "119 min"),
        (timedelta(hours=3, minutes=59), "3 h"),
        (timedelta(hours=47), "47 h"),
        (timedelta(days=2), "2 days"),
        (timedelta(days=20), "20 days"),
        (timedelta(days=21), "3 weeks"),
        (timedelta(days=275), "9 months"),
        (timedelta(days=731), "2 years"),
        (timedelta(days=-5), "5 days"),
    ],
)
def test_a_span_is_told_in_one_unit(length: timedelta, said: str) -> None:
    assert span(length) == said


def test_what_is_left_and_what_is_over_are_told_apart() -> None:
    assert left(timedelta(minutes=14)) == "14 min left"
    assert left(timedelta(minutes=-14)) == "14 min overdue"


def test_today_is_the_same_day() -> None:
    assert days(0) == "same day"
    assert [days(1), days(2)] == ["1 day", "2 days"]


def test_a_list_is_said_with_and() -> None:
    assert [listed(()), listed("a"), listed("ab"), listed("abc")] == ["", "a", "a and b", "a, b and c"]


@pytest.mark.parametrize(
    ("stored", "day"),
    [
        ("20261124", date(2026, 11, 24)),
        ("20261324", None),
        ("", None),
        ("2026.11.24", None),
        ("١٢٣٤٥٦٧٨", None),
    ],
)
def test_only_a_date_is_a_day(stored: str, day: date | None) -> None:
    assert day_of(stored) == day
