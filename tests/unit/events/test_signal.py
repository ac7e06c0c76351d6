import gc
import logging

import pytest

from workstation.events import Signal


class _Listener:
    def __init__(self) -> None:
        self.heard: list[int] = []

    def hear(self, value: int) -> None:
        self.heard.append(value)


def test_listeners_hear_in_the_order_that_they_came() -> None:
    signal: Signal[int] = Signal("counted")
    order: list[str] = []

    def first(value: int) -> None:
        order.append(f"first {value}")

    def second(value: int) -> None:
        order.append(f"second {value}")

    signal.connect(first)
    signal.connect(second)
    signal.emit(7)

    assert order == ["first 7", "second 7"]


def test_a_listener_whose_owner_is_gone_is_forgotten() -> None:
    signal: Signal[int] = Signal("counted")
    gone, heard = _Listener(), _Listener()
    told = gone.heard
    signal.connect(gone.hear)
    signal.connect(heard.hear)
    del gone
    gc.collect()
    signal.emit(1)

    assert (told, heard.heard) == ([], [1])


def test_a_listener_can_leave() -> None:
    signal: Signal[int] = Signal("counted")
    leaving, staying = _Listener(), _Listener()
    signal.connect(leaving.hear)
    signal.connect(staying.hear)
    signal.disconnect(leaving.hear)
    signal.emit(1)

    assert (leaving.heard, staying.heard) == ([], [1])


def test_one_that_fails_silences_nobody_and_tells_the_log_no_value(caplog: pytest.LogCaptureFixture) -> None:
    signal: Signal[str] = Signal("study opened")
    heard: list[str] = []

    def fail(value: str) -> None:
        raise ValueError(value)

    signal.connect(fail)
    signal.connect(heard.append)
    with caplog.at_level(logging.ERROR):
        signal.emit("DOE^JANE")

    assert heard == ["DOE^JANE"]
    assert "study opened" in caplog.text
    assert "DOE" not in caplog.text


def test_a_listener_may_leave_while_it_is_told() -> None:
    signal: Signal[int] = Signal("counted")
    heard: list[int] = []

    def once(value: int) -> None:
        heard.append(value)
        signal.disconnect(once)

    signal.connect(once)
    signal.emit(1)
    signal.emit(2)

    assert heard == [1]
