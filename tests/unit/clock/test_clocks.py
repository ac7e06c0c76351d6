import time

from workstation.clock import ScaledClock


def test_a_scaled_clock_runs_faster_on_both_readings_alike() -> None:
    clock = ScaledClock(1000.0)
    wall, monotonic = clock.utc(), clock.monotonic()
    time.sleep(0.01)
    passed = clock.monotonic() - monotonic
    assert passed >= 10.0
    assert (clock.utc() - wall).total_seconds() >= 10.0
