from __future__ import annotations

import threading
from io import BytesIO

import pytest
from dimse_peer import CT, PLAIN

from workstation.archive import Commitment
from workstation.archive.dimse.expected import Expectations
from workstation.archive.dimse.part10 import File


def file(number: int = 1) -> File:
    return File(f"1.2.{number}", CT, PLAIN[0], BytesIO(b""))


def test_an_object_goes_to_the_one_whose_request_it_names() -> None:
    expectations = Expectations()

    with expectations.move("1.2", "LUMEN") as one, expectations.move("1.2", "LUMEN") as other:
        assert expectations.of(one.number, "LUMEN") is one
        assert expectations.of(other.number, "LUMEN") is other
        assert expectations.of(one.number, "ANOTHER") is None
        assert expectations.of(one.number, "") is None
        assert expectations.of(None, "LUMEN") is None
        assert expectations.of_study("1.2") is None  # either of them
    assert expectations.of(one.number, "LUMEN") is None


def test_an_object_that_names_no_request_is_known_by_its_study() -> None:
    expectations = Expectations()

    with expectations.move("1.2", "LUMEN") as one, expectations.move("1.3", "LUMEN"):
        assert expectations.any_move
        assert expectations.of_study("1.2") is one
        assert expectations.of_study("1.4") is None


def test_whoever_brings_waits_until_there_is_room() -> None:
    expectations = Expectations()
    brought: list[bool] = []

    with expectations.move("1.2", "LUMEN") as expected:
        assert expected.bring(file(1))
        bringer = threading.Thread(target=lambda: brought.append(expected.bring(file(2))))
        bringer.start()
        bringer.join(0.3)
        assert bringer.is_alive()
        taken = [expected.take(10), expected.take(10)]
        bringer.join(10)

    assert [one and one.uid for one in taken] == ["1.2.1", "1.2.2"]
    assert brought == [True]
    assert expected.take(0) is None


@pytest.mark.parametrize("ends_all", [True, False])
def test_whoever_brings_is_let_go_when_nobody_wants_it(*, ends_all: bool) -> None:
    expectations = Expectations()
    brought: list[bool] = []

    with expectations.move("1.2", "LUMEN") as expected:
        expected.bring(file(1))
        bringer = threading.Thread(target=lambda: brought.append(expected.bring(file(2))))
        bringer.start()
        if ends_all:
            expectations.end()
            bringer.join(10)
    bringer.join(10)

    assert brought == [False]


def test_a_report_goes_to_the_one_who_waits_for_its_transaction() -> None:
    expectations = Expectations()
    commitment = Commitment(frozenset({"1.2.3"}), {})

    with expectations.report("1.9") as reports:
        assert not expectations.reported("1.8", commitment)
        assert expectations.reported("1.9", commitment)
        assert reports.get_nowait() is commitment
    assert not expectations.reported("1.9", commitment)
