from collections.abc import Callable
from contextlib import suppress

import pytest
from fake_archive import Archive, FakeConnection, address

from workstation.archive import (
    ArchiveError,
    BadAnswer,
    Endpoint,
    Interrupted,
    NotAllowed,
    NotThere,
    NotTrusted,
    Query,
    Unreachable,
)
from workstation.clock import ManualClock
from workstation.sync.line import SOUND, STALL, Line, LineState, Status


def _at_once(work: Callable[[], None]) -> None:
    work()


@pytest.fixture
def clock() -> ManualClock:
    return ManualClock()


@pytest.fixture
def archive() -> Archive:
    return Archive()


@pytest.fixture
def line(archive: Archive, clock: ManualClock) -> Line:
    return Line(address("fibre", "hotspot"), archive.connect, clock, spawn=_at_once)


@pytest.fixture
def only(archive: Archive, clock: ManualClock) -> Line:
    """Return a line with one endpoint."""
    return Line(address("fibre"), archive.connect, clock, spawn=_at_once)


def _raising(error: Exception, *, where: str = "") -> Callable[[str], None]:
    def fault(what: str) -> None:
        if what.startswith(where):
            raise error

    return fault


def _ask(line: Line) -> None:
    with line.asking() as connection:
        connection.images.search(Query())


def test_an_answer_makes_it_online(line: Line) -> None:
    seen = [line.state.status]
    _ask(line)
    seen.append(line.state.status)
    assert seen == [Status.UNKNOWN, Status.ONLINE]


@pytest.mark.parametrize(
    ("error", "status"),
    [
        (NotAllowed("no"), Status.SIGNED_OUT),
        (NotTrusted("no"), Status.UNTRUSTED),
        (BadAnswer("a page"), Status.CAPTIVE),
        (NotThere("no"), Status.ONLINE),
    ],
)
def test_each_kind_of_answer_says_what_stands_in_the_way(
    line: Line, archive: Archive, error: Exception, status: Status
) -> None:
    archive.fault = _raising(error)
    with pytest.raises(ArchiveError):
        _ask(line)
    assert line.state.status is status


def test_one_lost_answer_is_no_outage_and_three_are(only: Line, archive: Archive) -> None:
    archive.fault = _raising(Interrupted("cut"))
    seen = []
    for _ in range(3):
        with suppress(Interrupted):
            _ask(only)
        seen.append(only.is_usable)
    assert seen == [True, True, False]


def test_a_dead_line_is_offline_and_comes_back_by_a_probe(
    only: Line, archive: Archive, clock: ManualClock
) -> None:
    told: list[Status] = []

    def hear(state: LineState) -> None:
        told.append(state.status)

    only.changed.connect(hear)
    archive.fault = _raising(Unreachable("no"))
    for _ in range(8):
        only.look()
        clock.wait(20.0)
    usable = [only.is_usable]
    archive.fault = lambda _: None
    for _ in range(5):
        clock.wait(20.0)
        only.look()
    assert [*usable, only.is_usable] == [False, True]
    assert told == [Status.OFFLINE, Status.ONLINE]


def test_the_time_of_an_outage_is_the_time_when_it_began(
    only: Line, archive: Archive, clock: ManualClock
) -> None:
    _ask(only)
    archive.fault = _raising(Unreachable("no"))
    for _ in range(8):
        only.look()
        clock.wait(20.0)
    since = only.state.since
    for _ in range(8):
        only.look()
        clock.wait(20.0)
    assert only.state.since == since


def test_a_request_that_hangs_on_a_black_hole_is_cut_within_ten_seconds(
    line: Line, archive: Archive, clock: ManualClock
) -> None:
    _ask(line)
    archive.fault = _raising(Unreachable("no answer"), where="fibre")
    with line.asking() as hanging:
        assert isinstance(hanging, FakeConnection)
        for _ in range(10):
            clock.wait(1.0)
            line.look()
            if hanging.is_closed:
                break
        assert hanging.is_closed
        assert clock.monotonic() <= STALL + 2.0
    archive.asked.clear()
    _ask(line)
    assert archive.asked == ["hotspot: search "]
    assert line.state.endpoint == "hotspot"


def test_bytes_that_come_slowly_are_no_hanging(line: Line, archive: Archive, clock: ManualClock) -> None:
    _ask(line)
    line.look()
    archive.asked.clear()
    with line.asking():
        for _ in range(20):
            clock.wait(1.0)
            line.came(1)
            line.look()
    assert not [what for what in archive.asked if what.startswith("fibre")]


def test_after_a_sleep_every_connection_is_dropped(clock: ManualClock) -> None:
    made: list[FakeConnection] = []
    archive = Archive()

    def connect(endpoint: Endpoint, patience: float) -> FakeConnection:
        made.append(archive.connect(endpoint, patience))
        return made[-1]

    line = Line(address("fibre"), connect, clock, spawn=_at_once)
    _ask(line)
    line.begin_anew()
    assert made[0].is_closed
    _ask(line)
    assert len(made) == 2


def test_signing_in_again_lets_requests_through(line: Line, archive: Archive) -> None:
    archive.fault = _raising(NotAllowed("no"))
    with suppress(NotAllowed):
        _ask(line)
    assert not line.is_usable
    archive.fault = lambda _: None
    line.signed_in()
    assert line.is_usable


def test_a_closed_line_sends_nothing(line: Line, archive: Archive) -> None:
    line.close()
    with pytest.raises(Unreachable):
        _ask(line)
    line.look()
    assert not archive.asked


def test_a_line_that_failed_is_not_sound_for_ten_minutes(
    only: Line, archive: Archive, clock: ManualClock
) -> None:
    seen = [only.is_sound]
    archive.fault = _raising(Interrupted("cut"))
    with suppress(Interrupted):
        _ask(only)
    archive.fault = lambda _: None
    _ask(only)
    for wait in (0.0, SOUND - 1.0, 1.0):
        clock.wait(wait)
        seen.append(only.is_sound)
    assert seen == [True, False, False, True]


def test_the_rate_is_that_of_all_requests_that_share_the_line(line: Line, clock: ManualClock) -> None:
    with line.asking(), line.asking():
        for _ in range(4):
            for size in (400_000, 100_000):  # by turns
                clock.wait(0.0625)
                line.came(size)
    assert line.state.rate == 4_000_000.0


def test_what_comes_at_once_is_no_rate(line: Line, clock: ManualClock) -> None:
    for _ in range(9):
        clock.wait(30.0)
        with line.asking():
            clock.wait(0.001)
            line.came(5_000_000)
    assert line.state.rate is None


def test_the_time_in_which_nobody_asked_or_we_waited_is_not_the_lines(line: Line, clock: ManualClock) -> None:
    for _ in range(5):
        clock.wait(10.0)
        with line.asking():
            clock.wait(0.125)
            line.came(1_000_000)
            clock.wait(7.0)
            line.waited()
    assert line.state.rate == 8_000_000.0


def test_a_small_answer_tells_nothing_of_the_rate(line: Line, clock: ManualClock) -> None:
    with line.asking():
        clock.wait(0.5)
        line.came(1000)
    assert line.state.rate is None


@pytest.mark.parametrize("error", [ArchiveError("its authorities can't be read"), ValueError("no such port")])
def test_a_way_by_which_nothing_can_be_made_has_failed_and_is_tried_again(
    archive: Archive, clock: ManualClock, error: Exception
) -> None:
    tried: list[str] = []

    def connect(endpoint: Endpoint, patience: float) -> FakeConnection:
        tried.append(endpoint.name)
        if endpoint.name == "fibre":
            raise error
        return archive.connect(endpoint, patience)

    line = Line(address("fibre", "hotspot"), connect, clock, spawn=_at_once)
    for _ in range(6):
        line.look()
        clock.wait(31.0)
    assert tried.count("fibre") > 3
    assert line.state.endpoint == "hotspot"
    _ask(line)
    assert line.state.status is Status.ONLINE


def test_a_request_for_which_no_connection_can_be_made_counts_against_the_way(clock: ManualClock) -> None:
    def connect(_: Endpoint, __: float) -> FakeConnection:
        raise NotTrusted("the pins are none")

    line = Line(address("fibre"), connect, clock, spawn=lambda _: None)
    with pytest.raises(NotTrusted):
        _ask(line)
    assert line.state.status is Status.UNTRUSTED
    assert not line.is_usable
