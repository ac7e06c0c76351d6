import random

from hypothesis import given
from hypothesis import strategies as st

from workstation.sync.choice import CHANGES, STABLE, WINDOW, Choice
from workstation.sync.health import Health


def _fail(choice: Choice, name: str, now: float, times: int = 3) -> None:
    for _ in range(times):
        choice.health[name].failed(now)


def test_three_failures_in_a_row_open_the_breaker_and_two_do_not() -> None:
    health, opened = Health(), []
    for _ in range(3):
        health.failed(0.0)
        opened.append(health.is_open)
    assert opened == [False, False, True]
    assert not health.may_try(1.0)


def test_most_of_ten_opens_it_even_without_a_row() -> None:
    health = Health()
    for _ in range(3):
        health.failed(0.0)  # opens; a success closes and forgets
        health.succeeded(0.0, 0.1)
    pattern = [False, False, True, False, False, True, False, False]
    for good in pattern:
        if good:
            health.succeeded(1.0, 0.1)
        else:
            health.failed(1.0)
        if health.is_open:
            break
    assert health.is_open


def test_an_open_breaker_lets_a_probe_through_after_a_wait_that_doubles() -> None:
    health, now, waits = Health(), 0.0, []
    for _ in range(3):
        health.failed(now)
    for _ in range(7):
        waits.append(health.retry_at - now)
        now = health.retry_at
        assert health.may_try(now)
        health.failed(now)
    assert waits == [2.0, 4.0, 8.0, 16.0, 32.0, 60.0, 60.0]


def test_a_probe_that_succeeds_closes_it() -> None:
    health = Health()
    for _ in range(3):
        health.failed(0.0)
    health.succeeded(2.0, 0.05)
    assert not health.is_open
    assert health.failures == 0


def test_a_dead_endpoint_is_left_for_the_one_that_works() -> None:
    choice = Choice(("fibre", "hotspot"))
    choice.health["hotspot"].succeeded(0.0, 0.08)
    _fail(choice, "fibre", 1.0)
    assert choice.decide(1.0) == "hotspot"


def test_a_second_endpoint_that_was_never_tried_is_better_than_a_dead_one() -> None:
    choice = Choice(("fibre", "hotspot"))
    _fail(choice, "fibre", 1.0)
    assert choice.decide(1.0) == "hotspot"


def test_where_both_are_dead_it_stays() -> None:
    choice = Choice(("fibre", "hotspot"))
    _fail(choice, "fibre", 1.0)
    _fail(choice, "hotspot", 1.0)
    assert choice.decide(1.0) == "fibre"
    assert not choice.is_usable(1.0)


def test_the_way_back_waits_until_the_preferred_one_is_stable_and_better() -> None:
    choice = Choice(("fibre", "hotspot"))
    choice.health["hotspot"].succeeded(0.0, 0.08)
    _fail(choice, "fibre", 0.0)
    assert choice.decide(0.0) == "hotspot"
    for second in range(100, 100 + int(STABLE)):
        choice.health["fibre"].succeeded(float(second), 0.02)
        assert choice.decide(float(second)) == "hotspot"
    assert choice.decide(100.0 + STABLE) == "fibre"


def test_one_that_is_stable_but_no_better_is_not_worth_a_change() -> None:
    choice = Choice(("fibre", "hotspot"))
    _fail(choice, "fibre", 0.0)
    choice.decide(0.0)
    for second in range(100, 400):
        choice.health["fibre"].succeeded(float(second), 0.05)
        choice.health["hotspot"].succeeded(float(second), 0.05)
        assert choice.decide(float(second)) == "hotspot"


@given(st.integers(), st.floats(0.0, 1.0))
def test_there_are_never_more_than_two_changes_a_minute(seed: int, loss: float) -> None:
    draw = random.Random(seed)
    choice = Choice(("a", "b", "c"), random.Random(seed))
    changes, before = [], choice.current
    for tick in range(1_200):
        now = tick * 0.25
        for name in choice.names:
            if choice.health[name].may_try(now):
                if draw.random() < loss:
                    choice.health[name].failed(now)
                else:
                    choice.health[name].succeeded(now, draw.uniform(0.01, 0.5))
        if choice.decide(now) != before:
            before = choice.current
            changes.append(now)
    for first in range(len(changes)):
        assert sum(changes[first] <= one < changes[first] + WINDOW for one in changes) <= CHANGES


def test_every_endpoint_is_probed_again_once_a_period_and_at_once_when_something_hangs() -> None:
    choice = Choice(("a", "b"), random.Random(3))
    assert choice.to_probe(0.0) == ["a", "b"]
    assert choice.to_probe(1.0) == []
    choice.suspect(2.0)
    assert choice.to_probe(2.0) == ["a", "b"]
    for name in choice.names:
        choice.health[name].succeeded(3.0, 0.01)
    choice.to_probe(30.0)
    assert choice.to_probe(30.0 + 47.0) == []
    assert choice.to_probe(30.0 + 73.0) == ["a", "b"]


def test_after_a_sleep_nothing_of_the_old_network_counts() -> None:
    choice = Choice(("a", "b"))
    _fail(choice, "a", 0.0)
    choice.forget_past(100.0)
    assert not choice.health["a"].is_open
    assert choice.to_probe(100.0) == ["a", "b"]
