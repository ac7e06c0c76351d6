import threading

import pytest
from hypothesis import given
from hypothesis import strategies as st

from workstation.rendering.bands import in_bands


@given(st.integers(0, 700), st.integers(1, 700))
def test_every_row_is_done_once(rows: int, columns: int) -> None:
    done: list[int] = []

    in_bands((rows, columns), lambda band: done.extend(range(*band)))

    assert sorted(done) == list(range(rows))


def test_a_small_picture_stays_in_the_callers_thread() -> None:
    threads: set[int] = set()

    in_bands((50, 50), lambda _: threads.add(threading.get_ident()))

    assert threads == {threading.get_ident()}


def test_what_a_band_raises_is_raised() -> None:
    def fail(band: tuple[int, int]) -> None:
        raise ZeroDivisionError(band)

    with pytest.raises(ZeroDivisionError):
        in_bands((512, 512), fail)


def test_several_threads_may_ask_at_once() -> None:
    def ask() -> None:
        done: list[int] = []
        in_bands((512, 512), lambda band: done.extend(range(*band)))
        results.append(sorted(done))

    results: list[list[int]] = []
    threads = [threading.Thread(target=ask) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(10)

    assert results == [list(range(512))] * 8
