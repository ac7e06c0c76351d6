import random

from hypothesis import given
from hypothesis import strategies as st

from workstation.sync.backoff import Backoff


@given(st.integers(0, 10_000), st.integers())
def test_a_wait_lies_between_nothing_and_the_cap(failures: int, seed: int) -> None:
    assert 0.0 <= Backoff().wait(failures, draw=random.Random(seed)) <= 300.0


def test_the_ceiling_doubles_from_one_second_to_five_minutes() -> None:
    rule = Backoff()
    assert [rule.ceiling(n) for n in range(1, 12)] == [1, 2, 4, 8, 16, 32, 64, 128, 256, 300, 300]


@given(st.floats(0, 86_400), st.integers(1, 50))
def test_the_server_s_wish_is_kept_to(asked: float, failures: int) -> None:
    assert Backoff().wait(failures, asked=asked, draw=random.Random(1)) >= asked


def test_waits_are_spread_over_the_whole_range() -> None:
    draw = random.Random(7)
    waits = [Backoff().wait(9, draw=draw) for _ in range(2_000)]
    assert min(waits) < 3
    assert max(waits) > 253
    assert 118 < sum(waits) / len(waits) < 138
