from __future__ import annotations

import inspect
import io
import itertools
from collections.abc import Callable, Generator
from pathlib import Path

import pytest
import requests
from fake_archive import Archive, FakeConnection
from tls_certificates import Authority
from tls_server import TlsServer

from workstation.archive import (
    Contents,
    FoundStudy,
    Interrupted,
    ListedInstance,
    ListedSeries,
    NotAllowed,
    NotOffered,
    NotTrusted,
    Part,
    Query,
    Search,
    TlsRules,
    Truncated,
    Unreachable,
    Wanted,
)
from workstation.archive.check import rates
from workstation.archive.check.rates import Watch, download, largest_series, latency, upload
from workstation.clock import ManualClock, SystemClock
from workstation.dicom.model import Patient, Series, Study
from workstation.errors import Cancelled

SAMPLE = Wanted("1.2", "1.2.3")
NOBODY = Patient("", "", "", "", "")


def study(uid: str) -> Study:
    return Study(uid, "", "", "", "", "", "", "")


def series_of(uid: str) -> Series:
    return Series(uid, None, "CT", "", "", "", "", "", "", "")


def connected(archive: Archive) -> FakeConnection:
    return FakeConnection(archive, "fibre")


def slow(clock: ManualClock, *seconds: float) -> Callable[[str], None]:
    """Return what lets each request take its time, over and over."""
    turns = itertools.cycle(seconds)
    return lambda _: clock.wait(next(turns))


# --- latency ----------------------------------------------------------------------------------------


def test_each_request_is_timed_in_order() -> None:
    clock = ManualClock()
    archive = Archive(fault=slow(clock, 1.0, 2.0, 3.0))

    assert latency(connected(archive), Watch(clock), 6).seconds == (1.0, 2.0, 3.0, 1.0, 2.0, 3.0)


def test_a_request_that_fails_now_and_then_is_counted() -> None:
    archive = Archive()

    def fail(_: str) -> None:
        if len(archive.asked) % 3:
            raise Interrupted("The connection broke off")

    archive.fault = fail
    measured = latency(connected(archive), Watch(ManualClock()), 30)

    assert (len(measured.seconds), measured.lost) == (10, 20)


def test_after_a_few_failures_in_a_row_it_gives_up() -> None:
    archive = Archive()

    def fail(_: str) -> None:
        raise Unreachable("gone")

    archive.fault = fail
    with pytest.raises(Unreachable):
        latency(connected(archive), Watch(ManualClock()))
    assert len(archive.asked) == rates.LOST_IN_A_ROW


def test_a_person_may_stop_it_and_is_told_how_far_it_is() -> None:
    told: list[float] = []
    watch = Watch(ManualClock(), lambda: len(told) == 3, told.append)
    with pytest.raises(Cancelled):
        latency(connected(Archive()), watch, 4)

    assert told == [0.0, 0.25, 0.5]


# --- download -----------------------------------------------------------------------------------------


def test_a_slow_line_is_measured_for_three_seconds() -> None:
    clock = ManualClock()
    archive = Archive({f"1.2.3.{number}": bytes(1_000) for number in range(4)}, fault=slow(clock, 0.25))
    measured = download(connected(archive).images, SAMPLE, Watch(clock))

    assert measured.seconds == rates.ENOUGH_SECONDS
    assert (
        measured.count == 9_000
    )  # twelve turns: a request and four parts, the same again, a request, a part


def test_a_fast_line_is_measured_by_64_megabytes() -> None:
    clock = ManualClock()
    archive = Archive({"1.2.3.1": bytes(10_000_000)}, fault=slow(clock, 0.001))
    measured = download(connected(archive).images, SAMPLE, Watch(clock))

    assert rates.ENOUGH_BYTES <= measured.count < rates.ENOUGH_BYTES + 2**16
    assert archive.asked.count("fibre: part 1.2.3.1") == 7  # it came over and over


def test_what_is_enough_drops_the_connection_in_the_middle() -> None:
    answers = []

    class Noting(FakeConnection):
        def retrieve(self, wanted: Wanted) -> Generator[Part, None, None]:
            answers.append(super().retrieve(wanted))
            return answers[-1]

    archive = Archive({f"1.2.3.{number}": bytes(rates.ENOUGH_BYTES) for number in range(2)})
    download(Noting(archive, "fibre"), SAMPLE, Watch(ManualClock()))

    (answer,) = answers
    assert inspect.getgeneratorstate(answer) == inspect.GEN_CLOSED  # not only forgotten
    assert archive.asked.count("fibre: part 1.2.3.1") == 0


def test_an_archive_that_gives_nothing_is_not_measured() -> None:
    with pytest.raises(NotOffered, match="nothing"):
        download(connected(Archive()).images, SAMPLE, Watch(ManualClock()))


def test_an_answer_that_is_cut_off_is_told() -> None:
    archive = Archive({"1.2.3.1": bytes(10)})

    def cut(what: str) -> None:
        if "part" in what:
            raise Truncated("cut")

    archive.fault = cut
    with pytest.raises(Truncated):
        download(connected(archive).images, SAMPLE, Watch(ManualClock()))


class Listing(FakeConnection):
    """Lists studies with series of given sizes."""

    def __init__(self, *studies: tuple[int, ...]) -> None:
        super().__init__(Archive(), "fibre")
        self._listed = {f"1.{index}": sizes for index, sizes in enumerate(studies)}

    def search(self, query: Query) -> Search:
        """Return all studies, whatever is asked."""
        del query
        return Search(tuple(FoundStudy(NOBODY, study(uid), (), None, None) for uid in self._listed))

    def metadata(self, study_uid: str) -> Contents:
        """Return a study's series."""
        series = tuple(
            ListedSeries(series_of(f"{study_uid}.{index}"), (ListedInstance("1", "2", 1),) * count)
            for index, count in enumerate(self._listed[study_uid])
        )
        return Contents(NOBODY, study(study_uid), series)


def test_the_largest_series_is_what_is_retrieved() -> None:
    assert largest_series(Listing((1, 4), (9, 2), (0,))) == Wanted("1.1", "1.1.0")


def test_no_more_than_a_few_studies_are_looked_at() -> None:
    assert largest_series(Listing(*((1,),) * 5, (100,))) == Wanted("1.0", "1.0.0")


@pytest.mark.parametrize("archive", [Listing(), Listing((0,), ())])
def test_an_archive_without_images_has_no_series(archive: Listing) -> None:
    with pytest.raises(NotOffered, match="nothing"):
        largest_series(archive)


# --- upload -------------------------------------------------------------------------------------------


class Reading:
    """Reads a chunked body whole, and answers with a status."""

    def __init__(self, tmp_path: Path, status: int, *, reads: bool = True) -> None:
        self._status = status
        authority = Authority(tmp_path)
        self.rules = TlsRules(authorities=str(authority.file))
        self.body = b""
        self.server = TlsServer(
            authority.issue("127.0.0.1"), answer=self._answer, whole=reads, is_abrupt=not reads
        )

    def _answer(self, request: bytes) -> bytes:
        self.body = request
        return f"HTTP/1.1 {self._status} So\r\nContent-Length: 0\r\nConnection: close\r\n\r\n".encode()


class Ticking(SystemClock):
    """A clock that is a tenth of a second on at each look: a slow line, measured quickly."""

    def __init__(self) -> None:
        self._now = 0.0

    def monotonic(self) -> float:
        """Return the time, and let some pass."""
        self._now += 0.1
        return self._now


@pytest.mark.parametrize("status", [200, 202, 400, 409, 415, 500])
def test_noise_that_is_read_and_refused_tells_the_rate(status: int, tmp_path: Path) -> None:
    reading = Reading(tmp_path, status)
    with reading.server as server:
        measured = upload(f"{server.url}/dicom-web/", reading.rules, {"Authorization": "x"}, Watch(Ticking()))

    head, _, body = reading.body.partition(b"\r\n\r\n")
    assert head.startswith(b"POST /dicom-web/studies HTTP/1.1\r\n")
    assert b"Authorization: x" in head
    assert measured.count > 1_000_000
    assert len(body) > measured.count
    assert b"DICM" not in body[: body.index(b"\r\n\r\n") + 136]  # no Part 10 file begins there


@pytest.mark.parametrize("status", [301, 404, 405, 411, 413, 501, 503])
def test_an_archive_that_takes_no_such_request_is_not_measured(status: int, tmp_path: Path) -> None:
    reading = Reading(tmp_path, status)
    with reading.server as server, pytest.raises(NotOffered):
        upload(server.url, reading.rules, {}, Watch(Ticking()))


@pytest.mark.parametrize("status", [401, 403])
def test_an_account_that_may_not_store_is_told(status: int, tmp_path: Path) -> None:
    reading = Reading(tmp_path, status)
    with reading.server as server, pytest.raises(NotAllowed, match="may not store"):
        upload(server.url, reading.rules, {}, Watch(Ticking()))


def test_an_archive_that_refuses_before_it_has_read_is_not_measured(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(rates, "ENOUGH_SECONDS", 1e9)
    reading = Reading(tmp_path, 400, reads=False)
    with reading.server as server, pytest.raises(NotOffered, match="did not read"):
        upload(server.url, reading.rules, {}, Watch(Ticking()))


def test_an_answer_that_came_before_all_was_sent_tells_no_rate(monkeypatch: pytest.MonkeyPatch) -> None:
    early = requests.Response()
    early.status_code = 400
    early.raw = io.BytesIO()
    monkeypatch.setattr(requests.Session, "post", lambda *_, **__: early)

    with pytest.raises(NotOffered, match="did not read"):
        upload("https://archive.example", TlsRules(), {}, Watch(ManualClock()))


def test_nothing_is_sent_to_a_server_that_is_not_trusted(tmp_path: Path) -> None:
    reading = Reading(tmp_path, 400)
    with reading.server as server, pytest.raises(NotTrusted):
        upload(server.url, TlsRules(), {}, Watch(Ticking()))
    assert server.requests == []


def test_a_person_may_stop_an_upload(tmp_path: Path) -> None:
    reading = Reading(tmp_path, 400)
    told: list[float] = []
    with reading.server as server, pytest.raises(Cancelled):
        upload(server.url, reading.rules, {}, Watch(Ticking(), lambda: len(told) > 3, told.append))
