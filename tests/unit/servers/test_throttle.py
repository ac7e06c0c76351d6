import math

from line_faults import BURST, Bucket, Way
from throttle import held


def test_a_held_line_has_so_many_bytes_a_second_each_way() -> None:
    line = held(10, latency=0.1)

    assert (line.up, line.down, line.latency) == (1_250_000, 1_250_000, 0.1)


def test_ten_megabits_take_a_second_of_ten_megabits_a_second() -> None:
    line, bucket, now = held(10), Bucket(), 0.0
    left = 1_250_000
    while left:
        piece = min(left, line.piece(Way.DOWN, 65_536))
        now += bucket.wait(piece, line.rate(Way.DOWN), now)
        left -= piece

    assert math.isclose(now, 1 - BURST)
