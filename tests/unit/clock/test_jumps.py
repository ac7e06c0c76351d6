import pytest

from workstation.clock import JumpWatch, ManualClock


@pytest.mark.parametrize("jump", [3600.0, -3600.0, 121.0, -315_360_000.0])
def test_a_clock_that_was_moved_is_noticed_once(jump: float) -> None:
    clock = ManualClock()
    watch = JumpWatch(clock)
    clock.wait(5)
    clock.jump(jump)

    assert watch.look() == pytest.approx(jump)
    assert watch.look() == 0.0


def test_time_that_merely_passes_is_no_jump() -> None:
    clock = ManualClock()
    watch = JumpWatch(clock)
    clock.wait(86_400)

    assert watch.look() == 0.0


def test_a_small_correction_by_a_time_server_is_no_jump() -> None:
    clock = ManualClock()
    watch = JumpWatch(clock)
    clock.jump(2)

    assert watch.look() == 0.0
