"""A stream or one by one, by hand arithmetic: 375 slices of 200 kB lack, nine are here."""

import pytest

from workstation.sync.rest import Rest

REST = Rest("group", 375, 75_000_000, 9, 1_800_000)
MEGABIT = 125_000.0


@pytest.mark.parametrize(
    ("latency", "rate", "stream", "why"),
    [
        (0.003, 1e9, True, "75 ms of bytes, but 375 × 3.2 ms / 4 = 300 ms of asking"),
        (0.003, 200 * MEGABIT, False, "3.00 s of bytes either way, and 72 ms more in vain"),
        (0.020, 200 * MEGABIT, False, "375 × 28 ms / 4 = 2.6 s are less than 3.00 s"),
        (0.030, 200 * MEGABIT, True, "375 × 38 ms / 4 = 3.56 s are more than 3.07 s"),
        (0.030, 50 * MEGABIT, False, "375 × 62 ms / 4 = 5.8 s, less than the 12 s of the bytes"),
        (0.300, 10 * MEGABIT, False, "375 × 460 ms / 4 = 43 s, less than the 60 s of the bytes"),
        (0.600, 10 * MEGABIT, True, "375 × 760 ms / 4 = 71 s are more than 61.4 s: a satellite's line"),
    ],
)
def test_a_stream_is_taken_where_asking_would_leave_the_line_idle(
    latency: float,
    rate: float,
    stream: bool,  # noqa: FBT001 - a row of the table
    why: str,
) -> None:
    assert REST.comes_sooner_as_stream(latency, rate, 4) is stream, why


def test_sizes_that_nobody_knows_leave_the_waiting_alone_to_decide() -> None:
    unknown = Rest("group", 10, 0, 2, 0)
    assert unknown.comes_sooner_as_stream(0.01, 1e9, 4)
    assert not unknown.comes_sooner_as_stream(0.0, 1e9, 4)
