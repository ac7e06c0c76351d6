from hypothesis import given
from hypothesis import strategies as st

from workstation.clock import ManualClock
from workstation.sync.shaping import Shaper
from workstation.sync.urgency import Urgency

MEGABYTE = 1 << 20


def _fetch(shaper: Shaper, clock: ManualClock, urgency: Urgency, seconds: float, line: float) -> float:
    """Fetch over a line of so many bytes a second; return how many bytes came."""
    came, chunk, end = 0.0, MEGABYTE / 8, clock.monotonic() + seconds
    while clock.monotonic() < end:
        clock.wait(chunk / line)
        came += chunk
        clock.wait(shaper.take(urgency, int(chunk)))
    return came


def test_until_something_was_measured_nothing_is_held_back() -> None:
    assert Shaper(ManualClock()).take(Urgency.PREFETCH, 100 * MEGABYTE) == 0.0


def test_prefetch_takes_half_of_what_the_line_can_do() -> None:
    clock = ManualClock()
    shaper = Shaper(clock)
    line = 8.0 * MEGABYTE
    _fetch(shaper, clock, Urgency.OPEN, 5, line)
    assert 0.45 < _fetch(shaper, clock, Urgency.PREFETCH, 60, line) / (60 * line) < 0.55


def test_what_is_open_is_never_held_back() -> None:
    clock = ManualClock()
    shaper = Shaper(clock)
    _fetch(shaper, clock, Urgency.OPEN, 5, 8.0 * MEGABYTE)
    assert _fetch(shaper, clock, Urgency.OPEN, 10, 8.0 * MEGABYTE) / (80.0 * MEGABYTE) > 0.99


def test_a_site_s_cap_holds_for_everything_together() -> None:
    clock = ManualClock()
    shaper = Shaper(clock, cap=2.0 * MEGABYTE)
    came = sum(
        _fetch(shaper, clock, urgency, 20, 50.0 * MEGABYTE) for urgency in (Urgency.OPEN, Urgency.PRIOR)
    )
    assert came <= (40 + 1) * 2.0 * MEGABYTE * 1.05


def test_fetching_half_doesn_t_teach_it_that_the_line_is_half() -> None:
    clock = ManualClock()
    shaper = Shaper(clock)
    line = 8.0 * MEGABYTE
    _fetch(shaper, clock, Urgency.OPEN, 5, line)
    before = shaper.peak
    _fetch(shaper, clock, Urgency.PREFETCH, 600, line)
    assert shaper.peak >= before


@given(st.lists(st.tuples(st.sampled_from(list(Urgency)), st.integers(0, 10 * MEGABYTE), st.floats(0, 5))))
def test_a_wait_is_never_negative(fetched: list[tuple[Urgency, int, float]]) -> None:
    clock = ManualClock()
    shaper = Shaper(clock, cap=3.0 * MEGABYTE)
    for urgency, size, pause in fetched:
        clock.wait(pause)
        assert shaper.take(urgency, size) >= 0.0
