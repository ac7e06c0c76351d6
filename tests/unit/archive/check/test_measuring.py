"""A whole check, of a real TLS server with an invented archive behind it."""

from __future__ import annotations

import json
import socket
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from pathlib import Path

import pytest
from fake_archive import Archive, FakeConnection
from tls_certificates import Authority
from tls_server import TlsServer

from workstation.archive import (
    BadAnswer,
    Contents,
    Endpoint,
    FoundStudy,
    ListedInstance,
    ListedSeries,
    NotAllowed,
    Query,
    Search,
    TlsRules,
    Truncated,
    Unreachable,
)
from workstation.archive.check import (
    Check,
    Grade,
    Measured,
    Medium,
    Step,
    findings,
    measure,
    rates,
    record_of,
)
from workstation.clock import SystemClock
from workstation.dicom.model import Patient, Series, Study
from workstation.errors import Cancelled

NOBODY = Patient("", "", "", "", "")
STUDY = Study("1.2", "", "", "", "", "", "", "")
SERIES = Series("1.2.3", None, "MR", "", "", "", "", "", "", "")

REFUSED = (
    b"HTTP/1.1 400 So\r\nDate: Tue, 24 Nov 2026 03:00:00 GMT\r\n"
    b"Content-Length: 0\r\nConnection: close\r\n\r\n"
)


class Holding(FakeConnection):
    """A connection to an archive with one study of one series."""

    def search(self, query: Query) -> Search:
        """Return the study."""
        super().search(query)
        return Search((FoundStudy(NOBODY, STUDY, ("MR",), None, None),))

    def metadata(self, study_uid: str) -> Contents:
        """Return its series."""
        instances = tuple(
            ListedInstance(uid, "1.2.840.10008.5.1.4.1.1.4", 1) for uid in self._archive.objects
        )
        return Contents(NOBODY, replace(STUDY, uid=study_uid), (ListedSeries(SERIES, instances),))


@dataclass
class Line:
    """A server, an archive, and the rules by which they are checked."""

    authority: Authority
    server: TlsServer
    archive: Archive = field(default_factory=lambda: Archive({"1.2.3.1": bytes(100_000)}))
    host: str = "127.0.0.1"

    def check(self, **changed: object) -> Check:
        """Return a check of it."""
        endpoint = Endpoint("fibre", f"https://{self.host}:{self.server.port}/dicom-web")
        arguments: dict[str, object] = {
            "endpoint": endpoint,
            "rules": TlsRules(authorities=str(self.authority.file)),
            "connection": Holding(self.archive, "fibre"),
            "http_port": 9,  # the discard port: nobody listens
            **changed,
        }
        return Check(**arguments)  # type: ignore[arg-type]  # each is what its name says


@pytest.fixture
def line(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Line]:
    monkeypatch.setattr(rates, "ENOUGH_BYTES", 1_000_000)
    authority = Authority(tmp_path)
    with TlsServer(authority.issue("127.0.0.1"), answer=lambda _: REFUSED, whole=True) as server:
        yield Line(authority, server)


def troubles(measured: Measured) -> list[tuple[Step, str]]:
    return [(one.step, one.kind) for one in measured.troubles]


def test_a_whole_check_measures_every_step(line: Line) -> None:
    told: list[tuple[Step, float]] = []
    measured = measure(line.check(), SystemClock(), progress=lambda step, share: told.append((step, share)))

    assert measured.troubles == ()
    assert measured.name is not None
    assert measured.name.addresses == ("127.0.0.1",)
    assert measured.line is not None
    assert measured.tls is not None
    assert measured.tls.is_trusted
    assert measured.skew is not None
    assert measured.is_signed_in
    assert measured.latency is not None
    assert len(measured.latency.seconds) == rates.REQUESTS
    assert measured.download is not None
    assert measured.download.count >= 1_000_000
    assert measured.upload is not None
    assert not measured.is_captive
    assert list(dict.fromkeys(step for step, _ in told)) == list(Step)
    assert {step for step, share in told if share == 1.0} == set(Step)


def test_a_check_becomes_json_that_names_all_that_was_measured(line: Line) -> None:
    record = json.loads(json.dumps(record_of(measure(line.check(), SystemClock()))))

    assert record["endpoint"] == "fibre"
    assert record["latency"]["count"] == rates.REQUESTS
    assert record["download"]["mbit"] > 0
    assert record["tls"]["chain"][0]["issuer"] == "CN=Test authority"
    assert None not in {record[name] for name in ("name_seconds", "connect_seconds", "skew_seconds")}


def test_a_check_of_nothing_becomes_json_too(line: Line) -> None:
    gone = line.check(endpoint=Endpoint("fibre", "https://no-such-host.invalid/"))
    line.archive.fault = failing(Unreachable("gone"))
    record = json.loads(json.dumps(record_of(measure(gone, SystemClock()))))

    assert record["tls"] is record["latency"] is record["download"] is None
    assert record["troubles"][0]["step"] == "name"


def test_a_name_that_nobody_knows_is_told_once(line: Line) -> None:
    line.archive.fault = failing(Unreachable("The archive can't be reached"))
    measured = measure(line.check(endpoint=Endpoint("f", "https://no-such-host.invalid/")), SystemClock())

    assert troubles(measured) == [(Step.NAME, "Unreachable")]
    assert (measured.name, measured.line, measured.tls) == (None, None, None)


def test_a_port_that_nobody_listens_on_is_told_once(line: Line) -> None:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port = listener.getsockname()[1]
    line.archive.fault = failing(Unreachable("The archive can't be reached"))
    measured = measure(line.check(endpoint=Endpoint("f", f"https://127.0.0.1:{port}/")), SystemClock())

    assert troubles(measured) == [(Step.LINE, "Unreachable")]


def test_where_the_direct_way_is_closed_a_proxy_may_lead_there(line: Line) -> None:
    measured = measure(line.check(endpoint=Endpoint("f", "https://no-such-host.invalid/")), SystemClock())

    assert measured.is_signed_in
    assert measured.latency is not None


def test_a_server_that_is_not_trusted_is_told_once_and_its_certificate_shown(line: Line) -> None:
    line.archive.fault = failing(BadAnswer("The same again"))
    measured = measure(line.check(rules=TlsRules()), SystemClock())

    assert troubles(measured) == [(Step.TLS, "NotTrusted")]
    assert measured.tls is not None
    assert not measured.tls.is_trusted
    assert measured.tls.chain[0].subject == "CN=server"


def test_a_wrong_password_is_a_wrong_password(line: Line) -> None:
    line.archive.fault = failing(NotAllowed("The archive does not let this account in"))
    measured = measure(line.check(), SystemClock())

    assert troubles(measured) == [(Step.SIGN_IN, "NotAllowed")]
    assert not measured.is_captive
    assert (measured.latency, measured.download, measured.upload) == (None, None, None)


def test_a_login_page_of_the_network_is_told_from_a_wrong_password(line: Line) -> None:
    page = b"HTTP/1.1 302 Found\r\nLocation: http://login.hotel.example/\r\nConnection: close\r\n\r\n"
    line.archive.fault = failing(BadAnswer("Something other than the archive answered"))
    with TlsServer(None, answer=lambda _: page) as portal:
        measured = measure(line.check(http_port=portal.port), SystemClock())

    assert measured.is_captive
    assert [one.topic for one in findings(measured)] == ["network"]


def test_a_page_in_place_of_tls_is_told_from_an_archive_that_is_down(line: Line) -> None:
    page = b"HTTP/1.1 511 Network Authentication Required\r\nConnection: close\r\n\r\n"
    line.archive.fault = failing(Unreachable("The archive can't be reached"))
    with TlsServer(None, answer=lambda _: page) as portal:
        endpoint = Endpoint("f", f"https://127.0.0.1:{portal.port}/")
        measured = measure(line.check(endpoint=endpoint, http_port=portal.port), SystemClock())

    assert troubles(measured) == [(Step.TLS, "BadAnswer")]
    assert measured.is_captive


def test_a_step_that_fails_keeps_no_other_from_its_turn(line: Line) -> None:
    def cut(what: str) -> None:
        if "part" in what:
            raise Truncated("The answer was cut off")

    line.archive.fault = cut
    measured = measure(line.check(), SystemClock())

    assert troubles(measured) == [(Step.DOWNLOAD, "Truncated")]
    assert measured.latency is not None
    assert measured.upload is not None
    assert {one.grade for one in findings(measured) if one.topic == "download"} == {Grade.NOTE}


def test_an_archive_spoken_to_by_dimse_has_no_upload_and_no_clock(line: Line) -> None:
    endpoint = Endpoint("f", host="127.0.0.1", port=line.server.port)
    measured = measure(line.check(endpoint=endpoint), SystemClock())

    assert troubles(measured) == [(Step.UPLOAD, "NotOffered")]
    assert measured.tls is not None
    assert measured.skew is None
    assert measured.download is not None


def test_a_line_without_tls_has_none(line: Line) -> None:
    endpoint = Endpoint("f", host="127.0.0.1", port=line.server.port)
    measured = measure(line.check(endpoint=endpoint, rules=TlsRules(is_wanted=False)), SystemClock())

    assert measured.tls is None
    assert measured.line is not None


def test_an_archive_without_images_is_measured_but_for_the_download(line: Line) -> None:
    measured = measure(line.check(connection=FakeConnection(line.archive, "fibre")), SystemClock())

    assert troubles(measured) == [(Step.DOWNLOAD, "NotOffered")]


def test_what_the_system_does_not_tell_may_be_handed_in(line: Line) -> None:
    """The way to this computer itself is neither cable nor radio."""
    assert measure(line.check(medium=Medium.WIRELESS), SystemClock()).link.medium is Medium.WIRELESS


def test_a_person_who_stops_while_a_line_opens_leaves_none_open(line: Line) -> None:
    reached: list[tuple[Step, float]] = []
    with pytest.raises(Cancelled):
        measure(
            line.check(),
            SystemClock(),
            progress=lambda step, share: reached.append((step, share)),
            cancelled=lambda: (Step.LINE, 1.0) in reached,
        )


@pytest.mark.parametrize("step", list(Step))
def test_a_person_may_stop_it_at_every_step(step: Step, line: Line) -> None:
    reached: list[Step] = []
    with pytest.raises(Cancelled):
        measure(
            line.check(),
            SystemClock(),
            progress=lambda on, _: reached.append(on),
            cancelled=lambda: step in reached,
        )
    assert reached[-1] is step


def failing(error: Exception) -> Callable[[str], object]:
    """Return what lets every request fail."""

    def fail(_: str) -> None:
        raise error

    return fail
