import math
from collections import Counter

import pytest
from line_faults import BURST, Bucket, Fault, Line, Odds, Way


def test_the_same_seed_and_number_meet_the_same_fate() -> None:
    odds = Odds(reset=0.2, hole=0.2, ways=(Way.UP, Way.DOWN))

    first = [odds.draw(7, number) for number in range(100)]

    assert first == [odds.draw(7, number) for number in range(100)]
    assert first != [odds.draw(8, number) for number in range(100)]


def test_faults_come_as_often_as_the_odds_say() -> None:
    odds = Odds(refuse=0.1, reset=0.2, cut=0.3, hole=0.1, after=(5, 9))

    drawn = [odds.draw(0, number) for number in range(4000)]

    counts = Counter(fate.fault for fate in drawn if fate is not None)
    assert {fault: round(count / 4000, 1) for fault, count in counts.items()} == {
        Fault.REFUSE: 0.1,
        Fault.RESET: 0.2,
        Fault.CUT: 0.3,
        Fault.HOLE: 0.1,
    }
    assert {fate.after for fate in drawn if fate is not None} == set(range(5, 10))


def test_a_bucket_lets_through_its_rate_and_no_more_than_a_burst_at_once() -> None:
    bucket, now = Bucket(), 100.0
    for _ in range(500):
        now += bucket.wait(1000, 50_000, now)

    assert now == pytest.approx(100 + 500 * 1000 / 50_000 - BURST)


def test_a_late_timer_is_made_good_within_a_burst() -> None:
    bucket, now = Bucket(), 0.0
    for _ in range(500):
        now += bucket.wait(1000, 50_000, now) + BURST / 2  # each wakes up late

    assert now == pytest.approx(500 * 1000 / 50_000, abs=2 * BURST)


def test_what_was_not_used_is_not_saved_up() -> None:
    bucket = Bucket()
    bucket.wait(1000, 1000, 0.0)

    assert bucket.wait(1000, 1000, 1000.0) == pytest.approx(1 - BURST)


def test_pieces_are_small_enough_for_the_rate_and_the_slice() -> None:
    assert Line().piece(Way.UP, 65_536) == 65_536
    assert Line(up=10_000).piece(Way.UP, 65_536) == 100
    assert Line(up=10_000).piece(Way.DOWN, 65_536) == 65_536
    assert Line(slice=3).piece(Way.UP, 65_536) == 3
    assert Line(up=1).piece(Way.UP, 65_536) == 1
    assert math.isinf(Line().rate(Way.UP))
