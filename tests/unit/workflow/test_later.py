"""What is to be done soon is done once, and not after it was stopped."""

from __future__ import annotations

import threading
import time

import pytest

from workstation.workflow.later import Later

SOON = 0.05


def test_many_askings_are_one_doing() -> None:
    done = threading.Semaphore(0)
    later = Later(SOON, done.release)
    for _ in range(20):
        later.soon()

    assert done.acquire(timeout=5)
    assert not done.acquire(timeout=3 * SOON)


def test_an_asking_while_it_is_done_leads_to_another() -> None:
    begun, go_on = threading.Semaphore(0), threading.Event()

    def act() -> None:
        begun.release()
        go_on.wait(5)

    later = Later(SOON, act)
    later.soon()
    assert begun.acquire(timeout=5)
    later.soon()
    go_on.set()
    assert begun.acquire(timeout=5)
    later.stop()


def test_what_was_stopped_is_not_done() -> None:
    done = threading.Event()
    later = Later(SOON, done.set)
    later.soon()
    later.stop()

    assert not done.wait(3 * SOON)


def test_a_timer_that_comes_after_it_was_stopped_does_nothing() -> None:
    done = threading.Event()
    later = Later(60, done.set)
    later.soon()
    late = threading.Thread(target=later._run)  # not the timer that is waited for now
    late.start()
    late.join()
    later.stop()

    assert not done.is_set()


def test_stop_waits_for_what_is_being_done() -> None:
    begun, finished = threading.Event(), threading.Event()

    def act() -> None:
        begun.set()
        time.sleep(3 * SOON)
        finished.set()

    later = Later(0, act)
    later.soon()
    assert begun.wait(5)
    later.stop()
    assert finished.is_set()


def test_it_may_stop_itself() -> None:
    done = threading.Event()

    def act() -> None:
        later.stop()
        done.set()

    later = Later(0, act)
    later.soon()
    assert done.wait(5)


def test_a_failure_is_logged_and_does_not_end_it(caplog: pytest.LogCaptureFixture) -> None:
    calls = threading.Semaphore(0)

    def act() -> None:
        calls.release()
        raise ValueError("ZQX")

    later = Later(0, act)
    later.soon()
    assert calls.acquire(timeout=5)
    later.soon()
    assert calls.acquire(timeout=5)
    later.stop()
    assert "ZQX" not in caplog.messages[0]
