from collections.abc import Callable
from datetime import datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from workstation.terms import BadTable
from workstation.worklist.items import Item, Priority
from workstation.worklist.turnaround import Clock, Turnaround, clock, parsed_turnaround

MINUTE = timedelta(minutes=1)

TABLE = """
marks = [80, 50, 100]
[[rule]]
sites = ["St. Anne"]
minutes = 10
[[rule]]
priorities = ["STAT"]
modalities = ["CT"]
minutes = 20
start = "exam"
[[rule]]
minutes = 100
"""


@pytest.fixture(scope="module")
def rules() -> Turnaround:
    return parsed_turnaround(TABLE, where="turnaround.toml")


def _clock(item: Item, rules: Turnaround, now: datetime) -> Clock:
    found = clock(item, rules, now)
    assert found is not None
    return found


def test_the_first_rule_that_fits_holds(
    make_item: Callable[..., Item], rules: Turnaround, now: datetime
) -> None:
    anne = make_item(site="ST. ANNE", priority=Priority.STAT, exam_end=now)
    assert _clock(anne, rules, now).left == timedelta(0)  # there for 10 min, of 10
    assert _clock(make_item(), rules, now).left == 90 * MINUTE


def test_a_rule_may_count_from_the_end_of_the_examination(
    make_item: Callable[..., Item], rules: Turnaround, now: datetime
) -> None:
    item = make_item(priority=Priority.STAT, exam_end=now - 15 * MINUTE, minutes=1)
    assert _clock(item, rules, now).left == 5 * MINUTE


def test_without_the_moment_that_a_rule_counts_from_there_is_no_clock(
    make_item: Callable[..., Item], rules: Turnaround, now: datetime
) -> None:
    assert clock(make_item(priority=Priority.STAT), rules, now) is None
    assert clock(make_item(available_since=None), rules, now) is None


def test_a_due_time_of_the_order_goes_before_every_rule(
    make_item: Callable[..., Item], rules: Turnaround, now: datetime
) -> None:
    found = _clock(make_item(due=now + 10 * MINUTE, minutes=30), rules, now)
    assert (found.left, found.fraction, found.mark, found.is_ordered) == (10 * MINUTE, 0.75, 50, True)


@pytest.mark.parametrize(
    ("minutes", "mark"), [(0, 0), (49, 0), (50, 50), (79, 50), (80, 80), (99, 80), (100, 100), (500, 100)]
)
def test_the_list_speaks_up_at_each_mark(
    make_item: Callable[..., Item], rules: Turnaround, now: datetime, minutes: int, mark: int
) -> None:
    assert _clock(make_item(minutes=minutes), rules, now).mark == mark


def test_a_due_time_whose_start_nobody_knows_has_no_fraction_and_speaks_up_when_it_is_over(
    make_item: Callable[..., Item], rules: Turnaround, now: datetime
) -> None:
    before = _clock(make_item(due=now + MINUTE, available_since=None), rules, now)
    after = _clock(make_item(due=now - MINUTE, available_since=None), rules, now)
    assert (before.fraction, before.mark) == (None, 0)
    assert (after.fraction, after.mark, after.left) == (None, 100, -MINUTE)


def test_a_due_time_before_the_images_came_is_overdue_and_no_division_by_nothing(
    make_item: Callable[..., Item], rules: Turnaround, now: datetime
) -> None:
    found = _clock(make_item(due=now - 10 * MINUTE, minutes=10), rules, now)
    assert (found.fraction, found.mark) == (None, 100)


@given(st.integers(0, 10_000), st.integers(0, 10_000))
def test_time_only_ever_makes_a_clock_later(
    make_item: Callable[..., Item], rules: Turnaround, now: datetime, first: int, more: int
) -> None:
    item = make_item()
    one = _clock(item, rules, now + first * MINUTE)
    two = _clock(item, rules, now + (first + more) * MINUTE)
    assert one.due == two.due
    assert one.left >= two.left
    assert one.mark <= two.mark


def test_the_table_that_ships_gives_stat_less_time_than_the_rest(
    make_item: Callable[..., Item], turnaround: Turnaround, now: datetime
) -> None:
    lefts = [_clock(make_item(priority=priority), turnaround, now).left for priority in Priority]
    assert lefts == sorted(lefts)


@pytest.mark.parametrize(
    ("text", "complaint"),
    [
        ("", "last rule"),
        ('[[rule]]\nminutes = 5\npriorities = ["STAT"]', "last rule"),
        ("[[rule]]\nminutes = 0", "minutes"),
        ("[[rule]]", "minutes"),
        ('[[rule]]\nminutes = 5\nstart = "order"', "start"),
        ('[[rule]]\nminutes = 5\npriorities = ["QUICK"]', "priorities"),
        ("[[rule]]\nminutes = 5\nsite = 3", "site"),
        ("marks = [0]\n[[rule]]\nminutes = 5", "marks"),
        ("[[rule]]\nminutes = 5\n[unknown]", "unknown"),
    ],
)
def test_a_table_of_rules_that_is_wrong_is_refused(text: str, complaint: str) -> None:
    with pytest.raises(BadTable, match=complaint):
        parsed_turnaround(text, where="turnaround.toml")
