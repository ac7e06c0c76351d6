"""The first Ctrl+C asks, the second insists."""

from __future__ import annotations

import signal
from pathlib import Path

import pytest

from workstation.cli.stopping import stoppable


def test_the_first_ctrl_c_asks_and_the_second_raises() -> None:
    before = signal.getsignal(signal.SIGINT)
    with stoppable() as asked:
        assert not asked.is_set()
        signal.raise_signal(signal.SIGINT)
        assert asked.is_set()
        with pytest.raises(KeyboardInterrupt):
            signal.raise_signal(signal.SIGINT)

    assert signal.getsignal(signal.SIGINT) is before


def test_the_handler_before_is_back_after_an_error(tmp_path: Path) -> None:
    before = signal.getsignal(signal.SIGINT)

    def fail() -> None:
        with stoppable():
            (tmp_path / "missing").read_bytes()

    with pytest.raises(FileNotFoundError):
        fail()
    assert signal.getsignal(signal.SIGINT) is before
